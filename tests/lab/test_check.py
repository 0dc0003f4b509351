"""A wrong answer never passes: each way to be wrong is told, and nothing of it is timed."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from rowpath.errors import AnswerError
from rowpath.lab.answers.check import (
    check_answer,
    check_failure,
    check_fast_path,
    check_statements,
)
from rowpath.lab.answers.reference import Reference, reference
from rowpath.lab.conditions import AS_TOLD, CONTROLLED, Conditions
from rowpath.lab.database import Database
from rowpath.lab.experiment import ExpectedError, Shape
from rowpath.lab.experiments import EXPERIMENTS
from rowpath.lab.plan import Cell

COLUMN_NAMES = {
    "lists": (
        *("low_price", "high_price", "demand_qty", "offers_qty"),
        *("bought_qty", "sold_qty", "time_created"),
    ),
    "fields": ("low_price", "high_price"),
}
NAMED = {each.name: each for each in EXPERIMENTS}
ROWS = 20


@pytest.fixture(scope="module")
def table(products: Database) -> Iterator[Reference]:
    """A reader of the table that answers are held against."""
    with reference(products.dsn) as opened:
        yield opened


def cell_of(experiment: str, variant: str, conditions: Conditions = CONTROLLED) -> Cell:
    found = NAMED[experiment].variant(variant)
    return Cell(variant=found, path=NAMED[experiment].path(found), conditions=conditions, rows=ROWS)


def right_rows(table: Reference, cell: Cell) -> list[dict[str, Any]]:
    expected = table.expected(cell.variant.answer.expected, ROWS)
    return [{name: plain(value) for name, value in row.items()} for row in expected.dicts()]


def plain(value: Any) -> Any:  # noqa: ANN401 whatever a row holds
    return value if isinstance(value, int) else str(value)


def body_of(cell: Cell, rows: list[dict[str, Any]]) -> bytes:
    if cell.variant.answer.shape is Shape.ROWS:
        return json.dumps(rows).encode()
    names = COLUMN_NAMES[cell.path.split("/")[1]]
    return json.dumps({name: [row[name] for row in rows] for name in names}).encode()


Change = Callable[[list[dict[str, Any]]], object]
ORDERED = cell_of("lists", "drf-objects")
COLUMNS = cell_of("lists", "for-values")
ANY_ORDER = cell_of("lists", "fastapi-schema", AS_TOLD)
ANY_PRICES = cell_of("fields", "sqlalchemy-load-only", AS_TOLD)
EVERY_CELL = [ORDERED, COLUMNS, ANY_ORDER, ANY_PRICES]


@pytest.mark.parametrize("cell", EVERY_CELL, ids=str)
def test_the_right_answer_passes(cell: Cell, table: Reference) -> None:
    """What the table holds is accepted in every shape."""
    check_answer(cell, body_of(cell, right_rows(table, cell)), table)


@pytest.mark.parametrize("cell", EVERY_CELL, ids=str)
@pytest.mark.parametrize(
    "change",
    [
        lambda rows: rows.pop(),
        lambda rows: rows.clear(),
        lambda rows: rows[7].update(low_price="0.00"),
        lambda rows: rows[7].update(low_price=rows[7]["low_price"] + "4"),
        lambda rows: rows[7].update(low_price=None),
        lambda rows: rows[7].update(low_price=True),
        lambda rows: rows.__setitem__(slice(1, None), [rows[0]] * (ROWS - 1)),
    ],
    ids=["a row less", "no rows", "another price", "a digit more", "null", "true", "one row only"],
)
def test_a_wrong_answer_is_refused(cell: Cell, change: Change, table: Reference) -> None:
    """A value, a digit or a row that the table does not hold so ends the run before it times."""
    rows = right_rows(table, cell)
    change(rows)

    with pytest.raises(AnswerError, match=r"^Cannot time .*nothing of it was timed\.$"):
        check_answer(cell, body_of(cell, rows), table)


def test_rows_in_another_order_are_refused_where_an_order_is_declared(table: Reference) -> None:
    """The same rows the other way round are right as told, and wrong with an ORDER BY."""
    rows = right_rows(table, ORDERED)
    rows.reverse()

    check_answer(ANY_ORDER, body_of(ANY_ORDER, rows), table)
    with pytest.raises(AnswerError, match="row 1 has"):
        check_answer(ORDERED, body_of(ORDERED, rows), table)


def test_another_number_of_statements_is_refused_with_both_numbers() -> None:
    """A view that sends more than it declares is told so."""
    with pytest.raises(AnswerError, match="it sent 3 SQL statements and declares 1"):
        check_statements(ORDERED, 3)
    check_statements(cell_of("fields", "only-one"), ROWS + 1)


def test_a_variant_that_declares_a_most_may_send_fewer_statements_and_no_more() -> None:
    """Where an identity map decides, the declared number is the most."""
    cell = replace(ORDERED, variant=replace(ORDERED.variant, statements=3, statements_at_most=True))

    check_statements(cell, 2)
    check_statements(cell, 3)
    with pytest.raises(AnswerError, match="it sent 4 SQL statements and declares at most 3"):
        check_statements(cell, 4)


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (200, None),
        (200, "TypeError: no"),
        (500, None),
        (500, "TypeError: cannot be both"),
        (500, "shop.errors.FieldError: cannot be both"),
        (500, "app.FieldError"),
        (500, "app.FieldError: Cannot resolve keyword 'cannot' into field."),
        (400, "app.FieldError: cannot be both"),
    ],
)
def test_a_variant_that_does_not_fail_as_it_should_ends_the_run(
    status: int, error: str | None
) -> None:
    """An error that is the lesson of a variant is checked like an answer: no other passes for it.

    Neither another of the same class, nor one of another module whose class has the same name.
    """
    fails = ExpectedError(kind="app.FieldError", message="cannot be both", reason="because")
    cell = replace(ORDERED, variant=replace(ORDERED.variant, expects=fails))

    told = (
        "it was to raise app.FieldError with 'cannot be both' and answered "
        f"{status} ({error or 'without an error'})."
    )

    check_failure(cell, 500, "app.FieldError: Field a.b cannot be both c and d.")
    with pytest.raises(AnswerError, match=re.escape(told)):
        check_failure(cell, status, error)


def test_an_answer_by_the_declared_path_passes_and_any_goes_where_none_is() -> None:
    """What rowpath's variant declares is compiled code; DRF's declares nothing."""
    check_fast_path(cell_of("ladder", "rowpath"), "compiled")
    check_fast_path(cell_of("ladder", "drf"), None)


@pytest.mark.parametrize("taken", ["portable", "DRF, since the queryset is distinct", None])
def test_an_answer_by_another_path_is_no_answer_of_rowpath(taken: str | None) -> None:
    """A list that fell back has the right rows, and is told with who made it all the same."""
    with pytest.raises(AnswerError, match=f"compiled path, .* came from {taken or 'elsewhere'}"):
        check_fast_path(cell_of("ladder", "rowpath"), taken)
