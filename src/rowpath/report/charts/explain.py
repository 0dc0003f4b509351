"""What a request spends its time on, and how its statements grow with the rows."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import altair as alt

from rowpath.explain.values import Finding, Growth, Phase
from rowpath.report import figures
from rowpath.report.charts.drawing import SERIES_COLOURS, Chart, finished, legend_of

_BAR_PX = 28
_GROWTH_PX = 190
_LEAST_SHARE = 0.01
"""Phases that are shorter have one part of the bar together."""
_REST = "what is below 1% each"
_COLOURS = {
    "SQL": "database",
    "fetching": "other-3",
    "instances": "other-1",
    "building SQL": "other-2",
    "serializer": "controlled",
    "validation and serialisation": "controlled",
    "view": "as-told",
    "middleware": "talk",
    "rendering": "other-4",
    "dependencies": "other-4",
    "template": "other-5",
}
"""The page's colours of what is common; whatever else there is gets one that is free."""
PHASE_COLOURS = (*SERIES_COLOURS, "database")
_TODAY, _AFTER = "today", "with the change"
_GROWTH_COLOURS = ("as-told", "controlled")
_DASHES = ([1, 0], [6, 3])


@dataclass(frozen=True, slots=True, kw_only=True)
class PhasePart:
    """A part of the bar, with the page's name for its colour."""

    name: str
    duration_s: float
    share: float
    colour: str


def phase_parts(phases: Sequence[Phase]) -> tuple[PhasePart, ...]:
    """Return the parts of the bar, the longest first, what is very short as one."""
    spent = sum(phase.duration_s for phase in phases)
    shown = [phase for phase in phases if phase.duration_s >= _LEAST_SHARE * spent]
    rest_s = spent - sum(phase.duration_s for phase in shown)
    parts = [*shown[: len(PHASE_COLOURS) - 1]]
    rest_s += sum(phase.duration_s for phase in shown[len(parts) :])
    if rest_s > 0:
        parts.append(Phase(name=_REST, duration_s=rest_s))
    free = [colour for colour in PHASE_COLOURS if colour not in map(_colour, parts)]
    taken: set[str] = set()
    made = []
    for phase in parts:
        colour = _colour(phase)
        if colour is None or colour in taken:
            colour = free.pop(0) if free else PHASE_COLOURS[0]
        taken.add(colour)
        share = phase.duration_s / spent
        made.append(
            PhasePart(name=phase.name, duration_s=phase.duration_s, share=share, colour=colour)
        )
    return tuple(made)


def _colour(phase: Phase) -> str | None:
    return _COLOURS.get(phase.name)


def phases_chart(parts: Sequence[PhasePart]) -> Chart | None:
    """Return the bar of a request's phases; None where no time was seen."""
    if not parts:
        return None
    told = ", ".join(f"{part.name} {part.share:.0%}" for part in parts)
    description = f"Where the time goes: {told}."
    names = [part.name for part in parts]
    rows = [
        {
            "phase": part.name,
            "order": number,
            "ms": part.duration_s * 1000,
            "time": figures.time(part.duration_s * 1000),
            "share": f"{part.share:.0%}",
        }
        for number, part in enumerate(parts)
    ]
    bar = (
        alt.Chart(alt.InlineData(values=rows))
        .mark_bar(height={"band": 1})
        .encode(
            x=alt.X(
                "ms:Q",
                title=None,
                stack="normalize",
                axis=alt.Axis(format="%", tickCount=5, grid=False),
            ),
            color=alt.Color("phase:N", scale=alt.Scale(domain=names), legend=None),
            order=alt.Order("order:Q"),
            tooltip=[alt.Tooltip(f"{field}:N") for field in ("phase", "time", "share")],
        )
    )
    spec = finished(
        bar,
        height=_BAR_PX,
        colours=[part.colour for part in parts],
        description=description,
    )
    return Chart(title="Where the time goes", description=description, spec=spec)


def growth_chart(finding: Finding) -> Chart | None:
    """Return how many statements there are at several numbers of rows; None without such."""
    growth = finding.growth
    if growth is None or not growth.statements:
        return None
    points = list(_points(growth))
    told = "; ".join(f"{row['series']} {row['statements']} at {row['rows']} rows" for row in points)
    subject = "Statements of the answer" if finding.edits else "Statements of this line"
    description = f"{subject} by rows: {told}."
    present = list(dict.fromkeys(str(row["series"]) for row in points))
    colour = alt.Color(
        "series:N", scale=alt.Scale(domain=[_TODAY, _AFTER]), legend=legend_of(present)
    )
    dash = alt.StrokeDash("series:N", scale=alt.Scale(domain=[_TODAY, _AFTER], range=_DASHES))
    base = alt.Chart(alt.InlineData(values=points)).encode(
        x=alt.X(
            "rows:Q",
            title="rows of the list",
            scale=alt.Scale(domain=[0, growth.rows[-1]], nice=False),
            axis=alt.Axis(values=list(growth.rows), grid=False),
        ),
        y=alt.Y("statements:Q", title=None, axis=alt.Axis(tickCount=4, format="~d", tickMinStep=1)),
        color=colour,
    )
    layers = (
        base.mark_line(strokeWidth=2.5).encode(strokeDash=dash),
        base.mark_point(filled=True, size=70, opacity=1).encode(
            tooltip=[alt.Tooltip(f"{field}:N") for field in ("series", "rows", "statements")]
        ),
    )
    spec = finished(
        alt.layer(*layers),
        height=_GROWTH_PX,
        colours=_GROWTH_COLOURS,
        description=description,
    )
    return Chart(title=f"{subject}, by rows", description=description, spec=spec)


def _points(growth: Growth) -> Iterator[dict[str, str | int]]:
    for series, numbers in ((_TODAY, growth.statements), (_AFTER, growth.statements_after)):
        for rows, statements in zip(growth.rows, numbers, strict=False):
            yield {"series": series, "rows": rows, "statements": statements}
