"""What the fast path makes of a route, told without a client: the plan's SQL, or the reasons."""

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from django.db import connections
from django.db.models.query import QuerySet
from rest_framework.generics import GenericAPIView
from rest_framework.serializers import BaseSerializer

from rowpath.fast.drf.admission.views import front_blockers, lists_as_drf
from rowpath.fast.drf.answering.responses import Outcome
from rowpath.fast.drf.answers import reading_for
from rowpath.fast.drf.asynchronous import AsyncFastListMixin
from rowpath.fast.drf.data.foreseen import why_by_drf
from rowpath.fast.drf.forecasting.asking import AskedView, Client, ask
from rowpath.fast.drf.forecasting.blockers import (
    Blocker,
    Blockers,
    adrf_blockers,
    blockers_without_queryset,
    by_its_reason,
    queryset_blockers,
    view_blockers,
)
from rowpath.fast.drf.forecasting.measuring import NOT_MEASURED, Measured, measured
from rowpath.fast.drf.forecasting.missing import USER, missing, refuses
from rowpath.fast.drf.forecasting.placing import mixin_of, owner_of_list, with_mixin
from rowpath.fast.drf.forecasting.routes import Route
from rowpath.fast.drf.forecasting.unloaded import Unloaded, unloaded
from rowpath.fast.drf.instances.listing import why_data
from rowpath.fast.drf.mixin import FastListMixin
from rowpath.fast.drf.streaming import (
    StreamingList,
    why_instances_in_one_piece,
    why_rows_in_one_piece,
)
from rowpath.fast.fallback import CannotCompileError, FallBack
from rowpath.fast.names import error_text, named

_log = logging.getLogger("rowpath.fast")

ANYBODY = Client()


