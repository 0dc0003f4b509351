"""Where a technique does not answer or leave what its baseline does: other values, other rows."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rowpath.lab.record import NUMBER_OF_ROWS, DifferenceRecord, VariantRecord
from rowpath.report import figures

_MOST_CHARACTERS = 80
"""Of an example's value: it shows what differs, the run's file has all of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DifferingColumn:
    """A column that differs: in how many rows at each size, and one example.

    Of the number of rows `rows` says how many more there are, or fewer.
    """

    name: str
    rows: tuple[str, ...]
    baseline: str
    own: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Differing:
    """In what a variant differs from its baseline."""

    variant: str
    columns: tuple[DifferingColumn, ...]

    def __str__(self) -> str:
        """Return the columns and in how many rows, without examples, on one line."""
        columns = (
            f"{each.name}{':' if each.name == NUMBER_OF_ROWS else ' in'} {', '.join(each.rows)}"
            for each in self.columns
        )
        return f"{self.variant} differs: {'; '.join(columns)}"


_Seen = tuple[VariantRecord, DifferenceRecord]


def differing(variants: Iterable[VariantRecord]) -> tuple[Differing, ...]:
    """Return in what variants of a group differ, each column once, sizes put together."""
    found: dict[str, dict[str, list[_Seen]]] = {}
    for variant in variants:
        for difference in variant.differences:
            columns = found.setdefault(variant.name, {})
            columns.setdefault(difference.column, []).append((variant, difference))
    return tuple(
        Differing(
            variant=figures.printable(name),
            columns=tuple(_column(column, seen) for column, seen in columns.items()),
        )
        for name, columns in found.items()
    )


def _column(name: str, seen: Sequence[_Seen]) -> DifferingColumn:
    _, first = seen[0]
    return DifferingColumn(
        name=figures.printable(name),
        rows=tuple(dict.fromkeys(_rows(variant, each) for variant, each in seen)),
        baseline=_example(first.baseline),
        own=_example(first.variant),
    )


def _rows(variant: VariantRecord, difference: DifferenceRecord) -> str:
    if difference.column == NUMBER_OF_ROWS:
        fewer = int(difference.variant) < int(difference.baseline)
        return f"{figures.count(difference.rows)} {'fewer' if fewer else 'more'}"
    # An answer of totals is one row, however many rows it was made from.
    if difference.rows == 1 or difference.rows > variant.rows:
        return figures.rows(difference.rows)
    return f"{figures.count(difference.rows)} of {figures.rows(variant.rows)}"


def _example(value: str) -> str:
    text = figures.printable(value)
    if len(text) > _MOST_CHARACTERS:
        return f"{text[:_MOST_CHARACTERS].rstrip()} \N{HORIZONTAL ELLIPSIS}"
    return text
