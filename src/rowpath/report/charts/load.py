"""A load over time, in the four charts that people know from Locust."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt

from rowpath.lab.load.results import LoadResult
from rowpath.lab.load.timeline import Step, step_s, steps
from rowpath.report import figures
from rowpath.report.charts.drawing import Chart, finished, legend_of

_HEIGHT_PX = 200
_DASHES = ([1, 0], [6, 3])
"""So that no line is told by its colour alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Series:
    name: str
    colour: str
    value: Callable[[Step], float | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Picture:
    title: str
    unit: str
    series: tuple[_Series, ...]
    is_stepped: bool = False


_PICTURES = (
    _Picture(
        title="Requests per second",
        unit="requests/s",
        series=(
            _Series(name="requests", colour="controlled", value=lambda step: step.requests_per_s),
        ),
    ),
    _Picture(
        title="Response times",
        unit="ms",
        series=(
            _Series(name="median", colour="controlled", value=lambda step: step.p50_ms),
            _Series(name="95th percentile", colour="as-told", value=lambda step: step.p95_ms),
        ),
    ),
    _Picture(
        title="Users",
        unit="users",
        series=(_Series(name="users", colour="database", value=lambda step: step.users),),
        is_stepped=True,
    ),
    _Picture(
        title="Failures per second",
        unit="failures/s",
        series=(
            _Series(name="failures", colour="as-told", value=lambda step: step.failures_per_s),
        ),
    ),
)


def load_charts(result: LoadResult) -> tuple[Chart, ...]:
    """Return the charts of all targets together; none of a load that ended at once."""
    seen = tuple(steps(result, result.total))
    if not seen:
        return ()
    return tuple(_chart(picture, seen, result) for picture in _PICTURES)


def _chart(picture: _Picture, seen: Sequence[Step], result: LoadResult) -> Chart:
    told = "; ".join(
        f"{series.name} {_extent([series.value(step) for step in seen])} {picture.unit}"
        for series in picture.series
    )
    description = f"{picture.title} over {figures.duration(result.duration_s)}: {told}."
    return Chart(
        title=picture.title,
        description=description,
        spec=_spec(picture, seen, result, description),
    )


def _extent(values: Sequence[float | None]) -> str:
    known = [value for value in values if value is not None]
    if not known:
        return "none"
    least, most = (figures.significant(value) for value in (min(known), max(known)))
    return f"between {least} and {most}"


def _spec(
    picture: _Picture, seen: Sequence[Step], result: LoadResult, description: str
) -> dict[str, Any]:
    names = [series.name for series in picture.series]
    legend = legend_of(names) if len(names) > 1 else None
    dashes = [list(dash) for dash in _DASHES[: len(names)]]
    each = step_s(result)
    lasting = "second" if each == 1 else f"{each} seconds"
    chart = (
        alt.Chart(alt.InlineData(values=list(_data(picture, seen))))
        .mark_line(
            interpolate="step-after" if picture.is_stepped else "linear",
            strokeWidth=1.75,
            point=alt.OverlayMarkDef(size=18) if len(seen) <= 60 else False,  # noqa: PLR2004 room
        )
        .encode(
            x=alt.X(
                "at:Q",
                title=f"seconds; each point is of one {lasting}",
                scale=alt.Scale(domain=[0, result.duration_s], nice=False),
                axis=alt.Axis(tickCount=6, labelOverlap="greedy"),
            ),
            y=alt.Y(
                "value:Q",
                title=None,
                scale=alt.Scale(domainMin=0, nice=True),
                axis=alt.Axis(tickCount=4),
            ),
            color=alt.Color("series:N", scale=alt.Scale(domain=names), legend=legend),
            strokeDash=alt.StrokeDash(
                "series:N", scale=alt.Scale(domain=names, range=dashes), legend=legend
            ),
            tooltip=[
                alt.Tooltip("series:N"),
                alt.Tooltip("at:Q", title="second"),
                alt.Tooltip("value:Q", title=picture.unit, format=",.4~r"),
            ],
        )
    )
    colours = [series.colour for series in picture.series]
    return finished(chart, height=_HEIGHT_PX, colours=colours, description=description)


def _data(picture: _Picture, seen: Sequence[Step]) -> Iterator[dict[str, str | float | None]]:
    for series in picture.series:
        for step in seen:
            value = series.value(step)
            at_s = step.at_s if picture.is_stepped else step.at_s + step.span_s / 2
            # Nothing that ended has no time: the line has a gap there.
            yield {
                "series": series.name,
                "at": round(at_s, 3),
                "value": None if value is None else round(value, 4),
            }
        if picture.is_stepped:  # a step is drawn until the next point
            last = seen[-1]
            yield {
                "series": series.name,
                "at": round(last.at_s + last.span_s, 3),
                "value": series.value(last),
            }
