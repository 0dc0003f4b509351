"""What is known for the life of the process, in one list, so that all of it can be forgotten.

A module makes each of its process-wide stores as an object of its own, and declares it there:

    _plans: Bounded[Prepared] = kept(Bounded(1_000))

    @kept
    @cache
    def _expected() -> ...

Kept is whatever a later request finds from an earlier one: what was compiled, what was found out of
classes, receivers and versions, what is relied on of the libraries, how often a view failed, what
has been logged. Each is found out anew once it is forgotten. Not kept are tables that nobody writes
into, and what belongs to one object and goes with it, as the outcome of a response does.
"""

from collections.abc import Callable
from typing import Protocol, TypeVar, runtime_checkable


class _Clears(Protocol):
    def clear(self) -> object: ...


@runtime_checkable
class _ClearsCache(Protocol):
    def cache_clear(self) -> object: ...


Store = _Clears | _ClearsCache
"""A container, weak or bounded, or an object that is emptied as one is; or a cached function."""

S = TypeVar("S", bound=Store)

ANY_SETTING = "*"

# In the order in which the modules were imported, which begins with what the others stand on.
_stores: list[tuple[Store, Callable[[], object], str | None]] = []


def kept(store: S, *, changed_by: str | None = None) -> S:
    """Declare `store`, which is returned as it is: a store of this process.

    `changed_by` names the setting of Django that what is in it depends on, or is ANY_SETTING.
    """
    _stores.append((store, _emptying(store), changed_by))
    return store


def _emptying(store: Store) -> Callable[[], object]:
    # Asked once: to tell a protocol takes longer than to empty most stores.
    return store.cache_clear if isinstance(store, _ClearsCache) else store.clear


def stores() -> tuple[Store, ...]:
    """Return all that were declared by the modules imported so far."""
    return tuple(store for store, _, _ in _stores)


def forget() -> None:
    """Empty all stores, as in a process that has just started.

    No list may be under way: it could keep that a class is all right, and what that stands on would
    be relied on no more.
    """
    for _, empty, _ in tuple(_stores):
        empty()


def forget_setting(name: str) -> None:
    """Empty the stores that depend on the setting `name`, which was changed."""
    for _, empty, changed_by in tuple(_stores):
        if changed_by in (ANY_SETTING, name):
            empty()
