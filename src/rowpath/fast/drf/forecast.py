"""What the fast path makes of a route, told without a client: the plan's SQL, or the reason."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models.query import QuerySet
from django.test import RequestFactory
from rest_framework.generics import GenericAPIView
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request

from rowpath.fast.drf.answers import reading_for
from rowpath.fast.drf.mixin import FastListMixin
from rowpath.fast.drf.portable import FallsBackError, PortableWay
from rowpath.fast.drf.reading import Way
from rowpath.fast.drf.routes import Route
from rowpath.fast.drf.views import class_falls_back
from rowpath.fast.encoding import CannotEncodeError
from rowpath.fast.fallback import CannotCompileError, FallBack

# Rows that are measured at most, and rounds: a second or so for a slow list.
_ROWS = 1_000
_ROUNDS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Saving:
    """One page's rows from the statement to the bytes: medians of interleaved rounds."""

    rows: int
    drf_s: float
    fast_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """A route's fate: `falls_back` or the SQL, and what was measured if there were rows."""

    route: Route
    is_fast: bool
    """Whether the view has the mixin; without, this is what it would bring."""
    falls_back: FallBack | None = None
    path: str | None = None
    sql: str | None = None
    columns: tuple[int, int] | None = None
    """How many columns the lean statement reads, and how many the queryset's own."""
    saving: Saving | None = None
    unmeasured: str | None = None
    """What reading the rows raised."""
    unwritten: str | None = None
    """Which value of these rows could not be written, so that DRF answers lists that have it."""


def forecast(route: Route, *, measure: bool) -> Forecast:
    """Tell what becomes of `route` for an anonymous GET without parameters.

    It makes the queryset as the view would; with `measure` it also reads up to 1,000 rows, with
    both paths in turn.
    """
    is_fast = issubclass(route.view_class, FastListMixin)
    view_class = route.view_class if is_fast else _with_mixin(route.view_class)
    if (reason := class_falls_back(view_class, FastListMixin)) is not None:
        return Forecast(route=route, is_fast=is_fast, falls_back=reason)
    view = _view(view_class, route)
    try:
        queryset = view.filter_queryset(view.get_queryset())
        reading = reading_for(view, view.request, queryset)
        page = queryset if queryset.query.is_sliced else queryset[: _page_size(view) or None]
        statement = reading.way.ready.statement(page)
    except CannotCompileError as error:
        return Forecast(route=route, is_fast=is_fast, falls_back=error.fall_back)
    except Exception as error:  # noqa: BLE001 - whatever a view raises without its client
        text = f"its queryset cannot be made without a request: {type(error).__name__}: {error}"
        return Forecast(route=route, is_fast=is_fast, falls_back=FallBack(reason=text))
    way = reading.way
    saving, unmeasured, unwritten = None, None, None
    if measure:
        try:
            saving = _saving(view, way, queryset)
        except (CannotEncodeError, FallsBackError) as error:
            unwritten = str(error)
        except Exception as error:  # noqa: BLE001 - the database's, or the view's own
            unmeasured = f"reading its rows raised {type(error).__name__}: {error}".strip()
    return Forecast(
        route=route,
        is_fast=is_fast,
        path="portable" if isinstance(way, PortableWay) else "compiled",
        sql=statement.sql or None,
        columns=(len(way.ready.compiled.columns), _columns_of(page)),
        saving=saving,
        unmeasured=unmeasured,
        unwritten=unwritten,
    )


def _with_mixin(view_class: type[GenericAPIView]) -> type[GenericAPIView]:
    return type(view_class.__name__, (FastListMixin, view_class), {})


def _view(view_class: type[GenericAPIView], route: Route) -> GenericAPIView:
    view = view_class(**route.initkwargs)
    request = Request(RequestFactory().get("/"))
    request.user = AnonymousUser()
    request.accepted_renderer, request.accepted_media_type = JSONRenderer(), "application/json"
    view.request, view.args, view.kwargs = request, (), {}
    view.format_kwarg, view.action = None, "list"
    return view


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


def _saving(view: GenericAPIView, way: Way, queryset: QuerySet) -> Saving | None:
    rows = queryset if queryset.query.is_sliced else queryset[:_ROWS]
    render = JSONRenderer().render

    def drf() -> int:
        return len(render(view.get_serializer(rows.all(), many=True).data))

    def fast() -> int:
        way.read(rows)
        return len(render(way.items()) if isinstance(way, PortableWay) else way.array())

    if (count := len(rows.all())) == 0 or fast() == 0 or drf() == 0:
        return None
    times = [(_seconds(drf), _seconds(fast)) for _ in range(_ROUNDS)]
    drf_s, fast_s = zip(*times, strict=True)
    return Saving(rows=count, drf_s=statistics.median(drf_s), fast_s=statistics.median(fast_s))


def _seconds(call: Callable[[], Any]) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start
