"""The four CSV files that Locust writes with --csv, under the same names, with the same columns.

The figures in them are of the raw times; Locust's own are rounded.
"""

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from io import StringIO

import numpy as np

from rowpath.lab.load.figures import percentile, whole
from rowpath.lab.load.results import Floats, LoadResult, TargetResult
from rowpath.lab.load.timeline import steps

PERCENTILES = (50, 66, 75, 80, 90, 95, 98, 99, 99.9, 99.99, 100)
"""Locust's stats.PERCENTILES_TO_REPORT."""
AGGREGATED = "Aggregated"
NOT_AVAILABLE = "N/A"
_PERCENTS = tuple(f"{percent:g}%" for percent in PERCENTILES)
STATS = (
    *("Type", "Name", "Request Count", "Failure Count", "Median Response Time"),
    *("Average Response Time", "Min Response Time", "Max Response Time"),
    *("Average Content Size", "Requests/s", "Failures/s", *_PERCENTS),
)
HISTORY = (
    *("Timestamp", "User Count", "Type", "Name", "Requests/s", "Failures/s", *_PERCENTS),
    *("Total Request Count", "Total Failure Count", "Total Median Response Time"),
    *("Total Average Response Time", "Total Min Response Time", "Total Max Response Time"),
    "Total Average Content Size",
)
FAILURES = ("Method", "Name", "Error", "Occurrences", "First Seen", "Last Seen")
EXCEPTIONS = ("Count", "Message", "Traceback", "Nodes")

Row = Sequence[str | int | float]


def files(result: LoadResult) -> Iterator[tuple[str, bytes]]:
    """Yield the end of each file's name, and what is in it."""
    yield "_stats.csv", _file(STATS, _stats(result))
    yield "_stats_history.csv", _file(HISTORY, _history(result))
    yield "_failures.csv", _file(FAILURES, _failures(result))
    yield "_exceptions.csv", _file(EXCEPTIONS, ())


def _file(columns: Row, rows: Iterable[Row]) -> bytes:
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow(columns)
    writer.writerows(map(_inert, rows))
    return text.getvalue().encode()


def _inert(row: Row) -> Row:
    """Keep a spreadsheet from taking a text that somebody else chose for a formula."""
    return [f"'{cell}" if isinstance(cell, str) and cell[:1] in {*"=+-@"} else cell for cell in row]


def _stats(result: LoadResult) -> Iterator[Row]:
    for target in (*result.targets, result.total):
        figures = whole(result, target)
        yield (
            target.method,
            AGGREGATED if target is result.total else target.name,
            figures.requests,
            figures.failures,
            figures.p50_ms or 0,
            figures.mean_ms or 0,
            figures.least_ms or 0,
            figures.most_ms or 0,
            figures.mean_bytes or 0,
            figures.requests_per_s,
            figures.failures_per_s,
            *_percents(target.latency_s, target.unsent),
        )


def _percents(latency_s: Floats, unsent: int = 0) -> Iterator[str | float]:
    for percent in PERCENTILES:
        whole = percent == 100  # noqa: PLR2004
        latency_ms = latency_s * 1_000
        value = _most(latency_s) if whole else percentile(latency_ms, percent, unsent)
        yield NOT_AVAILABLE if value is None else value


def _most(latency_s: Floats) -> float | None:
    return float(latency_s.max()) * 1_000 if len(latency_s) else None


def _history(result: LoadResult) -> Iterator[Row]:
    total = result.total
    for step in steps(result, total):
        until_s = step.at_s + step.span_s
        places = np.searchsorted(total.ended_s, [step.at_s, until_s])
        lately, so_far = total.latency_s[places[0] : places[1]], slice(0, places[1])
        yield (
            int(result.started_at + until_s),
            step.users,
            "",
            AGGREGATED,
            step.requests_per_s,
            step.failures_per_s,
            *_percents(lately),
            *_until(total, so_far),
        )


def _until(total: TargetResult, so_far: slice) -> Row:
    latency_ms = total.latency_s[so_far] * 1_000
    if not len(latency_ms):
        return (0,) * 7
    return (
        len(latency_ms),
        int(total.failed[so_far].sum()),
        percentile(latency_ms, 50) or 0,
        float(latency_ms.mean()),
        float(latency_ms.min()),
        float(latency_ms.max()),
        float(total.size_bytes[so_far].mean()),
    )


def _failures(result: LoadResult) -> Iterator[Row]:
    """Yield each failure's reason; when it was seen is known of all of a target's together."""
    for target in result.targets:
        ended_s = target.ended_s[target.failed]
        for reason, count in target.failures.items():
            seen = [_at(result, float(each)) for each in (ended_s.min(), ended_s.max())]
            yield (target.method, target.name, reason, count, *seen)


def _at(result: LoadResult, at_s: float) -> str:
    moment = datetime.fromtimestamp(result.started_at + at_s, UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
