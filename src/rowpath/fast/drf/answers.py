"""How a list is answered, fast or by DRF, from the filtered queryset on."""

import json
import logging
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import cache, partial
from typing import Any, TypeVar, cast

from django.db import DatabaseError, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.query import QuerySet
from rest_framework.generics import GenericAPIView
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.utils.serializer_helpers import ReturnList

from rowpath.fast.django.drivers import has_binary_rows
from rowpath.fast.django.grounds import check_compiler
from rowpath.fast.django.overrides import has_own
from rowpath.fast.django.querysets import check_queryset
from rowpath.fast.django.shapes import shape_of
from rowpath.fast.django.ties import plan_decides
from rowpath.fast.drf.admission.askers import asked_of
from rowpath.fast.drf.admission.choosing import chooses_fields
from rowpath.fast.drf.admission.renderers import rendered, style_of
from rowpath.fast.drf.admission.serializing import serializer_of
from rowpath.fast.drf.admission.views import paginator_falls_back
from rowpath.fast.drf.answering.envelopes import marked, spliced
from rowpath.fast.drf.answering.enveloping import enveloping, why_drf_renders
from rowpath.fast.drf.answering.lazy import LazyList, is_refusal, is_unread
from rowpath.fast.drf.answering.ordinary import ordinary_answer
from rowpath.fast.drf.answering.responses import FastResponse, Outcome, with_outcome
from rowpath.fast.drf.answering.shadow import Again, checked, is_due, turned_off
from rowpath.fast.drf.compiling.prepared import CHOOSING, Prepared, prepared, prepared_for
from rowpath.fast.drf.context import Context
from rowpath.fast.drf.instances.listing import Listing
from rowpath.fast.drf.making import making
from rowpath.fast.drf.options import options
from rowpath.fast.drf.rows.admitted import Admitted
from rowpath.fast.drf.rows.portable import PortableWay, representing
from rowpath.fast.drf.rows.reading import Reading
from rowpath.fast.drf.rows.tied import only_ties, same_but_for_lists, same_rows
from rowpath.fast.drf.rows.ways import Way
from rowpath.fast.drf.steps import step, theirs
from rowpath.fast.fallback import CannotCompileError, FallBack, Holds, TheirsError
from rowpath.fast.plan import JsonStyle
from rowpath.fast.stores import kept

_log = logging.getLogger("rowpath.fast")

T = TypeVar("T")
_Made = tuple[Prepared, Serializer | None, Context]
# What the paginator returned of what Reading gave it.
Paginated = Sequence[Any]


# These are made for each request, and frozen ones take twice as long to make.
@dataclass(slots=True, kw_only=True)
class Answered:
    """A response, and how it came about."""

    response: Response
    reason: FallBack | None = None
    """Why DRF's own code lists the rows, if it does."""
    ready: Prepared | None = None
    """What such a list was admitted with, if it was."""
    made: str | None = None
    """What rowpath made of the rows of such a list, as an outcome tells it."""


def answer(
    view: Any, request: Request, queryset: QuerySet, is_shadowed: Callable[[], bool] = is_due
) -> Answered:
    """Answer `queryset`, which the view has filtered. The paginator runs once, whoever answers.

    `is_shadowed` says whether DRF is to answer this request too.
    """
    reading = _reading_or_why_not(view, request, queryset)
    if isinstance(reading, FallBack):
        return listed(view, request, queryset, reading)
    page = None
    if view.paginator is not None:
        page = view.paginate_queryset(reading.queryset)
    raised = None
    try:
        return Answered(
            response=_fast_answer(view, request, reading, queryset, page, is_shadowed=is_shadowed)
        )
    except CannotCompileError as error:
        reason = error.fall_back
    except TheirsError as error:
        raised = error.error
    if raised is not None:
        raise raised
    reading.look(reason.reason)
    rows = queryset if page is None else reading.real_page(page)
    listing = Listing(view, request)
    return Answered(
        response=listing.answer(rows, is_page=page is not None),
        reason=reason,
        ready=reading.admitted.ready,
        made=listing.made,
    )


