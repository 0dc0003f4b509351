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

from rowpath.explain.recording.driver_refusals import BREAK, READ_WRITE, TABLE, ends_or_escapes

_READ_ONLY = "rowpath_read_only"
_GUARDED = "rowpath_guarded"
_SESSION_READ_ONLY = "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY"


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
            send(pooled, READ_WRITE)
            send(pooled, TABLE)
            _commit(pooled)
            pooled.info[_GUARDED] = True
        send(pooled, READ_WRITE)
        send(pooled, BREAK)


def send(pooled: PoolProxiedConnection, text: str) -> None:
    """Execute a text by the driver's connection, which no event tells of."""
    cursor = pooled.cursor()
    cursor.execute(text)
    cursor.close()


def _commit(pooled: PoolProxiedConnection) -> None:
    """Commit what the connection is set to; nothing else was sent by it yet."""
    own: Any = pooled.dbapi_connection
    own.commit()


def _authorize(pooled: PoolProxiedConnection, refuses: Callable[[], bool]) -> None:
    driver: Any = pooled.driver_connection
    own: sqlite3.Connection = getattr(driver, "_conn", driver)  # behind that of aiosqlite

    def authorized(action: int, first: str | None, *_: object) -> int:
        is_refused = ends_or_escapes(own, action, first) and refuses()
        return sqlite3.SQLITE_DENY if is_refused else sqlite3.SQLITE_OK

    if own is driver:
        own.set_authorizer(authorized)
    else:
        await_only(driver._execute(own.set_authorizer, authorized))
