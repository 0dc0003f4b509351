"""A load as one HTML file in the report's style that needs no network."""

from collections.abc import Sequence
from datetime import UTC, datetime

from rowpath import __version__
from rowpath.lab.load.figures import limits
from rowpath.lab.load.results import LoadResult
from rowpath.report import page
from rowpath.report.charts.load import load_charts
from rowpath.report.load import notes, table


def render(result: LoadResult, failed_thresholds: Sequence[str]) -> str:
    """Return the page as one HTML document, to be written as UTF-8."""
    templates = page.templates()
    return templates.get_template("load.html").render(
        **page.frame(templates),
        asked=notes.asked(result.plan),
        charts=load_charts(result),
        columns=table.COLUMNS,
        failed_thresholds=failed_thresholds,
        lines=table.lines(result),
        refused=tuple(limits(result)),
        result=result,
        rowpath=__version__,
        sentences=tuple(notes.sentences(result)),
        started_at=datetime.fromtimestamp(result.started_at, UTC),
        stopped=notes.stopped(result),
    )
