"""Transactions that leave nothing behind: read-only where the database can, undone in the end."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine.default import DefaultDialect

from rowpath.capture.patching import Patch
from rowpath.errors import AnswerError

METHODS: dict[type, tuple[str, ...]] = {
    DefaultDialect: ("do_commit", "do_rollback"),
    Connection: ("_is_autocommit_isolation",),
}
_READ_ONLY = frozenset({"postgresql", "sqlite"})
_SAVEPOINT = "rowpath_committed"


class Undone:
    """What a request did in its databases, kept in transactions that are rolled back in the end.

    A commit makes a savepoint instead, and what rolls back after it goes back to there, so that
    the request sees what it wrote. Where transactions are read-only, a commit is one: there is
    nothing in it.
    """

    def __init__(self, *, may_write: bool) -> None:
        self._may_write = may_write
        self._kept: dict[int, Any] = {}

    def roll_back(self) -> None:
        """Roll everything back; for a greenlet of SQLAlchemy's, as drivers may be asynchronous."""
        while self._kept:
            _, connection = self._kept.popitem()
            # A pool that keeps no connections has closed this one, which undid all of it.
            with suppress(Exception):
                connection.rollback()

    def begin(self, connection: Connection) -> None:
        """Make a transaction read-only that has just begun, unless it may write.

        What commits each statement by itself may not: AnswerError where it cannot be kept from it.
        """
        is_autocommit = connection._is_autocommit_isolation()
        is_read_only = not self._may_write or is_autocommit
        if connection.dialect.name == "sqlite":
            _send(connection, f"PRAGMA query_only = {int(is_read_only)}")
        elif connection.dialect.name == "postgresql" and is_autocommit:
            _send(connection, "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY")
        elif connection.dialect.name == "postgresql" and is_read_only:
            _send(connection, "SET TRANSACTION READ ONLY")
        elif connection.dialect.name not in _READ_ONLY and is_autocommit:
            raise AnswerError(
                f"Cannot explain a request by a connection to {connection.dialect.name} in "
                "AUTOCOMMIT: what it writes cannot be undone. Name another path."
            )

    def commit(self, original: Callable[..., None]) -> Callable[..., None]:
        """Return what a dialect does instead of committing."""

        def do_commit(dialect: DefaultDialect, connection: Any) -> None:
            if not self._may_write and dialect.name in _READ_ONLY:
                original(dialect, connection)
                return
            self._kept[id(_own(connection))] = _own(connection)
            connection.cursor().execute(f"SAVEPOINT {_SAVEPOINT}")

        return do_commit

    def rollback(self, original: Callable[..., None]) -> Callable[..., None]:
        """Return what a dialect does instead of rolling back."""

        def do_rollback(dialect: DefaultDialect, connection: Any) -> None:
            if id(_own(connection)) in self._kept:
                connection.cursor().execute(f"ROLLBACK TO SAVEPOINT {_SAVEPOINT}")
            else:
                original(dialect, connection)

        return do_rollback


def _own(connection: Any) -> Any:
    """Return the driver's connection behind the one of a pool."""
    return getattr(connection, "dbapi_connection", connection)


def _send(connection: Connection, text: str) -> None:
    cursor = connection.connection.cursor()
    cursor.execute(text)
    cursor.close()


@contextmanager
def undone(*, may_write: bool) -> Iterator[Undone]:
    """Have all engines leave nothing behind within the block, at whose end `roll_back` is due."""
    done = Undone(may_write=may_write)
    patch = Patch(DefaultDialect, {"do_commit": done.commit, "do_rollback": done.rollback})
    event.listen(Engine, "begin", done.begin)
    try:
        with patch.applied():
            yield done
    finally:
        event.remove(Engine, "begin", done.begin)
