"""Where Django's own statements are prepared, so are those of the fast path."""

from collections.abc import Iterator

import pytest

from fast.conftest import Copies
from fast.projects import Inside, inside

PREPARING = {"OPTIONS": {"prepare_threshold": 1, "server_side_binding": True}}
ALTERED = "ALTER TABLE shop_note ALTER COLUMN text TYPE varchar({length})"


@pytest.fixture(scope="module")
def dsn(copies: Copies) -> Iterator[str]:
    with copies("shop_preparing") as copied:
        yield copied


@pytest.fixture
def project(dsn: str) -> Iterator[Inside]:
    with inside({"databases": {"default": dsn}, "database": PREPARING}) as running:
        yield running


def test_a_repeated_statement_is_prepared(project: Inside) -> None:
    """Both that whose rows come in chunks and that whose rows come in one piece."""
    told = project.call("preparing:prepared")

    assert told == {"notes-flat/": ["compiled", 1], "notes/?limit=3": ["compiled", 1]}


@pytest.mark.parametrize("options", [{}, {"prepare_threshold": 1}, {"server_side_binding": True}])
def test_none_is_prepared_where_django_prepares_none(dsn: str, options: dict[str, object]) -> None:
    """Binding on the client, or without a threshold, Django's connection fits any pooler."""
    with inside({"databases": {"default": dsn}, "database": {"OPTIONS": options}}) as running:
        told = running.call("preparing:prepared")

    assert told == {"notes-flat/": ["compiled", 0], "notes/?limit=3": ["compiled", 0]}


def test_no_more_are_kept_than_psycopg_keeps(project: Inside) -> None:
    """Statements that are used less are forgotten in PostgreSQL, too."""
    assert project.call("preparing:most_that_are_kept") == 2


@pytest.mark.parametrize("sql", [ALTERED.format(length=60), "DEALLOCATE ALL"])
def test_a_stale_statement_is_answered_by_drf_and_prepared_anew(project: Inside, sql: str) -> None:
    """A column that is altered under a living connection costs one request its speed only."""
    told = project.call("preparing:after_a_change", sql=sql)

    assert told == ["compiled", "its prepared statement was out of date.", "compiled"]


@pytest.mark.parametrize(("by", "length"), [("atomic", 70), ("no autocommit", 80)])
def test_a_stale_statement_ends_no_transaction(project: Inside, by: str, length: int) -> None:
    """In a transaction no prepared statement is used, so that none can end it."""
    sql = ALTERED.format(length=length)

    told = project.call("preparing:in_a_transaction_after_a_change", sql=sql, by=by)

    assert told == ["compiled", "its prepared statement was out of date."]


def test_a_literal_is_read_at_the_time_of_its_request(project: Inside) -> None:
    """'today' in a statement would stay the day on which it was prepared."""
    assert project.call("preparing:literals") == ["compiled", []]
