"""A load's figures for the terminal."""

from collections.abc import Iterator, Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from rowpath.lab.load.figures import limits
from rowpath.lab.load.results import LoadResult
from rowpath.report import figures
from rowpath.report.load import notes, table


def summary(result: LoadResult, failed_thresholds: Sequence[str]) -> RenderableType:
    """Return the figures of each target, the failures, and what is to be known about them."""
    parts: list[RenderableType] = [Text(notes.asked(result.plan) + "."), Text()]
    stopped = notes.stopped(result)
    if stopped:
        parts += [Text(stopped, style="bold red"), Text()]
    parts += [_table(result), Text()]
    if result.total.failures:
        parts += [Text("Failures", style="bold"), *_failures(result), Text()]
    parts += [Text(sentence, style="dim") for sentence in notes.sentences(result)]
    parts += [Text(f"Not held: {sentence}", style="bold red") for sentence in limits(result)]
    parts += [Text(f"Not kept: {sentence}", style="bold red") for sentence in failed_thresholds]
    return Group(*parts)


def _table(result: LoadResult) -> Table:
    grid = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
    for column in table.COLUMNS:
        grid.add_column(
            column.header,
            justify="right" if column.is_number else "left",
            no_wrap=column.is_number,
            overflow="fold",
        )
    for line in table.lines(result):
        grid.add_row(*(Text(column.text(line)) for column in table.COLUMNS))
    return grid


def _failures(result: LoadResult) -> Iterator[Text]:
    for target in result.targets:
        for reason, count in target.failures.items():
            told = figures.printable(f"{count:,} {target.method} {target.name}: {reason}")
            yield Text(f"  {told}")
