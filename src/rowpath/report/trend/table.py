"""The columns of a trend's table, decided once for terminal, Markdown and page."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from rowpath.report import figures
from rowpath.report.trend.series import Point, RunLine, Trend
from rowpath.stats.verdict import NULL_BAND


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A header, and what stands below it for each run of a comparison."""

    header: str
    text: Callable[[Point], str]
    is_number: bool = False


def state(run: RunLine) -> str:
    """Return whether a run can be believed, and whether it is whole, in a word or two."""
    words = [
        word for word, is_so in (("not valid", run.failed), ("not complete", run.ended)) if is_so
    ]
    return ", ".join(words) or "valid"


COLUMNS = (
    Column(header="run", text=lambda point: f"{point.run.number}", is_number=True),
    Column(header="started", text=lambda point: f"{point.run.started_at:%Y-%m-%d %H:%M}"),
    Column(header="on", text=lambda point: point.run.surroundings),
    Column(header="ratio", text=lambda point: figures.ratio(point.ratio.estimate), is_number=True),
    Column(header="range", text=lambda point: figures.ratio_range(point.ratio), is_number=True),
    Column(header="run is", text=lambda point: state(point.run)),
)


def sentences(trend: Trend) -> Iterator[str]:
    """Yield what is to be known about a trend: its runs, and where they were made."""
    for run in trend.runs:
        why = " ".join(filter(None, (run.failed, run.ended)))
        told = f"{run.number}: {run.name}, {run.started_at:%Y-%m-%d %H:%M:%S %Z}"
        yield f"Run {told}, on {run.surroundings}, {state(run)}{f': {why}' if why else '.'}"
    for letter, text in trend.surroundings:
        yield f"{letter}: {text}."
    yield (
        "A ratio is of what is compared within one run, so that it can be held against that of "
        "another machine; its 95% interval is beside it. Nothing here is a verdict on a change: "
        f"two intervals that overlap may differ, and {NULL_BAND:.0%} is no difference."
    )
