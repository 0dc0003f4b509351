"""Patches of `django.db.models.query`: where querysets come from, and which rows are theirs."""

import sys
from collections.abc import Callable, Iterator
from itertools import count
from types import FrameType
from typing import Any

from django.db.models import Model
from django.db.models.manager import BaseManager
from django.db.models.query import ModelIterable, QuerySet
from django.views import View

from rowpath.capture.patching import Patch
from rowpath.explain.django.narrowing import narrowing, weigh
from rowpath.explain.messages import Limit
from rowpath.explain.recording.facts import UNKNOWN, Rows, Tag
from rowpath.explain.recording.frames import OwnCode
from rowpath.explain.recording.recorder import Recorder
from rowpath.explain.recording.steps import KnownSteps, is_body
from rowpath.explain.trails import Scope, Span

METHODS: dict[type, tuple[str, ...]] = {
    QuerySet: ("__init__", "_clone", "_prefetch_related_objects"),
    ModelIterable: ("__iter__",),
}
FINDING = "relations that are loaded row by row"
_ROWS = count(1)
_PASSES_ON = (
    "django.db.models.query",
    "django.db.models.manager",
    "django.db.models.fields.related_descriptors",
    "rowpath.explain.django.queryset_uses",
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


TAG = "rowpath_tag"
"""What the state of a row has its tag as; a state is no field, and is not compared."""


def tag_of(row: Model) -> Tag | None:
    """Return what a row was tagged with, None where it is of no queryset that is known."""
    return getattr(row._state, TAG, None)


def number_of(row: Model) -> int:
    """Return a number that no other row has in this process."""
    state = row._state
    number: int | None = getattr(state, "rowpath_row", None)
    if number is None:
        number = state.rowpath_row = next(_ROWS)
    return number


def retag(row: Model, of_row: Tag) -> None:
    """Tag a row that a join or a prefetch loaded, or none knows of; others keep what they have."""
    state = row._state
    known = getattr(state, TAG, None)
    if known is None or known is UNKNOWN:
        state.rowpath_tag = of_row


def _init(original: Callable[..., None], recorder: Recorder) -> Callable[..., None]:
    def init(queryset: QuerySet[Any], *args: Any, **kwargs: Any) -> None:
        original(queryset, *args, **kwargs)
        # Most are clones, which have the trail of what they were made of.
        if not _has_trail(queryset._query, recorder) and _is_told(recorder):
            _begin(queryset, recorder.steps.of(sys._getframe(1)), recorder)

    return init


def _clone(original: Callable[..., Any], recorder: Recorder) -> Callable[..., Any]:
    def clone(queryset: QuerySet[Any]) -> QuerySet[Any]:
        made: QuerySet[Any] = original(queryset)
        query = made._query
        if getattr(query, "rowpath_relation", None) is not None:
            query.rowpath_refined = True
        if not _is_told(recorder):
            return made
        step = recorder.steps.of(sys._getframe(1))
        if not _has_trail(query, recorder):
            # It was made when nobody watched, as that of a class body is in a session of tests.
            _begin(made, step, recorder)
        elif step and step[0].is_direct:
            query.rowpath_trail = recorder.refined(query.rowpath_trail, step)
        return made

    return clone


def _is_told(recorder: Recorder) -> bool:
    """Return whether it is told where a queryset comes from that is made now.

    A prefetch makes one for each row, which nobody evaluates, and so does the relation of each.
    What is made while a row's relation or column is read loads that.
    """
    if recorder.prefetching or recorder.relating or recorder.accesses:
        return False
    return recorder.is_watching or recorder.knows_origins


def _begin(queryset: QuerySet[Any], step: tuple[Span, ...], recorder: Recorder) -> None:
    if queryset.model is not None:
        model = queryset.model
        queryset._query.rowpath_trail = recorder.begun(
            model._meta.label, step, model._default_manager.name
        )


def _has_trail(query: Any, recorder: Recorder) -> bool:
    return getattr(query, "rowpath_trail", None) in recorder.trails


def known_steps(code: OwnCode) -> KnownSteps:
    """Return what tells the project's calls that a call of the ORM's comes from."""
    return KnownSteps(code, _passes_on, _scope)


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
            return iter(original(iterable))
        of_rows = _evaluating(iterable, recorder)
        # What is reached from other rows is counted with these.
        is_counted = not (of_rows.path or of_rows is UNKNOWN)
        counter = recorder.counter(of_rows.number) if is_counted else None
        if iterable.chunked_fetch or (counter is not None and counter.narrowing is not None):
            return _one_by_one(original(iterable), of_rows, counter)
        # Django makes a list of them anyway, and a generator of ours would be resumed for each row.
        made = list(original(iterable))
        if counter is not None:
            counter.rows += len(made)
        for row in made:
            row._state.rowpath_tag = of_rows
        return iter(made)

    return rows


def _evaluating(iterable: Any, recorder: Recorder) -> Tag:
    """Note that a queryset is evaluated; return the tag of its rows."""
    query = iterable.queryset._query
    of_rows = _tag_of_rows(query, recorder)
    if of_rows is None or _is_of_one_object(query, of_rows, recorder):
        number = _own_number(query, of_rows, recorder)
        of_rows = recorder.evaluating(number, is_ordered=iterable.queryset.ordered)
        if recorder.reads_columns:
            recorder.counter(number).narrowing = narrowing(iterable.queryset)
        if recorder.limit is not None:
            _limit(iterable, recorder.limit)
    elif recorder.prefetching and recorder.limit and recorder.limit.with_prefetches:
        _limit(iterable, recorder.limit)
    return of_rows


def _one_by_one(rows: Iterator[Any], of_rows: Tag, counter: Rows | None) -> Iterator[Any]:
    for row in rows:
        row._state.rowpath_tag = of_rows
        if counter is not None:
            counter.rows += 1
            if counter.narrowing is not None:
                weigh(row, counter.narrowing, counter.sizes)
        yield row


def _tag_of_rows(query: Any, recorder: Recorder) -> Tag | None:
    """Return what rows of a query are reached by, None where the query itself is their origin."""
    relation: Tag | None = getattr(query, "rowpath_relation", None)
    if relation is not None:
        return relation
    if recorder.accesses and not recorder.prefetching:
        access = recorder.accesses[-1]
        return UNKNOWN if access is None else access[0]
    # In a prefetch it is the queryset of a Prefetch that the project made, a list of its own.
    return None if _has_trail(query, recorder) else UNKNOWN


def _is_of_one_object(query: Any, of_rows: Tag, recorder: Recorder) -> bool:
    """Return whether rows are a relation of the only row that their trail has.

    A page about one object lists what it has, and what each of that loads grows with that list.
    """
    is_relation = getattr(query, "rowpath_relation", None) is not None
    return is_relation and not recorder.prefetching and recorder.rows_of(of_rows.number) == 1


def _own_number(query: Any, of_rows: Tag | None, recorder: Recorder) -> int:
    number: int = query.rowpath_trail
    if of_rows is None:
        return number
    return recorder.behind(number, of_rows)


def _limit(iterable: Any, limit: Limit) -> None:
    if iterable.queryset.model._meta.label != limit.model:
        return
    limited = iterable.queryset._chain()
    limited._query.set_limits(high=limit.rows)
    iterable.queryset = limited
