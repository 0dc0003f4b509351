"""Events of SQLAlchemy's engines: statements recorded, timed, and told where they are refused."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import Any

from sqlalchemy import Engine, ExceptionContext, event

from rowpath.explain.recording.facts import Purpose as Recorded
from rowpath.explain.recording.phase_clock import PhaseClock
from rowpath.explain.recording.recorder import Recorder
from rowpath.explain.recording.statement_text import is_work, is_write
from rowpath.explain.sqlalchemy.greenlets import blocks_the_loop
from rowpath.explain.sqlalchemy.loads import NOTHING, OPTION, Purpose

_READ_ONLY = "25006"
"""PostgreSQL's read_only_sql_transaction."""


@contextmanager
def listening(name: str, listener: Callable[..., Any]) -> Iterator[None]:
    """Have all engines tell a listener of an event within the block."""
    event.listen(Engine, name, listener)
    try:
        yield
    finally:
        event.remove(Engine, name, listener)


@contextmanager
def recorded(recorder: Recorder) -> Iterator[None]:
    """Tell a recorder of every statement that any engine sends within the block."""

    def record(
        _connection: Any, _cursor: Any, text: str, values: Any, context: Any, *_: Any
    ) -> None:
        if not recorder.is_watching or not is_work(text):
            return
        purpose = NOTHING if context is None else _purpose(context)
        tag = purpose.loads
        recorder.accesses.append(None if tag is None else (tag, None))
        try:
            of = Recorded(relation=tag, is_refresh=purpose.is_refresh, blocks=blocks_the_loop())
            recorder.statement(" ".join(text.split()), values, of)
        finally:
            recorder.accesses.pop()

    with listening("before_cursor_execute", record):
        yield


def _purpose(context: Any) -> Purpose:
    purpose: Purpose = context.execution_options.get(OPTION, NOTHING)
    return purpose


@contextmanager
def timed(clock: PhaseClock) -> Iterator[None]:
    """Count the time in which statements are executed as that of the phase `SQL`."""
    running: list[AbstractContextManager[None]] = []

    def before(*_: Any) -> None:
        phase = clock.phase("SQL")
        phase.__enter__()
        running.append(phase)

    def after(*_: Any) -> None:
        if running:
            running.pop().__exit__(None, None, None)

    with ExitStack() as stack:
        stack.enter_context(listening("before_cursor_execute", before))
        stack.enter_context(listening("after_cursor_execute", after))
        stack.enter_context(listening("handle_error", after))
        yield


@contextmanager
def refused_writes() -> Iterator[list[str]]:
    """Yield a list that gets each text that a read-only transaction refuses within the block."""
    texts: list[str] = []

    def listen(context: ExceptionContext) -> None:
        if context.statement is not None and _is_read_only(context.original_exception):
            texts.append(context.statement)

    with listening("handle_error", listen):
        yield texts


def _is_read_only(error: BaseException) -> bool:
    state = getattr(error, "sqlstate", None) or getattr(error, "pgcode", None)
    return state == _READ_ONLY or "readonly database" in str(error)


@contextmanager
def writes() -> Iterator[list[str]]:
    """Yield a list that gets each statement that writes within the block."""
    texts: list[str] = []

    def listen(_connection: Any, _cursor: Any, text: str, *_: Any) -> None:
        if is_write(text):
            texts.append(text)

    with listening("before_cursor_execute", listen):
        yield texts
