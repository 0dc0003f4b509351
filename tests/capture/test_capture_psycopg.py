from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

import psycopg
import pytest
from psycopg import ServerCursor

from rowpath.capture.psycopg import fetches_counted, follow
from rowpath.lab.database import Database

METHODS = ("fetchone", "fetchmany", "fetchall", "__next__")


def methods() -> list[object]:
    return [getattr(ServerCursor, name) for name in METHODS]


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


def test_the_patch_is_undone_on_an_exception() -> None:
    """Whatever ends the block, psycopg's own methods stand there again."""
    before = methods()

    with pytest.raises(LookupError, match="patched"), fetches_counted():
        raise LookupError("as ever" if methods() == before else "patched")

    assert methods() == before


def test_blocks_that_overlap_undo_the_patch_with_the_last() -> None:
    """Two blocks may end in the order in which they began."""
    before = methods()
    first, second = ExitStack(), ExitStack()
    first.enter_context(fetches_counted())
    second.enter_context(fetches_counted())
    patched = methods()

    first.close()

    assert methods() == patched != before
    second.close()
    assert methods() == before
