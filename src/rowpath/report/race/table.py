"""The columns of a race's table, decided once for terminal and Markdown."""

from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from urllib.parse import urlsplit

from rowpath.lab.race.record import EntrantRecord, RaceRun
from rowpath.lab.race.values import CALL
from rowpath.report import figures


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A header, and what stands below it for each entrant."""

    header: str
    text: Callable[[EntrantRecord], str]
    is_number: bool = True


def _median(entrant: EntrantRecord) -> str:
    over = entrant.median_ms
    if over is not None:
        return f"{figures.time(over.median)} ({figures.time_range(over)})"
    values = entrant.values_ms or [median(block) for block in entrant.samples_ms]
    return figures.time(median(values)) if values else figures.NOTHING


def _range(entrant: EntrantRecord) -> str:
    # Beside what a block counts as, the time of a single request would be another thing.
    samples_ms = entrant.values_ms or [sample for block in entrant.samples_ms for sample in block]
    if not samples_ms:
        return figures.NOTHING
    return f"{figures.time(min(samples_ms))} {figures.TO} {figures.time(max(samples_ms))}"


def _timings(entrant: EntrantRecord) -> str:
    return f"{sum(map(len, entrant.samples_ms)):,}"


def _answer(entrant: EntrantRecord) -> str:
    return figures.NOTHING if entrant.method == CALL else figures.size(entrant.bytes)


def columns(run: RaceRun) -> tuple[Column, ...]:
    """Return the columns; the URL, or what it does not share with all others, stands beside them.

    What is timed of a function is a batch of calls, whose number is not kept.
    """
    return (
        Column(header="", text=lambda entrant: figures.printable(entrant.name), is_number=False),
        Column(header="median", text=_median),
        Column(header="range", text=_range),
        Column(header="timings" if is_of_calls(run) else "requests", text=_timings),
        Column(header="answer", text=_answer),
    )


def is_of_calls(run: RaceRun) -> bool:
    """Return whether functions were raced, not endpoints."""
    return all(entrant.method == CALL for entrant in run.entrants)


def common_origin(run: RaceRun) -> str:
    """Return the server that all are at, as `http://127.0.0.1:8000`; empty for several or none."""
    if is_of_calls(run):
        return ""
    parts = [urlsplit(entrant.url) for entrant in run.entrants]
    origins = {f"{each.scheme}://{each.netloc}" for each in parts}
    return origins.pop() if len(origins) == 1 else ""


def place(run: RaceRun, entrant: EntrantRecord) -> str:
    """Return an entrant's URL without the server that all are at."""
    return figures.printable(entrant.url[len(common_origin(run)) :]) or "/"
