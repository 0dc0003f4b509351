"""What a queryset loads that `only()` could narrow."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.db.models.query import QuerySet

from rowpath.explain.messages import Narrowing

_ALL: tuple[frozenset[str], bool] = (frozenset(), True)
"""A query's `deferred_loading` where nothing is deferred."""


def narrowing(queryset: QuerySet[Any]) -> Narrowing | None:
    """Return the columns that a queryset loads, None where no `only()` may be added.

    That would alter what is distinct, and what a project names by itself is left to it.
    """
    query: Any = queryset._query
    is_plain = not (query.distinct or query.combinator or query.extra or query.select_for_update)
    if not is_plain or query.deferred_loading != _ALL or query.select_related is True:
        return None
    joined = dict(_joined(queryset.model._meta, query.select_related or {}, ()))
    return Narrowing(columns=_columns(queryset.model._meta), joined=tuple(joined.items()))


def _columns(options: Any) -> frozenset[str]:
    return frozenset(field.attname for field in options.concrete_fields)


def _joined(
    options: Any, names: Mapping[str, Any], path: tuple[str, ...]
) -> Iterator[tuple[str, frozenset[str]]]:
    for name, behind in names.items():
        related = options.get_field(name).related_model._meta
        yield "__".join((*path, name)), _columns(related)
        yield from _joined(related, behind, (*path, name))
