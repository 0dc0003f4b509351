"""Whether a class still does what the framework's own class does."""

import inspect
from weakref import WeakKeyDictionary

from rowpath.fast.shipped import relied
from rowpath.fast.stores import kept


def overridden(cls: type, base: type, names: tuple[str, ...]) -> str | None:
    """Return the first of `names` that `cls` does not simply have from `base`, or None.

    `base` is a library's class, whose own attributes are those that it ships. Asked once for each
    `cls`: what is put into a class of the project later is not seen, into one of a library it is.
    """
    try:
        return _known[cls][base, names]
    except KeyError:
        own = _first(cls, base, names)
        if own is None and (own := next((n for n in names if relied.check(base, n)), None)):
            return own  # for as long as the library's class is patched
        return _known.setdefault(cls, {}).setdefault((base, names), own)


def has_own(instance: object, base: type, names: tuple[str, ...]) -> bool:
    """Whether `instance`, or its class, has one of `names` otherwise than from `base`."""
    own = overridden(type(instance), base, names)
    return own is not None or not vars(instance).keys().isdisjoint(names)


# Classes may be made for each request, and are not kept for being asked about.
_known: WeakKeyDictionary[type, dict[tuple[type, tuple[str, ...]], str | None]]
_known = kept(WeakKeyDictionary())


def _first(cls: type, base: type, names: tuple[str, ...]) -> str | None:
    for name in names:
        if inspect.getattr_static(cls, name, None) is not inspect.getattr_static(base, name, None):
            return name
    return None
