"""Whether PostgreSQL's plan may decide which rows a queryset has, their order, or their values.

Where rows tie, or there is no order, PostgreSQL gives them as its plan meets them; and the plan
depends on the SELECT list. A lean list is then other rows than the framework's.
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db.models import F, ForeignKey, Model, OneToOneRel, UniqueConstraint
from django.db.models.expressions import BaseExpression, OrderBy
from django.db.models.query import QuerySet
from django.db.models.sql import Query

from rowpath.fast.django.expressions import is_settled
from rowpath.fast.django.kinds import kind_of
from rowpath.fast.fallback import CannotCompileError
from rowpath.fast.stores import kept


def plan_decides(queryset: QuerySet, known: frozenset[str] = frozenset()) -> bool:
    """Whether another plan might give other rows, another order or other values; if in doubt, yes.

    If not, equal rows apart, the rows are in one order, and each has its values by itself: all rows
    or, with `known`, those that have the same under these names, whose order alone is looked at.
    """
    query = queryset.query
    model: type[Model] = queryset.model
    terms = _terms(query)
    if not _is_total(model, known.union(_names(terms))):
        return True
    if isinstance(query.group_by, tuple):
        return True
    if query.distinct and (query.select_related or not _can_compare(model)):
        return True  # by all columns: PostgreSQL refuses those of a type without equality
    computed = [*query.annotations.values(), *(one for one in terms if _is_computed(one))]
    by_group = bool(computed) and _multiplies(query)
    return not all(is_settled(one, by_group=by_group) for one in computed)


def in_one_order(model: type[Model], known: frozenset[str]) -> bool:
    """Whether rows of `model` are in one order by its Meta, if all have the same under `known`."""
    terms = tuple(model._meta.ordering or ())
    names = tuple(_names(terms))
    if len(names) < len(terms) or "?" in names:
        return False
    return _is_total(model, frozenset((*names, *known)))


def _terms(query: Query) -> tuple[Any, ...]:
    """Return what the rows are ordered by, as get_order_by() of Django's compiler finds it."""
    if query.order_by:
        return tuple(query.order_by)
    if not query.default_ordering or query.group_by:
        return ()  # rows that are grouped are not in their model's order
    return tuple(query.get_meta().ordering or ())


def _names(terms: tuple[Any, ...]) -> Iterator[str]:
    for term in terms:
        inner = term.expression if isinstance(term, OrderBy) else term
        if isinstance(inner, str):
            yield inner.removeprefix("-")
        elif type(inner) is F:
            yield inner.name


def _is_computed(term: Any) -> bool:
    inner = term.expression if isinstance(term, OrderBy) else term
    return isinstance(inner, BaseExpression)


@kept
@lru_cache(maxsize=1_000)
def _is_total(model: type[Model], names: frozenset[str]) -> bool:
    """Whether no two rows of `model` have the same values under `names`.

    As QuerySet.totally_ordered of Django 6.1, but for keys that need not hold: those of a model
    that is not managed, which may be a view, and of a constraint that is checked later.
    """
    meta = model._meta
    if not meta.managed:
        return False
    if "pk" in names:
        return True
    columns = {field.attname for name in names for field in _columns(model, name)}
    return any(key <= columns for key in _keys(model))


def _columns(model: type[Model], name: str) -> Iterator[Any]:
    """Yield the field whose column is `name`, if it is one."""
    try:
        field: Any = model._meta.get_field(name)
    except FieldDoesNotExist:
        return
    # A relation by its name is ordered as the related model is.
    is_relation = field.is_relation and name != getattr(field, "attname", None)
    if field.concrete and not is_relation and field.model._meta.managed:
        yield field


def _keys(model: type[Model]) -> Iterator[set[str]]:
    """Yield the columns of each key without nulls."""
    meta = model._meta
    for field in meta.concrete_fields:
        if field.unique and not field.null and field.column is not None:
            yield {field.attname}
    yield {field.attname for field in getattr(meta, "pk_fields", [meta.pk])}
    total = (one for one in meta.constraints if type(one) is UniqueConstraint)
    constrained = (one.fields for one in total if _always_holds(one))
    for names in (*meta.unique_together, *constrained):
        fields: list[Any] = [meta.get_field(name) for name in names]
        if not any(field.null for field in fields):
            yield {field.attname for field in fields}


def _always_holds(constraint: UniqueConstraint) -> bool:
    is_partial = constraint.condition is not None or constraint.deferrable is not None
    return bool(constraint.fields) and not (is_partial or constraint.opclasses)


@kept
@lru_cache(maxsize=1_000)
def _can_compare(model: type[Model]) -> bool:
    try:
        for field in model._meta.concrete_fields:
            kind_of(field)
    except CannotCompileError:
        return False
    return True


def _multiplies(query: Query) -> bool:
    """Whether a join may make several rows of one."""
    return any(
        query.alias_refcount[alias] and not _is_to_one(getattr(join, "join_field", None))
        for alias, join in query.alias_map.items()
    )


def _is_to_one(join_field: Any) -> bool:
    if join_field is None:
        return True  # the model's own table
    is_one = isinstance(join_field, (ForeignKey, OneToOneRel))
    return is_one and bool(join_field.related_model._meta.managed)
