"""The HTML pages that commands write.

What draws a page takes as long to import as all else that a command needs, and most write none: it
is imported with the first page of its kind.
"""
# ruff: noqa: PLC0415

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rowpath.explain.values import Explanation
    from rowpath.lab.load.results import LoadResult
    from rowpath.lab.race.record import RaceRun
    from rowpath.lab.record import Run
    from rowpath.report.trend.series import Trend


def of_run(run: "Run") -> str:
    """Return the page of a run of the lab."""
    from rowpath.report import html

    return html.render(run)


def of_race(race: "RaceRun") -> str:
    """Return the page of a race."""
    from rowpath.report.race import html

    return html.render(race)


def of_trend(trend: "Trend") -> str:
    """Return the page of kept runs in their order."""
    from rowpath.report.trend import html

    return html.render(trend)


def of_load(result: "LoadResult", not_kept: Sequence[str]) -> str:
    """Return the page of a load, which tells the thresholds that were not kept."""
    from rowpath.report.load import html

    return html.render(result, not_kept)


def of_explanation(explanation: "Explanation") -> str:
    """Return the page of an explanation."""
    from rowpath.report.explain import html

    return html.render(explanation)
