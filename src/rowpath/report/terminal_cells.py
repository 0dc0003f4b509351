"""Columns and cells as rich lays them out in a terminal.

In a narrow terminal a figure stands above its interval, in a wide one they stand side by side.
"""

from collections.abc import Iterable, Sequence
from typing import TypeVar, assert_never

from rich.table import Table
from rich.text import Text

from rowpath.report import figures, notes
from rowpath.report.tables import (
    Align,
    Aside,
    BadEnd,
    Cell,
    ClaimOfTalk,
    Column,
    GivenVerdict,
    Measured,
    Name,
    Stacked,
    TooFewBlocks,
    Verdicts,
)
from rowpath.report.verdicts import symbol
from rowpath.stats.verdict import Verdict

Row = TypeVar("Row")
Stack = tuple[Column[Row], ...]
"""Columns that stand one below the other in the place of one."""

_LONG_NAME = 16
"""With more characters, a name beside long intervals takes too much of 80 columns for one line."""
_STYLES: dict[str, str] = {
    Verdict.CONFIRMED: "bold green",
    Verdict.DIRECTION_ONLY: "bold yellow",
    Verdict.REFUTED: "bold red",
    Verdict.INCONCLUSIVE: "bold bright_black",
}


def stacks(columns: Iterable[Column[Row]], *, wide: bool) -> tuple[Stack[Row], ...]:
    """Return the columns as they stand in a terminal, those in one place together."""
    placed: dict[str, Stack[Row]] = {}
    for column in columns:
        below = column.below
        if below is not None and below.column in placed and (below.wide or not wide):
            placed[below.column] += (column,)
        else:
            placed[column.key] = (column,)
    return tuple(placed.values())


def add_columns(table: Table, placed: Sequence[Stack[Row]], *, wide: bool) -> None:
    """Add a column for each stack, of which the first alone may break its lines at spaces."""
    for number, stack in enumerate(placed):
        first = stack[0]
        table.add_column(
            "\n".join(_header(column, wide=wide) for column in stack),
            min_width=first.room.wide if wide else first.room.narrow,
            no_wrap=number > 0,
            overflow="fold",
            justify="right" if first.align == Align.NUMBER else "left",
        )


def text(stack: Stack[Row], row: Row, *, wide: bool) -> Text:
    """Return what stands in the place of a stack for one row."""
    contents = (_text(column.cell(row), wide=wide) for column in stack)
    return Text("\n").join(filter(None, contents))


def _header(column: Column[Row], *, wide: bool) -> str:
    header = column.header
    if not header.detail:
        return header.short
    if wide and column.align == Align.RANGED:
        return f"{header.short} ({header.detail})"
    return f"{header.short}\n{header.detail}"


def _text(cell: Cell, *, wide: bool) -> Text:
    match cell:
        case Name():
            shown = Text(figures.parted(cell.text, _LONG_NAME))
        case Measured():
            shown = _measured(cell.value, cell.note, wide=wide)
        case Stacked():
            shown = Text("\n".join(cell.texts))
        case Aside():
            shown = Text(cell.text, style="dim")
        case TooFewBlocks():
            shown = _measured(figures.NOTHING, notes.blocks(cell.blocks), wide=wide)
        case BadEnd():
            shown = Text(cell.word, style="yellow")
        case Verdicts():
            shown = Text("\n").join(map(_verdict, cell.given))
        case ClaimOfTalk():
            shown = Text(notes.claim(cell.claim))
        case _:
            assert_never(cell)
    return shown


def _measured(value: str, note: str, *, wide: bool) -> Text:
    if not note:
        return Text(value)
    if wide:
        return Text.assemble(value, (f" ({note})", "dim"))
    return Text.assemble(value, "\n", (note, "dim"))


def _verdict(verdict: GivenVerdict) -> Text:
    # A star, which the caption explains: for the name of the other baseline there is no room.
    star = " *" if verdict.against else ""
    of = f"\n  of {verdict.of}" if verdict.of else ""
    return Text(
        f"{symbol(verdict.word)} {verdict.word}{star}{of}", style=_STYLES.get(verdict.word, "")
    )
