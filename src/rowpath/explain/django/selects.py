"""The SELECTs that querysets send, each text once, asked anew for what their clauses cost."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from statistics import median
from time import perf_counter
from types import FrameType
from typing import Any

from django.db import DatabaseError, transaction
from django.db.models.sql.datastructures import Join

from rowpath.explain.django import supposed_indexes
from rowpath.explain.django.scans import plan_of, scans
from rowpath.explain.django.statements import Wrapper, wrapped
from rowpath.explain.recording.recorder import Recorder
from rowpath.explain.recording.statement_text import normalized
from rowpath.explain.selected import Index, Scan, Selected
from rowpath.explain.trails import Trail
from rowpath.explain.values import Place

SLOW_S = 0.001
"""A SELECT that takes less needs no index."""
LEAST_OFFSET = 100
LONG_S = 0.5
"""What takes longer is not asked again to be timed."""
TIMES = 3
_PAGINATORS = frozenset({"django.core.paginator", "rest_framework.pagination"})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sent:
    connection: Any
    sql: str
    params: Any
    query: Any
    took_s: float
    place: Place | None
    is_page_count: bool


@contextmanager
def watched(
    recorder: Recorder, supposed: tuple[Index, ...] = ()
) -> Iterator[Callable[[], tuple[Selected, ...]]]:
    """Yield what tells of the SELECTs of the block, and asks each anew; within the block.

    Each is planned with the `supposed` indexes as well, where the database can.
    """
    sent: dict[str, _Sent] = {}

    def listen(execute: Wrapper, sql: Any, params: Any, many: bool, context: Any) -> Any:  # noqa: FBT001 Django's
        started = perf_counter()
        result = execute(sql, params, many, context)
        took_s = perf_counter() - started
        text, shown = str(sql), normalized(str(sql))
        if recorder.queries and _is_select(text) and shown not in sent:
            frame = sys._getframe(1)
            query = recorder.queries[-1]
            sent[shown] = _Sent(
                connection=context["connection"],
                sql=text,
                params=params,
                query=query,
                took_s=took_s,
                place=recorder.caller(frame)[0],
                is_page_count=_is_count(query) and _is_paginators(frame),
            )
        return result

    with wrapped(listen):
        yield lambda: tuple(
            replace(
                _selected(shown, each, recorder),
                supposed=supposed_indexes.planned(each.connection, each.sql, each.params, supposed),
            )
            for shown, each in tuple(sent.items())
        )


def _is_select(text: str) -> bool:
    return text.startswith("SELECT") and " FOR " not in text


def _is_count(query: Any) -> bool:
    return set(query.annotation_select) == {"__count"}


def _is_paginators(frame: FrameType | None) -> bool:
    while frame is not None:
        if frame.f_globals.get("__name__") in _PAGINATORS:
            return True
        frame = frame.f_back
    return False


def _selected(shown: str, sent: _Sent, recorder: Recorder) -> Selected:
    query = sent.query
    is_deep = query.low_mark >= LEAST_OFFSET
    again_s = _duration_s(sent.connection, sent.sql, sent.params) if sent.took_s < LONG_S else None
    return Selected(
        text=shown,
        model=query.get_meta().label,
        trail=_trail(query, recorder),
        place=sent.place,
        duration_s=sent.took_s if again_s is None else again_s,
        offset=query.low_mark if is_deep else 0,
        from_start_s=_from_start_s(sent) if is_deep else None,
        is_page_count=sent.is_page_count,
        is_distinct_anyway=is_distinct_anyway(query),
        scans=_scans(sent, recorder),
    )


def _trail(query: Any, recorder: Recorder) -> Trail | None:
    number: Any = getattr(getattr(query, "inner_query", query), "rowpath_trail", None)
    return recorder.trail(number) if number in recorder.trails else None


def _duration_s(connection: Any, sql: str, params: Any) -> float | None:
    """Return how long a statement takes with all its rows; None where it fails when asked anew."""
    times = []
    try:
        with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
            for _ in range(TIMES):
                started = perf_counter()
                cursor.execute(sql, params)
                cursor.fetchall()
                times.append(perf_counter() - started)
    except DatabaseError:
        return None
    return median(times)


def _from_start_s(sent: _Sent) -> float | None:
    """Return how long as many rows take from the first on."""
    query = sent.query.clone()
    size = None if query.high_mark is None else query.high_mark - query.low_mark
    query.clear_limits()
    query.set_limits(0, size)
    sql, params = query.get_compiler(connection=sent.connection).as_sql()
    return _duration_s(sent.connection, sql, params)


def _scans(sent: _Sent, recorder: Recorder) -> tuple[Scan, ...]:
    if sent.connection.vendor != "postgresql" or sent.took_s < SLOW_S:
        return ()
    try:
        plan = plan_of(sent.connection, sent.sql, sent.params)
    except DatabaseError:
        return ()
    return tuple(scans(plan, sent.query, recorder.code))


def is_distinct_anyway(query: Any) -> bool:
    """Return whether a query's DISTINCT cannot leave out a row.

    All columns of a model are loaded, its key among them, and no join leads to many rows.
    """
    if not query.distinct or query.distinct_fields or not query.default_cols:
        return False
    if query.combinator or query.extra_tables or query.group_by is not None:
        return False
    joins = [query.alias_map[alias] for alias, count in query.alias_refcount.items() if count]
    return query.get_meta().managed and all(
        each.join_field.many_to_one or each.join_field.one_to_one
        for each in joins
        if isinstance(each, Join)
    )
