"""Times and ratios: points with 95% intervals on a logarithmic scale."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt

from rowpath.report import figures
from rowpath.report.charts.drawing import (
    SERIES_COLOURS,
    TALK,
    Chart,
    band_px,
    finished,
    row_axis,
    series_encoding,
)
from rowpath.report.charts.scale import RATIO_LABEL, TIME_LABEL, extent, ticks
from rowpath.report.layout import Line, SizePart

_TOOLTIP = {"variant": "variant", "series": "set-up", "figure": "figure"}
_LEAST_VARIANTS = 2
"""One alone is told by its table."""
_RATE_LABEL = "format(datum.value, '~') + '/s'"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Point:
    """One mark: where it stands, its interval if it has one, and its words."""

    variant: str
    series: str
    value: float
    low: float | None = None
    high: float | None = None
    figure: str

    def words(self) -> str:
        return f"{self.variant} ({self.series}) {self.figure}"

    def data(self) -> dict[str, str | float | None]:
        return {
            "variant": self.variant,
            "row": figures.parted(self.variant),
            "series": self.series,
            "value": self.value,
            "low": self.low,
            "high": self.high,
            "figure": self.figure,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class _Axis:
    """How figures are read off a chart; a dashed line stands at `reference`."""

    label: str
    title: str
    reference: float | None = None


def compared(part: SizePart) -> Chart | None:
    """Return the chart of what a size compares; None where there are not two to compare."""
    match part.group.compares:
        case figures.THROUGHPUT:
            return _rates(part)
        case "time":
            return _times(part)
        case _:
            return _latencies(part)


def _times(part: SizePart) -> Chart | None:
    points = _once(point for line in part.lines for point in _time_points(line))
    if len(_timed(part)) < _LEAST_VARIANTS:
        return None
    axis = _Axis(label=TIME_LABEL, title="log scale")
    return _chart(part, "Time per request", f"at {part.title}", points, axis)


def _latencies(part: SizePart) -> Chart | None:
    points = _once(point for line in part.lines for point in _latency_points(line, part))
    if len({point.variant for point in points}) < _LEAST_VARIANTS:
        return None
    axis = _Axis(label=TIME_LABEL, title="log scale")
    title = figures.quantity(part.group.compares).capitalize()
    return _chart(part, title, f"at {part.title}", points, axis)


def _rates(part: SizePart) -> Chart | None:
    points = _once(point for line in part.lines for point in _rate_points(line))
    if len({point.variant for point in points}) < _LEAST_VARIANTS:
        return None
    axis = _Axis(label=_RATE_LABEL, title="log scale")
    return _chart(part, "Requests per second", f"at {part.title}", points, axis)


def ratios(part: SizePart) -> Chart | None:
    """Return the chart of the ratios to the baseline at a size; None where none was measured."""
    baseline = part.group.baseline
    points = _once(point for line in part.lines for point in _ratio_points(line, baseline))
    if all(point.series == TALK for point in points):
        return None
    compared = figures.quantity(part.group.compares).capitalize()
    title = f"{compared} relative to {figures.printable(baseline)}"
    more = part.group.compares == figures.THROUGHPUT
    side, word = ("right", "above") if more else ("left", "below")
    axis = _Axis(
        label=RATIO_LABEL,
        title=f"log scale; {side} of {figures.TIMES}1 is faster",
        reference=1.0,
    )
    return _chart(part, title, f"at {part.title}; {word} 1 is faster", points, axis)


def _chart(part: SizePart, title: str, where: str, points: Sequence[_Point], axis: _Axis) -> Chart:
    told = "; ".join(point.words() for point in points)
    description = f"{title} {where}, with 95% intervals, on a logarithmic scale. {told}."
    return Chart(title=title, description=description, spec=_spec(part, points, axis, description))


def _once(points: Iterable[_Point]) -> list[_Point]:
    # The talk's figure belongs to a variant, so every set-up of it brings the same one.
    return list(dict.fromkeys(points))


def _time_points(line: Line) -> Iterator[_Point]:
    variant, seen = line.variant, figures.time_seen(line.variant)
    name = figures.printable(variant.name)
    if seen is not None and seen > 0:
        interval = variant.time_ms
        yield _Point(
            variant=name,
            series=figures.words(variant.setup),
            value=seen,
            low=interval.low if interval else None,
            high=interval.high if interval else None,
            figure=f"{figures.time(seen)} ({figures.time_note(variant)})",
        )
    if variant.told_ms is not None and variant.told_ms > 0:
        told = figures.time(variant.told_ms)
        yield _Point(variant=name, series=TALK, value=variant.told_ms, figure=told)


def _latency_points(line: Line, part: SizePart) -> Iterator[_Point]:
    seen = figures.latency_ms(line.variant, part.group.compares)
    if seen is not None:
        yield _Point(
            variant=figures.printable(line.variant.name),
            series=figures.words(line.variant.setup),
            value=seen.median,
            low=seen.low,
            high=seen.high,
            figure=f"{figures.time(seen.median)} ({figures.time_range(seen)})",
        )


def _rate_points(line: Line) -> Iterator[_Point]:
    variant = line.variant
    name = figures.printable(variant.name)
    seen = figures.figure_of(variant, figures.THROUGHPUT)
    if seen is not None and seen.over_blocks is not None:
        rate = seen.over_blocks
        yield _Point(
            variant=name,
            series=figures.words(variant.setup),
            value=rate.median,
            low=rate.low,
            high=rate.high,
            figure=f"{figures.rate(rate.median)} ({figures.rate_range(rate)})",
        )
    if variant.told_requests_per_s:
        told = variant.told_requests_per_s
        yield _Point(variant=name, series=TALK, value=told, figure=figures.rate(told))


def _ratio_points(line: Line, baseline: str) -> Iterator[_Point]:
    name = figures.printable(line.variant.name)
    ratio = line.comparison.ratio if line.comparison else None
    if ratio is not None:
        yield _Point(
            variant=name,
            series=figures.words(line.variant.setup),
            value=ratio.estimate,
            low=ratio.low,
            high=ratio.high,
            figure=f"{figures.ratio(ratio.estimate)} ({figures.ratio_range(ratio)})",
        )
    for claim in line.claims:
        if claim.baseline == baseline:
            told = figures.ratio(claim.claimed_ratio)
            yield _Point(variant=name, series=TALK, value=claim.claimed_ratio, figure=told)


def _spec(
    part: SizePart, points: Sequence[_Point], axis: _Axis, description: str
) -> dict[str, Any]:
    names = _timed(part)
    ends = (end for point in points for end in (point.low, point.value, point.high))
    low, high = extent(ends, axis.reference)
    setups = [figures.words(each.setup) for each in part.setups]
    y = row_axis(names)
    x = alt.X(
        "value:Q",
        title=axis.title,
        scale=alt.Scale(type="log", domain=[low, high], nice=False),
        axis=alt.Axis(values=ticks(low, high), labelExpr=axis.label, labelOverlap="greedy"),
    )
    offset = alt.YOffset("series:N", sort=setups, scale=alt.Scale(paddingOuter=0.35))
    series = series_encoding(setups, (point.series for point in points), legend=_has_legend(part))
    tooltip = [alt.Tooltip(f"{field}:N", title=title) for field, title in _TOOLTIP.items()]
    told = [point for point in points if point.series == TALK]
    seen = [point for point in points if point.series != TALK]
    sure = [point for point in seen if point.low is not None]
    shared = {"y": y, "tooltip": tooltip, **series}
    layers: list[alt.Chart] = [
        alt.Chart(_data(told)).mark_point(filled=True, size=240, opacity=1).encode(x=x, **shared),
        alt.Chart(_data(sure))
        .mark_rule(strokeWidth=2.5, strokeCap="round")
        .encode(x="low:Q", x2="high:Q", y=y, yOffset=offset, color=series["color"]),
        alt.Chart(_data(seen))
        .mark_point(filled=True, size=80, opacity=1)
        .encode(x=x, yOffset=offset, **shared),
    ]
    if axis.reference is not None:
        line = alt.Chart(alt.InlineData(values=[{"value": axis.reference}]))
        layers.insert(0, line.mark_rule(strokeDash=[4, 3]).encode(x="value:Q"))
    return finished(
        alt.layer(*layers),
        height=band_px(setups) * len(names),
        colours=SERIES_COLOURS,
        description=description,
    )


def _data(points: Sequence[_Point]) -> alt.InlineData:
    return alt.InlineData(values=[point.data() for point in points])


def _has_legend(part: SizePart) -> bool:
    # Both charts of a size have one or none, so that their rows stand in line.
    points = (
        point
        for line in part.lines
        for point in (*_own_points(part, line), *_ratio_points(line, part.group.baseline))
    )
    return part.names_setups or any(point.series == TALK for point in points)


def _own_points(part: SizePart, line: Line) -> Iterator[_Point]:
    return _time_points(line) if part.group.compares == "time" else _rate_points(line)


def _timed(part: SizePart) -> list[str]:
    # The same in both charts of a size, as with the legend.
    lines = [line for line in part.lines if any(_own_points(part, line))]
    return list(dict.fromkeys(figures.printable(line.variant.name) for line in lines))
