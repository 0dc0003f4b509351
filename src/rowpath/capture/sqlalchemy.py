"""Records what a SQLAlchemy engine sends to its database."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from time import perf_counter

from sqlalchemy import Connection, Engine, ExceptionContext, event

from rowpath.capture.psycopg import fetches_counted
from rowpath.capture.recording import Recording

# A framework that runs a request's work in a thread pool copies the context into the thread (so
# does anyio for FastAPI's endpoints); the recordings that it holds are the same objects in both.
_active: ContextVar[tuple[Recording, ...]] = ContextVar("rowpath_recordings", default=())


@contextmanager
def recorded(engine: Engine) -> Iterator[Recording]:
    """Yield a recording of every statement that this context sends through `engine`.

    A context is what `contextvars` says: the current thread or task, and whatever runs in a copy
    of its context. Other requests on the same engine do not mix in. `executemany` is one
    statement. BEGIN and COMMIT are none: psycopg sends them by itself.
    """
    recording = Recording()
    listener = _Listener(recording)
    with ExitStack() as stack:
        stack.enter_context(fetches_counted())
        for name in ("before_cursor_execute", "after_cursor_execute", "handle_error"):
            event.listen(engine, name, getattr(listener, name))
            stack.callback(event.remove, engine, name, getattr(listener, name))
        token = _active.set((*_active.get(), recording))
        stack.callback(_active.reset, token)
        yield recording


class _Listener:
    """Notes, for one recording, when a cursor begins to execute and when it has."""

    def __init__(self, recording: Recording) -> None:
        self._recording = recording
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
        connection: Connection,  # noqa: ARG002
        cursor: object,
        statement: str,
        parameters: object,  # noqa: ARG002
        context: object,  # noqa: ARG002
        executemany: bool,  # noqa: ARG002, FBT001
    ) -> None:
        self._add(statement, cursor)

    def handle_error(self, context: ExceptionContext) -> None:
        """Note a statement that failed: it was sent all the same."""
        if context.execution_context is not None and context.statement is not None:
            self._add(context.statement, context.execution_context.cursor)

    def _add(self, statement: str, cursor: object) -> None:
        started = self._started.pop(id(cursor), None)
        if started is not None:
            self._recording.add(statement, perf_counter() - started, cursor)
