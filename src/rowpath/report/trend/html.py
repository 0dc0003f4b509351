"""A trend as one HTML file in the report's style that needs no network."""

from rowpath import __version__
from rowpath.report import page
from rowpath.report.charts.trend import trend_chart
from rowpath.report.trend import table
from rowpath.report.trend.series import Trend


def render(trend: Trend) -> str:
    """Return the page as one HTML document, to be written as UTF-8."""
    templates = page.templates()
    return templates.get_template("trend.html").render(
        **page.frame(templates),
        columns=table.COLUMNS,
        parts=[
            (name, [(each, trend_chart(trend, each)) for each in series])
            for name, series in trend.parts
        ],
        rowpath=__version__,
        sentences=tuple(table.sentences(trend)),
        trend=trend,
    )
