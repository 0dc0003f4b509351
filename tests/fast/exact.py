"""What serializers made, told so that equal is what is the same in values, types and order."""

import inspect
import sys
from itertools import count
from typing import Any

_numbers = count()


def exact(value: object) -> list[Any]:
    """Return a value that is equal for what is the same in values, types and order."""
    kind = f"{type(value).__module__}.{type(value).__qualname__}"
    if isinstance(value, dict):
        return [kind, *([exact(key), exact(one)] for key, one in value.items())]
    if isinstance(value, (list, tuple)):
        return [kind, *map(exact, value)]
    return [kind, repr(value)]


def chain(error: BaseException | None) -> list[str]:
    """Return the error with what it came of."""
    told = []
    while error is not None:
        told.append(f"{type(error).__name__}: {error}")
        error = error.__cause__ or error.__context__
    return told


def how_represented(serializer: object) -> str:
    """Return how a FastSerializer has made its data.

    That is "recipe" without fields of its own, "fields" with, "drf" if DRF did, and "nothing" if
    there was no row.
    """
    represent = vars(serializer).get("_rowpath_represent")
    if represent is None:
        return "nothing"
    if not getattr(represent, "__module__", "").startswith("rowpath."):
        return "drf"
    has_fields = isinstance(inspect.getattr_static(type(serializer), "fields"), property)
    return "fields" if has_fields or "fields" in vars(serializer) else "recipe"


def stand_in_a_module(cls: type) -> None:
    """Have `cls`, which keeps its name, be found in its module, as a class statement's is."""
    cls.__module__ = __name__
    cls.__qualname__ = f"{cls.__name__}_{next(_numbers)}"
    setattr(sys.modules[cls.__module__], cls.__qualname__, cls)
