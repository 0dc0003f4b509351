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
from rowpath.explain.recording.facts import Rows, Tag
from rowpath.explain.recording.frames import OwnCode
from rowpath.explain.recording.recorder import Recorder
from rowpath.explain.recording.steps import KnownSteps, is_body
from rowpath.explain.trails import Scope

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


PREFETCHED = "_prefetched_objects_cache"
"""The attribute by which Django keeps what a prefetch loaded for a row."""
TAG = "rowpath_tag"
"""What the state of a row has its tag as; a state is no field, and is not compared.

A row that a join or a prefetch loaded has none before its relation is read, which says what it is.
"""


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
    if getattr(state, TAG, None) is None:
        state.rowpath_tag = of_row


def _init(original: Callable[..., None], recorder: Recorder) -> Callable[..., None]:
    def init(
        queryset: QuerySet[Any],
        model: Any = None,
        query: Any = None,
        using: str | None = None,
        hints: Any = None,
    ) -> None:
        original(queryset, model, query, using, hints)
        # Most are clones, which have the trail of what they were made of.
        is_begun = getattr(query, "rowpath_trail", None) is not None
        if not is_begun and recorder.tells_origins and not recorder.silenced:
            begin(queryset, sys._getframe(1), recorder)

    return init


def _clone(original: Callable[..., Any], recorder: Recorder) -> Callable[..., Any]:
    def clone(queryset: QuerySet[Any]) -> QuerySet[Any]:
        made: QuerySet[Any] = original(queryset)
        query = made._query
        if getattr(query, "rowpath_relation", None) is not None:
            query.rowpath_refined = True
        if recorder.silenced or not recorder.tells_origins:
            return made
        trail = getattr(query, "rowpath_trail", None)
        if trail not in recorder.trails:
            # It was made when nobody watched, as that of a class body is in a session of tests.
            begin(made, sys._getframe(1), recorder)
            return made
        step = recorder.steps.of(sys._getframe(1))
        if step and step[0].is_direct:
            query.rowpath_trail = recorder.refined(trail, step)
        return made

    return clone


def mark(query: Any, relation: Tag, row: Model) -> None:
    """Note in a query which relation of which row it loads."""
    query.rowpath_relation = relation
    query.rowpath_row = number_of(row)
    query.rowpath_refined = False


def is_ordered(query: Any) -> bool:
    """Return what `QuerySet.ordered` does of its query.

    That asks for the query itself, and so has Django build the filter of the relation, which it
    puts off where the rows are there.
    """
    is_by_default = query.default_ordering and query.get_meta().ordering and not query.group_by
    return bool(query.extra_order_by or query.order_by or is_by_default)


def begin(queryset: QuerySet[Any], frame: FrameType, recorder: Recorder) -> None:
    """Have the trail of a queryset begin where a frame is called from."""
    model = queryset.model
    if model is not None:
        step = recorder.steps.of(frame)
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
        recorder.silenced += 1
        recorder.prefetching += 1
        try:
            original(queryset)
        finally:
            recorder.prefetching -= 1
            recorder.silenced -= 1

    return prefetch


def _rows(original: Callable[..., Any], recorder: Recorder) -> Callable[..., Any]:
    def rows(iterable: Any) -> Iterator[Any]:
        if not recorder.is_watching:
            return iter(original(iterable))
        of_rows = _evaluating(iterable, recorder)
        if of_rows is None:
            return iter(original(iterable))
        # What is reached from other rows is counted with these.
        counter = None if of_rows.path else recorder.counter(of_rows.number)
        if iterable.chunked_fetch or (counter is not None and counter.narrowing is not None):
            return _one_by_one(original(iterable), of_rows, counter)
        # Django makes a list of them anyway, and a generator of ours would be resumed for each row.
        made = list(original(iterable))
        if counter is not None:
            counter.rows += len(made)
            of_rows.is_of_many = len(made) > 1
        for row in made:
            row._state.rowpath_tag = of_rows
        return iter(made)

    return rows


def _evaluating(iterable: Any, recorder: Recorder) -> Tag | None:
    """Note that a queryset is evaluated; return the tag of its rows, None where nobody knows it."""
    query = iterable.queryset._query
    of_rows: Tag | None = getattr(query, "rowpath_relation", None)
    number = None
    if of_rows is not None:
        # A page about one object lists what it has, and what that loads grows with that list.
        is_of_one = not recorder.prefetching and recorder.rows_of(of_rows.number) == 1
        if is_of_one and _has_trail(query, recorder):
            number = recorder.behind(query.rowpath_trail, of_rows)
    elif recorder.accesses and not recorder.prefetching:
        access = recorder.accesses[-1]
        return None if access is None else access[0]
    elif _has_trail(query, recorder):
        # In a prefetch it is that of a Prefetch that the project made, a list of its own.
        number = query.rowpath_trail
    else:
        of_rows = _prefetched(iterable.queryset.model, recorder)
    if number is not None:
        of_rows = recorder.evaluating(number, is_ordered=is_ordered(query) or query.is_empty())
        if recorder.reads_columns:
            recorder.counter(number).narrowing = narrowing(iterable.queryset)
        if recorder.limit is not None:
            _limit(iterable, recorder.limit)
    elif recorder.prefetching and recorder.limit and recorder.limit.with_prefetches:
        _limit(iterable, recorder.limit)
    return of_rows


def _prefetched(model: type[Model], recorder: Recorder) -> Tag | None:
    """Return the tag of what a prefetch loads now, None where it is of another model.

    Then it is what the making of a row has listed.
    """
    if recorder.prefetched is None or recorder.prefetched[1] is not model:
        return None
    of_rows = recorder.prefetched[0]
    of_rows.is_prefetched = True
    return of_rows


def _one_by_one(rows: Iterator[Any], of_rows: Tag, counter: Rows | None) -> Iterator[Any]:
    for row in rows:
        row._state.rowpath_tag = of_rows
        if counter is not None:
            counter.rows += 1
            if counter.narrowing is not None:
                weigh(row, counter.narrowing, counter.sizes)
        yield row


def _limit(iterable: Any, limit: Limit) -> None:
    if iterable.queryset.model._meta.label != limit.model:
        return
    limited = iterable.queryset._chain()
    limited._query.set_limits(high=limit.rows)
    iterable.queryset = limited
