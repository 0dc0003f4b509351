"""Records what Django sends to its databases."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from functools import partial, wraps
from itertools import chain, islice
from time import perf_counter
from typing import Any

import django.db
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import ConnectionHandler
from psycopg import Cursor
from psycopg.abc import Params

from rowpath.capture.patching import Patch
from rowpath.capture.places import IsOwn, is_outside_libraries
from rowpath.capture.postgresql import backend_of, plan_of
from rowpath.capture.psycopg import CopyListener, copies_told, fetches_counted, text_of
from rowpath.capture.recording import Recording
from rowpath.capture.values import digest

Wrapper = Callable[..., Any]
"""What Django calls instead of executing a statement: see its `execute_wrapper`."""


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


@contextmanager
def recorded_in_context(is_own: IsOwn = is_outside_libraries) -> Iterator[Recording]:
    """Yield a recording of every statement that this context sends through Django's connections.

    A context is what `contextvars` says: the current task, the tasks that it creates, and the
    threads that `sync_to_async` runs for any of them; each thread has connections of its own.
    Other requests do not mix in, though they may use the same threads and connections. Plans are
    asked for in the thread that calls `explain`. All else is as of `recorded`.
    """
    follower = _Follower(is_own)
    with ExitStack() as stack:
        stack.enter_context(fetches_counted())
        stack.enter_context(copies_told(_copy_listener(follower.recording)))
        stack.callback(follower.leave)
        stack.enter_context(_CONNECTION_GIVEN.applied())
        token = _followers.set((*_followers.get(), follower))
        stack.callback(_followers.reset, token)
        yield follower.recording


class _Follower:
    """Puts a wrapper on each connection that its context is given, in whichever thread."""

    def __init__(self, is_own: IsOwn) -> None:
        self.recording = Recording(is_own)
        self._record = _wrapper(self.recording)
        self._followed: list[BaseDatabaseWrapper] = []

    def meet(self, connection: BaseDatabaseWrapper) -> None:
        """Follow a connection, if that is new; only its own thread is here with it."""
        if self._wrapper not in connection.execute_wrappers:
            connection.execute_wrappers.append(self._wrapper)
            self._followed.append(connection)

    def leave(self) -> None:
        """Take the wrapper off all connections again."""
        for connection in self._followed:
            connection.execute_wrappers.remove(self._wrapper)

    def _wrapper(self, execute: Wrapper, *args: Any) -> Any:  # noqa: ANN401 as Django's
        # The connection may serve another request meanwhile, in another context.
        if self not in _followers.get():
            return execute(*args)
        return self._record(execute, *args)


_followers: ContextVar[tuple[_Follower, ...]] = ContextVar("rowpath_followers", default=())


def _meeting(
    given: Callable[[ConnectionHandler, str], BaseDatabaseWrapper],
) -> Callable[[ConnectionHandler, str], BaseDatabaseWrapper]:
    # Whatever sends a statement asks `django.db.connections` for its thread's connection first,
    # and nothing but that knows the connections of other threads.
    @wraps(given)
    def meeting(handler: ConnectionHandler, alias: str) -> BaseDatabaseWrapper:
        connection = given(handler, alias)
        for follower in _followers.get():
            follower.meet(connection)
        return connection

    return meeting


_CONNECTION_GIVEN = Patch(ConnectionHandler, {"__getitem__": _meeting})


def _wrapper(recording: Recording) -> Wrapper:
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
            duration_s = perf_counter() - started
            backend = backend_of(context["connection"].connection)
            recording.add(text, duration_s, cursor, explainer, backend=backend, values=values)
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
