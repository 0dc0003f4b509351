"""What is known of a class, kept for as long as there is that class."""

from collections.abc import Callable
from functools import wraps
from typing import TypeVar
from weakref import WeakKeyDictionary

T = TypeVar("T")


def by_class(function: Callable[[type], T]) -> Callable[[type], T]:
    """Ask `function` once for each class: what is put into a class later is not seen."""
    known: WeakKeyDictionary[type, T] = WeakKeyDictionary()

    @wraps(function)
    def asked(cls: type) -> T:
        try:
            return known[cls]
        except KeyError:
            found = known[cls] = function(cls)
            return found

    return asked
