"""Counts what psycopg's server-side cursors hand out, which no framework's hook can see.

Django's `iterator()` and SQLAlchemy's `yield_per()` read through `psycopg.ServerCursor`. It does
not know its number of rows beforehand, and most of the time passes in its fetches.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from threading import Lock
from time import perf_counter
from typing import Any, ParamSpec, TypeVar
from weakref import WeakKeyDictionary

from psycopg import ServerCursor

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(slots=True)
class Fetches:
    """What one server-side cursor has handed out so far. Iterated over, it counts row by row."""

    rows: int = 0
    duration_s: float = 0.0


_followed: WeakKeyDictionary[ServerCursor[Any], Fetches] = WeakKeyDictionary()
_lock = Lock()
_originals: dict[str, Callable[..., Any]] = {}
_users = 0


def follow(cursor: object) -> Fetches | None:
    """Return the count of `cursor` from here on; None where it is no server-side cursor.

    It counts within `fetches_counted` only. A cursor that is executed again counts anew.
    """
    if not isinstance(cursor, ServerCursor):
        return None
    fetches = Fetches()
    _followed[cursor] = fetches
    return fetches


@contextmanager
def fetches_counted() -> Iterator[None]:
    """Patch the fetch methods of `psycopg.ServerCursor` for as long as the block lasts.

    Blocks may overlap, in one thread or in several: the patch is applied once, by the first, and
    undone by the last, in whatever order they end.
    """
    _enter()
    try:
        yield
    finally:
        _leave()


def _enter() -> None:
    global _users  # noqa: PLW0603 the class that is patched is global as well
    with _lock:
        _users += 1
        if _users == 1:
            for name, rows_in in _FETCHES.items():
                _originals[name] = getattr(ServerCursor, name)
                setattr(ServerCursor, name, _counted(_originals[name], rows_in))


def _leave() -> None:
    global _users  # noqa: PLW0603 the class that is patched is global as well
    with _lock:
        _users -= 1
        if _users == 0:
            for name, original in _originals.items():
                setattr(ServerCursor, name, original)
            _originals.clear()


def _counted(fetch: Callable[P, R], rows_in: Callable[[R], int]) -> Callable[P, R]:
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


_FETCHES: dict[str, Callable[[Any], int]] = {
    "fetchone": _one_if_any,
    "fetchmany": len,
    "fetchall": len,
    "__next__": _one_if_any,
}
