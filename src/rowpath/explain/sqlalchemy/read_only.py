"""Transactions that leave nothing behind: read-only where the database can, undone in the end."""

import re
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine.default import DefaultDialect

from rowpath.capture.patching import Patch
from rowpath.errors import AnswerError
from rowpath.explain.statement_text import refuse_end

METHODS: dict[type, tuple[str, ...]] = {
    DefaultDialect: ("do_commit", "do_rollback"),
    Connection: ("__init__", "_is_autocommit_isolation"),
    Engine: ("raw_connection",),
}
_READ_ONLY = frozenset({"postgresql", "sqlite"})
_SAVEPOINT = "rowpath_committed"
_SESSION_READ_ONLY = "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY"
_REMAINS = "rowpath_read_only"
"""What a pool's connection is told by whose transactions are read-only until they say otherwise."""
_NEEDS_NONE = re.compile(r"\s*(?:BEGIN|PRAGMA|VACUUM|ATTACH|DETACH)\b", re.IGNORECASE)
"""What SQLite refuses within a transaction, or does not do there."""


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
            _send(connection, _SESSION_READ_ONLY)
            connection.info[_REMAINS] = True
        elif connection.dialect.name == "postgresql" and is_read_only:
            _send(connection, "SET TRANSACTION READ ONLY")
        elif connection.info.get(_REMAINS):
            _send(connection, "SET TRANSACTION READ WRITE")
        elif connection.dialect.name not in _READ_ONLY and is_autocommit:
            raise AnswerError(
                f"Cannot explain a request by a connection to {connection.dialect.name} in "
                "AUTOCOMMIT: what it writes cannot be undone. Name another path."
            )

    def execute(self, connection: Connection, _cursor: Any, text: str, *_: Any) -> None:
        """Refuse what would end the transaction; begin SQLite's, whose driver is late with that.

        Without one, it is the first savepoint that begins it, and whose release commits it.
        """
        refuse_end(text)
        if not self._may_write or connection.dialect.name != "sqlite":
            return
        driver: Any = connection.connection.driver_connection
        is_outside = getattr(driver, "in_transaction", True) is False
        if is_outside and not connection._is_autocommit_isolation() and not _NEEDS_NONE.match(text):
            _send(connection, "BEGIN")

    def raw_connection(self, original: Callable[..., Any]) -> Callable[..., Any]:
        """Return what an engine does where it is asked for its driver's own connection.

        Nothing sees what that commits, so it is read-only, also where the request may write.
        """

        def raw_connection(engine: Engine) -> Any:
            made = original(engine)
            if sys._getframe(1).f_code is Connection.__init__.__code__:
                return made
            if engine.dialect.name not in _READ_ONLY:
                made.close()
                raise AnswerError(
                    f"Cannot explain a request by raw_connection() to {engine.dialect.name}: what "
                    "it writes cannot be undone. Name another path."
                )
            is_sqlite = engine.dialect.name == "sqlite"
            cursor = made.cursor()
            cursor.execute("PRAGMA query_only = 1" if is_sqlite else _SESSION_READ_ONLY)
            cursor.close()
            if not is_sqlite:
                made.dbapi_connection.commit()
                made.info[_REMAINS] = True
            return made

        return raw_connection

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
    dialects = Patch(DefaultDialect, {"do_commit": done.commit, "do_rollback": done.rollback})
    engines = Patch(Engine, {"raw_connection": done.raw_connection})
    with ExitStack() as stack:
        for name, listener in (("begin", done.begin), ("before_cursor_execute", done.execute)):
            event.listen(Engine, name, listener)
            stack.callback(event.remove, Engine, name, listener)
        stack.enter_context(dialects.applied())
        stack.enter_context(engines.applied())
        yield done