# What the project raises has no error of rowpath's for its context: DRF answers behind the handler.
def _reading_or_why_not(
    view: GenericAPIView, request: Request, queryset: QuerySet
) -> Reading | FallBack:
    try:
        return reading_for(view, request, queryset)
    except CannotCompileError as error:
        return error.fall_back


def listed(view: Any, request: Request, queryset: QuerySet, reason: FallBack) -> Answered:
    """Answer `queryset`, whose rows Django reads for `reason`."""
    with making(queryset):
        page = view.paginate_queryset(queryset)
    listing = Listing(view, request)
    rows = queryset if page is None else page
    response = listing.answer(rows, is_page=page is not None)
    return Answered(response=response, reason=reason, made=listing.made)


@step
def reading_for(view: GenericAPIView, request: Request, queryset: QuerySet) -> Reading:
    """Return how the rows of `queryset` are read for `request`. Raises CannotCompileError."""
    asked_of(type(view)).check()
    style = style_of(request.accepted_renderer, request.accepted_media_type)
    marker = _marker(view, request, queryset)
    check_queryset(queryset)
    connection = connections[queryset.db]
    check_compiler(connection)
    made = ready, _, context = _ready(view, queryset, marker)
    ready.check(queryset)
    admitted = Admitted(
        connection=connection,
        ready=ready,
        way=_way(request, style, connection, made),
        style=style,
        context=context,
        shape=shape_of(queryset.query, connection),
    )
    reading = Reading(queryset, admitted)
    if view.paginator is not None:  # or nobody counts
        reading.for_paginator()
    return reading


def _ready(view: GenericAPIView, queryset: QuerySet, marker: str | None) -> _Made:
    serializer_class = _serializer_class_of(view)
    if serializer_class is None:
        return _made_for_request(view, queryset, marker)
    ready = prepared(serializer_class, queryset, marker)
    return ready, ready.serializer, Context(view)


def _check_choice(view: GenericAPIView, ready: Prepared, queryset: QuerySet) -> None:
    """Raise CannotCompileError if the view has another serializer now that its page is there."""
    if has_own(view, GenericAPIView, CHOOSING):
        now, _, _ = _ready(view, queryset, ready.marker)
        if now is not ready:
            raise CannotCompileError("the view has another serializer for its page")


def _serializer_class_of(view: GenericAPIView) -> type[Serializer] | None:
    """Return the view's serializer class; None where requests may have serializers of their own."""
    if has_own(view, GenericAPIView, ("get_serializer",)):
        return None
    serializer_class = _by_view(view.get_serializer_class)
    if not issubclass(serializer_class, Serializer):
        raise CannotCompileError(f"{serializer_class.__name__} is not a Serializer with fields")
    return None if chooses_fields(serializer_class) else serializer_class


def _made_for_request(view: GenericAPIView, queryset: QuerySet, marker: str | None) -> _Made:
    try:
        serializer = _by_view(partial(serializer_of, view))
        ready = prepared_for(serializer, queryset, marker)
    except CannotCompileError as error:
        # The next request has another serializer, and it may be no better.
        raise error.holding(Holds.VIEW_A_WHILE) from error.__cause__
    return ready, serializer, Context(view, serializer)


def _by_view(call: Callable[[], T]) -> T:
    """Call the view's own code; CannotCompileError is what it raises: DRF does at its own time."""
    try:
        return call()
    except (CannotCompileError, DatabaseError):
        raise
    except Exception as error:
        raise CannotCompileError(f"the view raised {type(error).__name__}: {error}") from error


