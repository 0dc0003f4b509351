"""The cursor on a plain connection of psycopg's, as no framework has opened it."""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest
from psycopg.pq import Format
from psycopg.pq.abc import PGresult

from rowpath.fast.fallback import CannotCompileError
from rowpath.fast.psycopg.cursor import CHUNK_ROWS, BinaryCursor
from rowpath.fast.psycopg.errors import is_stale
from rowpath.fast.psycopg.session import check_session
from rowpath.lab.database import Database, connect

How = dict[str, Any]
SERIES = "SELECT n FROM generate_series(1, %s::int) n"


@dataclass(frozen=True, slots=True)
class Asked:
    sql: str
    params: tuple[Any, ...] = ()


@pytest.fixture
def connection(database: Database) -> Iterator[psycopg.Connection[Any]]:
    with connect(database.dsn) as opened:
        yield opened


def numbers(result: PGresult) -> list[int]:
    cells = [result.get_value(row, 0) for row in range(result.ntuples)]
    return [int.from_bytes(cell or b"") for cell in cells]


def run(connection: psycopg.Connection[Any], asked: Asked, how: How | None = None) -> BinaryCursor:
    cursor = BinaryCursor(connection, asked, **(how or {}))
    return cursor.execute(asked.sql, asked.params)


@pytest.mark.parametrize("binds_on_server", [False, True])
def test_rows_come_in_binary(
    connection: psycopg.Connection[Any],
    binds_on_server: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    """Wherever the values are bound, the result is one in PostgreSQL's binary format."""
    result = run(connection, Asked(SERIES, (3,)), {"binds_on_server": binds_on_server}).pgresult

    assert result is not None
    assert result.fformat(0) == Format.BINARY
    assert numbers(result) == [1, 2, 3]


def test_rows_come_in_chunks(connection: psycopg.Connection[Any]) -> None:
    """Whoever takes them gets each chunk once, in order, and the connection goes on."""
    chunks: list[list[int]] = []

    def take(chunk: PGresult) -> None:
        chunks.append(numbers(chunk))

    run(connection, Asked(SERIES, (2 * CHUNK_ROWS + 1,)), {"take": take})

    assert [*map(len, chunks)] == [CHUNK_ROWS, CHUNK_ROWS, 1]
    assert [n for chunk in chunks for n in chunk] == [*range(1, 2 * CHUNK_ROWS + 2)]
    assert connection.execute("SELECT 7").fetchone() == (7,)


def test_another_statement_is_not_sent(connection: psycopg.Connection[Any]) -> None:
    """A cursor runs the statement that was compiled; a comment around it is all that may differ."""
    cursor = BinaryCursor(connection, Asked("SELECT 1"))

    cursor.execute("/* told by a tool */ SELECT 1")
    with pytest.raises(CannotCompileError, match="a wrapper changed the statement"):
        cursor.execute("SELECT 2")

    assert isinstance(cursor.failed, CannotCompileError)


@pytest.mark.parametrize("in_chunks", [False, True])
def test_a_prepared_statement_is_forgotten(
    connection: psycopg.Connection[Any],
    in_chunks: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    """One that the server has lost is told as stale, and prepared anew once it was forgotten."""
    connection.prepare_threshold = 0
    asked = Asked(SERIES, (3,))
    how: How = {"binds_on_server": True, "may_prepare": True}
    if in_chunks:
        how["take"] = lambda _: None
    run(connection, asked, how)
    connection.pgconn.exec_(b"DEALLOCATE ALL")

    cursor = BinaryCursor(connection, asked, **how)
    with pytest.raises(psycopg.Error) as raised:
        cursor.execute(asked.sql, asked.params)
    cursor.forget()

    assert is_stale(raised.value)
    assert run(connection, asked, how).prepared is not None


def test_what_takes_the_rows_may_raise(connection: psycopg.Connection[Any]) -> None:
    """Its error comes out as it is and is kept, and the connection goes on."""

    def refuse(_: PGresult) -> None:
        raise ValueError("not these")

    cursor = BinaryCursor(connection, Asked(SERIES, (1_000,)), take=refuse)
    with pytest.raises(ValueError, match="not these") as raised:
        cursor.execute(SERIES, (1_000,))

    assert cursor.failed is raised.value
    assert connection.execute("SELECT 7").fetchone() == (7,)


@pytest.mark.parametrize(
    ("setting", "reason"),
    [
        ("TimeZone = 'Asia/Tokyo'", "the session's time zone was set to Asia/Tokyo"),
        ("client_encoding = 'LATIN1'", "the session's client_encoding is LATIN1"),
        ("DateStyle = 'German'", "the session's DateStyle is German, DMY"),
        ("IntervalStyle = 'iso_8601'", "the session's IntervalStyle is iso_8601"),
    ],
)
def test_a_session_that_was_set_otherwise(
    connection: psycopg.Connection[Any], setting: str, reason: str
) -> None:
    """What the server reports is held against what the framework has set."""
    connection.execute("SET TimeZone = 'UTC'")
    check_session(connection.pgconn, zone="UTC", options="")

    connection.execute(f"SET {setting}")

    with pytest.raises(CannotCompileError, match=reason):
        check_session(connection.pgconn, zone="UTC", options="")


def test_no_framework_is_imported() -> None:
    """What runs statements through the cursor needs psycopg alone."""
    program = (
        "import sys, rowpath.fast.psycopg.cursor, rowpath.fast.psycopg.errors, "
        "rowpath.fast.psycopg.session; "
        "print({name.partition('.')[0] for name in sys.modules} "
        "& {'django', 'rest_framework', 'sqlalchemy', 'asgiref'})"
    )

    result = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )

    assert result.stdout.strip() == "set()"


def test_no_name_of_ours_hides_one_of_psycopgs() -> None:
    """What the cursor adds to psycopg's has names that psycopg has not taken."""
    own = {name for name in vars(BinaryCursor) if not name.startswith("__")}

    assert {name for name in own if hasattr(psycopg.Cursor, name)} == {"_get_prepared", "execute"}
