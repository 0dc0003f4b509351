"""Which columns a serializer's attributes are: the way from a model to a column of the statement.

An attribute such as `category.parent.name` is two hops over to-one relations and a column. A hop
that leads nowhere is told apart, since the framework does: a null foreign key is a None on which
the next attribute fails, while a row that is missing, or that this user may not see, ends as null.
"""

import inspect
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db import models
from django.db.models.fields.related_descriptors import (
    ForwardManyToOneDescriptor,
    ForwardOneToOneDescriptor,
    ReverseOneToOneDescriptor,
)

from rowpath.fast.django.kinds import check_sent
from rowpath.fast.django.models import (
    check_attribute,
    check_base_manager,
    check_instances,
    has_parent_table,
)
from rowpath.fast.fallback import CannotCompileError
from rowpath.fast.stores import kept


@dataclass(frozen=True, slots=True)
class Column:
    """A model field's column, behind the `hops` by which a lookup crosses the relations to it."""

    hops: tuple[str, ...]
    field: models.Field


@dataclass(frozen=True, slots=True)
class Computed:
    """A column that the queryset names itself: an annotation, or a key of values()."""

    name: str


Selected = Column | Computed


@dataclass(frozen=True, slots=True, kw_only=True)
class Hop:
    """A step over a to-one relation, with the columns that tell whether it leads anywhere."""

    names: tuple[str, ...]
    """All hops up to and with this one."""
    model: type[models.Model]
    foreign_key: Column | None
    """The column that is null if there is nothing to step to; None where it cannot be null."""
    present: Column
    """The primary key of the row stepped to: null if there is no such row."""


def hop(model: type[models.Model], attribute: str, before: tuple[str, ...]) -> Hop:
    """Return the step over the relation `attribute` of `model`, or raise CannotCompileError."""
    descriptor = inspect.getattr_static(model, attribute, None)
    if type(descriptor) in (ForwardManyToOneDescriptor, ForwardOneToOneDescriptor):
        field = descriptor.field
        if field.remote_field.parent_link:
            raise CannotCompileError(f"{attribute} is the link to the parent model")
        check_sent(field)
        names = (*before, field.name)
        key = Column(before, field) if field.null else None
        return _hop(names, field.remote_field.model, key)
    if type(descriptor) is ReverseOneToOneDescriptor:
        relation = descriptor.related
        if relation.parent_link:
            raise CannotCompileError(f"{attribute} is the link to the child model")
        check_sent(relation.field)
        return _hop((*before, relation.name), relation.related_model, None)
    raise CannotCompileError(f"{attribute} is not a to-one relation of {model.__name__}")


def _hop(names: tuple[str, ...], model: type[models.Model], key: Column | None) -> Hop:
    check_instances(model)
    check_base_manager(model)
    if has_parent_table(model):
        raise CannotCompileError(f"{model.__name__} inherits from a model with a table of its own")
    pk = model._meta.pk
    if pk.column is None:
        raise CannotCompileError(f"{model.__name__} has a composite primary key")
    present = Column(names, pk)
    return Hop(names=names, model=model, foreign_key=key, present=present)


@kept
@lru_cache(maxsize=1_000)
def from_the_row(model: type[models.Model], hops: tuple[str, ...]) -> tuple[str, ...]:
    """Return which of `hops` are steps from the row itself: the first, and those it is back at.

    Over a one-to-one relation and back, Django's descriptors give the same instance, with all that
    was prefetched for it.
    """
    found: list[str] = []
    on_the_way: list[Any] = []
    place: Any = model
    for name in hops:
        if not on_the_way:
            found.append(name)
        relation = place._meta.get_field(name)
        if on_the_way and on_the_way[-1] == relation.remote_field:
            on_the_way.pop()
        else:
            on_the_way.append(relation)
        place = relation.related_model
    return tuple(found)


def comes_back(model: type[models.Model], hops: tuple[str, ...]) -> bool:
    """Whether `hops` lead back to the row itself, at their end or before."""
    on_the_way: list[Any] = []
    place: Any = model
    for name in hops:
        relation = place._meta.get_field(name)
        if on_the_way and on_the_way[-1] == relation.remote_field:
            on_the_way.pop()
        else:
            on_the_way.append(relation)
        if not on_the_way:
            return True
        place = relation.related_model
    return False


def column(model: type[models.Model], attribute: str, hops: tuple[str, ...]) -> Column:
    """Return the column that `attribute` of an instance of `model` reads."""
    if attribute == "pk":
        attribute = model._meta.pk.attname
    field = next((f for f in model._meta.concrete_fields if f.attname == attribute), None)
    if field is None:
        raise CannotCompileError(_no_column(model, attribute))
    if field.column is None:
        raise CannotCompileError(f"{attribute} is not one column")
    check_attribute(model, field)
    return Column(hops, field)


def _no_column(model: type[models.Model], attribute: str) -> str:
    found = inspect.getattr_static(model, attribute, None)
    if isinstance(found, property) or type(found).__name__ == "cached_property":
        return f"{model.__name__}.{attribute} is a property, which needs an instance"
    if callable(found):
        return f"{model.__name__}.{attribute} is a method, which needs an instance"
    return f"{model.__name__}.{attribute} is not a column"
