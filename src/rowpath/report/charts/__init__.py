"""Charts of a group at a size as Vega-Lite specifications; the browser draws them.

Variants stand from top to bottom as in the table, set-ups are told apart by colour and shape. A
chart's width is its container's. Colours and fonts are the page's, given when it is drawn, so that
one specification serves light and dark.
"""

from rowpath.lab.experiment import Figure
from rowpath.report.charts.cpu import cpu_charts
from rowpath.report.charts.drawing import Chart
from rowpath.report.charts.memory import memory
from rowpath.report.charts.points import compared, ratios
from rowpath.report.charts.shares import shares
from rowpath.report.layout import SizePart

__all__ = ["Chart", "charts"]


def charts(part: SizePart) -> tuple[Chart, ...]:
    """Return the charts of one size, none without figures.

    They are of what is compared and of ratios to the baseline, after one of memory or of shares
    where there is one; then one for each variant whose CPU was watched.
    """
    leading = (memory(part),) if part.leads(Figure.MEMORY) else (shares(part),)
    drawn = (
        *leading,
        compared(part),
        ratios(part),
        *cpu_charts(part),
    )
    return tuple(chart for chart in drawn if chart is not None)
