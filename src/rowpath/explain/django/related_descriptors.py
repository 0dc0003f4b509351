"""Patches of `django.db.models.fields.related_descriptors`: which relation of which row is read."""

import sys
from collections.abc import Callable
from functools import cache
from typing import Any

from django.db.models import Model
from django.db.models import query as querysets
from django.db.models.constants import LOOKUP_SEP
from django.db.models.fields.related_descriptors import (
    ForwardManyToOneDescriptor,
    ManyToManyDescriptor,
    ReverseManyToOneDescriptor,
    ReverseOneToOneDescriptor,
)

from rowpath.capture.patching import Patch
from rowpath.explain import trails
from rowpath.explain.django.query import PREFETCHED, TAG, begin, is_ordered, mark, retag
from rowpath.explain.recording.facts import Tag
from rowpath.explain.recording.recorder import Recorder
from rowpath.explain.trails import Hop, Key, Owner, Way

METHODS: dict[Any, tuple[str, ...]] = {
    ForwardManyToOneDescriptor: ("__get__",),
    ReverseOneToOneDescriptor: ("__get__",),
    ReverseManyToOneDescriptor: ("__get__",),
    querysets: ("prefetch_one_level",),
}
FINDING = "relations that are loaded row by row"
_TO_MANY = (ReverseManyToOneDescriptor, ManyToManyDescriptor)


def patches(recorder: Recorder) -> tuple[Patch, ...]:
    """Return the patches by which a recorder learns which relation a statement is for."""

    def one(original: Callable[..., Any]) -> Callable[..., Any]:
        return reading_one(original, recorder, _single_hop, _cache_name)

    return (
        Patch(ForwardManyToOneDescriptor, {"__get__": one}),
        Patch(ReverseOneToOneDescriptor, {"__get__": one}),
        Patch(
            ReverseManyToOneDescriptor,  # that of many-to-many inherits it
            {"__get__": lambda original: _many(original, recorder)},
        ),
        Patch(querysets, {"prefetch_one_level": lambda original: _one_level(original, recorder)}),
    )


def reading_one(
    original: Callable[..., Any],
    recorder: Recorder,
    hop_of: Callable[[Any], Hop],
    cache_name: Callable[[Any], str] = lambda _: "",
) -> Callable[..., Any]:
    """Return the `__get__` of a descriptor that leads to one row, and tells that it is read.

    `cache_name` is by what Django keeps that row where it asks for it no more; "" where it may.
    """

    def get(descriptor: Any, instance: Model | None, owner: Any = None) -> Any:
        if instance is None or not recorder.is_watching:
            return original(descriptor, instance, owner)
        state = instance._state
        tag = getattr(state, TAG, None)
        if tag is None:
            return recorder.loading(None, original, descriptor, instance, owner)
        reached = tag.through.get(descriptor)
        if reached is None:
            reached = tag.through[descriptor] = tag.reached(hop_of(descriptor))
            reached.cached_as = cache_name(descriptor)
        if not recorder.prefetching:
            reached.is_read = True
            if recorder.reads_columns:
                reached.readers[recorder.caller(sys._getframe(1))] = None
        if reached.cached_as in state.fields_cache:
            value = original(descriptor, instance, owner)
        else:
            value = recorder.loading((reached, instance), original, descriptor, instance, owner)
        if isinstance(value, Model):
            retag(value, reached)
        return value

    return get


@cache
def _cache_name(descriptor: Any) -> str:
    is_reverse = isinstance(descriptor, ReverseOneToOneDescriptor)
    name: str = (descriptor.related if is_reverse else descriptor.field).cache_name
    return name


@cache
def _single_hop(descriptor: Any) -> Hop:
    if isinstance(descriptor, ReverseOneToOneDescriptor):
        return Hop(name=descriptor.related.get_accessor_name(), way=Way.ONE)
    field = descriptor.field
    targets = field.foreign_related_fields
    key = None
    if len(targets) == 1 and targets[0].primary_key and field.concrete:
        key = Key(column=field.attname, target=targets[0].attname, is_required=not field.null)
    return Hop(name=field.name, way=Way.ONE, key=key)


def _many(original: Callable[..., Any], recorder: Recorder) -> Callable[..., Any]:
    watched = _WatchedManagers(recorder)

    def get(descriptor: Any, instance: Model | None, owner: Any = None) -> Any:
        manager = original(descriptor, instance, owner)
        if not recorder.is_watching or recorder.prefetching or instance is None:
            return manager
        tag = getattr(instance._state, TAG, None)
        if tag is None:
            return manager
        reached = tag.through.get(descriptor)
        if reached is None:
            reached = _reached(tag, descriptor, manager)
        reached.is_read = True
        # The manager is made for this one access, so that nothing of it has to be undone. Were its
        # get_queryset replaced by a closure, that would hold it: a cycle for each access, for whose
        # sake Python looks through all objects ever more often.
        manager.__class__ = watched.of(type(manager))
        manager.rowpath_read = reached, instance
        return manager

    return get


