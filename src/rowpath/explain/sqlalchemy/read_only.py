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
from rowpath.explain.recording.driver_refusals import objection
from rowpath.explain.recording.statement_text import refuse_end
from rowpath.explain.sqlalchemy import driver_guards

METHODS: dict[type, tuple[str, ...]] = {
    DefaultDialect: ("do_commit", "do_rollback"),
    Connection: ("__init__", "_is_autocommit_isolation"),
    Engine: ("raw_connection",),
}
_READ_ONLY = frozenset({"postgresql", "sqlite"})
_SAVEPOINT = "rowpath_committed"
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
        self._is_refused = self._is_over = False

    def objection(self, error: str | None) -> str | None:
        """Return what speaks against a request that ended so: its driver's connection wrote.

        `error` is the end of its traceback, None where it raised nothing. To be asked where no
        statement of SQLAlchemy's was refused.
        """
        return objection(
            error,
            is_refused=self._is_refused,
            behind="SQLAlchemy's session",
            instead="the session",
        )

    def connected(self, connection: Connection) -> None:
        """Make a connection read-only, before its driver's can be asked for."""
        driver_guards.close_to_writes(connection.connection, connection.dialect.name)

    def end(self) -> None:
        """Refuse nothing from now on: the connections are no more the request's."""
        self._is_over = True

    def _refuses(self) -> bool:
        self._is_refused = self._is_refused or not self._is_over
        return not self._is_over

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
        name = connection.dialect.name
        if name in _READ_ONLY:
            if is_read_only:
                driver_guards.close_to_writes(connection.connection, name)
            else:
                driver_guards.open_to_writes(connection.connection, name, self._refuses)
        elif is_autocommit:
            raise AnswerError(
                f"Cannot explain a request by a connection to {name} in "
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
            driver_guards.send(connection.connection, "BEGIN")

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
            driver_guards.close_to_writes(made, engine.dialect.name)
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


@contextmanager
def undone(*, may_write: bool) -> Iterator[Undone]:
    """Have all engines leave nothing behind within the block, at whose end `roll_back` is due."""
    done = Undone(may_write=may_write)
    dialects = Patch(DefaultDialect, {"do_commit": done.commit, "do_rollback": done.rollback})
    engines = Patch(Engine, {"raw_connection": done.raw_connection})
    with ExitStack() as stack:
        stack.callback(done.end)
        for name, listener in (
            ("engine_connect", done.connected),
            ("begin", done.begin),
            ("before_cursor_execute", done.execute),
        ):
            event.listen(Engine, name, listener)
            stack.callback(event.remove, Engine, name, listener)
        stack.enter_context(dialects.applied())
        stack.enter_context(engines.applied())
        yield done
