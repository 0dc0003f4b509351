"""Whether an answer holds what it must: pure functions from bytes to the first difference.

Answers differ in shape (objects or columns, an id more, numbers or strings), and a variant declares
its shape. What is left after that must be the tables'.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import zip_longest

from rowpath.lab.experiment import Shape
from rowpath.lab.record import NUMBER_OF_ROWS

Row = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Expected:
    """The rows that an answer must hold, and the names of their columns."""

    columns: tuple[str, ...]
    rows: Sequence[Row]

    def dicts(self) -> Iterator[dict[str, object]]:
        """Yield each row by its columns' names."""
        return (dict(zip(self.columns, row, strict=True)) for row in self.rows)


class ShapeError(ValueError):
    """An answer is not laid out as its variant declares."""


def answered_rows(body: bytes, shape: Shape, columns: Sequence[str]) -> list[Row]:
    """Return the raw values of the named columns, a tuple a row; ShapeError if one lacks."""
    try:
        return _READERS[shape](json.loads(body), columns)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ShapeError(
            f"it is no {shape} answer with {', '.join(columns)} "
            f"({type(error).__name__}: {error}): {body[:200]!r}"
        ) from error


def _objects(data: list[dict[str, object]], columns: Sequence[str]) -> list[Row]:
    if not isinstance(data, list):
        msg = "it is no list"
        raise TypeError(msg)
    return [tuple(row[column] for column in columns) for row in data]


def _columns(data: dict[str, list[object]], columns: Sequence[str]) -> list[Row]:
    return list(zip(*(data[column] for column in columns), strict=True))


def _totals(data: dict[str, object], columns: Sequence[str]) -> list[Row]:
    return [tuple(data[column] for column in columns)]


_READERS: dict[Shape, Callable[..., list[Row]]] = {
    Shape.ROWS: _objects,
    Shape.COLUMNS: _columns,
    Shape.TOTALS: _totals,
}


def typed(rows: Sequence[Row], like: Sequence[Row]) -> list[Row]:
    """Return `rows` with each value as the type of the values at its place in `like`.

    A decimal may be answered as a string or a number, a time as ISO 8601; all else must have its
    type already. ShapeError for a value that does not fit.
    """
    columns = zip(*like, strict=True)
    examples = [next((value for value in column if value is not None), None) for column in columns]
    casts = [_CASTS.get(type(example)) for example in examples]
    typed_rows = []
    for row in rows:
        try:
            typed_rows.append(
                tuple(
                    value if cast is None or value is None else cast(value)
                    for cast, value in zip(casts, row, strict=True)
                )
                if casts
                else row
            )
        except (TypeError, ValueError, ArithmeticError) as error:
            raise ShapeError(f"{row!r} does not fit {tuple(examples)!r} ({error})") from error
    return typed_rows


def _decimal(value: object) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        msg = f"{value!r} is no decimal"
        raise TypeError(msg)
    return Decimal(str(value))


def _integer(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        msg = f"{value!r} is no integer"
        raise TypeError(msg)
    return value


def _truth(value: object) -> bool:
    if not isinstance(value, bool):
        msg = f"{value!r} is neither true nor false"
        raise TypeError(msg)
    return value


def _time(value: object) -> datetime:
    if not isinstance(value, str):
        msg = f"{value!r} is no time"
        raise TypeError(msg)
    return datetime.fromisoformat(value)


_CASTS: dict[type, Callable[[object], object]] = {
    Decimal: _decimal,
    int: _integer,
    bool: _truth,
    datetime: _time,
}


def first_difference(
    expected: Sequence[Row], answered: Sequence[Row], columns: Sequence[str]
) -> str | None:
    """Return in words where `answered` first differs from `expected`; None where nowhere."""
    if list(expected) == list(answered):
        return None
    for number, (right, given) in enumerate(zip_longest(expected, answered), start=1):
        if right is None or given is None:
            return f"the table gives {len(expected):,} rows, the answer has {len(answered):,}"
        for column, value, other in zip(columns, right, given, strict=True):
            if value != other:
                return f"row {number:,} has {column} {value} in the table, {other} in the answer"
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A column in which two sets of rows differ: in how many rows, and the values of the first.

    Or NUMBER_OF_ROWS, with the two numbers and how far they are apart.
    """

    column: str
    rows: int
    baseline: str
    variant: str


def differences(baseline: Expected, variant: Expected) -> tuple[Difference, ...]:
    """Return where the rows of a variant differ from its baseline's, a column each.

    Columns are paired by their name, and one that either lacks is passed over. Rows are paired by
    their place; where there are more of one, which is told first, by their first column, if that
    tells them apart.
    """
    shared = [column for column in baseline.columns if column in variant.columns]
    pairs = _pairs(baseline, variant, shared)
    found = ((column, [(one[column], other[column]) for one, other in pairs]) for column in shared)
    unlike = ((column, [pair for pair in values if pair[0] != pair[1]]) for column, values in found)
    return _difference_in_number(baseline, variant) + tuple(
        Difference(
            column=column, rows=len(both), baseline=_shown(both[0][0]), variant=_shown(both[0][1])
        )
        for column, both in unlike
        if both
    )


def _difference_in_number(baseline: Expected, variant: Expected) -> tuple[Difference, ...]:
    one, other = len(baseline.rows), len(variant.rows)
    if one == other:
        return ()
    apart = abs(one - other)
    return (Difference(column=NUMBER_OF_ROWS, rows=apart, baseline=str(one), variant=str(other)),)


def _pairs(
    baseline: Expected, variant: Expected, shared: Sequence[str]
) -> list[tuple[dict[str, object], dict[str, object]]]:
    """Return the rows of both that are compared with one another."""
    ones, others = list(baseline.dicts()), list(variant.dicts())
    if len(ones) != len(others) and shared:
        # Paired by place, all that stand behind a row that is missing would seem to differ.
        by_key = [{repr(row[shared[0]]): row for row in rows} for rows in (ones, others)]
        if [len(rows) for rows in by_key] == [len(ones), len(others)]:
            return [(row, by_key[1][key]) for key, row in by_key[0].items() if key in by_key[1]]
    return list(zip(ones, others, strict=False))


def _shown(value: object) -> str:
    """Return a value as a reader tells it from another: a text in quotes, all else as it is."""
    return repr(value) if isinstance(value, str) else str(value)
