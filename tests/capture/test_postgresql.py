from collections.abc import Iterator
from contextlib import nullcontext
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import psycopg
import pytest
from psycopg.abc import Params
from psycopg.conninfo import make_conninfo
from psycopg.pq import TransactionStatus
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from capture.django_setup import connection_parameters
from conftest import PRODUCTS
from rowpath.capture.postgresql import is_explainable, plan_of
from rowpath.lab.database import Database

BY_ID = "SELECT low_price FROM product WHERE id = %s"


@pytest.fixture
def conninfo(products: Database) -> str:
    """How the measured application connects to the products."""
    return make_conninfo("", **connection_parameters(products))


@pytest.fixture
def connection(conninfo: str) -> Iterator[psycopg.Connection[Any]]:
    """A connection of psycopg's to the products, in autocommit."""
    with psycopg.connect(conninfo, autocommit=True) as made:
        yield made


def count(connection: psycopg.Connection[Any]) -> int:
    row = connection.execute("SELECT count(*) FROM product").fetchone()
    assert row is not None
    (rows,) = row
    return int(rows)


@pytest.mark.parametrize(
    "text",
    [
        "SELECT 1",
        "select 1",
        "  \n(SELECT 1) UNION (SELECT 2)",
        "/* a, b */ -- c\nWITH x AS (SELECT 1) SELECT * FROM x",
        "VALUES (1)",
        "INSERT INTO product VALUES (1)",
        "UPDATE product SET sold_qty = 1",
        "DELETE FROM product",
        "MERGE INTO product USING product AS p ON false WHEN MATCHED THEN DELETE",
    ],
)
def test_a_statement_with_a_plan_is_explainable(text: str) -> None:
    """Whatever reads or writes rows, behind comments and parentheses, in either case."""
    assert is_explainable(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "SAVEPOINT x",
        "RELEASE SAVEPOINT x",
        "SET enable_seqscan = off",
        "TRUNCATE product",
        "COPY product FROM STDIN",
        "EXPLAIN SELECT 1",
        "SELECTED",
        "-- SELECT 1",
        "/* SELECT 1",
        "/* a */ COPY product FROM STDIN /* b */ SELECT 1",
    ],
)
def test_a_statement_without_a_plan_is_not_explainable(text: str) -> None:
    """Commands, and what merely looks like a statement, are not tried."""
    assert not is_explainable(text)


@pytest.mark.parametrize(
    ("text", "parameters"),
    [
        (BY_ID, (7,)),
        ("SELECT low_price FROM product WHERE id = %(id)s", {"id": 7}),
        ("SELECT id FROM product WHERE id = ANY(%s)", ([1, 2, 3],)),
        ("SELECT id FROM product WHERE low_price < %s", (Decimal("7.50"),)),
        ("SELECT id FROM product WHERE time_created < %s", (datetime(2022, 1, 2, tzinfo=UTC),)),
        ("SELECT id FROM product WHERE %s IS NULL", (None,)),
        ("SELECT id, %s FROM product", ("it's",)),
        ("SELECT id FROM product WHERE %s @> '{}'", (Jsonb({"a": ["'", 1]}),)),
        ("SELECT id FROM product WHERE id %% 2 = %s", (1,)),
        ("SELECT id FROM product WHERE id %% 2 = 1", ()),
        ("SELECT id FROM product WHERE id % 2 = 1", None),
    ],
)
def test_a_plan_names_the_table(
    text: str, parameters: Params | None, connection: psycopg.Connection[Any]
) -> None:
    """It is PostgreSQL's own text, whatever the values are and however they are named."""
    plan = plan_of(connection, text, parameters)

    assert plan is not None
    assert " on product" in plan
    assert "cost=" in plan


def test_a_plan_is_that_of_its_values(connection: psycopg.Connection[Any]) -> None:
    """A row by its id is looked up, nearly all rows are read from the table."""
    text = "SELECT low_price FROM product WHERE id < %s"

    assert "Index" in (plan_of(connection, text, (2,)) or "")
    assert "Seq Scan" in (plan_of(connection, text, (PRODUCTS,)) or "")


@pytest.mark.parametrize("row_factory", [dict_row, psycopg.rows.tuple_row])
def test_a_plan_is_read_with_any_rows(
    row_factory: Any,  # noqa: ANN401 factories of different rows
    connection: psycopg.Connection[Any],
) -> None:
    """The application's own form of rows does not matter."""
    connection.row_factory = row_factory

    assert "product" in (plan_of(connection, BY_ID, (1,)) or "")


@pytest.mark.parametrize(
    ("in_transaction", "status"),
    [(False, TransactionStatus.IDLE), (True, TransactionStatus.INTRANS)],
)
@pytest.mark.parametrize("text", [BY_ID, "SELECT nothing FROM nowhere WHERE id = %s"])
def test_the_connection_is_left_as_it_was_found(
    text: str,
    status: TransactionStatus,
    connection: psycopg.Connection[Any],
    *,
    in_transaction: bool,
) -> None:
    """In a transaction or outside, after an error or without, its state and settings stay."""
    with connection.transaction() if in_transaction else nullcontext():
        with nullcontext() if text == BY_ID else pytest.raises(psycopg.errors.UndefinedTable):
            assert plan_of(connection, text, (1,))

        assert connection.info.transaction_status is status
        assert connection.execute("SHOW lock_timeout").fetchone() == ("0",)
        assert count(connection) == PRODUCTS


@pytest.mark.parametrize(
    "text",
    [
        "DELETE FROM product",
        "UPDATE product SET id = 1",
        "WITH gone AS (DELETE FROM product RETURNING id) SELECT * FROM gone",
    ],
)
def test_nothing_is_executed(text: str, connection: psycopg.Connection[Any]) -> None:
    """A statement that would change every row is planned and changes none, even for a moment."""
    with connection.transaction():
        assert "on product" in (plan_of(connection, text, None) or "")

        assert count(connection) == PRODUCTS
        assert connection.execute("SELECT pg_current_xact_id_if_assigned()").fetchone() == (None,)


def test_a_second_statement_is_refused(connection: psycopg.Connection[Any]) -> None:
    """What follows a semicolon is never executed behind the first one's EXPLAIN."""
    with pytest.raises(psycopg.errors.SyntaxError, match="multiple commands"):
        plan_of(connection, "SELECT 1; COMMIT; DROP TABLE product", None)

    assert count(connection) == PRODUCTS


def test_a_transaction_that_failed_is_not_asked(connection: psycopg.Connection[Any]) -> None:
    """PostgreSQL would refuse, and the application's rollback is its own."""
    connection.execute("BEGIN")
    with pytest.raises(psycopg.errors.DivisionByZero):
        connection.execute("SELECT 1 / 0")

    assert plan_of(connection, BY_ID, (1,)) is None

    connection.execute("ROLLBACK")
    assert plan_of(connection, BY_ID, (1,)) is not None


def test_a_table_that_another_transaction_holds_is_not_waited_for_long(
    connection: psycopg.Connection[Any], conninfo: str
) -> None:
    """A request that locked its table and has not ended cannot stop the one who explains it."""
    with psycopg.connect(conninfo) as holder:
        holder.execute("LOCK TABLE product IN ACCESS EXCLUSIVE MODE")

        with pytest.raises(psycopg.errors.LockNotAvailable):
            plan_of(connection, BY_ID, (1,))
        holder.rollback()


def test_what_is_no_connection_of_psycopg_has_no_plans() -> None:
    """Django may have another database, or another driver."""
    assert plan_of(object(), "SELECT 1", None) is None
