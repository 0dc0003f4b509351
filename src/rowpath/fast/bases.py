"""Classes that have one more base, put where a person could not."""

from collections.abc import Mapping
from typing import Any, TypeVar, cast

T = TypeVar("T")


def placed(cls: type[T], base: type, before: type, names: Mapping[str, Any]) -> type[T]:
    """Return a subclass of `cls`, with `names`, in whose order `base` stands before `before`.

    What else `base` derives from stands behind it, or where `cls` has it.
    """
    order = cls.__mro__
    bases = [one for one in base.__mro__ if one not in order]
    at = order.index(before)
    metaclass: Any = type(cls)

    class Placing(metaclass):  # type: ignore[misc] # a metaclass that is known now only
        def mro(self) -> list[type]:
            return [self, *order[:at], *bases, *order[at:]]

    as_cls = {"__module__": cls.__module__, "__qualname__": cls.__qualname__, **names}
    return cast("type[T]", Placing(cls.__name__, (cls,), as_cls))
