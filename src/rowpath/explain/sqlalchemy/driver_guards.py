"""What keeps a driver's own connection from committing, behind the session that it is of.

PostgreSQL: all transactions of the connection are read-only but those that a request may write in,
and these cannot be committed, as a deferred constraint is broken in each. SQLite asks an authorizer
of each statement, and the connection is read-only before SQLAlchemy begins. So it is the database
that refuses, however the driver is told to commit.
"""

import sqlite3
from collections.abc import Callable
from typing import Any

from sqlalchemy import PoolProxiedConnection
from sqlalchemy.util import await_only

REFUSED = "rowpath_explain_undoes_no_commit_by_the_driver"
"""The name of the constraint, which PostgreSQL's error has."""
_READ_ONLY = "rowpath_read_only"
_GUARDED = "rowpath_guarded"
_SESSION_READ_ONLY = "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY"
_READ_WRITE = "SET TRANSACTION READ WRITE"
_TABLE = f"""
    CREATE TEMPORARY TABLE IF NOT EXISTS rowpath_explain_guard (
        id int PRIMARY KEY,
        no_id int CONSTRAINT {REFUSED} REFERENCES rowpath_explain_guard
            DEFERRABLE INITIALLY DEFERRED
    )
"""
_BREAK = "INSERT INTO pg_temp.rowpath_explain_guard VALUES (1, 2) ON CONFLICT DO NOTHING"
_WRITES = frozenset(
    {
        *range(1, 9),  # CREATE
        *range(10, 18),  # DROP
        *(26, 27, 28, 29, 30),  # ALTER, REINDEX, ANALYZE, virtual tables
    }
)
_CHANGES_ROWS = frozenset({sqlite3.SQLITE_INSERT, sqlite3.SQLITE_UPDATE, sqlite3.SQLITE_DELETE})
"""The actions that an authorizer is asked for: https://sqlite.org/c3ref/c_alter_table.html."""


def close_to_writes(pooled: PoolProxiedConnection, dialect: str) -> None:
    """Make a connection read-only that a pool has just given, until `open_to_writes`."""
    if dialect == "sqlite":
        send(pooled, "PRAGMA query_only = 1")
    elif dialect == "postgresql" and not pooled.info.get(_READ_ONLY):
        send(pooled, _SESSION_READ_ONLY)
        _commit(pooled)
        pooled.info[_READ_ONLY] = True


def open_to_writes(
    pooled: PoolProxiedConnection, dialect: str, refuses: Callable[[], bool]
) -> None:
    """Let the transaction that begins write, without a commit.

    `refuses` is asked when SQLite is to refuse one, which it does no more behind the request.
    """
    if dialect == "sqlite":
        send(pooled, "PRAGMA query_only = 0")
        _authorize(pooled, refuses)
    elif dialect == "postgresql":
        if not pooled.info.get(_GUARDED):
            send(pooled, _READ_WRITE)
            send(pooled, _TABLE)
            _commit(pooled)
            pooled.info[_GUARDED] = True
        send(pooled, _READ_WRITE)
        send(pooled, _BREAK)


def send(pooled: PoolProxiedConnection, text: str) -> None:
    """Execute a text by the driver's connection, which no event tells of."""
    cursor = pooled.cursor()
    cursor.execute(text)
    cursor.close()


def is_read_only(error: str) -> bool:
    """Return whether the end of a traceback says that a connection may not write."""
    return "read-only transaction" in error or "readonly database" in error


def _commit(pooled: PoolProxiedConnection) -> None:
    """Commit what the connection is set to; nothing else was sent by it yet."""
    own: Any = pooled.dbapi_connection
    own.commit()


def _authorize(pooled: PoolProxiedConnection, refuses: Callable[[], bool]) -> None:
    driver: Any = pooled.driver_connection
    own: sqlite3.Connection = getattr(driver, "_conn", driver)  # behind that of aiosqlite

    def authorized(action: int, first: str | None, *_: object) -> int:
        is_refused = _ends_or_escapes(own, action, first) and refuses()
        return sqlite3.SQLITE_DENY if is_refused else sqlite3.SQLITE_OK

    if own is driver:
        own.set_authorizer(authorized)
    else:
        await_only(driver._execute(own.set_authorizer, authorized))


def _ends_or_escapes(own: sqlite3.Connection, action: int, first: str | None) -> bool:
    """Return whether a statement ends the transaction, or writes where none is.

    The driver begins one itself for what changes rows, unless it was told to leave that alone.
    """
    if action == sqlite3.SQLITE_TRANSACTION:
        return first == "COMMIT"
    if own.in_transaction:
        return False
    if action in _CHANGES_ROWS:
        return own.isolation_level is None
    return action in _WRITES or (action == sqlite3.SQLITE_SAVEPOINT and first == "BEGIN")
