"""Watches what psycopg does past every framework's hooks: server-side fetches, and COPY.

Django's `iterator()` and SQLAlchemy's `yield_per()` read through `psycopg.ServerCursor`. It does
not know its number of rows beforehand, and most of the time passes in its fetches. COPY is
`psycopg.Cursor.copy()`, a block that the application writes or reads in.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import partial, wraps
from time import perf_counter
from typing import Any, ParamSpec, TypeAlias, TypeVar
from weakref import WeakKeyDictionary

from psycopg import Cursor, ServerCursor
from psycopg.sql import Composable

from rowpath.capture.patching import Patch

P = ParamSpec("P")
R = TypeVar("R")

CopyListener: TypeAlias = Callable[[Cursor[Any], str, float], None]
"""Is told a cursor, the text of its COPY, and how long the whole block took, in seconds."""


@dataclass(slots=True)
class Fetches:
    """What one server-side cursor has handed out so far. Iterated over, it counts row by row."""

    rows: int = 0
    duration_s: float = 0.0


_followed: WeakKeyDictionary[ServerCursor[Any], Fetches] = WeakKeyDictionary()
_listeners: ContextVar[tuple[CopyListener, ...]] = ContextVar("rowpath_copies", default=())


def follow(cursor: object) -> Fetches | None:
    """Return the count of `cursor` from here on; None where it is no server-side cursor.

    It counts within `fetches_counted` only. A cursor that is executed again counts anew.
    """
    if not isinstance(cursor, ServerCursor):
        return None
    fetches = Fetches()
    _followed[cursor] = fetches
    return fetches


def text_of(query: object, cursor: Cursor[Any]) -> str:
    """Return a query as the text that `cursor` makes of it, placeholders included."""
    if isinstance(query, Composable):
        return query.as_string(cursor)
    if isinstance(query, bytes):
        return query.decode(cursor.connection.info.encoding)
    return str(query)


def fetches_counted() -> AbstractContextManager[None]:
    """Patch the fetch methods of `psycopg.ServerCursor` for as long as the block lasts."""
    return _FETCH_METHODS.applied()


@contextmanager
def copies_told(listener: CopyListener) -> Iterator[None]:
    """Tell `listener` of every COPY that this context has ended, failed ones included.

    A context is what `contextvars` says: the current thread or task. `psycopg.Cursor.copy` is
    patched for as long as the block lasts.
    """
    with _COPY_METHOD.applied():
        _listeners.set((*_listeners.get(), listener))
        try:
            yield
        finally:
            # Not what it was before: another block may have begun within and not have ended yet.
            _listeners.set(tuple(other for other in _listeners.get() if other is not listener))


def _counted(rows_in: Callable[[R], int], fetch: Callable[P, R]) -> Callable[P, R]:
    @wraps(fetch)
    def counted(*args: P.args, **kwargs: P.kwargs) -> R:
        fetches = _followed.get(args[0])  # type: ignore[call-overload]  # self comes first
        if fetches is None:
            return fetch(*args, **kwargs)
        started = perf_counter()
        try:
            fetched = fetch(*args, **kwargs)
        finally:
            fetches.duration_s += perf_counter() - started
        fetches.rows += rows_in(fetched)
        return fetched

    return counted


def _one_if_any(row: object) -> int:
    return 0 if row is None else 1


def _told(
    copy: Callable[..., AbstractContextManager[R]],
) -> Callable[..., AbstractContextManager[R]]:
    @wraps(copy)
    @contextmanager
    def told(
        cursor: Cursor[Any],
        statement: object,
        *args: Any,  # noqa: ANN401 whatever psycopg takes
        **kwargs: Any,  # noqa: ANN401 whatever psycopg takes
    ) -> Iterator[R]:
        started = perf_counter()
        try:
            with copy(cursor, statement, *args, **kwargs) as block:
                yield block
        finally:
            duration_s = perf_counter() - started
            for listener in _listeners.get():
                listener(cursor, text_of(statement, cursor), duration_s)

    return told


_FETCH_METHODS = Patch(
    ServerCursor,
    {
        "fetchone": partial(_counted, _one_if_any),
        "fetchmany": partial(_counted, len),
        "fetchall": partial(_counted, len),
        "__next__": partial(_counted, _one_if_any),
    },
)
_COPY_METHOD = Patch(Cursor, {"copy": _told})
