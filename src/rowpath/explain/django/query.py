"""Patches of `django.db.models.query`: where querysets come from, and which rows are theirs."""

import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from types import FrameType
from typing import Any
from weakref import WeakKeyDictionary

from django.db.models import Model
from django.db.models.manager import BaseManager
from django.db.models.query import ModelIterable, QuerySet
from django.views import View

from rowpath.capture.patching import Patch
from rowpath.explain.messages import Limit
from rowpath.explain.recorder import UNKNOWN_TRAIL, Recorder, Tag, extended
from rowpath.explain.steps import is_body, step_of
from rowpath.explain.trails import Hop, Scope, Span, Trail, Way

METHODS: dict[type, tuple[str, ...]] = {
    QuerySet: ("__init__", "_clone", "_prefetch_related_objects"),
    ModelIterable: ("__iter__",),
}
FINDING = "relations that are loaded row by row"
# By a row's state, which dies with it: what is put on the row itself would go into caches with it.
_TAGS: WeakKeyDictionary[Any, Tag] = WeakKeyDictionary()
_PASSES_ON = (
    "django.db.models.query",
    "django.db.models.manager",
    "django.db.models.fields.related_descriptors",
    "rowpath.explain.django.related_descriptors",
)


def patches(recorder: Recorder) -> tuple[Patch, ...]:
    """Return the patches by which a recorder learns of querysets and rows."""
    return (
        Patch(
            QuerySet,
            {
                "__init__": lambda original: _init(original, recorder),
                "_clone": lambda original: _clone(original, recorder),
                "_prefetch_related_objects": lambda original: _prefetch(original, recorder),
            },
        ),
        Patch(ModelIterable, {"__iter__": lambda original: _rows(original, recorder)}),
    )


def tag_of(row: Model) -> Tag | None:
    """Return what a row was tagged with, None where it is of no queryset that is known."""
    return _TAGS.get(row._state)


def tag(row: Model, of_row: Tag) -> None:
    """Say of a row, and of the rows that were joined to it, where they come from."""
    _TAGS[row._state] = of_row
    for name, joined in row._state.fields_cache.items():
        if isinstance(joined, Model) and tag_of(joined) is None:
            own = extended(of_row, Hop(name=name, way=Way.ONE))
            if own is not None:
                tag(joined, own)


def retag(row: Model, of_row: Tag) -> None:
    """Tag a row that a prefetch loaded, or none knows of; others keep what they have."""
    known = tag_of(row)
    if known is None or known[0] == UNKNOWN_TRAIL:
        tag(row, of_row)


def _init(original: Callable[..., None], recorder: Recorder) -> Callable[..., None]:
    def init(queryset: QuerySet[Any], *args: Any, **kwargs: Any) -> None:
        original(queryset, *args, **kwargs)
        query = queryset._query
        if queryset.model is not None and not _has_trail(query, recorder):
            step = _step(recorder, sys._getframe(1))
            trail = Trail(model=queryset.model._meta.label, steps=(step,))
            query.rowpath_trail = recorder.number_of(trail)

    return init


def _clone(original: Callable[..., Any], recorder: Recorder) -> Callable[..., Any]:
    def clone(queryset: QuerySet[Any]) -> QuerySet[Any]:
        made: QuerySet[Any] = original(queryset)
        query = made._query
        if getattr(query, "rowpath_relation", None) is not None:
            query.rowpath_refined = True
        step = _step(recorder, sys._getframe(1))
        if step and step[0].is_direct and _has_trail(query, recorder):
            trail = recorder.trail(query.rowpath_trail).refined(step)
            query.rowpath_trail = recorder.number_of(trail)
        return made

    return clone


def _has_trail(query: Any, recorder: Recorder) -> bool:
    return recorder.knows(getattr(query, "rowpath_trail", None))


def _step(recorder: Recorder, frame: FrameType | None) -> tuple[Span, ...]:
    return step_of(recorder.code, frame, passes_on=_passes_on, scope_of=_scope)


def _passes_on(frame: FrameType) -> bool:
    return frame.f_globals.get("__name__") in _PASSES_ON


def _scope(frame: FrameType) -> Scope:
    code = frame.f_code
    if is_body(code):
        return Scope.BODY
    owner = frame.f_locals.get(code.co_varnames[0]) if code.co_argcount else None
    if isinstance(owner, QuerySet | BaseManager):
        return Scope.QUERYSET
    # A comprehension or a lambda is no function that others share.
    is_own = isinstance(owner, View) or code.co_name.startswith("<")
    return Scope.VIEW if is_own else Scope.FUNCTION


def _prefetch(original: Callable[..., None], recorder: Recorder) -> Callable[..., None]:
    def prefetch(queryset: QuerySet[Any]) -> None:
        recorder.prefetching += 1
        try:
            original(queryset)
        finally:
            recorder.prefetching -= 1

    return prefetch


def _rows(original: Callable[..., Any], recorder: Recorder) -> Callable[..., Any]:
    def rows(iterable: Any) -> Iterator[Any]:
        if not recorder.is_watching:
            yield from original(iterable)
            return
        query = iterable.queryset._query
        of_rows = _tag_of_rows(query, recorder)
        if of_rows is None or _is_of_one_object(query, of_rows, recorder):
            number = _own_number(query, of_rows, recorder)
            of_rows = (number, ())
            recorder.evaluating(number, is_ordered=iterable.queryset.ordered)
            _limit(iterable, recorder.limit)
        elif recorder.prefetching and recorder.limit and recorder.limit.with_prefetches:
            _limit(iterable, recorder.limit)
        is_own = of_rows[1] == () and of_rows[0] != UNKNOWN_TRAIL
        for row in original(iterable):
            if is_own:
                recorder.row(of_rows[0])
            tag(row, of_rows)
            yield row

    return rows


def _tag_of_rows(query: Any, recorder: Recorder) -> Tag | None:
    """Return what rows of a query are reached by, None where the query itself is their origin."""
    relation: Tag | None = getattr(query, "rowpath_relation", None)
    if relation is not None:
        return relation
    if recorder.prefetching or not _has_trail(query, recorder):
        return (UNKNOWN_TRAIL, ())
    if recorder.accesses:
        return recorder.accesses[-1] or (UNKNOWN_TRAIL, ())
    return None


def _is_of_one_object(query: Any, of_rows: Tag, recorder: Recorder) -> bool:
    """Return whether rows are a relation of the only row that their trail has.

    A page about one object lists what it has, and what each of that loads grows with that list.
    """
    is_relation = getattr(query, "rowpath_relation", None) is not None
    return is_relation and not recorder.prefetching and recorder.rows_of(of_rows[0]) == 1


def _own_number(query: Any, of_rows: Tag | None, recorder: Recorder) -> int:
    number: int = query.rowpath_trail
    if of_rows is None:
        return number
    parent = (recorder.trail(of_rows[0]), of_rows[1])
    return recorder.number_of(replace(recorder.trail(number), parent=parent))


def _limit(iterable: Any, limit: Limit | None) -> None:
    if limit is None or iterable.queryset.model._meta.label != limit.model:
        return
    limited = iterable.queryset._chain()
    limited._query.set_limits(high=limit.rows)
    iterable.queryset = limited
