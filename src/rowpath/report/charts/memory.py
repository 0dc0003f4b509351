"""Memory that a request added to its worker: bars from zero, each with its figure.

A length from zero is what a reader compares, so the scale is linear and has its zero; a
logarithmic one has none, and could not show a variant that added nothing. What is too small for
its length to be read is told by its figure.
"""

from typing import Any

import altair as alt

from rowpath.lab.record import VariantRecord
from rowpath.report import figures
from rowpath.report.charts.drawing import (
    BAND_PX,
    SERIES_COLOURS,
    Chart,
    finished,
    row_axis,
    series_encoding,
)
from rowpath.report.layout import SizePart

_FIGURE_PX = 80
"""Kept free on the right for the figure of the longest bar."""
_LEAST_MIB = 1.0
"""The scale is at least so long: no noise of a page or two looks like growth."""
_AXIS = "MiB added by one request, observed once"


def memory(part: SizePart) -> Chart | None:
    """Return the chart of the memory that requests added at a size; None where none answered."""
    variants = [line.variant for line in part.lines if line.variant.outcome is None]
    if not variants:
        return None
    title = "Memory that a request adds to its worker"
    told = "; ".join(
        f"{figures.printable(each.name)} ({figures.words(each.setup)}) {_figure(each)}"
        for each in variants
    )
    description = f"{title} at {part.title}, observed once, on a linear scale from zero. {told}."
    return Chart(
        title=title,
        description=description,
        spec=_spec(part, variants, description),
        leads=True,
    )


def _spec(part: SizePart, variants: list[VariantRecord], description: str) -> dict[str, Any]:
    names = list(dict.fromkeys(figures.printable(each.name) for each in variants))
    setups = [figures.words(each.setup) for each in part.setups]
    data = alt.InlineData(values=[_bar(each) for each in variants])
    x = alt.X(
        "value:Q",
        title=_AXIS,
        scale=alt.Scale(
            domain=[0, max(_LEAST_MIB, *(each.grown_mib for each in variants))],
            nice=False,
            range=[0, alt.expr(f"max(width - {_FIGURE_PX}, 0)")],
        ),
        axis=alt.Axis(tickCount=4, labelOverlap="greedy", format=",~f"),
    )
    placed: dict[str, Any] = {"y": row_axis(names, grid=False), "x": x}
    if len(setups) > 1:
        offset = alt.YOffset("series:N", sort=setups, scale=alt.Scale(paddingOuter=0.2))
        placed["yOffset"] = offset
    tooltip = [alt.Tooltip(f"{field}:N") for field in ("variant", "added", "peak")]
    colour = series_encoding(setups, setups, legend=part.names_setups)["color"]
    bars = (
        alt.Chart(data)
        .mark_bar(height={"band": 0.62})
        .encode(**placed, color=colour, tooltip=tooltip)
    )
    labels = (
        alt.Chart(data).mark_text(align="left", dx=6, fontSize=12).encode(**placed, text="added:N")
    )
    return finished(
        alt.layer(bars, labels),
        height=BAND_PX * len(names),
        colours=SERIES_COLOURS,
        description=description,
    )


def _bar(variant: VariantRecord) -> dict[str, str | float]:
    name = figures.printable(variant.name)
    return {
        "variant": name,
        "row": figures.parted(name),
        "series": figures.words(variant.setup),
        "value": variant.grown_mib,
        "added": figures.growth(variant.grown_mib),
        "peak": figures.memory(variant.peak_mib),
    }


def _figure(variant: VariantRecord) -> str:
    peak = figures.memory(variant.peak_mib)
    return f"{figures.growth(variant.grown_mib)} to a peak of {peak}"
