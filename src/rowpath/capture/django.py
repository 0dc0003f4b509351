"""Records what Django sends to its databases."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from time import perf_counter
from typing import Any

from django.db import connections

from rowpath.capture.psycopg import fetches_counted
from rowpath.capture.recording import Recording


@contextmanager
def recorded() -> Iterator[Recording]:
    """Yield a recording of every statement that this thread sends through Django's connections.

    Connections are the thread's own in Django, so other threads do not mix in. `executemany` is
    one statement: its text was sent once by the application.
    """
    recording = Recording()
    with ExitStack() as stack:
        stack.enter_context(fetches_counted())
        for connection in connections.all():
            stack.enter_context(connection.execute_wrapper(_wrapper(recording)))
        yield recording


def _wrapper(recording: Recording) -> Callable[..., Any]:
    def record(
        execute: Callable[..., Any],
        sql: str,
        params: Sequence[Any] | None,
        many: bool,  # noqa: FBT001 Django's signature
        context: dict[str, Any],
    ) -> Any:  # noqa: ANN401 whatever the driver returns
        started = perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            # A statement that failed was sent all the same.
            recording.add(str(sql), perf_counter() - started, context["cursor"].cursor)

    return record
