"""What a technique leaves otherwise than its baseline: other values in columns of the same rows."""

from collections.abc import Iterable
from dataclasses import dataclass

from rowpath.lab.record import DifferenceRecord, VariantRecord
from rowpath.report import figures

_MOST_CHARACTERS = 80
"""Of an example's value: it shows what differs, the run's file has all of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOtherwise:
    """A column that a variant leaves otherwise: in how many rows at each size, and one example."""

    variant: str
    column: str
    rows: tuple[str, ...]
    baseline: str
    own: str

    def short(self) -> str:
        """Return the column and the numbers of rows, on one line."""
        return f"{self.column} in {', '.join(self.rows)}"


def left_otherwise(variants: Iterable[VariantRecord]) -> tuple[LeftOtherwise, ...]:
    """Return the differences of a group's variants, each column once, sizes put together."""
    found: dict[tuple[str, str], list[tuple[VariantRecord, DifferenceRecord]]] = {}
    for variant in variants:
        for difference in variant.differences:
            found.setdefault((variant.name, difference.column), []).append((variant, difference))
    return tuple(
        LeftOtherwise(
            variant=figures.printable(name),
            column=figures.printable(column),
            rows=tuple(dict.fromkeys(_rows(variant, each) for variant, each in seen)),
            baseline=_example(seen[0][1].baseline),
            own=_example(seen[0][1].variant),
        )
        for (name, column), seen in found.items()
    )


def _rows(variant: VariantRecord, difference: DifferenceRecord) -> str:
    # An answer of totals is one row, however many rows it was made from.
    if difference.rows == 1 or difference.rows > variant.rows:
        return figures.rows(difference.rows)
    return f"{figures.count(difference.rows)} of {figures.rows(variant.rows)}"


def _example(value: str) -> str:
    text = figures.printable(value)
    if len(text) > _MOST_CHARACTERS:
        return f"{text[:_MOST_CHARACTERS].rstrip()} \N{HORIZONTAL ELLIPSIS}"
    return text or "(empty)"
