"""An answer that is wrong in any single way passes no variant's check."""

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from conftest import LOGS_ROWS, PRODUCTS
from rowpath.errors import AnswerError
from rowpath.lab.answers.check import check_answer
from rowpath.lab.answers.reference import Reference, reference
from rowpath.lab.answers.verify import Row
from rowpath.lab.applications import optional_packages
from rowpath.lab.database import Database
from rowpath.lab.dataset import LOGS as LOGS_DATA
from rowpath.lab.dataset import PRODUCTS as PRODUCTS_DATA
from rowpath.lab.experiment import Shape
from rowpath.lab.experiments import EXPERIMENTS
from rowpath.lab.packages import REDIS, package_versions
from rowpath.lab.plan import Cell, Stock, stages
from rowpath.lab.profile import profile_named

SIZE = 40
"""Rows per answer; the smallest table of the test's logs has a few more."""
STOCK = Stock(
    tables={**PRODUCTS_DATA.sizes(PRODUCTS), **LOGS_DATA.sizes(LOGS_ROWS)},
    versions=package_versions() | dict.fromkeys([*optional_packages(), REDIS], "99.0"),
)
CELLS = [
    (experiment.name, cell)
    for experiment in EXPERIMENTS
    for stage in stages([experiment], profile_named("thorough"), stock=STOCK, sizes=[SIZE])
    for cell in stage.cells
    if cell.variant.fails is None
]
# Variants of an experiment that declare the same answer are checked alike.
DISTINCT = {
    (name, cell.variant.answer, cell.is_ordered): (name, cell) for name, cell in reversed(CELLS)
}
EACH_ANSWER = pytest.mark.parametrize(
    ("experiment", "cell"),
    DISTINCT.values(),
    ids=[f"{name}-{cell.variant.name}-{cell.conditions}" for name, cell in DISTINCT.values()],
)

# Columns that hold one value by their nature, so that a constant is no wrong answer, and why.
CONSTANT = {
    (
        "loops",
        "new",
    ): "t2 of the talk finds nothing new, which is its lesson; see the test of tasks",
    ("writes", "updated_by_auto_now"): "a technique sets the time in every row, or in none",
    ("writes", "changes_by_signal"): "what calls no save() leaves no note",
    ("writes", "fights_checked_until"): "all benchmarks were checked at once",
    ("writes", "dps_checked_until"): "all benchmarks were checked at once",
}

Rows = list[list[Any]]


@pytest.fixture(scope="module")
def table(both: Database) -> Iterator[Reference]:
    """A reader of what the tables hold."""
    with reference(both.dsn) as opened:
        yield opened


def body_of(shape: Shape, columns: Sequence[str], rows: Sequence[Row] | Rows) -> bytes:
    """Return the rows as a variant of that shape answers them."""
    answer: object
    if shape is Shape.COLUMNS:
        answer = {name: [row[at] for row in rows] for at, name in enumerate(columns)}
    else:
        objects = [dict(zip(columns, row, strict=True)) for row in rows]
        answer = objects if shape is Shape.ROWS else objects[0]
    return json.dumps(answer, default=plain).encode()


def plain(value: object) -> str:
    """Return what stands in JSON for a value that JSON has not."""
    return value.isoformat() if isinstance(value, datetime) else str(value)


def other(value: Any) -> Any:  # noqa: ANN401 whatever a row holds
    """Return a value of the same type that is as near as can be."""
    changed: dict[type, Callable[[], Any]] = {
        bool: lambda: not value,
        int: lambda: value + 1,
        Decimal: lambda: value + Decimal("0.01"),
        datetime: lambda: value + timedelta(microseconds=1),
        str: lambda: f"{value} ",
        list: lambda: [*value, "one more"],
        type(None): lambda: "something",
    }
    return changed[type(value)]()


def without(rows: Sequence[Row], *places: int) -> Rows:
    return [list(row) for at, row in enumerate(rows) if at not in places]


