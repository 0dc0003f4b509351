"""The columns of a load's table, decided once for terminal and page."""

from collections.abc import Callable
from dataclasses import dataclass

from rowpath.lab.load.figures import Figures, whole
from rowpath.lab.load.results import LoadResult, TargetResult
from rowpath.report import figures


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One target of a load, or all together."""

    title: str
    target: TargetResult
    seen: Figures


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A header, and what stands below it for each line."""

    header: str
    text: Callable[[Line], str]
    is_number: bool = True


def _ms(value: float | None) -> str:
    return figures.NOTHING if value is None else figures.time(value)


def _failures(line: Line) -> str:
    if not line.seen.failures:
        return "0"
    return f"{line.seen.failures:,} ({line.seen.failed_share:.1%})"


COLUMNS = (
    Column(header="", text=lambda line: line.title, is_number=False),
    Column(header="requests", text=lambda line: f"{line.seen.requests:,}"),
    Column(header="failures", text=_failures),
    Column(header="requests/s", text=lambda line: figures.significant(line.seen.requests_per_s)),
    Column(header="median", text=lambda line: _ms(line.seen.p50_ms)),
    Column(header="p95", text=lambda line: _ms(line.seen.p95_ms)),
    Column(header="p99", text=lambda line: _ms(line.seen.p99_ms)),
    Column(header="longest", text=lambda line: _ms(line.seen.most_ms)),
)


def lines(result: LoadResult) -> tuple[Line, ...]:
    """Return a line for each target, and one of all where there are several."""
    each = [
        Line(
            title=figures.printable(
                target.name if target.method in {"", "GET"} else f"{target.method} {target.name}"
            ),
            target=target,
            seen=whole(result, target),
        )
        for target in result.targets
    ]
    if len(each) > 1:
        each.append(Line(title="all", target=result.total, seen=whole(result, result.total)))
    return tuple(each)
