"""The CPU over time of what ran at once, a line for each process."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

import altair as alt

from rowpath.lab.record import CpuLineRecord, VariantRecord
from rowpath.report import cpu, figures
from rowpath.report.charts.drawing import Chart, finished, legend_of
from rowpath.report.layout import SizePart

_HEIGHT_PX = 180
_DATABASE_COLOUR = "database"
_TASK_COLOURS = ("controlled", "as-told", "talk")
"""The names that the page has for the colours of the task, the one beside it, and any more."""
_DASHES = ([1, 0], [6, 3], [2, 2], [8, 3, 2, 3])
"""So that no line is told by its colour alone."""
_SHARE_STEP = 0.2
"""The scale ends at a multiple of it."""
_LEGEND_CHARACTERS = 30
"""Names that are longer together do not fit on a phone's line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scales:
    """What the charts of a size share, so that before and after can be compared."""

    until_s: float
    most_share: float
    legend_columns: int

    @property
    def step_s(self) -> float:
        return cpu.step_s(self.until_s)


def cpu_charts(part: SizePart) -> Iterator[Chart]:
    """Yield a chart for every variant whose CPU was watched, all on the same scales."""
    watched = [line.variant for line in part.lines if cpu.span_s(line.variant.cpu_lines) > 0]
    if watched:
        scales = _scales([variant.cpu_lines for variant in watched])
        for variant in watched:
            yield _chart(part, variant, scales)


def _scales(charts: Sequence[Sequence[CpuLineRecord]]) -> _Scales:
    lines = [line for chart in charts for line in chart]
    until_s = cpu.span_s(lines)
    most = max(step.share for line in lines for step in cpu.steps(line, cpu.step_s(until_s)))
    longest = max(sum(len(line.name) for line in chart) for chart in charts)
    return _Scales(
        until_s=until_s,
        most_share=max(1, ceil(most / _SHARE_STEP)) * _SHARE_STEP,
        legend_columns=1 if longest > _LEGEND_CHARACTERS else 0,
    )


def _chart(part: SizePart, variant: VariantRecord, scales: _Scales) -> Chart:
    lines = variant.cpu_lines
    setup = f", {figures.words(variant.setup)}" if part.names_setups else ""
    title = f"{cpu.title(lines)}{setup}"
    uses = tuple(map(str, cpu.uses(lines)))
    description = f"{title}, at {part.title}, in percent of one core over time. {'; '.join(uses)}."
    return Chart(
        title=title,
        description=description,
        spec=_spec(lines, scales, description),
        notes=uses,
    )


def _spec(lines: Sequence[CpuLineRecord], scales: _Scales, description: str) -> dict[str, Any]:
    names = [figures.printable(line.name) for line in lines]
    legend = legend_of(names, columns=scales.legend_columns)
    step = figures.duration(scales.step_s)
    colour = alt.Color("process:N", scale=alt.Scale(domain=names), legend=legend)
    dashes = [_DASHES[place % len(_DASHES)] for place in range(len(names))]
    chart = (
        alt.Chart(alt.InlineData(values=[each for line in lines for each in _data(line, scales)]))
        .mark_line(interpolate="step-after", strokeWidth=1.75, clip=True)
        .encode(
            x=alt.X(
                "at:Q",
                title=f"seconds; each step is the mean of {step}",
                scale=alt.Scale(domain=[0, scales.until_s], nice=False),
                axis=alt.Axis(tickCount=6, labelOverlap="greedy"),
            ),
            y=alt.Y(
                "share:Q",
                title=None,
                scale=alt.Scale(domain=[0, scales.most_share], nice=False),
                axis=alt.Axis(tickCount=4, format="%"),
            ),
            color=colour,
            strokeDash=alt.StrokeDash(
                "process:N", scale=alt.Scale(domain=names, range=dashes), legend=legend
            ),
            tooltip=[
                alt.Tooltip("process:N"),
                alt.Tooltip("at:Q", title="second"),
                alt.Tooltip("share:Q", title="of one core", format=".0%"),
            ],
        )
    )
    return finished(
        chart, height=_HEIGHT_PX, colours=list(_colours(lines)), description=description
    )


def _data(line: CpuLineRecord, scales: _Scales) -> Iterator[dict[str, str | float]]:
    name = figures.printable(line.name)
    steps = cpu.steps(line, scales.step_s)
    for step in steps:
        yield {"process": name, "at": round(step.start_s, 3), "share": round(step.share, 4)}
    if steps:  # a step is drawn until the next point
        last = steps[-1]
        yield {"process": name, "at": round(last.end_s, 3), "share": round(last.share, 4)}


def _colours(lines: Sequence[CpuLineRecord]) -> Iterator[str]:
    tasks = 0
    for line in lines:
        if line.name == cpu.DATABASE:
            yield _DATABASE_COLOUR
        else:
            yield _TASK_COLOURS[min(tasks, len(_TASK_COLOURS) - 1)]
            tasks += 1
