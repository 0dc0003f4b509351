from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from threading import Thread
from typing import Any

import psycopg
import pytest
from psycopg import Cursor, ServerCursor
from psycopg.sql import SQL, Identifier

from rowpath.capture.psycopg import CopyListener, copies_told, fetches_counted, follow, text_of
from rowpath.lab.database import Database

METHODS = ("fetchone", "fetchmany", "fetchall", "__next__")


def methods() -> list[object]:
    return [*(getattr(ServerCursor, name) for name in METHODS), Cursor.copy]


def ignore(cursor: Cursor[Any], text: str, duration_s: float) -> None:
    """Listen to COPY and do nothing."""


def copies_ignored() -> AbstractContextManager[None]:
    return copies_told(ignore)


BLOCKS = [fetches_counted, copies_ignored]


class Told:
    """A listener that keeps what it is told."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.durations_s: list[float] = []
        self.rows: list[int] = []

    def __call__(self, cursor: Cursor[Any], text: str, duration_s: float) -> None:
        self.texts.append(text)
        self.durations_s.append(duration_s)
        self.rows.append(cursor.rowcount)


READS: dict[str, Callable[[ServerCursor[Any]], object]] = {
    "fetchone": lambda cursor: [cursor.fetchone() for _ in range(12)],
    "fetchmany": lambda cursor: [cursor.fetchmany(4) for _ in range(4)],
    "fetchall": lambda cursor: cursor.fetchall(),
    "iteration": list,
}


@pytest.mark.parametrize("name", READS)
def test_each_way_to_read_is_counted(products: Database, name: str) -> None:
    """Rows count once, whichever method hands them out, and reading takes time."""
    with (
        fetches_counted(),
        psycopg.connect(products.dsn) as connection,
        connection.cursor("reader") as cursor,
    ):
        cursor.itersize = 4
        fetches = follow(cursor)
        cursor.execute("SELECT generate_series(1, 10)")

        READS[name](cursor)

    assert fetches is not None
    assert fetches.rows == 10
    assert fetches.duration_s > 0


def test_an_ordinary_cursor_is_not_followed(products: Database) -> None:
    """A cursor that holds all its rows knows their number itself."""
    with psycopg.connect(products.dsn) as connection, connection.cursor() as cursor:
        assert follow(cursor) is None


def test_a_cursor_that_is_not_followed_reads_as_ever(products: Database) -> None:
    """Within the patch, another's cursor works as without it."""
    with (
        fetches_counted(),
        psycopg.connect(products.dsn) as connection,
        connection.cursor("reader") as cursor,
    ):
        cursor.execute("SELECT generate_series(1, 3)")

        assert cursor.fetchall() == [(1,), (2,), (3,)]


@pytest.mark.parametrize("block", BLOCKS)
def test_the_patch_is_undone_on_an_exception(
    block: Callable[[], AbstractContextManager[None]],
) -> None:
    """Whatever ends the block, psycopg's own methods stand there again."""
    before = methods()

    with pytest.raises(LookupError, match="patched"), block():
        raise LookupError("as ever" if methods() == before else "patched")

    assert methods() == before


@pytest.mark.parametrize("block", BLOCKS)
def test_blocks_that_overlap_undo_the_patch_with_the_last(
    block: Callable[[], AbstractContextManager[None]],
) -> None:
    """Two blocks may end in the order in which they began."""
    before = methods()
    first, second = ExitStack(), ExitStack()
    first.enter_context(block())
    second.enter_context(block())
    patched = methods()

    first.close()

    assert methods() == patched != before
    second.close()
    assert methods() == before


def send_copy(connection: psycopg.Connection[Any], rows: int) -> None:
    with connection.cursor() as cursor, cursor.copy("COPY kept FROM STDIN") as copy:
        for number in range(rows):
            copy.write_row((number,))


def test_copy_is_told_with_its_rows_in_both_directions(products: Database) -> None:
    """The listener hears the text and the time of each block once it has ended."""
    told = Told()
    with copies_told(told), psycopg.connect(products.dsn) as connection:
        connection.execute("CREATE TEMPORARY TABLE kept (number integer)")
        send_copy(connection, 12)
        with connection.cursor() as cursor, cursor.copy("COPY kept TO STDOUT") as copy:
            assert len(list(copy.rows())) == 12

    assert told.texts == ["COPY kept FROM STDIN", "COPY kept TO STDOUT"]
    assert told.rows == [12, 12]
    assert all(duration_s > 0 for duration_s in told.durations_s)


def test_a_copy_that_fails_is_told(products: Database) -> None:
    """It was sent, and waited for, and the error is psycopg's own."""
    told = Told()
    with (
        psycopg.connect(products.dsn) as connection,
        copies_told(told),
        pytest.raises(psycopg.errors.UndefinedTable),
    ):
        send_copy(connection, 1)

    assert told.texts == ["COPY kept FROM STDIN"]


def test_blocks_that_overlap_are_told_until_they_end(products: Database) -> None:
    """The end of an earlier block takes nothing from a later one, which ends for good."""
    told = Told(), Told()
    first, second = ExitStack(), ExitStack()
    with psycopg.connect(products.dsn) as connection:
        connection.execute("CREATE TEMPORARY TABLE kept (number integer)")
        first.enter_context(copies_told(told[0]))
        second.enter_context(copies_told(told[1]))
        send_copy(connection, 1)
        first.close()
        send_copy(connection, 2)
        second.close()
        with copies_ignored():
            send_copy(connection, 3)

    assert [listener.rows for listener in told] == [[1], [1, 2]]


def test_a_copy_of_another_thread_is_not_told(products: Database) -> None:
    """A listener hears what its own context copies, though the patch is everybody's."""
    told, other = Told(), Told()

    def work(listener: CopyListener) -> None:
        with psycopg.connect(products.dsn) as connection, copies_told(listener):
            connection.execute("CREATE TEMPORARY TABLE kept (number integer)")
            send_copy(connection, 3)

    with copies_told(told):
        thread = Thread(target=work, args=(other,))
        thread.start()
        thread.join()

    assert told.texts == []
    assert other.rows == [3]


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("SELECT %s", "SELECT %s"),
        (b"SELECT 1", "SELECT 1"),
        (SQL("SELECT {} FROM t").format(Identifier('a"b')), 'SELECT "a""b" FROM t'),
    ],
)
def test_a_query_of_any_form_has_a_text(query: object, text: str, products: Database) -> None:
    """What psycopg composes reads as PostgreSQL gets it."""
    with psycopg.connect(products.dsn) as connection, connection.cursor() as cursor:
        assert text_of(query, cursor) == text