def _way(request: Request, style: JsonStyle, connection: BaseDatabaseWrapper, made: _Made) -> Way:
    ready, serializer, context = made
    if options().compiled and has_binary_rows(connection):
        encoder = ready.encoder(style, connection.alias)
        if encoder is not None:
            from rowpath.fast.drf.rows.compiled import CompiledWay  # noqa: PLC0415 - needs psycopg 3

            return CompiledWay(ready, encoder, connection, context)
    represents = representing(serializer, ready.compiled.plan.members)
    return PortableWay(ready, represents, partial(rendered, request))


def _marker(view: GenericAPIView, request: Request, queryset: QuerySet) -> str | None:
    """Return the attribute that the view's paginator reads of its rows, if it reads any."""
    paginator = view.paginator
    if paginator is None:
        return None
    if (reason := paginator_falls_back(cast("Any", type(paginator)))) is not None:
        raise CannotCompileError(reason.reason)
    if not isinstance(paginator, CursorPagination):
        return None

    def by_paginator() -> str | None:
        if not paginator.get_page_size(request):
            return None
        return paginator.get_ordering(request, queryset, view)[0].lstrip("-")

    return _by_view(by_paginator)


@step
def _fast_answer(  # noqa: PLR0913 one parameter a thing that is known
    view: Any,
    request: Request,
    reading: Reading,
    queryset: QuerySet,
    page: Paginated | None,
    *,
    is_shadowed: Callable[[], bool],
) -> Response:
    """Return the answer that rowpath writes: `page` of what was read of `queryset`, None for all.

    Raises what makes the list DRF's.
    """
    admitted = reading.admitted
    if page is None:
        if (streamed := view.list_unpaginated(request, reading)) is not None:
            return cast("Response", streamed)
        reading.whole()
    reading.check_falls_back()
    if page is not None:
        _check_choice(view, admitted.ready, queryset)
    admitted.context.get()  # for whatever it raises: a 404, say
    answer = _Answer(view, request, reading, queryset, page)
    array = reading.array(page)
    rows = LazyList(answer.data)
    response = answer.around(rows)
    admitted.ready.back_off.succeeded()
    if (told := _is_drfs(view, reading, response, rows)) is not None:
        asked_of(type(view)).again(told)
        if is_unread(rows):
            rows.read()
        return with_outcome(response, Outcome(reason=FallBack(reason=told)))
    if is_shadowed() and (other := answer.checked(response, rows, array)) is not None:
        return other
    reading.answered()
    return with_outcome(FastResponse.of(response, array, rows, answer), _by(admitted.way.name))


@kept
@cache
def _by(path: str) -> Outcome:
    return Outcome(path=path)


def _is_drfs(
    view: GenericAPIView, reading: Reading, response: Response, rows: LazyList
) -> str | None:
    """Return why `response`, made around `rows`, is left to DRF; None if it is not."""
    if reading.falls_back is not None and is_unread(rows):
        return f"{enveloping(view)}: {reading.falls_back.reason}"
    return why_drf_renders(view, response, rows, is_page=view.paginator is not None)


