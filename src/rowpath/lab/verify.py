"""Whether an answer holds what it must: pure functions from bytes to the first difference.

Answers differ in shape (objects or columns, an id more, numbers or strings), and a variant declares
its shape. What is left after that must be the table's.
"""

import json
from collections.abc import Callable, Sequence
from datetime import datetime
from decimal import Decimal
from itertools import zip_longest

from rowpath.lab.experiment import Answer, Shape

Row = tuple[object, ...]


class ShapeError(ValueError):
    """An answer is not laid out as its variant declares."""


def answered_rows(body: bytes, answer: Answer) -> list[Row]:
    """Return the raw values of the declared columns, a tuple a row; ShapeError if one lacks."""
    try:
        return _READERS[answer.shape](json.loads(body), answer.columns)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ShapeError(
            f"it is no {answer.shape} answer with {', '.join(answer.columns)} "
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
    return [(data["rows"], *(data[column] for column in columns))]


_READERS: dict[Shape, Callable[..., list[Row]]] = {
    Shape.ROWS: _objects,
    Shape.COLUMNS: _columns,
    Shape.TOTALS: _totals,
}


def typed(rows: Sequence[Row], like: Row) -> list[Row]:
    """Return `rows` with each value as the type of the value at its place in `like`.

    A decimal may be answered as a string or a number, a time as ISO 8601; all else must have its
    type already. ShapeError for a value that does not fit.
    """
    casts = [_CASTS.get(type(value)) for value in like]
    typed_rows = []
    for row in rows:
        try:
            typed_rows.append(
                tuple(
                    value if cast is None or value is None else cast(value)
                    for cast, value in zip(casts, row, strict=True)
                )
            )
        except (TypeError, ValueError, ArithmeticError) as error:
            raise ShapeError(f"{row!r} does not fit {like!r} ({error})") from error
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


def _time(value: object) -> datetime:
    if not isinstance(value, str):
        msg = f"{value!r} is no time"
        raise TypeError(msg)
    return datetime.fromisoformat(value)


_CASTS: dict[type, Callable[[object], object]] = {
    Decimal: _decimal,
    int: _integer,
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
