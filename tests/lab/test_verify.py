"""An answer is what its variant declares, or its first difference is told."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rowpath.lab.experiment import Answer, Shape
from rowpath.lab.verify import (
    ShapeError,
    answered_rows,
    first_difference,
    typed,
)

COLUMNS = ("low_price", "sold_qty", "time_created")
ROWS = Answer(shape=Shape.ROWS, columns=COLUMNS)
TIME = datetime(2024, 2, 29, 12, 30, 1, 123456, UTC)
ROW = (Decimal("1.50"), 3, TIME)

prices = st.decimals(0, 99999, places=2, allow_nan=False)
times = st.datetimes(timezones=st.just(UTC))
rows = st.lists(st.tuples(prices, st.integers(), times), min_size=1, max_size=5)


def as_objects(values: list[tuple[Decimal, int, datetime]]) -> bytes:
    return json.dumps(
        [
            {"id": 7, "low_price": str(low), "sold_qty": sold, "time_created": time.isoformat()}
            for low, sold, time in values
        ]
    ).encode()


@given(rows)
def test_rows_come_back_from_their_json(values: list[tuple[Decimal, int, datetime]]) -> None:
    """Objects, with ids more and decimals as strings, hold the same rows."""
    answered = typed(answered_rows(as_objects(values), ROWS), ROW)

    assert first_difference(values, answered, COLUMNS) is None


def test_columns_hold_the_same_rows() -> None:
    """One object with a list a column is the same answer in another shape."""
    body = json.dumps(
        {"low_price": [1.5], "sold_qty": [3], "time_created": ["2024-02-29T12:30:01.123456Z"]}
    ).encode()

    answered = typed(answered_rows(body, Answer(shape=Shape.COLUMNS, columns=COLUMNS)), ROW)

    assert answered == [ROW]


def test_totals_are_one_row() -> None:
    """The number of rows and the sums stand in one object."""
    answer = Answer(shape=Shape.TOTALS, columns=("sold_qty",))

    assert answered_rows(b'{"rows": 2, "sold_qty": 5}', answer) == [(2, 5)]


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ((Decimal("1.51"), 3, TIME), "row 2 has low_price 1.50 in the table, 1.51 in the answer"),
        ((Decimal("1.50"), 4, TIME), "row 2 has sold_qty 3 in the table, 4 in the answer"),
        (
            (Decimal("1.50"), 3, TIME + timedelta(microseconds=1)),
            "row 2 has time_created 2024-02-29 12:30:01.123456",
        ),
    ],
)
def test_the_first_difference_is_told(changed: tuple[Decimal, int, datetime], told: str) -> None:
    """A value that differs is told with its row, its column and both values."""
    difference = first_difference([ROW, ROW], [ROW, changed], COLUMNS)

    assert difference is not None
    assert told in difference


def test_a_row_too_few_is_told_with_both_numbers() -> None:
    """An answer that breaks off early is not the same answer."""
    assert first_difference([ROW, ROW], [ROW], COLUMNS) == (
        "the table gives 2 rows, the answer has 1"
    )


@pytest.mark.parametrize(
    "body",
    [b"", b"[1]", b"{}", b'[{"low_price": "1"}]', b"null", b'{"low_price": [1], "sold_qty": []}'],
)
def test_another_shape_is_refused(body: bytes) -> None:
    """An answer that is not laid out as declared is told as such, with its beginning."""
    with pytest.raises(ShapeError, match="it is no rows answer"):
        answered_rows(body, ROWS)


@pytest.mark.parametrize(
    "row",
    [("1.50", "3", "2024-02-29"), ("x", 3, "2024-02-29"), ("1", True, "2024-02-29"), ("1", 3, 4)],
)
def test_a_value_of_another_type_is_refused(row: tuple[object, ...]) -> None:
    """An integer as a string, a text as a decimal, a truth as a number: none is the same value."""
    with pytest.raises(ShapeError, match="does not fit"):
        typed([row], ROW)
