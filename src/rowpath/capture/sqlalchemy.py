"""Records what a SQLAlchemy engine sends to its database."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from functools import partial
from itertools import product
from time import perf_counter

import psycopg
from psycopg.abc import Params
from sqlalchemy import Connection, Engine, ExceptionContext, event
from sqlalchemy.engine import ExecutionContext
from sqlalchemy.exc import SQLAlchemyError

from rowpath.capture.places import IsOwn, is_outside_libraries
from rowpath.capture.postgresql import backend_of, plan_of
from rowpath.capture.psycopg import fetches_counted
from rowpath.capture.recording import Explainer, Recording
from rowpath.capture.values import digest

# A framework that runs a request's work in a thread pool copies the context into the thread (so
# does anyio for FastAPI's endpoints); the recordings that it holds are the same objects in both.
_active: ContextVar[tuple[Recording, ...]] = ContextVar("rowpath_recordings", default=())


@contextmanager
def recorded(
    engine: Engine, *others: Engine, is_own: IsOwn = is_outside_libraries
) -> Iterator[Recording]:
    """Yield a recording of every statement that this context sends through `engine` or `others`.

    A context is what `contextvars` says: the current thread or task, and whatever runs in a copy
    of its context. Other requests on the same engine do not mix in. `executemany` is one
    statement. BEGIN and COMMIT are none: psycopg sends them by itself. An async engine is given as
    its `sync_engine`, which has its events, and after another: plans are asked for on a connection
    of the first one's pool, without an event loop. `is_own` says which code is the project's, whose
    lines are told.
    """
    recording = Recording(is_own)
    listener = _Listener(recording, engine)
    with ExitStack() as stack:
        stack.enter_context(fetches_counted())
        names = ("before_cursor_execute", "after_cursor_execute", "handle_error")
        for each, name in product((engine, *others), names):
            event.listen(each, name, getattr(listener, name))
            stack.callback(event.remove, each, name, getattr(listener, name))
        token = _active.set((*_active.get(), recording))
        stack.callback(_active.reset, token)
        yield recording


class _Listener:
    """Notes, for one recording, when a cursor begins to execute and when it has."""

    def __init__(self, recording: Recording, explains: Engine) -> None:
        self._recording = recording
        self._explains = explains
        self._started: dict[int, float] = {}

    def before_cursor_execute(  # noqa: PLR0913, PLR0917 SQLAlchemy's signature
        self,
        connection: Connection,  # noqa: ARG002
        cursor: object,
        statement: str,  # noqa: ARG002
        parameters: object,  # noqa: ARG002
        context: object,  # noqa: ARG002
        executemany: bool,  # noqa: ARG002, FBT001
    ) -> None:
        if self._recording in _active.get():
            self._started[id(cursor)] = perf_counter()

    def after_cursor_execute(  # noqa: PLR0913, PLR0917 SQLAlchemy's signature
        self,
        connection: Connection,
        cursor: object,
        statement: str,
        parameters: Params | list[Params],
        context: ExecutionContext | None,
        executemany: bool,  # noqa: ARG002, FBT001
    ) -> None:
        first = _first_of(parameters, context)
        explainer = partial(_plan, self._explains, statement, first)
        backend = backend_of(connection.connection.driver_connection)
        self._add(statement, cursor, explainer, parameters, backend)

    def handle_error(self, context: ExceptionContext) -> None:
        """Note a statement that failed: it was sent all the same."""
        if context.execution_context is not None and context.statement is not None:
            # Values that the driver could not send cannot be explained either.
            cursor = context.execution_context.cursor
            self._add(context.statement, cursor, None, context.parameters)

    def _add(
        self,
        statement: str,
        cursor: object,
        explainer: Explainer | None,
        parameters: object,
        backend: int | None = None,
    ) -> None:
        started = self._started.pop(id(cursor), None)
        if started is not None:
            duration_s = perf_counter() - started
            values = digest(parameters)
            self._recording.add(
                statement, duration_s, cursor, explainer, backend=backend, values=values
            )


def _first_of(parameters: Params | list[Params], context: ExecutionContext | None) -> Params | None:
    """Return the values of a statement, the first where it has many, None where it takes none.

    Many sets of values are a list, and one set is a tuple or a dictionary. That SQLAlchemy calls
    it `executemany` does not tell: it sends many rows in one INSERT with one set as well.
    """
    first = parameters[0] if isinstance(parameters, list) else parameters
    # psycopg reads %% as % only where it is given values, none of them included.
    return None if not first and context is not None and context.no_parameters else first


def _plan(engine: Engine, text: str, parameters: Params | None) -> str | None:
    try:
        with engine.connect() as connection:
            return plan_of(connection.connection.driver_connection, text, parameters)
    except (psycopg.Error, SQLAlchemyError):
        return None
