"""Which prefetch_related() Django carries out without a complaint.

The fast path carries out none: what is prefetched and not serialized changes no answer, unless it
raises. This walks the lookups as prefetch_related_objects() walks them, over models instead of
instances, and stops at whatever it cannot be sure of.
"""

import inspect
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.core.exceptions import EmptyResultSet, FieldDoesNotExist
from django.db import connections
from django.db.models import Model, Prefetch
from django.db.models.constants import LOOKUP_SEP
from django.db.models.fields.related_descriptors import (
    ForwardManyToOneDescriptor,
    ForwardOneToOneDescriptor,
    ManyToManyDescriptor,
    ReverseManyToOneDescriptor,
    ReverseOneToOneDescriptor,
)
from django.db.models.manager import BaseManager
from django.db.models.query import QuerySet
from django.db.models.sql import Query

from rowpath.fast.bounded import Bounded
from rowpath.fast.django.managers import own_queryset
from rowpath.fast.django.models import check_base_manager, check_instances
from rowpath.fast.django.overrides import overridden
from rowpath.fast.django.shapes import shape_of
from rowpath.fast.fallback import CannotCompileError
from rowpath.fast.stores import kept

_ONE = (ForwardManyToOneDescriptor, ForwardOneToOneDescriptor, ReverseOneToOneDescriptor)
_MANY = (ReverseManyToOneDescriptor, ManyToManyDescriptor)
# By name: a project need not have installed the content types.
_GENERIC = "django.contrib.contenttypes.fields.ReverseGenericManyToOneDescriptor"

