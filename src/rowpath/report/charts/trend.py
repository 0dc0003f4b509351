"""A comparison from run to run: its ratio with the 95% interval, machines told apart."""

import altair as alt

from rowpath.report import figures
from rowpath.report.charts.drawing import OTHERS, Chart, finished, legend_of
from rowpath.report.charts.scale import extent, ticks
from rowpath.report.trend.series import Point, Series, Trend

_HEIGHT_PX = 150
_COLOURS = ("controlled", "as-told", "database", *(f"other-{place + 1}" for place in range(OTHERS)))
_RATIO_LABEL = "'\N{MULTIPLICATION SIGN}' + format(datum.value, '~')"
_VALID, _NOT_VALID = "valid", "not valid"
_TOOLTIP = {"run": "run", "on": "machine and versions", "figure": "ratio", "state": "the run is"}


def trend_chart(trend: Trend, series: Series) -> Chart:
    """Return the chart of one comparison through all runs of a trend."""
    told = "; ".join(
        f"{point.run.label} {_figure(point)} on {point.run.surroundings}, {_state(point)}"
        for point in series.points
    )
    description = f"{series.title}, {series.quantity}, with 95% intervals, from run to run: {told}."
    low, high = extent(
        (end for each in series.points for end in (each.ratio.low, each.ratio.high)), 1.0
    )
    letters = [letter for letter, _ in trend.surroundings]
    present = list(dict.fromkeys(point.run.surroundings for point in series.points))
    data = alt.InlineData(values=[_data(point) for point in series.points])
    x = alt.X(
        "run:N",
        title=None,
        sort=None,
        scale=alt.Scale(domain=[run.label for run in trend.runs]),
        axis=alt.Axis(labelAngle=0, labelOverlap="greedy"),
    )
    y = alt.Y(
        "value:Q",
        title=None,
        scale=alt.Scale(type="log", domain=[low, high], nice=False),
        axis=alt.Axis(values=ticks(low, high), labelExpr=_RATIO_LABEL, labelOverlap="greedy"),
    )
    colour = alt.Color(
        "on:N",
        scale=alt.Scale(domain=letters),
        legend=legend_of(present) if len(letters) > 1 else None,
    )
    shape = alt.Shape(
        "state:N",
        scale=alt.Scale(domain=[_VALID, _NOT_VALID], range=["circle", "cross"]),
        legend=legend_of([_VALID, _NOT_VALID]) if any(map(_failed, series.points)) else None,
    )
    tooltip = [alt.Tooltip(f"{field}:N", title=title) for field, title in _TOOLTIP.items()]
    layers = (
        alt.Chart(alt.InlineData(values=[{"value": 1.0}]))
        .mark_rule(strokeDash=[4, 3])
        .encode(y="value:Q"),
        alt.Chart(data)
        .mark_rule(strokeWidth=2.5, strokeCap="round")
        .encode(x=x, y=alt.Y("low:Q"), y2="high:Q", color=colour),
        alt.Chart(data)
        .mark_point(filled=True, size=80, opacity=1)
        .encode(x=x, y=y, color=colour, shape=shape, tooltip=tooltip),
    )
    return Chart(
        title=f"{series.title}, {series.quantity}",
        description=description,
        spec=finished(
            alt.layer(*layers),
            height=_HEIGHT_PX,
            colours=[_COLOURS[place % len(_COLOURS)] for place in range(len(letters))],
            description=description,
        ),
    )


def _data(point: Point) -> dict[str, str | float]:
    return {
        "run": point.run.label,
        "on": point.run.surroundings,
        "state": _state(point),
        "value": point.ratio.estimate,
        "low": point.ratio.low,
        "high": point.ratio.high,
        "figure": _figure(point),
    }


def _failed(point: Point) -> bool:
    return bool(point.run.failed)


def _state(point: Point) -> str:
    return _NOT_VALID if point.run.failed else _VALID


def _figure(point: Point) -> str:
    return f"{figures.ratio(point.ratio.estimate)} ({figures.ratio_range(point.ratio)})"
