"""Records what Django sends to its databases."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from itertools import chain, islice
from time import perf_counter
from typing import Any

import django.db
from django.db import connections
from psycopg import Cursor
from psycopg.abc import Params

from rowpath.capture.places import IsOwn, is_outside_libraries
from rowpath.capture.postgresql import plan_of
from rowpath.capture.psycopg import CopyListener, copies_told, fetches_counted, text_of
from rowpath.capture.recording import Recording
from rowpath.capture.values import digest


@contextmanager
def recorded(is_own: IsOwn = is_outside_libraries) -> Iterator[Recording]:
    """Yield a recording of every statement that this thread sends through Django's connections.

    Connections are the thread's own in Django, so other threads do not mix in. `executemany` is
    one statement: its text was sent once by the application. So is psycopg's COPY, with the time
    of its whole block. Plans are asked for on the connection that sent the text, in this thread.
    `is_own` says which code is the project's, whose lines are told.
    """
    recording = Recording(is_own)
    with ExitStack() as stack:
        stack.enter_context(fetches_counted())
        stack.enter_context(copies_told(_copy_listener(recording)))
        for connection in connections.all():
            stack.enter_context(connection.execute_wrapper(_wrapper(recording)))
        yield recording


def _wrapper(recording: Recording) -> Callable[..., Any]:
    def record(
        execute: Callable[..., Any],
        sql: object,
        params: Any,  # noqa: ANN401 one set of values, or many
        many: bool,  # noqa: FBT001 Django's signature
        context: dict[str, Any],
    ) -> Any:  # noqa: ANN401 whatever the driver returns
        cursor = context["cursor"].cursor
        text = text_of(sql, cursor)
        values = digest(params)
        first, params = _first_of(params) if many else (params, params)
        explainer = None
        started = perf_counter()
        try:
            returned = execute(sql, params, many, context)
            # Values that the driver could not send cannot be explained either.
            explainer = partial(_plan, context["connection"].alias, text, first)
        finally:
            # A statement that failed was sent all the same.
            recording.add(text, perf_counter() - started, cursor, explainer, values=values)
        return returned

    return record


def _first_of(sets: Iterable[Params]) -> tuple[Params | None, Iterable[Params]]:
    """Return the first of many sets of values, and all of them, though they may be an iterator."""
    iterator = iter(sets)
    begin = list(islice(iterator, 1))
    whole = chain(begin, iterator) if iterator is sets else sets
    return (begin[0] if begin else None), whole


def _copy_listener(recording: Recording) -> CopyListener:
    def listen(cursor: Cursor[Any], text: str, duration_s: float) -> None:
        own = connections.all(initialized_only=True)
        if any(connection.connection is cursor.connection for connection in own):
            recording.add(text, duration_s, cursor)

    return listen


def _plan(alias: str, text: str, parameters: Params | None) -> str | None:
    connection = connections[alias]
    try:
        connection.ensure_connection()
        with connection.wrap_database_errors:
            return plan_of(connection.connection, text, parameters)
    except django.db.Error:
        return None
