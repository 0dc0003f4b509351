"""Which relations a list asks for row by row, told before there are rows."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Model
from django.db.models.constants import LOOKUP_SEP
from django.db.models.query import QuerySet
from rest_framework.serializers import BaseSerializer

from rowpath.fast.django.peers.relations import in_no_order, leads_to, relation_of
from rowpath.fast.drf.compiling.batch import may_batch
from rowpath.fast.drf.compiling.reads import FieldReads, relations_read
from rowpath.fast.drf.data.without_base import of_rows
from rowpath.fast.drf.options import options
from rowpath.fast.fallback import CannotCompileError, FallBack

# Where a model leads to itself, a serializer's fields end it; here it is certain to.
_DEEPEST = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Unloaded:
    """A relation that the fields read and that the queryset does not load."""

    path: str
    row_by_row: FallBack | None = None
    """Why each row asks for it; None if it is asked for once for all rows of a list."""


def unloaded(serializer: BaseSerializer, queryset: Any) -> tuple[Unloaded, ...]:
    """Return what the fields of `serializer` read of the rows of `queryset` that it does not load.

    Makes the fields of nested serializers.
    """
    child = of_rows(serializer)
    if child is None or not isinstance(queryset, QuerySet) or queryset._fields is not None:
        return ()
    return tuple(_below(FieldReads((child,)), queryset.model, (), _Loaded(queryset)))


class _Loaded:
    """The ways that a queryset selects or prefetches."""

    def __init__(self, queryset: QuerySet) -> None:
        self._named = _named(queryset)
        # Without names it joins what is never null, so many relations deep.
        is_all = queryset.query.select_related is True
        self._deepest = queryset.query.max_depth if is_all else 0
        self._joined: set[tuple[str, ...]] = {()}

    def has(self, way: tuple[str, ...], model: type[Model]) -> bool:
        """Whether `way` is loaded, which ends in a relation of `model`; asked from the start on."""
        *before, name = way
        if tuple(before) in self._joined and len(way) <= self._deepest and _is_joined(model, name):
            self._joined.add(way)
        return way in self._named or way in self._joined


def _is_joined(model: type[Model], name: str) -> bool:
    """Whether select_related() joins a relation without naming it, as Django's compiler does."""
    field = next((field for field in model._meta.fields if field.name == name), None)
    remote = None if field is None else field.remote_field
    if field is None or remote is None:
        return False
    return not field.null and not getattr(remote, "parent_link", False)


def _below(
    reads: FieldReads, model: type[Model], path: tuple[str, ...], loaded: _Loaded
) -> Iterator[Unloaded]:
    if len(path) >= _DEEPEST:
        return
    for serializer in reads.serializers:
        _ = serializer.fields
    for name in relations_read(reads):
        to, below, way = _led_to(model, name), reads.below(name), (*path, name)
        if to is None or below is None:
            continue
        if not loaded.has(way, model):
            yield Unloaded(path=LOOKUP_SEP.join(way), row_by_row=_row_by_row(model, name))
        yield from _below(below, to, way, loaded)


def _led_to(model: type[Model], name: str) -> type[Model] | None:
    try:
        return leads_to(model, name)
    except CannotCompileError:
        return None


def _row_by_row(model: type[Model], name: str) -> FallBack | None:
    if (forbidden := may_batch()) is not None:
        return FallBack(reason=forbidden)
    try:
        relation = relation_of(model, name)
    except CannotCompileError as error:
        return error.fall_back
    if relation.is_many and not relation.is_ordered and options().batch != "unordered":
        return in_no_order(relation).fall_back
    return None


def _named(queryset: QuerySet) -> frozenset[tuple[str, ...]]:
    """Return the ways that a queryset names to select or prefetch, and those on the way to them."""
    selected = queryset.query.select_related
    ways = [*_ways(selected, ())] if isinstance(selected, dict) else []
    lookups = (getattr(one, "prefetch_to", one) for one in queryset._prefetch_related_lookups)
    ways += [tuple(str(one).split(LOOKUP_SEP)) for one in lookups]
    return frozenset(way[:end] for way in ways for end in range(1, len(way) + 1))


def _ways(tree: dict[str, Any], before: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    for name, below in tree.items():
        yield (*before, name)
        yield from _ways(below, (*before, name))
