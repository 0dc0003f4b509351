"""What all charts have in common: their value, the rows of variants, the colours of series."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

import altair as alt

from rowpath.lab.conditions import NAMED
from rowpath.report import figures

TALK = "the talk"
BAND_PX = 36
"""The height of a variant in pixels, its set-ups one above the other inside."""
_FIT = alt.AutoSizeParams(type="fit-x", contains="padding")
_PADDING = {"left": 5, "top": 5, "right": 14, "bottom": 5}
"""On the right half of the last number along the axis stands out."""
OTHERS = 5
"""As many set-ups as a group has at the most beside the two that the talk's experiments share."""
SERIES_COLOURS = ("talk", *map(str, NAMED), *(f"other-{place + 1}" for place in range(OTHERS)))
"""The names that the page has for the colours of the talk and of the set-ups."""
_SHAPES = ("circle", "diamond")
_TALK_SHAPE = "M-0.12,-1.1H0.12V1.1H-0.12Z"
"""A bar across the row, as a path that Vega scales by the size of the point."""

_IN_TWO_LINES = r"indexof(datum.value, '\n') >= 0"
_LINE_PX = 14
_MOST_ON_A_LINE = 3
"""So many set-ups have their names above a chart on one line."""
_LONGEST_LINE = 32
"""So many characters their names have together at the most there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A specification to draw, a heading, and the same in words for who cannot see it.

    `notes` stand below the drawing for everybody. A chart that `leads` is what a group is about.
    """

    title: str
    description: str
    spec: dict[str, Any]
    notes: tuple[str, ...] = ()
    leads: bool = False


def row_axis(names: Sequence[str], *, grid: bool = True) -> alt.Y:
    """Return the axis with a row for each variant, from top to bottom."""
    return axis_of([figures.parted(name) for name in names], grid=grid)


def axis_of(rows: Sequence[str], *, grid: bool = True) -> alt.Y:
    """Return the axis with these rows from top to bottom, each of one line or of two."""
    # Vega puts the first of two lines where one alone would be, instead of both around it.
    raised = {"condition": {"test": _IN_TWO_LINES, "value": -_LINE_PX / 2}, "value": 0}
    return alt.Y(
        "row:N",
        title=None,
        sort=None,
        scale=alt.Scale(domain=list(rows)),
        axis=alt.Axis(grid=grid, labelOffset=raised, labelLineHeight=_LINE_PX),
    )


def series_encoding(
    setups: Sequence[str], present: Iterable[str], *, legend: bool
) -> dict[str, alt.Color | alt.Shape]:
    """Return colour and shape of the talk and of set-ups in words, those `present` in a legend."""
    # Every chart has the whole domain, so that a set-up looks the same in all of them; the page
    # gives the colours in this order.
    domain = list(dict.fromkeys([TALK, *(figures.words(each.name) for each in NAMED), *setups]))
    shapes = [_SHAPES[place % len(_SHAPES)] for place in range(len(domain) - 1)]
    shown = set(present)
    named = [name for name in (*domain[1:], TALK) if name in shown]
    # More than three, or long ones, stand on two lines, or they run into the next chart.
    is_long = sum(map(len, named)) > _LONGEST_LINE
    columns = 2 if len(named) > _MOST_ON_A_LINE or is_long else 0
    shown_above = legend_of(named, columns=columns) if legend else None
    return {
        "color": alt.Color("series:N", scale=alt.Scale(domain=domain), legend=shown_above),
        "shape": alt.Shape(
            "series:N",
            scale=alt.Scale(domain=domain, range=[_TALK_SHAPE, *shapes]),
            legend=shown_above,
        ),
    }


def band_px(setups: Sequence[str]) -> int:
    """Return the height of a variant with so many set-ups in it."""
    return BAND_PX * max(1, ceil(len(setups) / 2))


def legend_of(names: Sequence[str], *, columns: int = 0) -> alt.Legend:
    """Return a legend of `names` above a chart, on one line unless in `columns`."""
    return alt.Legend(
        title=None,
        orient="top",
        direction="horizontal",
        symbolSize=90,
        values=list(names),
        columns=columns,
    )


def finished(
    chart: alt.Chart | alt.LayerChart | alt.FacetChart,
    *,
    height: int,
    colours: Sequence[str],
    description: str,
) -> dict[str, Any]:
    """Return the specification of a chart, with the page's names for its colours in order."""
    # Vega makes the description the drawing's label, for readers who hear the page.
    sized = chart.properties(
        width="container",
        height=height,
        autosize=_FIT,
        padding=_PADDING,
        description=description,
        usermeta={"colours": list(colours)},
    )
    # Against the schema it is held by a test; here it would take a fifth of a second a chart.
    return sized.to_dict(validate=False)
