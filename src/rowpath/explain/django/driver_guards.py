"""What keeps a driver's own connection from committing, behind that of Django's which it is of.

While a request runs, all transactions of PostgreSQL's session are read-only but the one that it may
write in, which cannot be committed. SQLite asks an authorizer, or is read-only as a connection.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from rowpath.explain.recording import driver_refusals
from rowpath.explain.recording.driver_refusals import BREAK, READ_WRITE, TABLE, ends_or_escapes

_BY_DEFAULT = "default_transaction_read_only"


class Refused:
    """Whether a driver's connection was refused what it was to commit."""

    def __init__(self) -> None:
        self._is_refused = False

    def note(self) -> None:
        """Note that it was."""
        self._is_refused = True

    def objection(self, error: str | None) -> str | None:
        """Return what speaks against a request that ended so; to be asked where Django's was not.

        `error` is the end of its traceback, None where it raised nothing.
        """
        return driver_refusals.objection(
            error, is_refused=self._is_refused, behind="Django's", instead="Django's"
        )


@contextmanager
def closed_to_writes(connection: Any) -> Iterator[None]:
    """Have all transactions read-only that begin in the block, unless `open_to_writes`.

    A block within a transaction changes nothing: the one around it did.
    """
    if connection.vendor != "postgresql" or connection.in_atomic_block:
        yield
        return
    _set(connection, f"SET {_BY_DEFAULT} = on")
    try:
        yield
    finally:
        # One that a view closed has no session any more, and is not to be opened for this.
        if connection.connection is not None and not connection.closed_in_transaction:
            _set(connection, f"RESET {_BY_DEFAULT}")


@contextmanager
def open_to_writes(connection: Any, note: Callable[[], None]) -> Iterator[None]:
    """Let the transaction write that has just begun, and nothing commit it within the block.

    `note` is told where SQLite refuses to.
    """
    if connection.vendor == "postgresql":
        _send(connection, READ_WRITE)
        _send(connection, TABLE)
        _send(connection, BREAK)
        yield
    elif connection.vendor == "sqlite":
        own = connection.connection
        own.set_authorizer(_authorizer(own, note))
        try:
            yield
        finally:
            own.set_authorizer(None)
    else:  # rolled back by Django all the same
        yield


def _authorizer(own: sqlite3.Connection, note: Callable[[], None]) -> Callable[..., int]:
    def authorized(action: int, first: str | None, *_: object) -> int:
        # Behind a rollback a statement would commit itself; one that was prepared before, as the
        # driver keeps them, is not asked for again.
        is_rollback = action == sqlite3.SQLITE_TRANSACTION and first == "ROLLBACK"
        if not (is_rollback or ends_or_escapes(own, action, first)):
            return sqlite3.SQLITE_OK
        note()
        return sqlite3.SQLITE_DENY

    return authorized


def _send(connection: Any, text: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(text)


def _set(connection: Any, text: str) -> None:
    """Set something of the session, which a transaction's rollback would set back."""
    _send(connection, text)
    if not connection.get_autocommit():
        connection.commit()
