"""What is known of a class, kept for as long as there is that class."""

from collections.abc import Callable
from typing import Generic, TypeVar
from weakref import WeakKeyDictionary

T = TypeVar("T")


class ByClass(Generic[T]):
    """Asks a function once for each class: what is put into a class later is not seen."""

    def __init__(self, function: Callable[[type], T]) -> None:
        self._function = function
        self._known: WeakKeyDictionary[type, T] = WeakKeyDictionary()

    def __call__(self, cls: type) -> T:
        """Return what the function says of `cls`."""
        try:
            return self._known[cls]
        except KeyError:
            found = self._known[cls] = self._function(cls)
            return found

    def clear(self) -> None:
        """Ask anew."""
        self._known.clear()