@dataclass(slots=True)
class _Answer:
    """One page's answer in its forms."""

    view: GenericAPIView
    request: Request
    reading: Reading
    queryset: QuerySet
    page: Paginated | None

    def around(self, rows: LazyList) -> Response:
        """Return what the view answers with `rows`."""
        if self.page is None:
            return Response(rows)
        try:
            return theirs(self.view.get_paginated_response, rows)
        except TheirsError as error:
            if not (is_unread(rows) and is_refusal(error.error)):
                raise
            # An encoder in C took the list's items past its methods, and refused what it found.
            rows.read()
            return theirs(self.view.get_paginated_response, rows)

    def data(self) -> ReturnList:
        """Return DRF's own data of the rows, by a statement of its own."""
        self.reading.answered()
        rows = self.page and self.reading.real_page(self.page)
        return self._serializer(rows).data

    def restore(self, rows: LazyList, read: memoryview) -> None:
        """Make `rows` DRF's own data of the rows that were `read`, which are given as JSON.

        If these are not to be had any more, since they were changed or may not be seen now, the
        data is what the JSON says.
        """
        try:
            with _apart(self.reading.admitted.using):
                data = self.data()
            is_same = self._rendered(data) == read
        except Exception:  # noqa: BLE001 - whatever that raises, the answer is there
            _log.debug("The rows of %s cannot be read again", type(self.view), exc_info=True)
            is_same = False
        if not is_same:
            # Without a serializer: the view, which makes it, may be what raised.
            nobody: Any = None
            data = ReturnList(json.loads(bytes(read)), serializer=nobody)
        rows.fill(data)

    @property
    def style(self) -> JsonStyle:
        """How the rows are written."""
        return self.reading.admitted.style

    def asked(self, asker: str) -> None:
        """Hear who asked for the data of the answer."""
        told = f"the data of its last answers was asked for by {asker}"
        asked_of(type(self.view)).again(told)

    def passed(self) -> None:
        """Hear that the answer was sent and nobody asked for its data."""
        asked_of(type(self.view)).back_off.succeeded()
        self.reading.let_go()

    def rendered_by_drf(self, reason: FallBack) -> Outcome:
        """Return the outcome of the answer if DRF renders it."""
        return Outcome(reason=reason)

    def _serializer(self, page: Paginated | None) -> Any:
        rows = self.queryset if page is None else page
        return self.view.get_serializer(rows, many=True)

    def checked(self, response: Response, rows: LazyList, array: bytes) -> Response | None:
        """Return DRF's answer if it is another than `response`; None if it is the same."""
        answered: list[Response] = []

        def whole(array: bytes) -> bytes:
            return spliced(self._rendered, marked(response.data, rows), array)[0]

        def ordinary() -> bytes:
            answered.append(ordinary_answer(self.view, self.queryset))
            return self._rendered(answered[0].data)

        def again() -> bytes | None:
            try:
                self.reading.again()
                return whole(self.reading.array(self.page))
            except (CannotCompileError, IndexError):
                return None

        ours = whole(array)
        once_more = Again(fast=again, ties=self.ties)
        if checked(type(self.view), ours, partial(theirs, ordinary), once_more) == ours:
            return None
        changing = FallBack(reason="a shadow request met rows that tie or were being changed")
        return with_outcome(answered[0], Outcome(reason=turned_off(type(self.view)) or changing))

    def ties(self, ours: bytes, other: bytes) -> bool:
        """Whether what differs is only which of the rows that tie are on the page, and how."""
        queryset = self.reading.ordinary_page()
        if queryset is None:
            return False
        if self._lists_tie(queryset, ours, other):
            return True
        if not plan_decides(queryset):
            return False
        if queryset._fields is not None:
            return same_rows(*(self._rows(json.loads(body)) for body in (ours, other)))
        try:
            made = _ready(self.view, self.queryset, "pk")
            way = _way(self.request, self.style, connections[queryset.db], made)
            return only_ties(self.view, queryset, way.read(queryset), self._rendered)
        except CannotCompileError:
            return False

    def _lists_tie(self, queryset: QuerySet, ours: bytes, other: bytes) -> bool:
        """Whether what differs is only the order within lists of rows, where it is not certain."""
        ready = self.reading.admitted.ready
        tied = ready.tied_lists(queryset)
        if not tied or sorted(ours) != sorted(other):
            return False
        mine, theirs = (self._rows(json.loads(body)) for body in (ours, other))
        return same_but_for_lists(mine, theirs, ready.compiled.plan.members, tied)

    def _rows(self, told: Any) -> Paginated:
        found = told if self.page is None else told.get("results", ())
        return cast("Paginated", found)

    def _rendered(self, data: Any) -> bytes:
        return rendered(self.request, data)


def _apart(using: str) -> AbstractContextManager[Any]:
    """Let an error of the database not break the transaction that is open, if one is."""
    is_open = connections[using].in_atomic_block
    return transaction.atomic(using) if is_open else nullcontext()
