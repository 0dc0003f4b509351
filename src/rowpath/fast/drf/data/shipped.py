"""Whether a field or serializer still does what DRF's own class does."""

from typing import Any

from rowpath.fast.drf.grounds import relied_for_data
from rowpath.fast.shipped import Owner
from rowpath.fast.stores import kept

_relied_on: set[tuple[Owner, tuple[str, ...]]] = kept(set())


def has_drfs(field: Any, base: type, names: tuple[str, ...]) -> bool:
    """Whether `field` has all of `names` from `base`, which are there what DRF ships.

    Its class is looked at each time: a test may have put something into it since.
    """
    cls = type(field)
    for name in names:
        if getattr(cls, name, None) is not getattr(base, name, None):
            return False
    return vars(field).keys().isdisjoint(names) and rely(base, *names)


def rely(owner: Owner, *names: str) -> bool:
    """Whether `names` of `owner` are what their library ships; if so, that is relied on."""
    if (owner, names) not in _relied_on:
        if relied_for_data.check(owner, *names) is not None:
            return False
        _relied_on.add((owner, names))
    return True
