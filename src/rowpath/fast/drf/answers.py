"""How a list is answered, fast or by DRF, from the filtered queryset on."""

import json
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar, cast
from weakref import WeakKeyDictionary

from django.db import DatabaseError
from django.db.models.query import QuerySet
from django.http.response import HttpResponseBase
from rest_framework.generics import GenericAPIView
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer

from rowpath.fast.django.overrides import has_own
from rowpath.fast.django.querysets import check_queryset, check_relations
from rowpath.fast.django.rows import has_binary_rows
from rowpath.fast.django.ties import plan_decides
from rowpath.fast.drf.back_off import BackOff
from rowpath.fast.drf.choosing import chooses_fields
from rowpath.fast.drf.context import Context
from rowpath.fast.drf.options import options
from rowpath.fast.drf.portable import FallsBackError, PortableWay, check_portable
from rowpath.fast.drf.prepared import CHOOSING, Prepared, prepared, prepared_for
from rowpath.fast.drf.reading import Reading, Way
from rowpath.fast.drf.renderers import style_of
from rowpath.fast.drf.responses import FastResponse, Outcome
from rowpath.fast.drf.serializing import serializer_of
from rowpath.fast.drf.shadow import Again, checked, is_due, turned_off
from rowpath.fast.drf.tied import only_ties, same_rows
from rowpath.fast.drf.views import paginator_falls_back
from rowpath.fast.encoding import CannotEncodeError
from rowpath.fast.fallback import CannotCompileError, FallBack
from rowpath.fast.plan import JsonStyle, Plan

# By views whose serializers are made, and compiled, for each request.
_back_offs: WeakKeyDictionary[type, BackOff] = WeakKeyDictionary()

R = TypeVar("R", bound=HttpResponseBase)

# What the paginator returned of what Reading gave it.
Page = Sequence[Any]

# Stands for the rows while the paginator's envelope is rendered around them. No client can know it.
_ROWS = secrets.token_hex(16)
_ROWS_AS_JSON = b'"' + _ROWS.encode() + b'"'


def reading_for(view: GenericAPIView, request: Request, queryset: QuerySet) -> Reading:
    """Return how the rows of `queryset` are read for `request`. Raises CannotCompileError."""
    style = style_of(request.accepted_renderer, request.accepted_media_type)
    marker = _marker(view, request, queryset)
    check_queryset(queryset)
    ready, plan, context = _ready(view, queryset, marker)
    ready.check(queryset)
    way = _way(ready, plan, style, queryset.db, context)

    def check(read: QuerySet) -> None:
        check_queryset(read)
        ready.check_same(read)
        check_relations(read, ready.compiled.columns)

    return Reading(queryset, way, style, context, check)


def _ready(
    view: GenericAPIView, queryset: QuerySet, marker: str | None
) -> tuple[Prepared, Plan, Context]:
    serializer_class = _serializer_class_of(view)
    if serializer_class is None:
        return _made_for_request(view, queryset, marker)
    ready = prepared(serializer_class, queryset, marker)
    return ready, ready.compiled.plan, Context(view)


def _check_choice(view: GenericAPIView, reading: Reading, queryset: QuerySet) -> None:
    """Raise CannotCompileError if the view has another serializer now that its page is there."""
    if has_own(view, GenericAPIView, CHOOSING):
        ready, _, _ = _ready(view, queryset, reading.way.ready.marker)
        if ready is not reading.way.ready:
            raise CannotCompileError("the view has another serializer for its page")


def _serializer_class_of(view: GenericAPIView) -> type[Serializer] | None:
    """Return the view's serializer class; None where requests may have serializers of their own."""
    if has_own(view, GenericAPIView, ("get_serializer",)):
        return None
    with _views_own_code():
        serializer_class = view.get_serializer_class()
    if not issubclass(serializer_class, Serializer):
        raise CannotCompileError(f"{serializer_class.__name__} is not a Serializer with fields")
    return None if chooses_fields(serializer_class) else serializer_class


def _made_for_request(
    view: GenericAPIView, queryset: QuerySet, marker: str | None
) -> tuple[Prepared, Plan, Context]:
    back_off = _back_offs.setdefault(type(view), BackOff())
    if not back_off.is_over():
        raise CannotCompileError(
            "the last serializers of this view did not compile, so DRF answers for a while"
        )
    try:
        with _views_own_code():
            serializer = serializer_of(view)
        ready, plan = prepared_for(serializer, queryset, marker)
    except CannotCompileError:
        back_off.failed()
        raise
    back_off.succeeded()
    return ready, plan, Context(view, serializer)


@contextmanager
def _views_own_code() -> Iterator[None]:
    """Make a CannotCompileError of what the view raises: DRF raises it at its own time."""
    try:
        yield
    except (CannotCompileError, DatabaseError):
        raise
    except Exception as error:
        raise CannotCompileError(f"the view raised {type(error).__name__}: {error}") from error


