"""Which prefetch_related() Django carries out without a complaint.

The fast path carries out none: what is prefetched and not serialized changes no answer, unless it
raises. This walks the lookups as prefetch_related_objects() walks them, over models instead of
instances, and stops at whatever it cannot be sure of.
"""

import inspect
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import EmptyResultSet, FieldDoesNotExist
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

from rowpath.fast.django.models import check_base_manager, check_instances
from rowpath.fast.django.overrides import overridden
from rowpath.fast.fallback import CannotCompileError

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
            _walk(lookup, queryset.model, names, found, is_read=lookup.to in read)
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
    """The queryset that it was given for it."""


def loads(queryset: QuerySet) -> dict[tuple[str, ...], Load]:
    """Return what the prefetches of `queryset` put where, by the attributes that lead there.

    If a place is named twice, as the first says: Django refuses a second that has a queryset.
    """
    found: dict[tuple[str, ...], Load] = {}
    if not queryset._prefetch_related_lookups or queryset._fields is not None:
        return found
    pending = list(_lookups(queryset._prefetch_related_lookups, ()))[::-1]
    while pending:
        one = pending.pop()
        for end in range(1, len(one.to)):
            found.setdefault(one.to[:end], Load(relation=one.to[end - 1], queryset=None))
        found.setdefault(one.to, Load(relation=one.through[-1], queryset=one.queryset))
        if one.queryset is not None:
            pending += list(_lookups(one.queryset._prefetch_related_lookups, one.to))[::-1]
    return found


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
    *,
    is_read: bool,
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
            found[to] = _step(model, name, lookup, own, is_read=is_read)
        model = found[to]


def _step(
    model: type[Model], name: str, lookup: _Lookup, own: QuerySet | None, *, is_read: bool
) -> type[Model]:
    """Return the model that the relation `name` of `model` leads to."""
    descriptor: Any = inspect.getattr_static(model, name, None)
    kind = type(descriptor)
    if kind in (ForwardManyToOneDescriptor, ForwardOneToOneDescriptor):
        related = descriptor.field.remote_field.model
    elif kind is ReverseOneToOneDescriptor:
        related = descriptor.related.related_model
    elif kind is ManyToManyDescriptor:
        related = descriptor.rel.related_model if descriptor.reverse else descriptor.rel.model
    elif kind is ReverseManyToOneDescriptor:
        related = descriptor.rel.related_model
    elif f"{kind.__module__}.{kind.__qualname__}" == _GENERIC:
        related = descriptor.rel.model
    else:
        raise _uncertain(lookup.through, f"{name} is no relation of {model.__name__}")
    check_instances(related)
    if own is not None:
        _check_queryset(own, related, lookup, is_read=is_read)
    elif kind in _ONE:
        check_base_manager(related)
    else:
        _check_manager(related, lookup)
    return related


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


def _check_queryset(
    own: QuerySet, model: type[Model], lookup: _Lookup, *, is_read: bool
) -> None:
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
        query.chain().get_compiler(using=own.db).as_sql()
    except EmptyResultSet:
        pass
    except Exception as error:
        raise _uncertain(lookup.through, f"its queryset raises {error!r}") from error


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