def _reached(tag: Tag, descriptor: Any, manager: Any) -> Tag:
    """Return the tag of what is reached from a row by a relation to many."""
    reached = tag.through[descriptor] = tag.reached(_many_hop(descriptor, manager.model))
    name: str | None = getattr(manager, "prefetch_cache_name", None)
    reached.cached_as = descriptor.rel.get_accessor_name() if name is None else name
    return reached


def _one_level(original: Callable[..., Any], recorder: Recorder) -> Callable[..., Any]:
    def one_level(instances: list[Any], prefetcher: Any, lookup: Any, level: int) -> Any:
        if not recorder.is_watching:
            return original(instances, prefetcher, lookup, level)
        recorder.prefetched = _prefetched(instances, prefetcher, lookup, level)
        try:
            return original(instances, prefetcher, lookup, level)
        finally:
            recorder.prefetched = None

    return one_level


def _prefetched(
    instances: list[Any], prefetcher: Any, lookup: Any, level: int
) -> tuple[Tag, type] | None:
    """Return the tag of what a prefetch loads to many, and the class of those rows.

    None where the rows that have them are not all alike.

    A generic relation's queryset does not know its row, so that the row's read is to mark it.
    """
    name = lookup.prefetch_through.split(LOOKUP_SEP)[level]
    descriptor = getattr(type(instances[0]), name, None)
    _, is_attribute = lookup.get_current_to_attr(level)
    if is_attribute or type(descriptor) not in _TO_MANY:
        return None
    tag, *others = {getattr(row._state, TAG, None) for row in instances}
    if tag is None or others:
        return None
    return _reached(tag, descriptor, prefetcher), prefetcher.model


class _WatchedManagers:
    """The classes of managers that tell a recorder of what their querysets are for."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder
        self._made: dict[type, type] = {}

    def of(self, manager: type) -> type:
        """Return a manager's class that tells, whose querysets are those of the class given."""
        made = self._made.get(manager)
        if made is None:
            made = self._made[manager] = _told_of(manager, self._recorder)
        return made


def _told_of(manager_class: Any, recorder: Recorder) -> type:
    made = manager_class.get_queryset
    # The class of a relation's managers is Django's, made for the project's.
    has_own = any("get_queryset" in vars(base) for base in _of_the_project(manager_class))

    def get_queryset(manager: Any) -> Any:
        reached, instance = manager.rowpath_read
        if reached.is_prefetched:
            kept = getattr(instance, PREFETCHED, {}).get(reached.cached_as)
            if kept is not None:
                if not hasattr(kept._query, "rowpath_relation"):
                    mark(kept._query, reached, instance)
                    kept._query.rowpath_prefetched = is_ordered(kept._query)
                return kept
        is_single = recorder.rows_of(reached.number) <= 1
        # What the project's own code lists there for a single object is a list like any other.
        is_silent = not (has_own and is_single)
        recorder.silenced += is_silent
        try:
            queryset = made(manager)
        finally:
            recorder.silenced -= is_silent
        query, rows = queryset._query, queryset._result_cache
        # Of a single object it is a list of its own.
        if is_single and rows is None and recorder.tells_origins and not recorder.silenced:
            begin(queryset, sys._getframe(1), recorder)
        if rows is None or not hasattr(query, "rowpath_relation"):
            mark(query, reached, instance)
            query.rowpath_prefetched = None if rows is None else is_ordered(query)
        for row in rows or ():
            retag(row, reached)
        return queryset

    named = {name: getattr(manager_class, name) for name in ("__module__", "__qualname__")}
    body = {"get_queryset": get_queryset, **named}
    told: type = type(manager_class)(manager_class.__name__, (manager_class,), body)
    return told


def _of_the_project(manager_class: type) -> list[type]:
    """Return the classes behind that of a relation's managers that are not Django's."""
    behind = manager_class.__mro__[1:]
    return [base for base in behind if not base.__module__.startswith("django.db.models.")]


@cache
def _many_hop(descriptor: Any, model: type[Model]) -> Hop:
    owner = Owner(module=model.__module__, name=model.__qualname__)
    of_rows = trails.Model(owner=owner, manager=model._default_manager.name)
    return Hop(name=_many_name(descriptor), way=Way.MANY, model=of_rows)


def _many_name(descriptor: Any) -> str:
    if isinstance(descriptor, ManyToManyDescriptor) and not descriptor.reverse:
        return descriptor.field.name
    return descriptor.rel.get_accessor_name()
