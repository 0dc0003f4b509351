"""Charts of an experiment as Vega-Lite specifications; the browser draws them.

A chart is one size: points with 95% intervals on a logarithmic scale, variants from top to bottom
as in the table, set-ups told apart by colour and shape. Its width is its container's. Colours and
fonts are the page's, given when it is drawn, so that one specification serves light and dark.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt

from rowpath.lab.experiment import Setup
from rowpath.report import figures
from rowpath.report.layout import Line, SizePart
from rowpath.stats.interval import Interval

TALK = "the talk"
_SHAPES = ("circle", "diamond")
_TALK_SHAPE = "M-0.12,-1.1H0.12V1.1H-0.12Z"
"""A bar across the row, as a path that Vega scales by the size of the point."""
_BAND_PX = 36
"""The height of a variant in pixels, its set-ups one above the other inside."""
_FIT = alt.AutoSizeParams(type="fit-x", contains="padding")
_MARGIN = 1.12
"""How far the scale goes on beyond the outermost figure, as a factor."""
_TOOLTIP = {"variant": "variant", "series": "set-up", "figure": "figure"}
_LEAST_VARIANTS = 2
"""One alone is told by its table."""
_LEAST_TICKS = 2
"""With fewer, an axis has no scale."""
_MOST_TICKS = 10
"""With more, the powers of ten alone are clearer."""
_TIME_LABEL = (
    "datum.value >= 1000 ? format(datum.value / 1000, ',') + ' s' "
    ": datum.value >= 0.1 ? format(datum.value, '~') + ' ms' "
    ": format(datum.value * 1000, '~') + ' µs'"
)
_RATIO_AXIS = "log scale; left of \N{MULTIPLICATION SIGN}1 is faster"
_RATIO_LABEL = "'\N{MULTIPLICATION SIGN}' + format(datum.value, '~')"


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A specification to draw, a heading, and the same in words for who cannot see it."""

    title: str
    description: str
    spec: dict[str, Any]


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
            "series": self.series,
            "value": self.value,
            "low": self.low,
            "high": self.high,
            "figure": self.figure,
        }


def charts(part: SizePart, baseline: str) -> tuple[Chart, ...]:
    """Return the charts of one size: times, and ratios to the baseline; none without figures."""
    return tuple(chart for chart in (_times(part), _ratios(part, baseline)) if chart is not None)


def _times(part: SizePart) -> Chart | None:
    points = _once(point for line in part.lines for point in _time_points(line))
    if len(_timed(part)) < _LEAST_VARIANTS:
        return None
    spec = _spec(part, points, label=_TIME_LABEL, axis="log scale")
    return _chart("Time per request", f"at {part.title}", points, spec)


def _ratios(part: SizePart, baseline: str) -> Chart | None:
    points = _once(point for line in part.lines for point in _ratio_points(line, baseline))
    if all(point.series == TALK for point in points):
        return None
    spec = _spec(part, points, label=_RATIO_LABEL, axis=_RATIO_AXIS, reference=1.0)
    title = f"Time relative to {figures.printable(baseline)}"
    return _chart(title, f"at {part.title}; below 1 is faster", points, spec)


def _chart(title: str, where: str, points: Sequence[_Point], spec: dict[str, Any]) -> Chart:
    told = "; ".join(point.words() for point in points)
    description = f"{title} {where}, with 95% intervals, on a logarithmic scale. {told}."
    # Vega makes the description the drawing's label, for readers who hear the page.
    return Chart(title=title, description=description, spec={**spec, "description": description})


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
            figure=ratio_words(ratio),
        )
    for claim in line.claims:
        if claim.baseline == baseline:
            told = figures.ratio(claim.claimed_ratio)
            yield _Point(variant=name, series=TALK, value=claim.claimed_ratio, figure=told)


def ratio_words(ratio: Interval) -> str:
    """Return a ratio with its interval on one line."""
    return f"{figures.ratio(ratio.estimate)} ({figures.ratio_range(ratio)})"


def _spec(
    part: SizePart,
    points: Sequence[_Point],
    *,
    label: str,
    axis: str,
    reference: float | None = None,
) -> dict[str, Any]:
    names = _timed(part)
    low, high = _extent(points, reference)
    setups = [figures.words(each.setup) for each in part.setups]
    y = alt.Y("variant:N", title=None, sort=None, scale=alt.Scale(domain=names))
    x = alt.X(
        "value:Q",
        title=axis,
        scale=alt.Scale(type="log", domain=[low, high], nice=False),
        axis=alt.Axis(values=_ticks(low, high), labelExpr=label, labelOverlap="greedy"),
    )
    offset = alt.YOffset("series:N", sort=setups, scale=alt.Scale(paddingOuter=0.35))
    series = _series(setups, points)
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
    if reference is not None:
        line = alt.Chart(alt.InlineData(values=[{"value": reference}]))
        layers.insert(0, line.mark_rule(strokeDash=[4, 3]).encode(x="value:Q"))
    chart = alt.layer(*layers).properties(
        width="container", height=_BAND_PX * len(names), autosize=_FIT
    )
    return chart.to_dict()


def _series(setups: Sequence[str], points: Sequence[_Point]) -> dict[str, alt.Color | alt.Shape]:
    # Every chart has the whole domain, so that a set-up looks the same in all of them; the page
    # gives the colours in this order.
    domain = list(dict.fromkeys([TALK, *map(figures.words, Setup), *setups]))
    shapes = [_SHAPES[place % len(_SHAPES)] for place in range(len(domain) - 1)]
    present = {point.series for point in points}
    legend = alt.Legend(
        title=None,
        orient="top",
        direction="horizontal",
        symbolSize=90,
        values=[name for name in (*domain[1:], TALK) if name in present],
    )
    return {
        "color": alt.Color("series:N", scale=alt.Scale(domain=domain), legend=legend),
        "shape": alt.Shape(
            "series:N", scale=alt.Scale(domain=domain, range=[_TALK_SHAPE, *shapes]), legend=legend
        ),
    }


def _data(points: Sequence[_Point]) -> alt.InlineData:
    return alt.InlineData(values=[point.data() for point in points])


def _timed(part: SizePart) -> list[str]:
    # The same in both charts of a size, so that their rows stand in line.
    lines = [line for line in part.lines if any(_time_points(line))]
    return list(dict.fromkeys(figures.printable(line.variant.name) for line in lines))


def _extent(points: Sequence[_Point], reference: float | None) -> tuple[float, float]:
    ends = [end for point in points for end in (point.low, point.value, point.high)]
    known = [end for end in (*ends, reference) if end is not None and end > 0]
    low, high = min(known) / _MARGIN, max(known) * _MARGIN
    while len(_ticks(low, high)) < _LEAST_TICKS:
        low, high = low / _MARGIN, high * _MARGIN
    return low, high


def _ticks(low: float, high: float) -> list[float]:
    """Return 1, 2 and 5 times the powers of ten from `low` to `high`, or the powers alone."""
    numbers = [(number, 10.0**power) for power in range(-9, 10) for number in (1, 2, 5)]
    inside = [(number, power) for number, power in numbers if low <= number * power <= high]
    if len(inside) > _MOST_TICKS:
        inside = [(number, power) for number, power in inside if number == 1]
    return [number * power for number, power in inside]
