"""A cache with a bound, for what is made once and kept."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, Generic, TypeVar, cast

V = TypeVar("V")
_MISSING: Any = object()


class Key:
    """A key of several parts that is hashed once, however often it is looked for."""

    __slots__ = ("_hash", "_parts")

    def __init__(self, parts: Hashable) -> None:
        self._parts = parts
        self._hash = hash(parts)

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Key) and self._parts == other._parts


class Bounded(Generic[V]):
    """A cache of the `size` values used last, for any number of threads.

    Until it is half full it does not look at what is used.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._values: OrderedDict[Hashable, V] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable, make: Callable[[], V]) -> V:
        """Return the value of `key`, made by `make` if it is not there."""
        with self._lock:
            # A key may be deep, and is hashed anew by each of these.
            if (found := self._values.get(key, _MISSING)) is not _MISSING:
                if len(self._values) * 2 > self._size:
                    self._values.move_to_end(key)
                return cast("V", found)
        value = make()
        self.put(key, value)
        return value

    def put(self, key: Hashable, value: V) -> None:
        """Have `value` in the place of what was there."""
        with self._lock:
            self._values[key] = value
            self._values.move_to_end(key)
            while len(self._values) > self._size:
                self._values.popitem(last=False)

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._values.clear()
