"""The attribute of Django's Model by which an instance asks for rows that nobody prefetched.

Django keeps what was prefetched for an instance in a dict among its attributes. Where there is none
it is looked for in the class, and this is found there. It is put there when this module is
imported, and to whatever else looks for it in an instance it is not there.
"""

import sys
from typing import Any

from django.db.models import Model
from django.db.models.query import QuerySet

from rowpath.fast.django.peers.lazy import wanted_of

PREFETCHED = "_prefetched_objects_cache"


class _Instead:
    """What one look into a dict finds in it, whatever it is called there."""

    __slots__ = ("_found",)

    def __init__(self, found: QuerySet) -> None:
        self._found = found

    def __getitem__(self, _: str) -> QuerySet:
        return self._found


class Unfetched:
    """What an instance has for which nothing was prefetched.

    Of a class it is itself: whoever asks a model for all that dir() names, as DRF's OrderingFilter
    does, gets something for each.
    """

    def __get__(self, instance: Any, owner: type) -> "_Instead | Unfetched":
        if instance is None:
            return self
        found = wanted_of(instance, sys._getframe(1))
        if found is None:
            # What Python raises for an attribute that is not there.
            text = f"{type(instance).__name__!r} object has no attribute {PREFETCHED!r}"
            raise AttributeError(text, name=PREFETCHED, obj=instance)
        return _Instead(found)


if PREFETCHED not in vars(Model):
    setattr(Model, PREFETCHED, Unfetched())
