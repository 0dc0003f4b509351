import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import pytest
from psycopg import Connection

from rowpath.errors import DatabaseError, DatasetError
from rowpath.lab.database import Database, connect
from rowpath.lab.dataset import ensure, inspect

BUILDER = """
import sys
from rowpath.lab.database import Database
from rowpath.lab.dataset import ensure

database = Database(dsn=sys.argv[1], embedded=False, description="the shop")
ensure(database, rows=50_000_000, seed=2, report=lambda text: print(text, flush=True), replace=True)
"""
OTHER_SESSIONS = """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type LIKE 'client%'
"""


class LeftError(Exception):
    pass


@pytest.fixture
def connection(empty_database: Database) -> Iterator[Connection]:
    with connect(empty_database.dsn) as opened:
        yield opened


def silent(_: str) -> None:
    pass


def count(connection: Connection) -> Any:  # noqa: ANN401  # any value of SQL
    row = connection.execute("SELECT count(*) FROM rowpath_lab.product").fetchone()
    return row and row[0]


@pytest.mark.parametrize("moment", ["0 of", "120,000 of", "primary key", "index on time_created"])
def test_interrupted_build_leaves_the_previous_rows(
    empty_database: Database, connection: Connection, moment: str
) -> None:
    """A build that is left in the middle changes nothing, at whatever point."""
    before = ensure(empty_database, rows=1000, seed=1, report=silent)

    def interrupt(text: str) -> None:
        if text.startswith(moment):
            raise LeftError

    with pytest.raises(LeftError):
        ensure(empty_database, rows=120_000, seed=2, report=interrupt, replace=True)
    found = inspect(empty_database)

    assert found is not None
    assert found.checksum == before.checksum
    assert count(connection) == 1000


def test_interrupted_first_build_leaves_nothing(
    empty_database: Database, connection: Connection
) -> None:
    """Where there was nothing, an interrupted build leaves nothing, not even the schema."""

    def interrupt(text: str) -> None:
        if text == "primary key":
            raise LeftError

    with pytest.raises(LeftError):
        ensure(empty_database, rows=1000, seed=1, report=interrupt)
    schema = connection.execute("SELECT to_regnamespace('rowpath_lab')").fetchone()

    assert schema == (None,)


def test_killed_builder_leaves_the_previous_rows(
    empty_database: Database, connection: Connection
) -> None:
    """A builder killed by SIGKILL in the middle of COPY leaves the rows that were there."""
    before = ensure(empty_database, rows=1000, seed=1, report=silent)
    builder = subprocess.Popen(
        [sys.executable, "-c", BUILDER, empty_database.dsn], stdout=subprocess.PIPE
    )
    assert builder.stdout is not None
    with builder.stdout:
        while not builder.stdout.readline().startswith(b"1,000,000 of"):
            assert builder.poll() is None

    builder.kill()
    builder.wait()
    deadline = time.monotonic() + 30
    while connection.execute(OTHER_SESSIONS).fetchone() != (0,) and time.monotonic() < deadline:
        time.sleep(0.02)
    found = inspect(empty_database)

    assert found is not None
    assert found.checksum == before.checksum
    assert count(connection) == 1000


def test_server_that_ends_the_session_is_told(
    empty_database: Database, connection: Connection
) -> None:
    """A session that the server ends in the middle of a build is told, and nothing is lost."""
    ensure(empty_database, rows=1000, seed=1, report=silent)

    def end_session(text: str) -> None:
        if text == "primary key":
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )

    with pytest.raises(DatabaseError, match=r"Cannot build 2,000 rows: the server ended .*\. See"):
        ensure(empty_database, rows=2000, seed=1, report=end_session, replace=True)

    assert count(connection) == 1000


def test_table_that_another_session_holds_is_told(
    empty_database: Database, connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A table that somebody else works with is waited for, but not for ever."""
    monkeypatch.setattr("rowpath.lab.dataset.build.LOCK_TIMEOUT", "100ms")
    ensure(empty_database, rows=1000, seed=1, report=silent)

    with connection.transaction():
        count(connection)
        with pytest.raises(DatasetError, match="another session holds"):
            ensure(empty_database, rows=2000, seed=1, report=silent, replace=True)

    assert count(connection) == 1000
