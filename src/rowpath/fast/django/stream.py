"""A statement's rows in bounded pieces, by a cursor in a transaction of their own."""

from itertools import count
from threading import get_ident, local
from typing import Any

from django.core.signals import request_started
from django.db import Error, connections, transaction

from rowpath.fast.django.binary import take_binary_rows
from rowpath.fast.django.statement import Statement
from rowpath.fast.django.wrappers import ToldApart
from rowpath.fast.fallback import CannotCompileError
from rowpath.fast.psycopg.cursor import Take

_names = count()
_of_thread = local()


class Stream:
    """A cursor over the rows of a statement, opened at once and closed by `close()`.

    It is declared in a transaction that it begins, on the statement's own connection, so that its
    rows are those of one moment and are made one piece at a time. PostgreSQL ends the session if
    the client lets it wait for longer than `patience_s` between two pieces. Where no transaction
    can be begun, as behind a pooler of statements, it raises CannotCompileError.
    """

    def __init__(self, statement: Statement, patience_s: float) -> None:
        self._using = statement.using
        self._name = f"rowpath_{next(_names)}"
        self._transaction = transaction.atomic(using=statement.using)
        self._transaction.__enter__()
        self._thread = get_ident()
        self._is_open = True
        try:
            connection = connections[statement.using]
            with connection.cursor() as cursor, ToldApart(connection):
                _begin(cursor, patience_s)
                declare = f"DECLARE {self._name} NO SCROLL CURSOR FOR {statement.sql}"
                cursor.execute(declare, statement.params)
            _open_streams().add(self)
        except BaseException as error:
            self.close(error)
            raise

    def fetch(self, rows: int, take: Take) -> None:
        """Give `take` the next rows in binary, at most `rows`, in pieces; none if none are left."""
        fetch = f"FETCH FORWARD {rows} FROM {self._name}"
        take_binary_rows(Statement(fetch, (), self._using), connections[self._using], take)

    def close(self, error: BaseException | None = None) -> None:
        """End the transaction, which closes the cursor; with an `error` it is rolled back.

        In another thread than the one that opened it nothing happens: connections are a thread's
        own, and that thread ends it before its next request.
        """
        if self._is_open and self._thread == get_ident():
            self._is_open = False
            try:
                _open_streams().discard(self)
            finally:
                self._transaction.__exit__(type(error) if error else None, error, None)


def _begin(cursor: Any, patience_s: float) -> None:
    try:
        cursor.execute(_SETTINGS, [f"{patience_s * 1000:.0f}"])
    except Error as error:
        raise CannotCompileError("the database begins no transaction for it") from error


def _open_streams() -> set[Stream]:
    """Return the streams that this thread has not closed."""
    found: set[Stream] = _of_thread.__dict__.setdefault("streams", set())
    return found


def _end_leftovers(**_: Any) -> None:
    # Of an answer that a middleware dropped unclosed: the next request of the thread must not run
    # in that transaction.
    for stream in tuple(_open_streams()):
        stream.close(RuntimeError("the answer was dropped"))


request_started.connect(_end_leftovers, dispatch_uid="rowpath.fast.stream")

# The rows are wanted to the last one, so the plan that is quickest for all of them.
_SETTINGS = (
    "SELECT set_config('idle_in_transaction_session_timeout', %s, true), "
    "set_config('cursor_tuple_fraction', '1.0', true)"
)
