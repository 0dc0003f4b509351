"""What Django's connections send: recorded, timed, and held back where it would write."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from django.db import DatabaseError, connections

from rowpath.explain.phase_clock import PhaseClock
from rowpath.explain.recorder import Recorder, Tag
from rowpath.explain.statement_text import is_work

Wrapper = Callable[..., Any]
_READ_ONLY = "25006"


@contextmanager
def _wrapped(wrapper: Wrapper) -> Iterator[None]:
    with ExitStack() as stack:
        for connection in connections.all():
            stack.enter_context(connection.execute_wrapper(wrapper))
        yield


@contextmanager
def recorded(recorder: Recorder) -> Iterator[None]:
    """Tell a recorder of every statement that is sent within the block."""

    def record(execute: Wrapper, sql: Any, *args: Any) -> Any:
        text = str(sql)
        if is_work(text):
            relation, is_refined = _relation(recorder)
            recorder.statement(text, relation, is_refined=is_refined)
        return execute(sql, *args)

    with _wrapped(record):
        yield


def _relation(recorder: Recorder) -> tuple[Tag | None, bool]:
    """Return which relation the statement is for that is executed now, and if it is refined."""
    query: Any = recorder.queries[-1] if recorder.queries else None
    relation = getattr(query, "rowpath_relation", None)
    if relation is not None:
        # A query for a number, or whether there is any, has no columns of the model's.
        return relation, query.rowpath_refined or not query.default_cols
    if recorder.prefetching or not recorder.accesses:
        return None, False
    return recorder.accesses[-1], False


@contextmanager
def timed(clock: PhaseClock) -> Iterator[None]:
    """Count the time in which statements are executed as that of the phase `SQL`."""

    def measure(execute: Wrapper, *args: Any) -> Any:
        with clock.phase("SQL"):
            return execute(*args)

    with _wrapped(measure):
        yield


def _is_read_only(error: DatabaseError) -> bool:
    """Return whether it is PostgreSQL's read_only_sql_transaction, or the same of SQLite's."""
    cause = error.__cause__
    state = getattr(cause, "sqlstate", None) or getattr(cause, "pgcode", None)
    return state == _READ_ONLY or "readonly database" in str(error)


@contextmanager
def refused_writes() -> Iterator[list[str]]:
    """Yield a list that gets each text that a read-only transaction refuses within the block.

    Those are writes, and in PostgreSQL what locks rows or takes the next number of a sequence.
    """
    texts: list[str] = []

    def listen(execute: Wrapper, sql: Any, *args: Any) -> Any:
        try:
            return execute(sql, *args)
        except DatabaseError as error:
            if _is_read_only(error):
                texts.append(str(sql))
            raise

    with _wrapped(listen):
        yield texts
