"""What share of a ratio each of some factors has: bars from zero with their 95% intervals."""

from typing import Any

import altair as alt

from rowpath.lab.record import ExplanationRecord, ShareRecord
from rowpath.report import figures, notes
from rowpath.report.charts.drawing import BAND_PX, Chart, finished, row_axis
from rowpath.report.layout import SizePart

_COLOURS = ("controlled",)
_AXIS = "share of the ratio, on the ln scale"
_FIGURE_PX = 90
"""Kept free on the right for the figure of the longest bar."""


def shares(part: SizePart) -> Chart | None:
    """Return the chart of what a size's ratio is shared out among; None where nothing is."""
    explained = part.explanation
    if explained is None:
        return None
    description = " ".join(notes.explanation(explained))
    return Chart(
        title=notes.explained_ratio(explained),
        description=description,
        spec=_spec(explained, description),
        notes=notes.explanation(explained)[1:],
        leads=True,
    )


def _spec(explained: ExplanationRecord, description: str) -> dict[str, Any]:
    bars = [_bar(share) for share in explained.shares]
    lowest = min(0.0, *(float(bar["low"]) for bar in bars))
    highest = max(1.0, *(float(bar["high"]) for bar in bars))
    data = alt.InlineData(values=bars)
    x = alt.X(
        "value:Q",
        title=_AXIS,
        scale=alt.Scale(
            domain=[lowest, highest], range=[0, alt.expr(f"max(width - {_FIGURE_PX}, 0)")]
        ),
        axis=alt.Axis(format="%", tickCount=5),
    )
    placed: dict[str, Any] = {"y": row_axis([bar["row"] for bar in bars], grid=False), "x": x}
    tooltip = [alt.Tooltip(f"{field}:N") for field in ("row", "share", "ratio")]
    drawn = (
        alt.Chart(data)
        .mark_bar(height={"band": 0.55}, opacity=0.75)
        .encode(**placed, color=alt.Color("series:N", legend=None), tooltip=tooltip)
    )
    intervals = (
        alt.Chart(data)
        .mark_rule(strokeWidth=2)
        .encode(y=placed["y"], x=alt.X("low:Q"), x2=alt.X2("high:Q"))
    )
    labels = (
        alt.Chart(data)
        .mark_text(align="left", dx=8, fontSize=12)
        .encode(y=placed["y"], x=alt.X("end:Q"), text="ratio:N")
    )
    return finished(
        alt.layer(drawn, intervals, labels),
        height=BAND_PX * len(bars),
        colours=_COLOURS,
        description=description,
    )


def _bar(share: ShareRecord) -> dict[str, Any]:
    return {
        "row": figures.printable(share.factor),
        "series": "share",
        "value": share.share.estimate,
        "low": share.share.low,
        "high": share.share.high,
        "end": max(share.share.high, 0.0),
        "share": notes.percent(share.share.estimate),
        "ratio": notes.factor_of(share),
    }
