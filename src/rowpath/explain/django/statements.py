"""What Django's connections send: recorded, timed, and held back where it would write."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from django.db import DatabaseError, connections

from rowpath.explain.django.columns import columns_of
from rowpath.explain.django.query import number_of
from rowpath.explain.recording.facts import NO_PURPOSE, Purpose
from rowpath.explain.recording.phase_clock import Clock
from rowpath.explain.recording.recorder import Recorder
from rowpath.explain.recording.statement_text import is_work
from rowpath.explain.trails import Columns

Wrapper = Callable[..., Any]
_READ_ONLY = "25006"


class wrapped:  # noqa: N801 a context manager, which as a generator would cost as much as a query
    """Have all connections execute by a wrapper within the block."""

    def __init__(self, wrapper: Wrapper) -> None:
        self._wrapper = wrapper
        self._wrapping: list[list[Wrapper]] = []

    def __enter__(self) -> None:
        # As `execute_wrapper` does, whose context for each connection costs more than the wrapping.
        self._wrapping = [connection.execute_wrappers for connection in connections.all()]
        for wrappers in self._wrapping:
            wrappers.append(self._wrapper)

    def __exit__(self, *_: object) -> None:
        for wrappers in self._wrapping:
            wrappers.remove(self._wrapper)


def recorded(recorder: Recorder) -> AbstractContextManager[None]:
    """Tell a recorder of every statement that is sent within the block."""
    return wrapped(record_by(recorder))


def record_by(recorder: Recorder) -> Wrapper:
    """Return what tells a recorder of every statement that it executes."""

    def record(execute: Wrapper, sql: Any, params: Any, many: bool, context: Any) -> Any:  # noqa: FBT001 as Django calls it
        text = str(sql)
        if text.startswith("SELECT ") or is_work(text):
            recorder.statement(text, params, _purpose(recorder, context))
        return execute(sql, params, many, context)

    return record


def _prefetched(query: Any, context: Any) -> Columns | None:
    """Return the columns of a relation that a query asks anew; None where it was not loaded."""
    is_ordered = getattr(query, "rowpath_prefetched", None)
    if is_ordered is None:
        return None
    return columns_of(query.model, context["connection"].vendor, is_ordered=is_ordered)


def _purpose(recorder: Recorder, context: Any) -> Purpose:
    """Return which relation of which row the statement of now is for."""
    query: Any = recorder.queries[-1] if recorder.queries else None
    relation = getattr(query, "rowpath_relation", None)
    if relation is not None:
        # A query for a number, or whether there is any, has no columns of the model's.
        if query.rowpath_refined or not query.default_cols:
            return Purpose(relation, query.rowpath_row, True, _prefetched(query, context))
        return Purpose(relation, query.rowpath_row)
    access = recorder.accesses[-1] if recorder.accesses else None
    if access is None or recorder.prefetching:
        return NO_PURPOSE
    return Purpose(access[0], number_of(access[1]))


@contextmanager
def timed(clock: Clock) -> Iterator[None]:
    """Count the time in which statements are executed as that of the phase `SQL`."""

    def measure(execute: Wrapper, *args: Any) -> Any:
        with clock.phase("SQL"):
            return execute(*args)

    with wrapped(measure):
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

    with wrapped(listen):
        yield texts
