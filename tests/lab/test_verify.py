"""An answer is what its variant declares, or its first difference is told."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rowpath.lab.answers.verify import (
    Difference,
    Expected,
    ShapeError,
    answered_rows,
    differences,
    first_difference,
    typed,
)
from rowpath.lab.experiment import Shape
from rowpath.lab.record import NUMBER_OF_ROWS

COLUMNS = ("low_price", "sold_qty", "time_created")
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
    answered = typed(answered_rows(as_objects(values), Shape.ROWS, COLUMNS), [ROW])

    assert first_difference(values, answered, COLUMNS) is None


def test_columns_hold_the_same_rows() -> None:
    """One object with a list a column is the same answer in another shape."""
    body = json.dumps(
        {"low_price": [1.5], "sold_qty": [3], "time_created": ["2024-02-29T12:30:01.123456Z"]}
    ).encode()

    answered = typed(answered_rows(body, Shape.COLUMNS, COLUMNS), [ROW])

    assert answered == [ROW]


def test_totals_are_one_row() -> None:
    """The number of rows and the sums stand in one object."""
    body = b'{"rows": 2, "sold_qty": 5}'

    assert answered_rows(body, Shape.TOTALS, ("rows", "sold_qty")) == [(2, 5)]


def test_a_null_in_the_first_row_hides_no_type() -> None:
    """A column's type is that of its first value that is one."""
    like = [(None, 3, TIME), ROW]

    assert typed([("1.5", 3, TIME.isoformat()), (None, 3, None)], like) == [
        (Decimal("1.5"), 3, TIME),
        (None, 3, None),
    ]


def test_a_number_is_no_truth() -> None:
    """1 is not true, though Python holds them equal."""
    with pytest.raises(ShapeError, match="neither true nor false"):
        typed([(1,)], [(True,)])


def test_differences_are_told_by_column_with_the_first_values() -> None:
    """What two techniques leave otherwise is counted by row, and shown by an example."""
    baseline = Expected(("id", "label", "dps"), [(1, "a", 5), (2, "b", 5), (3, "c", 5)])
    variant = Expected(("label", "id"), [("a", 1), ("", 2), ("", 3)])

    assert differences(baseline, variant) == (
        Difference(column="label", rows=2, baseline="'b'", variant="''"),
    )
    assert differences(baseline, baseline) == ()


def test_another_number_of_rows_is_told_and_no_other_difference_made_of_it() -> None:
    """A row that is left out moves those behind it, which are the same rows all the same."""
    baseline = Expected(("id", "label"), [(1, "a"), (2, "b"), (3, "c")])
    fewer = Expected(("id", "label"), [(2, "b"), (3, "")])
    none = Expected(("id", "label"), [])
    number = Difference(column=NUMBER_OF_ROWS, rows=1, baseline="3", variant="2")
    label = Difference(column="label", rows=1, baseline="'c'", variant="''")

    assert differences(baseline, fewer) == (number, label)
    assert differences(fewer, baseline) == (
        replace(number, baseline="2", variant="3"),
        replace(label, baseline="''", variant="'c'"),
    )
    assert differences(baseline, none) == (replace(number, rows=3, variant="0"),)


def test_rows_that_nothing_tells_apart_are_paired_by_place() -> None:
    """Where the first column repeats, it says nothing of which row is which."""
    baseline = Expected(("name", "dps"), [("a", 1), ("a", 2)])
    fewer = Expected(("name", "dps"), [("a", 2)])

    assert [each.column for each in differences(baseline, fewer)] == [NUMBER_OF_ROWS, "dps"]


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
        answered_rows(body, Shape.ROWS, COLUMNS)


@pytest.mark.parametrize(
    "row",
    [("1.50", "3", "2024-02-29"), ("x", 3, "2024-02-29"), ("1", True, "2024-02-29"), ("1", 3, 4)],
)
def test_a_value_of_another_type_is_refused(row: tuple[object, ...]) -> None:
    """An integer as a string, a text as a decimal, a truth as a number: none is the same value."""
    with pytest.raises(ShapeError, match="does not fit"):
        typed([row], [ROW])
