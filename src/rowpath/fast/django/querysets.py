"""Which querysets can be read as rows instead of instances."""

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import FieldDoesNotExist, FieldError
from django.db import models, router
from django.db.models.expressions import BaseExpression, Col
from django.db.models.query import ModelIterable, QuerySet, ValuesIterable

from rowpath.fast.django.columns import Column, Selected, from_the_row
from rowpath.fast.django.models import check_instances, has_parent_table
from rowpath.fast.django.overrides import overridden
from rowpath.fast.fallback import CannotCompileError

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
    found = {
        "union(), intersection() or difference()": query.combinator,
        "extra()": query.extra or query.extra_tables or query.extra_order_by,
        "select_for_update()": query.select_for_update,
        "select_related() without names": query.select_related is True,
        "FilteredRelation": query._filtered_relations,
    }
    for name, there in found.items():
        if there:
            raise CannotCompileError(f"the queryset uses {name}")
    if type(query).__module__ != "django.db.models.sql.query":
        raise CannotCompileError(f"the queryset's Query is a {type(query).__name__}")
    deferred, _ = query.deferred_loading
    if deferred and has_parent_table(queryset.model):
        raise CannotCompileError("the queryset defers fields of a model with a parent's table")
    if deferred and query.select_related:
        raise CannotCompileError("the queryset defers fields and uses select_related()")


def selected_ways(queryset: QuerySet) -> Iterator[tuple[str, ...]]:
    """Yield the relations that select_related() names, each with those before it."""
    tree = queryset.query.select_related
    return _ways(tree, ()) if isinstance(tree, dict) else iter(())


def _ways(tree: dict[str, Any], before: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    for name, below in tree.items():
        yield (*before, name)
        yield from _ways(below, (*before, name))


def rows_at_most(queryset: QuerySet) -> int | None:
    """Return how many rows the slice of `queryset` has at most; None if it has no end."""
    query = queryset.query
    return None if query.high_mark is None else query.high_mark - query.low_mark


def check_relations(queryset: QuerySet, columns: tuple[Selected, ...]) -> None:
    """Raise CannotCompileError if another source than the statement has what `columns` cross to.

    That is an object in memory, or another database by the word of a router.
    """
    ways = {column.hops for column in columns if isinstance(column, Column) and column.hops}
    model: type[models.Model] = queryset.model
    firsts = {name for way in ways for name in from_the_row(model, way)}
    for field in queryset._known_related_objects:
        if field.name in firsts:
            raise CannotCompileError(f"{field.name} is an object that is already in memory")
    for lookup in queryset._prefetch_related_lookups:
        _check_prefetched(queryset.model, str(getattr(lookup, "prefetch_through", lookup)), firsts)
    if firsts and router.routers:
        selected = queryset.query.select_related or {}
        for way in ways:
            _check_selected(selected, way)


def _check_prefetched(model: type[models.Model], path: str, firsts: set[str]) -> None:
    first = path.split("__", maxsplit=1)[0]
    if first in firsts:
        raise CannotCompileError(
            f"{path} is prefetched by a statement of its own",
            change=f'Say select_related("{path}") instead of prefetch_related().',
        )
    if not hasattr(model, first):
        raise CannotCompileError(f"prefetch_related() names {first}, which there is not")
    if first != path:
        _check_path(model, path)


def _check_path(model: Any, path: str) -> None:
    for name in path.split("__"):
        try:
            model = model._meta.get_field(name).related_model
        except (FieldDoesNotExist, AttributeError):
            text = f"it is not certain that prefetch_related() finds {path}"
            raise CannotCompileError(text) from None


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
