"""Patches of `django.db.models.fields.related_descriptors`: which relation of which row is read."""

import sys
from collections.abc import Callable
from functools import cache
from typing import Any

from django.db.models import Model
from django.db.models.fields.related_descriptors import (
    ForwardManyToOneDescriptor,
    ManyToManyDescriptor,
    ReverseManyToOneDescriptor,
    ReverseOneToOneDescriptor,
)

from rowpath.capture.patching import Patch
from rowpath.explain import trails
from rowpath.explain.django.query import TAG, number_of, retag
from rowpath.explain.recording.facts import UNKNOWN
from rowpath.explain.recording.recorder import Recorder
from rowpath.explain.trails import Hop, Key, Owner, Way

METHODS: dict[type, tuple[str, ...]] = {
    ForwardManyToOneDescriptor: ("__get__",),
    ReverseOneToOneDescriptor: ("__get__",),
    ReverseManyToOneDescriptor: ("__get__",),
}
FINDING = "relations that are loaded row by row"


def patches(recorder: Recorder) -> tuple[Patch, ...]:
    """Return the patches by which a recorder learns which relation a statement is for."""

    def one(original: Callable[..., Any]) -> Callable[..., Any]:
        return reading_one(original, recorder, _single_hop)

    return (
        Patch(ForwardManyToOneDescriptor, {"__get__": one}),
        Patch(ReverseOneToOneDescriptor, {"__get__": one}),
        Patch(
            ReverseManyToOneDescriptor,  # that of many-to-many inherits it
            {"__get__": lambda original: _many(original, recorder)},
        ),
    )


def reading_one(
    original: Callable[..., Any], recorder: Recorder, hop_of: Callable[[Any], Hop]
) -> Callable[..., Any]:
    """Return the `__get__` of a descriptor that leads to one row, and tells that it is read."""

    def get(descriptor: Any, instance: Model | None, owner: Any = None) -> Any:
        if instance is None or not recorder.is_watching:
            return original(descriptor, instance, owner)
        tag = getattr(instance._state, TAG, None)
        if tag is None or tag is UNKNOWN:
            return _of_unknown(original, recorder, descriptor, instance, owner)
        reached = tag.through.get(descriptor)
        if reached is None:
            reached = tag.through[descriptor] = tag.reached(hop_of(descriptor))
        if not recorder.prefetching:
            reached.is_read = True
            if recorder.reads_columns:
                reached.readers[recorder.caller(sys._getframe(1))] = None
        recorder.accesses.append((reached, instance))
        try:
            value = original(descriptor, instance, owner)
        finally:
            recorder.accesses.pop()
        if isinstance(value, Model):
            retag(value, reached)
        return value

    return get


def _of_unknown(
    original: Callable[..., Any], recorder: Recorder, descriptor: Any, instance: Model, owner: Any
) -> Any:
    """Read a relation of a row of which nobody knows where it is from."""
    recorder.accesses.append(None)
    try:
        return original(descriptor, instance, owner)
    finally:
        recorder.accesses.pop()


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
        if instance is None or not recorder.is_watching or recorder.prefetching:
            return manager
        tag = getattr(instance._state, TAG, None)
        if tag is None or tag is UNKNOWN:
            return manager
        reached = tag.through.get(descriptor)
        if reached is None:
            reached = tag.through[descriptor] = tag.reached(_many_hop(descriptor, manager.model))
        reached.is_read = True
        # The manager is made for this one access, so that nothing of it has to be undone. Were its
        # get_queryset replaced by a closure, that would hold it: a cycle for each access, for whose
        # sake Python looks through all objects ever more often.
        manager.__class__ = watched.of(type(manager))
        manager.rowpath_read = reached, instance
        return manager

    return get


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

    def get_queryset(manager: Any) -> Any:
        reached, instance = manager.rowpath_read
        is_of_many = recorder.rows_of(reached.number) > 1
        recorder.relating += is_of_many
        try:
            queryset = made(manager)
        finally:
            recorder.relating -= is_of_many
        query = queryset._query
        rows = queryset._result_cache
        if rows is None or not hasattr(query, "rowpath_relation"):
            query.rowpath_relation = reached
            query.rowpath_row = number_of(instance)
            query.rowpath_refined = False
            query.rowpath_prefetched = None if rows is None else _is_ordered(query)
        for row in rows or ():
            state = row._state
            known = getattr(state, TAG, None)
            if known is None or known is UNKNOWN:
                state.rowpath_tag = reached
        return queryset

    named = {name: getattr(manager_class, name) for name in ("__module__", "__qualname__")}
    body = {"get_queryset": get_queryset, **named}
    told: type = type(manager_class)(manager_class.__name__, (manager_class,), body)
    return told


def _is_ordered(query: Any) -> bool:
    """Return what `QuerySet.ordered` does of its query.

    That asks for the query itself, and so has Django build the filter of the relation, which it
    puts off where the rows are there.
    """
    is_by_default = query.default_ordering and query.get_meta().ordering and not query.group_by
    return bool(query.extra_order_by or query.order_by or is_by_default)


@cache
def _many_hop(descriptor: Any, model: type[Model]) -> Hop:
    owner = Owner(module=model.__module__, name=model.__qualname__)
    of_rows = trails.Model(owner=owner, manager=model._default_manager.name)
    return Hop(name=_many_name(descriptor), way=Way.MANY, model=of_rows)


def _many_name(descriptor: Any) -> str:
    if isinstance(descriptor, ManyToManyDescriptor) and not descriptor.reverse:
        return descriptor.field.name
    return descriptor.rel.get_accessor_name()