def mutated_rows(rows: Sequence[Row], *, is_ordered: bool) -> Iterator[tuple[str, Rows]]:
    """Yield the rows with one of them gone, twice or elsewhere."""
    whole = without(rows)
    if rows:
        yield "the first row gone", without(rows, 0)
        yield "a row in the middle gone", without(rows, len(rows) // 2)
        yield "the last row gone", without(rows, len(rows) - 1)
        yield "no rows", []
        yield "the first row for all", [list(rows[0]) for _ in rows]
        yield "a row twice", [*whole, whole[-1]]
        yield "a row for another", [*whole[1:], whole[-1]]
    if is_ordered and rows:
        yield "two rows swapped", [whole[1], whole[0], *whole[2:]]
        yield "the rows the other way round", whole[::-1]
        yield "the first row at the end", [*whole[1:], whole[0]]


def mutated_columns(rows: Sequence[Row]) -> Iterator[tuple[str, int, Rows]]:
    """Yield the rows with a column changed: one of its values, or all of them."""
    for at in range(len(rows[0]) if rows else 0):
        held = [row[at] for row in rows]
        for place in {0, len(rows) // 2, len(rows) - 1}:
            yield "a value changed", at, replaced(rows, at, [*held[:place], other(held[place])])
            if held[place] is not None:
                yield "a value null", at, replaced(rows, at, [*held[:place], None])
        yield "its first value for all", at, replaced(rows, at, held[:1] * len(rows))
        yield "its last value for all", at, replaced(rows, at, held[-1:] * len(rows))
        for kind in {type(value) for value in held} - {type(None), datetime}:
            yield "nothing for all", at, replaced(rows, at, [kind()] * len(rows))
        yield "moved by a row", at, replaced(rows, at, [*held[1:], held[0]])
        for to in range(at):
            if {type(row[to]) for row in rows} & {type(value) for value in held}:
                taken = replaced(rows, at, [row[to] for row in rows])
                yield "another column's", at, replaced(taken, to, held)
        lists = [value for value in held if isinstance(value, list)]
        if any(lists):
            yield "lists without their last", at, replaced(rows, at, [each[:-1] for each in lists])
            yield "lists backwards", at, replaced(rows, at, [each[::-1] for each in lists])


def replaced(rows: Sequence[Row] | Rows, at: int, values: Sequence[object]) -> Rows:
    """Return the rows with the first values of a column replaced."""
    changed = [list(row) for row in rows]
    for row, value in zip(changed, values, strict=False):
        row[at] = value
    return changed


def is_refused(cell: Cell, body: bytes, table: Reference) -> bool:
    try:
        check_answer(cell, body, table)
    except AnswerError:
        return True
    return False


@EACH_ANSWER
def test_rows_that_are_missing_doubled_or_displaced_are_refused(
    experiment: str, cell: Cell, table: Reference
) -> None:
    """The right rows pass; no other number of them, and no other order where one is declared."""
    del experiment
    shape = cell.variant.answer.shape
    expected = table.expected(cell.variant.answer.expected, cell.rows)
    assert not is_refused(cell, body_of(shape, expected.columns, expected.rows), table)
    if shape is Shape.TOTALS:
        return

    passed = [
        how
        for how, rows in mutated_rows(expected.rows, is_ordered=cell.is_ordered)
        if not is_refused(cell, body_of(shape, expected.columns, rows), table)
    ]

    assert passed == []


@EACH_ANSWER
def test_a_column_that_is_changed_is_refused(experiment: str, cell: Cell, table: Reference) -> None:
    """No value can be another one, and no column a constant that it is not."""
    shape = cell.variant.answer.shape
    expected = table.expected(cell.variant.answer.expected, cell.rows)

    passed = {
        (how, expected.columns[at])
        for how, at, rows in mutated_columns(expected.rows)
        if rows != without(expected.rows)
        if not is_refused(cell, body_of(shape, expected.columns, rows), table)
    }
    constant = {
        column
        for at, column in enumerate(expected.columns)
        if len({repr(row[at]) for row in expected.rows}) == 1 < len(expected.rows)
    }

    assert passed == set()
    assert {(experiment, column) for column in constant} <= CONSTANT.keys()


def test_what_is_said_to_be_constant_is(table: Reference) -> None:
    """None is passed over above that is not so in some answer."""
    found = set()
    for experiment, cell in DISTINCT.values():
        expected = table.expected(cell.variant.answer.expected, cell.rows)
        found |= {
            (experiment, column)
            for at, column in enumerate(expected.columns)
            if len({repr(row[at]) for row in expected.rows}) == 1 < len(expected.rows)
        }

    assert found == CONSTANT.keys()
