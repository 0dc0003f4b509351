"""How a list is answered, fast or by DRF, from the filtered queryset on."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from django.db.models.query import QuerySet
from django.http.response import HttpResponseBase
from rest_framework.generics import GenericAPIView
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer

from rowpath.fast.django.overrides import overridden
from rowpath.fast.django.querysets import check_queryset
from rowpath.fast.django.rows import has_binary_rows
from rowpath.fast.drf.compile import chooses_fields
from rowpath.fast.drf.options import options
from rowpath.fast.drf.portable import FallsBackError, PortableWay, check_portable
from rowpath.fast.drf.prepared import Prepared, prepared, prepared_for
from rowpath.fast.drf.reading import Reading, Way
from rowpath.fast.drf.renderers import style_of
from rowpath.fast.drf.responses import FastResponse, Outcome
from rowpath.fast.drf.serializing import serializer_of
from rowpath.fast.drf.shadow import checked, is_due, turned_off
from rowpath.fast.drf.views import paginator_falls_back
from rowpath.fast.fallback import CannotCompileError, FallBack
from rowpath.fast.plan import JsonStyle, Plan

R = TypeVar("R", bound=HttpResponseBase)

# What the paginator returned: instances, or what Reading gave it.
Page = Sequence[Any]

# Stands for the rows while the paginator's envelope is rendered around them. No client can know it.
_ROWS = secrets.token_hex(16)
_ROWS_AS_JSON = b'"' + _ROWS.encode() + b'"'


def reading_for(view: GenericAPIView, request: Request, queryset: QuerySet) -> Reading:
    """Return how the rows of `queryset` are read for `request`. Raises CannotCompileError."""
    style = style_of(request.accepted_renderer, request.accepted_media_type)
    marker = _marker(view, request, queryset)
    check_queryset(queryset)
    if overridden(type(view), GenericAPIView, ("get_serializer",)):
        ready, plan = prepared_for(serializer_of(view), queryset, marker)
    else:
        serializer_class = view.get_serializer_class()
        if not issubclass(serializer_class, Serializer):
            raise CannotCompileError(f"{serializer_class.__name__} is not a Serializer with fields")
        if chooses_fields(serializer_class):
            ready, plan = prepared_for(serializer_of(view), queryset, marker)
        else:
            ready = prepared(serializer_class, queryset, marker)
            plan = ready.compiled.plan
    ready.check(queryset)
    way = _way(request, ready, plan, style, queryset.db)
    return Reading(queryset, way, by_cursor=marker is not None)


def _way(request: Request, ready: Prepared, plan: Plan, style: JsonStyle, using: str) -> Way:
    if options().compiled and has_binary_rows(using):
        encoder = ready.encoder(style, using)
        if encoder is not None:
            from rowpath.fast.drf.compiled import CompiledWay  # noqa: PLC0415 - needs psycopg 3

            return CompiledWay(ready, encoder, using, request.build_absolute_uri)
    check_portable(plan)
    return PortableWay(ready, plan, [])


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
    view: GenericAPIView, request: Request, reading: Reading, page: Page, *, is_page: bool
) -> Response:
    """Return the answer that rowpath writes. Raises CannotEncodeError or FallsBackError."""
    if overridden(type(view), GenericAPIView, ("get_serializer_context",)):
        view.get_serializer_context()  # for whatever it raises: a 404, say
    answer = _Answer(view, request, reading, page, is_page)
    body = ours = answer.fast()
    reading.way.ready.written()
    if is_due():
        body = checked(type(view), ours, answer.ordinary, answer.fast_again)
    if body == ours:
        outcome = Outcome(path="portable" if isinstance(reading.way, PortableWay) else "compiled")
    else:
        changing = FallBack(reason="a shadow request met rows that were being changed")
        outcome = Outcome(reason=turned_off(type(view)) or changing)
    style = style_of(request.accepted_renderer, request.accepted_media_type)
    return with_outcome(FastResponse(body, style, answer.ordinary_data), outcome)


@dataclass(frozen=True, slots=True)
class _Answer:
    """One page's answer in its forms."""

    view: GenericAPIView
    request: Request
    reading: Reading
    page: Page
    is_page: bool

    def fast(self) -> bytes:
        """Return rowpath's bytes. Raises CannotEncodeError or FallsBackError."""
        way, rows = self.reading.way, self.reading.rows_of(self.page)
        if isinstance(way, PortableWay):
            return self._rendered(self._in_envelope(way.items(rows)))
        array = way.array(rows)
        if not self.is_page:
            return array
        before, after = self._rendered(self._in_envelope(_ROWS)).split(_ROWS_AS_JSON)
        return before + array + after

    def fast_again(self) -> bytes:
        """Return rowpath's bytes for the page as it is now."""
        self.reading.again()
        return self.fast()

    def ordinary_data(self) -> Any:
        """Return DRF's data, by a statement of its own."""
        rows = self.reading.instances(self.page)
        return serialized(self.view, rows, is_page=self.is_page).data

    def ordinary(self) -> bytes:
        """Return DRF's bytes."""
        return self._rendered(self.ordinary_data())

    def _in_envelope(self, rows: Any) -> Any:
        return self.view.get_paginated_response(rows).data if self.is_page else rows

    def _rendered(self, data: Any) -> bytes:
        renderer, media_type = self.request.accepted_renderer, self.request.accepted_media_type
        try:
            return cast("bytes", renderer.render(data, media_type, {}))
        except ValueError as error:  # a float without a JSON spelling
            raise FallsBackError(str(error)) from error


def ordinary_answer(view: GenericAPIView, queryset: QuerySet) -> Response:
    """Answer as ListModelMixin does, from where it has its queryset."""
    page = view.paginate_queryset(queryset)
    is_page = page is not None
    return serialized(view, page if is_page else queryset, is_page=is_page)


def serialized(view: GenericAPIView, rows: Any, *, is_page: bool) -> Response:
    """Answer `rows`, instances or dicts, by the view's serializer."""
    data = view.get_serializer(rows, many=True).data
    return view.get_paginated_response(data) if is_page else Response(data)


def with_outcome(response: R, outcome: Outcome) -> R:
    """Return `response`, which tells from now on how it was answered."""
    response.rowpath = outcome
    return response
