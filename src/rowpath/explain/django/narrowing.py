"""What a queryset loads that `only()` could narrow, and how much of it there is."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model
from django.db.models.query import QuerySet

from rowpath.explain.messages import Narrowing
from rowpath.explain.recording.value_sizes import size_of

_ALL: tuple[frozenset[str], bool] = (frozenset(), True)
"""A query's `deferred_loading` where nothing is deferred."""
_PREFETCHED = "_prefetch_related_val_"
"""What Django selects besides, to join prefetched rows to those that they are of."""


def narrowing(queryset: QuerySet[Any]) -> Narrowing | None:
    """Return the columns that a queryset loads, None where no `only()` may be added.

    That would alter what is distinct, and what a project names by itself is left to it.
    """
    query: Any = queryset._query
    is_chosen = query.deferred_loading != _ALL or query.select_related is True
    is_plain = not (query.distinct or query.combinator or query.select_for_update)
    is_bare = all(name.startswith(_PREFETCHED) for name in query.extra)
    if is_chosen or not is_plain or not is_bare:
        return None
    options: Any = queryset.model._meta
    if options.pk is None or len(options.pk_fields) > 1:
        return None
    try:
        joined = dict(_joined(options, query.select_related or {}, ()))
    except FieldDoesNotExist:  # the other end of a one-to-one under a name of its own
        return None
    loaded = {(): options, **joined}
    return Narrowing(
        key=options.pk.attname,
        columns=tuple(
            "__".join((*path, field.attname))
            for path, of_path in loaded.items()
            for field in of_path.concrete_fields
        ),
        joined=tuple("__".join(path) for path in joined),
    )


def _joined(
    options: Any, names: Mapping[str, Any], path: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], Any]]:
    for name, behind in names.items():
        related = options.get_field(name).related_model._meta
        yield (*path, name), related
        yield from _joined(related, behind, (*path, name))


def weigh(row: Model, loaded: Narrowing, sizes: dict[str, int]) -> None:
    """Add the sizes of a row's values to those of the columns, and of rows that are joined."""
    for column in loaded.columns:
        *path, name = column.split("__")
        of_row: Any = row
        for each in path:
            of_row = None if of_row is None else of_row._state.fields_cache.get(each)
        if of_row is not None:
            size = size_of(of_row.__dict__.get(name))
            sizes[column] = sizes.get(column, 0) + size