class Verdict(StrEnum):
    """What becomes of a list, of one without the mixin if it had it."""

    FAST = "fast"
    VALUES = "falls back for its values"
    FALLS_BACK = "falls back"
    UNKNOWN = "unknown"
    NO_JSON = "no JSON"


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """The statement that a fast list would run."""

    path: str
    sql: str | None
    columns: tuple[int, int]
    """How many columns it reads, and how many the queryset's own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """A route's fate: it is `planned`, or there are blockers, or something is missing."""

    route: Route
    verdict: Verdict
    mixin: str
    """The mixin that such a view has, or may have."""
    is_fast: bool
    """Whether the view has the mixin; without, this is what it would bring."""
    behind: str | None = None
    """The class in whose bases the mixin belongs, if that is not the view itself."""
    falls_back: FallBack | None = None
    """The reason that a request would meet first; or what the view raised."""
    blockers: tuple[Blocker, ...] = ()
    has_all_blockers: bool = True
    missing: tuple[str, ...] = ()
    """What was not given, each with how to give it."""
    planned: Planned | None = None
    measured: Measured = NOT_MEASURED
    way: str | None = None
    """What rowpath makes of the rows, as the outcome of an answer tells it."""
    one_piece: FallBack | None = None
    """Why a StreamingList without pages is never streamed; None for any other list, too."""
    unloaded: tuple[Unloaded, ...] = ()
    """The relations that the queryset does not load, where Django makes the rows."""
    data_by_drf: FallBack | None = None
    """Why not even their data, where DRF makes that."""
    rendered_otherwise: str | None = None
    """The renderer for a client that says nothing about what it accepts, if it is another."""
    refused: str | None = None
    """What the view raises before its list(): that this client may not see it, say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    """A route as it was asked; `asked` is None if its view could not be."""

    route: Route
    client: Client
    asked: AskedView | None = None


def forecast(route: Route, *, measure: bool, client: Client = ANYBODY) -> Forecast:
    """Tell what becomes of `route` for a GET by `client`.

    It makes the queryset as the view would; with `measure` it also reads up to 1,000 rows, with
    both paths in turn. Whatever the project's code raises is told.
    """
    case = _Case(route=route, client=client)
    try:
        with _unlogged():
            asked = ask(with_mixin(route.view_class, mixin_of(route)), route, client)
            case = replace(case, asked=asked)
            return _of_view(case, asked, measure=measure)
    except Exception as error:  # noqa: BLE001 - whatever a view raises without its client
        return _unknown(case, f"it cannot be asked: {error_text(error)}", error)


@contextmanager
def _unlogged() -> Iterator[None]:
    """Log nothing of what a request would log: with its traceback even, and it is told here."""
    before, _log.disabled = _log.disabled, True
    try:
        yield
    finally:
        _log.disabled = before


def _of_view(case: _Case, asked: AskedView, *, measure: bool) -> Forecast:
    if "json" not in str(asked.renderer.media_type):
        text = f"it has no JSON: the answer is rendered by {named(type(asked.renderer))}"
        return _told(case, Verdict.NO_JSON, falls_back=FallBack(reason=text))
    view = asked.view
    known = view_blockers(view)
    if by_adrf := adrf_blockers(view):
        return _by_adrf(case, view, (*by_adrf, *known))
    try:
        queryset = view.filter_queryset(view.get_queryset())
    except Exception as error:  # noqa: BLE001 - whatever a view raises without its client
        text = f"its queryset cannot be made: {error_text(error)}"
        return _without_queryset(case, view, known, text, error)
    try:
        if known:
            raise CannotCompileError.of(known[0].fall_back)
        return _of_queryset(case, asked, queryset, measure=measure)
    except CannotCompileError as error:
        if isinstance(error.__cause__, Exception):  # the view's own, which is no reason of ours
            text = error.fall_back.reason
            return _without_queryset(case, view, known, text, error.__cause__)
        return _fallen_back(case, known, error.fall_back, queryset_blockers(view, queryset))


def _of_queryset(case: _Case, asked: AskedView, queryset: QuerySet, *, measure: bool) -> Forecast:
    view = asked.view
    admitted = reading_for(view, view.request, queryset).admitted
    if admitted.ready.links:
        admitted.way.empty()  # which makes them for the request, or says why it cannot
    page = queryset if queryset.query.is_sliced else queryset[: _page_size(view) or None]
    sql = admitted.ready.statement(page, connections[page.db]).sql or None
    if sql is None and case.client.user is None and refuses(asked):
        reason = FallBack(reason="for nobody in particular its queryset is empty")
        return _told(case, Verdict.UNKNOWN, falls_back=reason, missing=(USER,))
    came = measured(view, admitted.way, queryset) if measure else NOT_MEASURED
    is_stream = isinstance(view, StreamingList) and view.paginator is None
    one_piece = why_rows_in_one_piece(admitted.way, queryset) if is_stream else None
    return _told(
        case,
        Verdict.FAST if came.unwritten is None else Verdict.VALUES,
        planned=Planned(
            path=admitted.way.name,
            sql=sql,
            columns=(len(admitted.ready.compiled.columns), _columns_of(page)),
        ),
        measured=came,
        one_piece=one_piece,
    )


def _fallen_back(
    case: _Case, known: tuple[Blocker, ...], first: FallBack, others: Blockers
) -> Forecast:
    found = (*known, *others.found)
    if (first.field, first.reason) not in {(o.fall_back.field, o.fall_back.reason) for o in found}:
        found = (Blocker(fall_back=first, kind=by_its_reason(first.reason)), *found)
    return _told(
        case,
        Verdict.FALLS_BACK,
        falls_back=first,
        blockers=found,
        has_all_blockers=others.are_all,
    )


def _by_adrf(case: _Case, view: GenericAPIView, known: tuple[Blocker, ...]) -> Forecast:
    """Tell of a list that adrf makes, of a queryset that it may filter asynchronously."""
    return _told(
        case,
        Verdict.FALLS_BACK,
        falls_back=known[0].fall_back,
        blockers=_without_repeats((*known, *blockers_without_queryset(view))),
        has_all_blockers=False,
    )


def _without_repeats(blockers: Iterable[Blocker]) -> tuple[Blocker, ...]:
    """Return each of `blockers` once: a later one of a reason may say how to change it."""
    return (*{(one.fall_back.field, one.fall_back.reason): one for one in blockers}.values(),)


def _without_queryset(
    case: _Case, view: GenericAPIView, known: tuple[Blocker, ...], text: str, error: Exception
) -> Forecast:
    """Tell what is certain although the queryset or the serializer could not be made."""
    certain = (*known, *blockers_without_queryset(view))
    if not certain:
        return _unknown(case, text, error)
    return _told(
        case,
        Verdict.FALLS_BACK,
        falls_back=certain[0].fall_back,
        blockers=certain,
        has_all_blockers=False,
        missing=missing(error, case.route, case.client, case.asked),
    )


def _unknown(case: _Case, text: str, error: Exception) -> Forecast:
    return _told(
        case,
        Verdict.UNKNOWN,
        falls_back=FallBack(reason=text),
        has_all_blockers=False,
        missing=missing(error, case.route, case.client, case.asked),
    )


def _told(case: _Case, verdict: Verdict, **said: Any) -> Forecast:
    view_class, asked = case.route.view_class, case.asked
    mixin = mixin_of(case.route)
    is_fast = issubclass(view_class, mixin)
    owner = None if is_fast else owner_of_list(view_class, mixin)
    otherwise = None if asked is None else asked.otherwise
    refused = None if asked is None else asked.refused
    if asked is not None and isinstance(asked.refused, KeyError):  # what initial() looks for
        said.setdefault("missing", missing(asked.refused, case.route, case.client, asked))
    way, data_by_drf, not_loaded = _way(asked, verdict)
    if asked is not None and way in ("instances", "data"):
        said.setdefault("one_piece", _one_piece(asked.view, way))
    return Forecast(
        route=case.route,
        verdict=verdict,
        way=way,
        data_by_drf=data_by_drf,
        unloaded=not_loaded,
        mixin=mixin.__name__,
        is_fast=is_fast,
        behind=None if owner is None else named(owner),
        rendered_otherwise=None if otherwise is None else named(type(otherwise)),
        refused=None if refused is None else error_text(refused),
        **said,
    )


def _way(
    asked: AskedView | None, verdict: Verdict
) -> tuple[str | None, FallBack | None, tuple[Unloaded, ...]]:
    if verdict is Verdict.FAST:
        return Outcome(path="compiled").way, None, ()
    if asked is None or verdict not in (Verdict.FALLS_BACK, Verdict.VALUES):
        return None, None, ()
    view = asked.view
    if (reason := _own_list(view)) is not None:
        return None, reason, ()
    try:
        serializer = view.get_serializer([], many=True)
        reason = why_by_drf(serializer)
    except Exception as error:  # noqa: BLE001 - whatever the project's serializers raise
        reason = FallBack(reason=f"its serializer cannot be made: {error_text(error)}")
    if reason is not None:
        return None, reason, ()
    made = "instances" if why_data(view, view.request, serializer) is None else "data"
    return Outcome(made=made).way, None, _unloaded(view, serializer)


def _one_piece(view: GenericAPIView, way: str) -> FallBack | None:
    if not isinstance(view, StreamingList) or view.paginator is not None:
        return None
    if way == "data":
        return FallBack(reason="its rows are made data, which is whole")
    try:
        queryset = view.filter_queryset(view.get_queryset())
        return why_instances_in_one_piece(view, view.get_serializer(queryset, many=True))
    except Exception as error:  # noqa: BLE001 - whatever the project's code raises
        _log.debug("It is not told whether a list is streamed: %r", error)
        return None


def _unloaded(view: GenericAPIView, serializer: BaseSerializer) -> tuple[Unloaded, ...]:
    try:
        return unloaded(serializer, view.filter_queryset(view.get_queryset()))
    except Exception as error:  # noqa: BLE001 - whatever the project's code raises
        _log.debug("It is not told which relations are loaded: %r", error)
        return ()


def _own_list(view: GenericAPIView) -> FallBack | None:
    if by_adrf := adrf_blockers(view):
        return by_adrf[0].fall_back
    listed = type(view)
    if isinstance(view, AsyncFastListMixin):
        return None
    ends_in_ours = not any(front_blockers(listed, FastListMixin))
    if ends_in_ours and lists_as_drf(listed, FastListMixin):
        return None
    return FallBack(reason=f"{named(listed)} makes its list without DRF's list()")


def _page_size(view: GenericAPIView) -> int | None:
    paginator = view.paginator
    for name in ("get_page_size", "get_limit"):
        if hasattr(paginator, name):
            return getattr(paginator, name)(view.request)
    return None


def _columns_of(queryset: QuerySet) -> int:
    compiler = queryset.query.clone().get_compiler(using=queryset.db)
    compiler.pre_sql_setup()
    return len(compiler.select)
