"""The cache of an instance's relations to one, which asks as soon as Django would send a statement.

Django looks for a relation that is loaded in a dict of the instance. It is a dict of a class of
rowpath's here; what is in it is what is in Django's. Where there is nothing in it, it is told from
the frame of Django's function that looks whether that will send a statement for want of it: it may
only want to know whether there is something.

A queryset of a relation to many asks as it is read, if nobody has looked at its query before.
"""

import logging
import sys
from types import FrameType
from typing import Any, Protocol

from django.db.models import Model
from django.db.models.fields.mixins import NOT_PROVIDED, FieldCacheMixin
from django.db.models.query import ModelIterable, QuerySet

from rowpath.fast.fallback import TheirsError

_log = logging.getLogger("rowpath.fast")

NOTHING: Any = object()
PREFETCHED = "_prefetched_objects_cache"
"""The attribute of an instance that has what was prefetched for it."""
_WANTED = "_rowpath_wanted"
"""The attribute of a queryset that says whose rows it is to have."""


class Place(Protocol):
    """Where instances are in what a list reads."""

    def one(self, instance: Model, name: str) -> Any:
        """Return what the cache of `instance` is to have for `name`, or NOTHING.

        Raises what Django's own statement would make it raise.
        """

    def many(self, manager: Any, made: QuerySet) -> QuerySet:
        """Return `made`, the queryset of a manager of Django's; it asks here if it may."""


class Ones(dict[str, Any]):
    """The fields_cache of an instance."""

    __slots__ = ("place", "prefetched")

    def __init__(self, known: dict[str, Any], place: Place, prefetched: Any) -> None:
        super().__init__(known)
        self.place = place
        self.prefetched = prefetched
        """What the instance has for what was prefetched for it."""

    # In a pickle, or a copy, there is nothing of rowpath's.
    def __reduce__(self) -> tuple[Any, ...]:
        return dict, (dict(self),)

    def __missing__(self, name: str) -> Any:
        raised = None
        try:
            found = self._asked(sys._getframe(1), name)
        except TheirsError as error:
            found, raised = NOTHING, error.error
        except Exception as error:  # noqa: BLE001 - a defect, for which Django asks
            _log.warning("A row asks for its %s, since a step failed.", name, exc_info=error)
            found = NOTHING
        if raised is not None:
            # Django asks while it handles that nothing is there.
            raised.__context__ = KeyError(name)
            raise raised
        if found is NOTHING:
            raise KeyError(name)
        self[name] = found
        return found

    def _asked(self, frame: FrameType, name: str) -> Any:
        instance = _wanting_one(frame)
        return NOTHING if instance is None else self.place.one(instance, name)


def place_of(instance: Model) -> Place | None:
    """Return where `instance` stands; None if it is in no list now, or was read anew in one."""
    own = vars(instance)
    known: Any = vars(own["_state"]).get("fields_cache") if "_state" in own else None
    # Django replaces what was prefetched as it refreshes the instance.
    if type(known) is not Ones or own.get(PREFETCHED) is not known.prefetched:
        return None
    return known.place


def _wanting_one(frame: FrameType) -> Model | None:
    """Return the instance for which Django is about to ask; None if it only looks."""
    if frame.f_code is not FieldCacheMixin.get_cached_value.__code__:
        return None
    given = frame.f_locals
    if given["default"] is not NOT_PROVIDED:
        return None
    instance: Model = given["instance"]
    return instance


class Wanted:
    """That a queryset is to have the rows of `manager` from a place, if it is read as it is."""

    __slots__ = ("manager", "place", "unasked")

    def __init__(self, place: "Giving", manager: Any, unasked: object) -> None:
        self.place = place
        self.manager = manager
        self.unasked = unasked
        """The filter that Django puts into the query as soon as anybody looks at that."""

    # A copy of the queryset asks for itself.
    def __reduce__(self) -> tuple[Any, ...]:
        return type(None), ()


class Giving(Protocol):
    """Where rows of a manager may come from."""

    def rows(self, manager: Any) -> list[Model] | None:
        """Return the rows of `manager`; None if Django has to ask for them."""


def as_wanted(queryset: QuerySet, place: Giving, manager: Any) -> QuerySet:
    """Have `queryset`, which `manager` has made, ask `place` for its rows when it is read."""
    unasked = queryset._deferred_filter
    if queryset._iterable_class is ModelIterable and unasked is not None:
        queryset._iterable_class = _Rows
        vars(queryset)[_WANTED] = Wanted(place, manager, unasked)
    return queryset


class _Rows(ModelIterable):
    """The rows of a queryset that is read as its manager made it; Django's rows of any other."""

    def __iter__(self) -> Any:
        # From here on it is as any other: pickled, say.
        self.queryset._iterable_class = ModelIterable
        wanted = vars(self.queryset).pop(_WANTED, None)
        raised = None
        try:
            found = None if wanted is None else self._given(wanted)
        except TheirsError as error:
            found, raised = None, error.error
        except Exception as error:  # noqa: BLE001 - a defect, for which Django asks
            _log.warning("A row asks for its relation, since a step failed.", exc_info=error)
            found = None
        if raised is not None:
            raise raised
        return super().__iter__() if found is None else iter(found)

    def _given(self, wanted: Wanted) -> list[Model] | None:
        # Whoever has looked at its query may have changed that in place.
        if self.chunked_fetch or self.queryset._deferred_filter is not wanted.unasked:
            return None
        return wanted.place.rows(wanted.manager)