# What Django calls on a queryset that it prefetches from.
_FETCHING = (
    *("__init__", "__iter__", "__len__", "_fetch_all", "_clone", "_chain", "iterator", "query"),
    *("db", "using", "filter", "_filter_or_exclude", "extra", "_next_is_sticky", "_add_hints"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Lookup:
    """A Prefetch, with the path in front of it if another one brought it."""

    through: tuple[str, ...]
    to: tuple[str, ...]
    queryset: QuerySet | None
    to_attr: str | None


def check_prefetches(queryset: QuerySet, read: frozenset[tuple[str, ...]]) -> None:
    """Raise CannotCompileError unless the prefetches of `queryset` raise for no rows whatever.

    `read` are the ways of those that are carried out, by statements that may raise themselves.
    """
    pending = list(_lookups(queryset._prefetch_related_lookups, ()))[::-1]
    if queryset._fields is not None:
        return  # Django prefetches nothing for dicts, and says nothing
    names = {*queryset.query.annotations}
    found: dict[tuple[str, ...], type[Model]] = {}
    while pending:
        lookup = pending.pop()
        if lookup.to not in found:
            _walk(lookup, queryset.model, names, found, read)
            if lookup.queryset is not None:
                more = _lookups(lookup.queryset._prefetch_related_lookups, lookup.to)
                pending += list(more)[::-1]
        elif lookup.queryset is not None:
            raise _uncertain(lookup.to, "it is prefetched twice, with different querysets")


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What a prefetch puts under one attribute."""

    relation: str
    """The relation that it follows."""
    queryset: QuerySet | None
    """The queryset that it was given for it, by a project's own manager if by nobody else."""


def loads(queryset: QuerySet) -> "Loads":
    """Return what the prefetches of `queryset` put where, by the attributes that lead there.

    If a place is named twice, as the first says: Django refuses a second that has a queryset.
    """
    lookups = queryset._prefetch_related_lookups
    if not lookups or queryset._fields is not None:
        return {}
    model: type[Model] = queryset.model
    is_named = all(type(one) is str for one in lookups)
    known = _loads_of_names(model, lookups) if is_named else None
    return _loads(model, lookups) if known is None else known


Loads = dict[tuple[str, ...], Load]


@kept
@lru_cache(maxsize=1_000)
def _loads_of_names(model: type[Model], lookups: tuple[str, ...]) -> Loads | None:
    """Return the same for all querysets; None where a project's own code has a say."""
    found = _loads(model, lookups)
    return None if any(load.queryset is not None for load in found.values()) else found


def _loads(model: type[Model], lookups: Any) -> Loads:
    found: Loads = {}
    models: dict[tuple[str, ...], type[Model] | None] = {(): model}
    pending = list(_lookups(lookups, ()))[::-1]
    while pending:
        one = pending.pop()
        for end in range(1, len(one.to) + 1):
            to = one.to[:end]
            if to not in found:
                is_last = end == len(one.to)
                relation = one.through[-1] if is_last else to[-1]
                given = one.queryset if is_last else None
                found[to], models[to] = _load(models[to[:-1]], relation, given)
        if one.queryset is not None:
            pending += list(_lookups(one.queryset._prefetch_related_lookups, one.to))[::-1]
    return found


def _load(
    model: type[Model] | None, relation: str, given: QuerySet | None
) -> tuple[Load, type[Model] | None]:
    """Return what a prefetch over a relation of `model` puts there, and the model of that."""
    descriptor = inspect.getattr_static(model, relation, None)
    related = _related(descriptor)
    if given is None and related is not None and type(descriptor) in _MANY:
        given = own_queryset(related)
    return Load(relation=relation, queryset=given), related if given is None else given.model


def _lookups(given: Any, before: tuple[str, ...]) -> Iterator[_Lookup]:
    for lookup in given:
        if type(lookup) not in (str, Prefetch):
            raise CannotCompileError(f"prefetch_related() has a {type(lookup).__name__}")
        one = Prefetch(lookup) if isinstance(lookup, str) else lookup
        yield _Lookup(
            through=(*before, *one.prefetch_through.split(LOOKUP_SEP)),
            to=(*before, *one.prefetch_to.split(LOOKUP_SEP)),
            queryset=one.queryset,
            to_attr=one.to_attr,
        )


def _walk(
    lookup: _Lookup,
    model: type[Model],
    names: set[str],
    found: dict[tuple[str, ...], type[Model]],
    read: frozenset[tuple[str, ...]],
) -> None:
    """Follow `lookup` from `model`, and note in `found` which model each path on its way leads to.

    `names` are what instances of `model` have besides their class's attributes.
    """
    if len(lookup.through) != len(lookup.to):
        raise _uncertain(lookup.to, "its to_attr is a path")
    for level, name in enumerate(lookup.through):
        to = lookup.to[: level + 1]
        if to not in found:
            is_last = level == len(lookup.through) - 1
            own = lookup.queryset if is_last else None
            if is_last and lookup.to_attr:
                _check_to_attr(lookup, model, names if level == 0 else set())
            found[to] = _step(model, name, lookup, own, is_read=to in read)
        model = found[to]


def _step(
    model: type[Model], name: str, lookup: _Lookup, own: QuerySet | None, *, is_read: bool
) -> type[Model]:
    """Return the model that the relation `name` of `model` leads to."""
    descriptor: Any = inspect.getattr_static(model, name, None)
    related = _related(descriptor)
    if related is None:
        raise _uncertain(lookup.through, f"{name} is no relation of {model.__name__}")
    check_instances(related)
    if own is None and is_read:
        own = own_queryset(related)
    if own is not None:
        _check_queryset(own, related, lookup, is_read=is_read)
    elif type(descriptor) in _ONE:
        check_base_manager(related)
    else:
        _check_manager(related, lookup)
    return related


def _related(descriptor: Any) -> type[Model] | None:
    """Return the model that a relation leads to; None if it is none of Django's."""
    kind = type(descriptor)
    found: type[Model] | None = None
    if kind in (ForwardManyToOneDescriptor, ForwardOneToOneDescriptor):
        found = descriptor.field.remote_field.model
    elif kind is ReverseOneToOneDescriptor:
        found = descriptor.related.related_model
    elif kind is ManyToManyDescriptor:
        found = descriptor.rel.related_model if descriptor.reverse else descriptor.rel.model
    elif kind is ReverseManyToOneDescriptor:
        found = descriptor.rel.related_model
    elif f"{kind.__module__}.{kind.__qualname__}" == _GENERIC:
        found = descriptor.rel.model
    return found


def check_manager(model: type[Model]) -> None:
    """Raise CannotCompileError if a project's own code makes the queryset of `model`."""
    if (own := _own_of_manager(model)) is not None:
        raise CannotCompileError(own)


def _check_manager(model: type[Model], lookup: _Lookup) -> None:
    """Raise if a project's own code makes the queryset of `model`: it may raise, or prefetch."""
    if (own := _own_of_manager(model)) is not None:
        raise _uncertain(lookup.through, own)


def _own_of_manager(model: type[Model]) -> str | None:
    manager: object = model._default_manager
    name = f"the manager of {model.__name__}"
    if not isinstance(manager, BaseManager):
        return f"{name} is a {type(manager).__name__}"
    if own := overridden(type(manager), BaseManager, ("get_queryset", "__init__")):
        return f"{name} has a {own} of its own"
    made_by: type[QuerySet] = manager._queryset_class
    if own := overridden(made_by, QuerySet, _FETCHING):
        return f"{name} has querysets with a {own} of their own"
    return None


def _check_queryset(own: QuerySet, model: type[Model], lookup: _Lookup, *, is_read: bool) -> None:
    if name := overridden(type(own), QuerySet, _FETCHING):
        raise _uncertain(lookup.through, f"its queryset has a {name} of its own")
    query = own.query
    found = {
        "it was read already": own._result_cache is not None,
        "it is of another model": own.model._meta.concrete_model is not model._meta.concrete_model,
        "it is sliced": query.is_sliced and not is_read,
        "it is a union": query.combinator,
        "it has annotations": query.annotations and not is_read,
        "it uses extra()": query.extra,
        "it uses select_for_update()": query.select_for_update,
        "it names a database": own._db is not None,
    }
    for reason, there in found.items():
        if there:
            raise _uncertain(lookup.through, f"its queryset is not plain: {reason}")
    try:
        _check_compiling(query, own.db)
    except Exception as error:
        raise _uncertain(lookup.through, f"its queryset raises {error!r}") from error


# Shapes that have SQL: compiled once each.
_with_sql: Bounded[bool] = kept(Bounded(1_000))


def _check_compiling(query: Query, using: str) -> None:
    """Raise what Django raises if it cannot make the SQL of `query`."""
    shape = shape_of(query, connections[using])
    if shape is None:
        _compiles(query, using)
    else:
        _with_sql.get(shape.key, lambda: _compiles(query, using))


def _compiles(query: Query, using: str) -> bool:
    with suppress(EmptyResultSet):
        query.chain().get_compiler(using=using).as_sql()
    return True


def _check_to_attr(lookup: _Lookup, model: type[Model], names: set[str]) -> None:
    name = lookup.to[-1]
    is_there = name in names or name.startswith("_") or hasattr(model, name)
    try:
        model._meta.get_field(name)
    except FieldDoesNotExist:
        if not is_there:
            return
    raise _uncertain(lookup.through, f"{model.__name__} has a {name}, which is its to_attr")


def _uncertain(path: tuple[str, ...], reason: str) -> CannotCompileError:
    name = LOOKUP_SEP.join(path)
    return CannotCompileError(
        f"it is not certain that Django prefetches {name}: {reason}",
        change="Take the prefetch away: the serializer does not use it.",
    )
