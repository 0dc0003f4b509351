"""Patches of `QuerySet`: what each is asked for, a number or its rows."""

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

from django.db import connections
from django.db.models import Model
from django.db.models.query import ModelIterable, QuerySet

from rowpath.capture.patching import Patch
from rowpath.explain.django.columns import columns_of
from rowpath.explain.messages import Asked
from rowpath.explain.recording.facts import Used
from rowpath.explain.recording.recorder import Recorder
from rowpath.explain.trails import Columns

METHODS: dict[type, tuple[str, ...]] = {
    QuerySet: ("count", "exists", "__len__", "__bool__", "__iter__", "__getitem__", "_fetch_all")
}
FINDING = "rows that are loaded for a number, and numbers of rows that are loaded"


def patches(recorder: Recorder) -> tuple[Patch, ...]:
    """Return the patches by which a recorder learns what querysets are asked for."""

    def number(method: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        return lambda original: _number(original, method, recorder)

    def rows(original: Callable[..., Any]) -> Callable[..., Any]:
        return _rows(original, recorder)

    return (
        Patch(
            QuerySet,
            {
                "count": number("count"),
                "exists": number("exists"),
                "__len__": number("len"),
                "__bool__": number("bool"),
                "__iter__": lambda original: _iterated(original, recorder),
                "__getitem__": rows,
                "_fetch_all": lambda original: _fetch(original, recorder),
            },
        ),
    )


def _used(queryset: QuerySet[Any], recorder: Recorder) -> Used | None:
    """Return what counts a queryset's uses, None where nothing does.

    One that had its rows before, as a prefetch gives them, is asked for nothing.
    """
    if not recorder.reads_columns or recorder.prefetching or queryset.model is None:
        return None
    used = recorder.uses.get(id(queryset))
    if used is None:
        had_rows = queryset._result_cache is not None
        used = Used(queryset=queryset, model=queryset.model._meta.label, had_rows=had_rows)
        recorder.uses[id(queryset)] = used
    return used


def _number(original: Callable[..., Any], method: str, recorder: Recorder) -> Callable[..., Any]:
    def ask(queryset: QuerySet[Any]) -> Any:
        used = _used(queryset, recorder)
        if used is None:
            return original(queryset)
        used.asked.append(_asked(method, queryset, recorder, sys._getframe(1)))
        return original(queryset)

    return ask


def _asked(method: str, queryset: QuerySet[Any], recorder: Recorder, frame: FrameType) -> Asked:
    place, reader = recorder.caller(frame)
    return Asked(
        method=method,
        step=recorder.steps.of(frame),
        place=place,
        reader=reader,
        is_first=queryset._result_cache is None,
    )


def _iterated(original: Callable[..., Any], recorder: Recorder) -> Callable[..., Any]:
    noted = _rows(original, recorder)

    def iterate(queryset: QuerySet[Any]) -> Any:
        used = _used(queryset, recorder)
        if used is not None:
            frame = sys._getframe(1)
            used.iterated.append(_asked("iter", queryset, recorder, frame))
            used.columns = _aggregated(queryset)
        return noted(queryset)

    return iterate


def _aggregated(queryset: QuerySet[Any]) -> Columns | None:
    """Return the columns that aggregate() would see the same values of, None where it may not."""
    query: Any = queryset._query
    is_of_rows = queryset._iterable_class is ModelIterable
    is_plain = not (query.distinct or query.combinator)
    if not (is_of_rows and is_plain):
        return None
    model: type[Model] = queryset.model
    return columns_of(model, connections[queryset.db].vendor, is_ordered=queryset.ordered)


def _rows(original: Callable[..., Any], recorder: Recorder) -> Callable[..., Any]:
    def rows(queryset: QuerySet[Any], *args: Any) -> Any:
        used = _used(queryset, recorder)
        value = original(queryset, *args)
        if used is not None and queryset._result_cache is not None:
            used.has_rows_read = True
        return value

    return rows


def _fetch(original: Callable[..., Any], recorder: Recorder) -> Callable[..., Any]:
    def fetch(queryset: QuerySet[Any]) -> Any:
        used = _used(queryset, recorder)
        value = original(queryset)
        if used is not None:
            used.rows = len(queryset._result_cache or ())
            used.is_fetched = not used.had_rows
        return value

    return fetch