def _way(ready: Prepared, plan: Plan, style: JsonStyle, using: str, context: Context) -> Way:
    if options().compiled and has_binary_rows(using):
        encoder = ready.encoder(style, using)
        if encoder is not None:
            from rowpath.fast.drf.compiled import CompiledWay  # noqa: PLC0415 - needs psycopg 3

            return CompiledWay(ready, encoder, using, context.absolute)
    check_portable(plan)
    return PortableWay(ready, plan, using)


def _marker(view: GenericAPIView, request: Request, queryset: QuerySet) -> str | None:
    """Return the attribute that the view's paginator reads of its rows, if it reads any."""
    paginator = view.paginator
    if paginator is None:
        return None
    if (reason := paginator_falls_back(cast("Any", type(paginator)))) is not None:
        raise CannotCompileError(reason.reason)
    if not isinstance(paginator, CursorPagination) or not paginator.get_page_size(request):
        return None
    return paginator.get_ordering(request, queryset, view)[0].lstrip("-")


def fast_answer(
    view: GenericAPIView, request: Request, reading: Reading, queryset: QuerySet, page: Page | None
) -> Response:
    """Return the answer that rowpath writes: `page` of what was read of `queryset`, None for all.

    Raises CannotCompileError, CannotEncodeError or FallsBackError.
    """
    if page is not None:
        _check_choice(view, reading, queryset)
    reading.context.get()  # for whatever it raises: a 404, say
    answer = _Answer(view, request, reading, queryset, page)
    body = ours = answer.fast()
    reading.check_falls_back()
    reading.way.ready.back_off.succeeded()
    if is_due():
        again = Again(fast=answer.fast_again, ties=answer.ties)
        body = checked(type(view), ours, answer.ordinary, again)
    if body == ours:
        outcome = Outcome(path="portable" if isinstance(reading.way, PortableWay) else "compiled")
    else:
        changing = FallBack(reason="a shadow request met rows that tie or were being changed")
        outcome = Outcome(reason=turned_off(type(view)) or changing)
    reading.is_answered = True
    return with_outcome(FastResponse(body, reading.style), outcome)


@dataclass(frozen=True, slots=True)
class _Answer:
    """One page's answer in its forms."""

    view: GenericAPIView
    request: Request
    reading: Reading
    queryset: QuerySet
    page: Page | None

    def fast(self) -> bytes:
        """Return rowpath's bytes. Raises as `fast_answer` does."""
        way, rows = self.reading.way, self.reading.rows_of(self.page)
        if isinstance(way, PortableWay):
            return self._rendered(self._in_envelope(way.items(rows)))
        array = way.array(rows)
        if self.page is None:
            return array
        before, after = self._rendered(self._in_envelope(_ROWS)).split(_ROWS_AS_JSON)
        return before + array + after

    def fast_again(self) -> bytes | None:
        """Return rowpath's bytes for the page as it is now; None if it is another page."""
        try:
            self.reading.again()
            return self.fast()
        except (CannotCompileError, CannotEncodeError, FallsBackError, IndexError):
            return None

    def ties(self, ours: bytes, theirs: bytes) -> bool:
        """Whether what differs is only which of the rows that tie are on the page, and how."""
        page = self.reading.ordinary_page()
        if page is None or not plan_decides(page):
            return False
        if page._fields is not None:
            return same_rows(*(self._rows(json.loads(body)) for body in (ours, theirs)))
        try:
            ready, plan, context = _ready(self.view, self.queryset, "pk")
            way = _way(ready, plan, self.reading.style, page.db, context)
            way.read(page)
            return only_ties(self.view, page, way, self._rendered)
        except (CannotCompileError, CannotEncodeError, FallsBackError):
            return False

    def _rows(self, told: Any) -> Page:
        found = told if self.page is None else told.get("results", ())
        return cast("Page", found)

    def ordinary(self) -> bytes:
        """Return DRF's bytes, by statements of its own."""
        return self._rendered(ordinary_answer(self.view, self.queryset).data)

    def _in_envelope(self, rows: Any) -> Any:
        return rows if self.page is None else self.view.get_paginated_response(rows).data

    def _rendered(self, data: Any) -> bytes:
        renderer, media_type = self.request.accepted_renderer, self.request.accepted_media_type
        try:
            return cast("bytes", renderer.render(data, media_type, {}))
        except ValueError as error:  # a float without a JSON spelling
            raise FallsBackError(str(error)) from error


def ordinary_answer(view: GenericAPIView, queryset: QuerySet) -> Response:
    """Answer as ListModelMixin does, from where it has its queryset."""
    page = view.paginate_queryset(queryset)
    if page is None:
        return Response(view.get_serializer(queryset, many=True).data)
    return view.get_paginated_response(view.get_serializer(page, many=True).data)


def with_outcome(response: R, outcome: Outcome) -> R:
    """Return `response`, which tells from now on how it was answered."""
    response.rowpath = outcome
    return response
