"""Which querysets can be read as rows instead of instances."""

import inspect
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, cast

from django.core.exceptions import FieldDoesNotExist, FieldError
from django.db import models, router
from django.db.models.expressions import BaseExpression, Col
from django.db.models.query import ModelIterable, QuerySet, ValuesIterable
from django.db.models.sql import Query

from rowpath.fast.django.columns import Column, Selected, from_the_row
from rowpath.fast.django.models import check_instances, has_parent_table
from rowpath.fast.django.overrides import overridden
from rowpath.fast.django.prefetches import check_prefetches
from rowpath.fast.fallback import CannotCompileError
from rowpath.fast.stores import kept

_READING = (
    "__iter__",
    "__len__",
    "__getitem__",
    "_fetch_all",
    "_clone",
    "_chain",
    "iterator",
    "query",
    "db",
)


def check_queryset(queryset: object) -> None:
    """Raise CannotCompileError unless the rows of `queryset` are those of its Query."""
    if not isinstance(queryset, QuerySet):
        raise CannotCompileError(f"get_queryset() returns a {type(queryset).__name__}")
    if name := overridden(type(queryset), QuerySet, _READING):
        raise CannotCompileError(f"{type(queryset).__name__} has a {name} of its own")
    if queryset._result_cache is not None:
        raise CannotCompileError(
            "the queryset has been read before", change="Return it from get_queryset() unread."
        )
    if queryset._iterable_class not in (ModelIterable, ValuesIterable):
        raise CannotCompileError(
            f"the queryset's rows are made by {queryset._iterable_class.__name__}"
        )
    _check_query(queryset)
    check_instances(queryset.model)


# Those that let Django read what a serializer asks for; before 6.1 there are none.
_FETCH_MODES = ("NoneType", "FetchOne", "FetchPeers")


def _check_query(queryset: QuerySet) -> None:
    query = queryset.query
    mode = type(getattr(queryset, "_fetch_mode", None)).__name__
    if mode not in _FETCH_MODES:
        raise CannotCompileError(f"the queryset has the fetch_mode {mode}")
    if (used := _used(query)) is not None:
        raise CannotCompileError(f"the queryset uses {used}")
    if type(query).__module__ != "django.db.models.sql.query":
        raise CannotCompileError(f"the queryset's Query is a {type(query).__name__}")
    _check_deferred(queryset)
    if isinstance(query.select_related, dict):
        _check_selecting(queryset.model, query.select_related)
    model: type[models.Model] = queryset.model
    for name in query.annotation_select:
        if not _takes(model, name):
            raise CannotCompileError(f"instances have no place for the annotation {name}")


def _used(query: Query) -> str | None:
    """Return what `query` has that cannot be read as rows; None if nothing."""
    if query.combinator:
        return "union(), intersection() or difference()"
    if query.extra or query.extra_tables or query.extra_order_by:
        return "extra()"
    if query.select_for_update:
        return "select_for_update()"
    if query.select_related is True:
        return "select_related() without names"
    return "FilteredRelation" if query._filtered_relations else None


def _check_deferred(queryset: QuerySet) -> None:
    query = queryset.query
    deferred, _ = query.deferred_loading
    if not deferred:
        return
    if has_parent_table(queryset.model):
        raise CannotCompileError("the queryset defers fields of a model with a parent's table")
    if query.select_related:
        raise CannotCompileError("the queryset defers fields and uses select_related()")
    try:
        query.get_select_mask()  # which Django asks for when it compiles, and not before
    except (FieldDoesNotExist, FieldError) as error:
        raise CannotCompileError(f"only() or defer() names no field: {error}") from None


def _check_selecting(model: type[models.Model], tree: dict[str, Any]) -> None:
    """Raise if select_related() names what Django cannot select: it says so when it compiles."""
    for name, below in tree.items():
        related = _selected_model(model, name)
        if related is None:
            text = f"select_related() names {name}, which is no to-one relation of {model.__name__}"
            raise CannotCompileError(text)
        _check_selecting(related, below)


@kept
@lru_cache(maxsize=1_000)
def _selected_model(model: type[models.Model], name: str) -> type[models.Model] | None:
    """Return the model that select_related(name) selects as well, as get_related_selections()."""
    meta = model._meta
    for field in meta.fields:
        if field.name == name:
            return field.related_model if field.is_relation else None
    for relation in meta.related_objects:
        if relation.field.unique and not relation.many_to_many and relation.name == name:
            return relation.related_model
    return None


