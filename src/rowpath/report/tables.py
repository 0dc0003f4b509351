"""What a table is made of, as values: its columns, and what can stand in a cell.

Terminal and HTML only lay these out, so neither has an opinion on what a table holds.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from rowpath.lab.record import ClaimRecord

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True, kw_only=True)
class Name:
    """What the row is about; it may be parted at a dash where it is long."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A figure that counts, with what stands behind it: its interval, or that it has none."""

    value: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stacked:
    """Figures one below the other, the first of which is the main one; none at all is empty."""

    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Aside:
    """Words instead of a figure, said quietly."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TooFewBlocks:
    """There is no figure, since so few blocks give no interval."""

    blocks: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BadEnd:
    """There is no figure, since the request ended badly: in which word."""

    word: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenVerdict:
    """A verdict in its word; `against` is the baseline where that is not the table's own.

    `of` is the quantity in words where it is not the one that the table compares.
    """

    word: str
    against: str = ""
    of: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdicts:
    """The verdicts on all claims of a row, or none."""

    given: tuple[GivenVerdict, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimOfTalk:
    """A claim with what it compares and where the talk makes it."""

    claim: ClaimRecord


Cell = Name | Measured | Stacked | Aside | TooFewBlocks | BadEnd | Verdicts | ClaimOfTalk


class Align(StrEnum):
    """Where the content of a cell begins.

    A RANGED figure has its interval with it: where that stands behind the figure, as in a wide
    terminal, both are read from the left; below the figures of a page, from the right as NUMBER.
    """

    TEXT = "text"
    NUMBER = "number"
    RANGED = "ranged"


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """What stands above a column: a title, a short one for a terminal.

    `detail` is what stands below the main figure of its cells, or behind it.
    """

    title: str
    short: str
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """The characters that a column takes at least in a narrow and in a wide terminal.

    The tables of an experiment stand in line by it, whatever their figures.
    """

    narrow: int = 0
    wide: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Below:
    """A column's place in a terminal is below another one's, in a wide terminal only if `wide`."""

    column: str
    wide: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Column(Generic[Row]):
    """A column: what stands above it, and what each row has in it.

    `leads` where it is what its table is first of all about.
    """

    key: str
    header: Header
    cell: Callable[[Row], Cell]
    align: Align = Align.NUMBER
    room: Room = Room()
    below: Below | None = None
    leads: bool = False
