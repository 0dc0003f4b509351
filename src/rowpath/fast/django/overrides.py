"""Whether a class still does what the framework's own class does."""

import inspect
from functools import lru_cache
from typing import Any


def overridden(cls: type, base: type, names: tuple[str, ...]) -> str | None:
    """Return the first of `names` that `cls` does not simply have from `base`, or None.

    Asked once for each class: what is put into a class later is not seen.
    """
    classes: tuple[Any, Any] = cls, base
    return _overridden(*classes, names)


@lru_cache(maxsize=10_000)
def _overridden(cls: type, base: type, names: tuple[str, ...]) -> str | None:
    for name in names:
        if inspect.getattr_static(cls, name, None) is not inspect.getattr_static(base, name, None):
            return name
    return None