@kept
@lru_cache(maxsize=1_000)
def _takes(model: type[models.Model], name: str) -> bool:
    """Whether an annotation can be set on an instance: a property, say, refuses it."""
    found = inspect.getattr_static(model, name, None)
    return not (hasattr(type(found), "__set__") or name.startswith("__") or name == "_state")


def selected_ways(queryset: QuerySet) -> Iterator[tuple[str, ...]]:
    """Yield the relations that select_related() names, each with those before it."""
    tree = queryset.query.select_related
    return _ways(tree, ()) if isinstance(tree, dict) else iter(())


def _ways(tree: dict[str, Any], before: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    for name, below in tree.items():
        yield (*before, name)
        yield from _ways(below, (*before, name))


def selected_models(queryset: QuerySet) -> Iterator[type[models.Model]]:
    """Yield the models that select_related() selects as well.

    Raises CannotCompileError where they are not named.
    """
    tree = queryset.query.select_related
    if tree is True:
        raise CannotCompileError("select_related() without names")
    yield from _selected_models(queryset.model, tree or {})


def _selected_models(
    model: type[models.Model], tree: dict[str, Any]
) -> Iterator[type[models.Model]]:
    _check_selecting(model, tree)
    for name, below in tree.items():
        related = cast("type[models.Model]", _selected_model(model, name))
        yield related
        yield from _selected_models(related, below)


def rows_at_most(queryset: QuerySet) -> int | None:
    """Return how many rows the slice of `queryset` has at most; None if it has no end."""
    query = queryset.query
    return None if query.high_mark is None else query.high_mark - query.low_mark


def crossed(columns: tuple[Selected, ...]) -> frozenset[tuple[str, ...]]:
    """Return the ways over relations to `columns`."""
    return frozenset(one.hops for one in columns if isinstance(one, Column) and one.hops)


def check_relations(
    queryset: QuerySet, ways: frozenset[tuple[str, ...]], read: frozenset[tuple[str, ...]]
) -> None:
    """Raise CannotCompileError if another source than the statement has what `ways` cross to.

    That is an object in memory, or another database by the word of a router. `read` are the ways
    of the prefetches that are carried out.
    """
    model: type[models.Model] = queryset.model
    firsts = {name for way in ways for name in from_the_row(model, way)}
    for field in queryset._known_related_objects:
        if field.name in firsts:
            raise CannotCompileError(f"{field.name} is an object that is already in memory")
    if queryset._prefetch_related_lookups:
        check_prefetches(queryset, read)
    if firsts and router.routers:
        selected = queryset.query.select_related or {}
        for way in ways:
            _check_selected(selected, way)


def has_all_rows(queryset: QuerySet) -> bool:
    """Whether each row of its model is one of `queryset`, as a relation to one sees them."""
    query = queryset.query
    return not (
        query.where
        or query.is_sliced
        or query.distinct_fields
        # By whose joins it may have no row for one that leads nowhere.
        or query.annotations
        or query.select_related
    )


def _check_selected(selected: Any, hops: tuple[str, ...]) -> None:
    for name in hops:
        if name not in selected:
            path = "__".join(hops)
            raise CannotCompileError(
                f"a database router chooses where {path} is read",
                change=f'Add select_related("{path}") to the queryset.',
            )
        selected = selected[name]


def values(queryset: QuerySet) -> dict[str, models.Field]:
    """Return the field that reads each key of the rows of a queryset of dicts, in their order."""
    query = queryset.query
    columns = iter(query.select)
    fields: dict[str, Any] = {}
    if query.selected is None:
        fields.update(zip(query.values_select, columns, strict=True))
        fields.update(query.annotation_select)
    else:
        for name, chosen in query.selected.items():
            fields[name] = query.annotations[chosen] if isinstance(chosen, str) else next(columns)
    return {name: _read_by(expression) for name, expression in fields.items()}


def annotations(queryset: QuerySet) -> dict[str, models.Field]:
    """Return the output field of each annotation that instances of `queryset` would have."""
    return {
        name: _read_by(expression) for name, expression in queryset.query.annotation_select.items()
    }


_CONVERTING = ("convert_value", "get_db_converters")


def _read_by(expression: Any) -> models.Field:
    if isinstance(expression, Col):
        return expression.target
    if convert := overridden(type(expression), BaseExpression, _CONVERTING):
        raise CannotCompileError(f"{type(expression).__name__} has a {convert} of its own")
    try:
        return expression.output_field
    except FieldError as error:
        raise CannotCompileError(f"an annotation has no one type: {error}") from None
