"""Views that make their answers of a serializer's data themselves, with and without FastSerializer.

Each is told with its answer's body and data, the calls and the statements that it made.
"""

import copy
import gc
import json
import pickle
from collections.abc import Callable
from contextvars import copy_context
from typing import Any
from unittest import mock

from django.core.cache import cache
from django.db import connection
from django.http import JsonResponse
from django.test.utils import CaptureQueriesContext, override_settings
from rest_framework import response as responses
from rest_framework import serializers
from rest_framework.decorators import api_view
from rest_framework.generics import ListAPIView
from rest_framework.pagination import LimitOffsetPagination, PageNumberPagination
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory
from rest_framework.views import APIView

from fast.exact import stand_in_a_module
from fast.shop.models import Product, Topic
from fast.shop.representing.bases import CASES, DRFS, OURS, Bases
from fast.shop.unbatched import with_all_statements
from fast.shop.writing import answered, lists_written
from rowpath.fast.drf import FastMixin, FastSerializer, outcome_of
from rowpath.fast.drf.admission.passing import _sites

Made = tuple[Any, Any]
"""A serializer class and its rows."""

ANSWERS: dict[str, Callable[..., Any]] = {}
"""What an APIView answers, of its request, serializer class and rows: rowpath writes the rows."""
LOOKS: dict[str, Callable[..., Any]] = {}
"""The same where something else gets the rows: they are data."""


def _name(function: Any) -> str:
    return str(function.__name__.strip("_"))


def _answers(function: Any) -> Any:
    ANSWERS[_name(function)] = function
    return function


def _looks(function: Any) -> Any:
    LOOKS[_name(function)] = function
    return function


class _Pages(PageNumberPagination):
    page_size = 2


@_answers
def _direct(_: Any, made: Any, rows: Any) -> Response:
    return Response(made(rows, many=True).data)


@_answers
def _with_a_status(_: Any, made: Any, rows: Any) -> Response:
    serializer = made(rows, many=True)
    return Response(
        serializer.data,
        status=202 if rows is not None else 200,
        headers={"X-Mine": str(len(made.__name__))},
    )


@_answers
def _by_keyword(_: Any, made: Any, rows: Any) -> Response:
    return Response(status=201, data=made(rows, many=True).data)


@_answers
def _of_a_module(_: Any, made: Any, rows: Any) -> Response:
    return responses.Response(made(instance=rows, many=True).data)


@_answers
def _imported_within(_: Any, made: Any, rows: Any) -> Any:
    from rest_framework.response import Response as Answer

    return Answer(made(rows, many=True).data)


@_answers
def _around(request: Any, made: Any, rows: Any) -> Response:
    serializer = made(rows, many=True, context={"request": request})
    return Response({"results": serializer.data, "count": 3, "of": {"method": request.method}})


@_answers
def _deep(_: Any, made: Any, rows: Any) -> Response:
    return Response({"data": {"rows": made(rows, many=True).data, "é": "ü"}})


@_answers
def _named(_: Any, made: Any, rows: Any) -> Response:
    data = made(rows, many=True).data
    status = 200 if rows is not None else 404
    return Response(data, status)


@_answers
def _named_around(_: Any, made: Any, rows: Any) -> Response:
    payload = {"message": "all of them", "rows": made(rows, many=True).data}
    if rows is None:
        return Response(payload, status=404)
    return Response(payload)


@_answers
def _either(_: Any, made: Any, rows: Any) -> Response:
    return Response(made(rows, many=True).data if rows is not None else [])


@_answers
def _changed_after(_: Any, made: Any, rows: Any) -> Response:
    response = Response(made(rows, many=True).data)
    response["X-Mine"] = "mine"
    response.set_cookie("mine", "1")
    return response


@_answers
def _by_a_paginator(request: Any, made: Any, rows: Any) -> Response:
    paginator = _Pages()
    page = paginator.paginate_queryset(rows, request)
    return paginator.get_paginated_response(made(page, many=True).data)


@_answers
def _by_limits(request: Any, made: Any, rows: Any) -> Response:
    paginator = LimitOffsetPagination()
    paginator.default_limit = 2
    serializer = made(paginator.paginate_queryset(rows, request), many=True)
    return paginator.get_paginated_response(serializer.data)


@_answers
def _asked_before(_: Any, made: Any, rows: Any) -> Response:
    other = made(list(rows)[:1], many=True).data
    return Response(made(rows, many=True).data, headers={"X-Rows": str(len(other))})


@_answers
def _two(_: Any, made: Any, rows: Any) -> Response:
    """Answer two lists, of which the second becomes data."""
    first, again = made(rows, many=True), made(list(rows)[:2], many=True)
    return Response({"first": first.data, "second": again.data})


@_looks
def _named_anew(request: Any, made: Any, rows: Any) -> Any:
    respond: Any = Response
    more: dict[str, Any] = {}
    data = made(rows, many=True).data
    if request is not None:
        respond, more = _Answer, {"status": 203}
    return respond(data, **more)


@_looks
def _waiting(_: Any, made: Any, rows: Any) -> Response:
    def answers() -> Any:
        data = made(rows, many=True).data
        yield
        yield Response(data)

    going = answers()
    copy_context().run(next, going)
    return copy_context().run(next, going)


@_looks
def _twice(_: Any, made: Any, rows: Any) -> Response:
    serializer = made(rows, many=True)
    return Response({"first": serializer.data, "second": serializer.data})


@_looks
def _counted(_: Any, made: Any, rows: Any) -> Response:
    data = made(rows, many=True).data
    return Response({"count": len(data), "rows": data})


@_looks
def _dumped(_: Any, made: Any, rows: Any) -> Response:
    return Response(json.loads(JSONRenderer().render(made(rows, many=True).data)))


@_looks
def _in_a_list(_: Any, made: Any, rows: Any) -> Response:
    return Response([made(rows, many=True).data, 1])


@_looks
def _unpacked(_: Any, made: Any, rows: Any) -> Response:
    return Response({**dict(enumerate(made(rows, many=True).data)), "last": 1})


@_looks
def _joined(_: Any, made: Any, rows: Any) -> Response:
    return Response(made(rows, many=True).data or [])


@_looks
def _in_a_closure(_: Any, made: Any, rows: Any) -> Response:
    data = made(rows, many=True).data

    def first() -> Any:
        return data[:1]

    return Response(data, headers={"X-First": str(len(first()))})


@_looks
def _by_its_locals(_: Any, made: Any, rows: Any) -> Response:
    data = made(rows, many=True).data
    return Response(data, headers={"X-Rows": str(len(locals()["data"]))})


@_looks
def _added_to(_: Any, made: Any, rows: Any) -> Response:
    data = made(rows, many=True).data
    data += [1]
    return Response(data)


@_looks
def _by_getattr(_: Any, made: Any, rows: Any) -> Response:
    return Response(getattr(made(rows, many=True), "data"))  # noqa: B009 - what is tried


class _Answer(Response):
    def __init__(self, data: Any = None, **more: Any) -> None:
        super().__init__(data, **more)
        self["X-First"] = str(len(json.dumps(data, default=str)))


@_looks
def _of_another_class(_: Any, made: Any, rows: Any) -> Response:
    return _Answer(made(rows, many=True).data)


def _enclosed(data: Any) -> Response:
    return Response({"first": data[:1], "all": data})


@_looks
def _by_a_helper(_: Any, made: Any, rows: Any) -> Response:
    return _enclosed(made(rows, many=True).data)


class _OwnPages(_Pages):
    def get_paginated_response(self, data: Any) -> Response:
        return Response({"rows": json.loads(json.dumps(data, default=str))})


@_looks
def _by_an_envelope_of_its_own(request: Any, made: Any, rows: Any) -> Response:
    paginator = _OwnPages()
    page = paginator.paginate_queryset(rows, request)
    return paginator.get_paginated_response(made(page, many=True).data)


def passed(by: str, of: str, *, again: bool) -> dict[str, Any]:
    """Return what a view answers that passes on, or looks at, the data of a case's rows."""
    theirs, _ = _told(by, of, DRFS, again=again)
    ours, way = with_all_statements(theirs, lambda: _told(by, of, OURS, again=again))
    return {"theirs": theirs, "ours": ours, "way": way}


def _told(by: str, of: str, bases: Bases, *, again: bool) -> tuple[list[Any], str | None]:
    _sites.clear()  # what is told below looks at each answer's data, which is remembered
    made, rows = CASES[of](bases)
    if again:
        stand_in_a_module(made)
    function = (ANSWERS | LOOKS)[by]
    view = _view(lambda request: function(request, made, rows))
    with CaptureQueriesContext(connection) as queries:
        told, way = answered(view)
    return [*told, [each["sql"] for each in queries]], way


def _view(answer: Any) -> Any:
    return type("View", (APIView,), {"get": lambda _, request: answer(request)})


class _Theirs(serializers.ModelSerializer[Topic]):
    class Meta:
        model = Topic
        fields = ("id", "name")


class _Ours(FastSerializer, _Theirs):
    pass


class _Listing(ListAPIView[Any]):
    """Without a mixin."""

    queryset = Topic.objects.order_by("pk")
    serializer_class = _Theirs


class _Paged(_Listing):
    pagination_class = _Pages


class _Rewritten(_Paged):
    def list(self, request: Any, *_: Any, **__: Any) -> Response:
        queryset = self.filter_queryset(self.get_queryset())
        page = self.paginate_queryset(queryset)
        if page is not None and "all" not in request.query_params:
            serializer = self.get_serializer(page, many=True)
            return self.get_paginated_response(serializer.data)
        serializer = self.get_serializer(queryset, many=True)
        return Response(serializer.data)


class _ByItsPaginator(_Paged):
    def get(self, *_: Any, **__: Any) -> Any:
        page = self.paginate_queryset(self.get_queryset())
        assert self.paginator is not None
        return self.paginator.get_paginated_response(self.get_serializer(page, many=True).data)


class _Enveloping(_Rewritten):
    def get_paginated_response(self, data: Any) -> Response:
        return Response({"rows": json.loads(json.dumps(data))})


GENERIC = {
    "list": _Listing,
    "paged": _Paged,
    "rewritten": _Rewritten,
    "by_its_paginator": _ByItsPaginator,
    "enveloping": _Enveloping,
}


def generic(of: str, by: str, query: str = "", **said: Any) -> dict[str, Any]:
    """Return what a generic view answers without FastListMixin: its serializer, or it, is fast."""
    _sites.clear()
    base = GENERIC[of]
    fast = {
        "serializer": type("Fast", (base,), {"serializer_class": _Ours}),
        "view": type("Fast", (FastMixin, base), {}),
    }
    theirs, _ = answered(base, QUERY_STRING=query, **said)
    ours, way = answered(fast[by], QUERY_STRING=query, **said)
    return {"theirs": theirs, "ours": ours, "way": way}


@api_view()
def _function_of_drfs(_request: Any) -> Response:
    return Response(_Theirs(Topic.objects.order_by("pk"), many=True).data)


@api_view()
def _function(_request: Any) -> Response:
    return Response(_Ours(Topic.objects.order_by("pk"), many=True).data)


def by_function() -> dict[str, Any]:
    """Return what a view answers that is a function."""
    request = APIRequestFactory().get("/")
    theirs, ours = _function_of_drfs(request).render(), _function(request).render()
    outcome = outcome_of(ours)
    return {
        "theirs": theirs.content.decode(),
        "ours": ours.content.decode(),
        "way": outcome and outcome.way,
    }


class _Plain(BaseRenderer):
    media_type = "text/plain"
    format = "plain"

    def render(self, data: Any, *_: Any) -> bytes:
        return repr([type(data).__name__, [dict(row) for row in data]]).encode()


class _Ascii(JSONRenderer):
    ensure_ascii = True
    compact = False


def rendered(by: str) -> dict[str, Any]:
    """Return what a view's renderer makes of the rows, where nobody told the serializer of it."""
    _sites.clear()
    accepted = {
        "json": "application/json",
        "indented": "application/json; indent=4",
        "plain": "text/plain",
        "ascii": "application/json",
    }[by]
    told: dict[str, Any] = {}
    for name, made in (("theirs", _Theirs), ("ours", _Ours)):

        def get(_: Any, request: Any, made: Any = made) -> Response:
            del request
            return Response(made(Topic.objects.order_by("pk"), many=True).data)

        first = _Ascii if by == "ascii" else JSONRenderer
        members = {"get": get, "renderer_classes": [first, _Plain]}
        view = type("View", (APIView,), members).as_view()
        response = view(APIRequestFactory().get("/", HTTP_ACCEPT=accepted)).render()
        told[name] = [response.content.decode(), dict(response.headers)]
        outcome = outcome_of(response)
        told["way"] = outcome and outcome.way
    return told


def _topics() -> Any:
    return Topic.objects.order_by("pk")


def asked_again() -> list[Any]:
    """Return what a serializer has for those who ask it again, and the statements of it all."""
    serializer = _Ours(_topics(), many=True)
    with CaptureQueriesContext(connection) as queries:
        response = Response(serializer.data)
        again = serializer.data
        once_more = serializer.data
        same = [again == once_more, response.data == again, again.serializer is serializer]
    return [*same, again == _Theirs(_topics(), many=True).data, len(queries)]


def changed_by_another() -> list[Any]:
    """Return whether the answer has what was changed in the data that was asked for behind it."""
    serializer = _Ours(_topics(), many=True)
    response = Response(serializer.data)
    serializer.data[0]["name"] = "changed"
    return [response.data[0]["name"], pickle.loads(pickle.dumps(vars(serializer)["_data"]))[0]]  # noqa: S301


class _AskingPaginator(_Paged):
    """Whose own paginator asks the database each time."""

    @property
    def paginator(self) -> Any:
        return _Pages() if Topic.objects.count() else None

    def get(self, request: Any, **_: Any) -> Response:
        data = self.get_serializer(self.get_queryset(), many=True).data
        if "paged" in request.query_params:
            return self.get_paginated_response(data)
        return Response(data)


def statements_of_a_paginator() -> list[int]:
    """Return the statements of a view whose paginator asks, by DRF and with FastSerializer."""
    counts = []
    for made in (_Theirs, _Ours):
        view: Any = type("View", (_AskingPaginator,), {"serializer_class": made})
        with CaptureQueriesContext(connection) as queries:
            view.as_view()(APIRequestFactory().get("/")).render()
        counts.append(len(queries))
    return counts


def copied() -> list[Any]:
    """Return whether the copy of a serializer that was asked has its data, and the statements."""
    serializer = _Ours(_topics(), many=True)
    with CaptureQueriesContext(connection) as queries:
        response = Response(serializer.data)
        again = copy.copy(serializer).data
    return [again == response.data, len(again) > 0, len(queries)]


def answered_twice() -> list[Any]:
    """Return the bodies of two answers that have the same data."""

    def get(_: Any, request: Any) -> Response:
        del request
        data = _Ours(_topics(), many=True).data
        if data is None:
            return Response(data)
        first = Response(data)
        kept.append(first)
        return Response(data)

    kept: list[Any] = []
    second = type("View", (APIView,), {"get": get}).as_view()(APIRequestFactory().get("/"))
    for name in ("accepted_renderer", "accepted_media_type", "renderer_context"):
        setattr(kept[0], name, getattr(second, name))
    bodies = [one.render().content.decode() for one in (kept[0], second)]
    return [*bodies, JSONRenderer().render(_Theirs(_topics(), many=True).data).decode()]


def let_go(*, looked_at: bool) -> list[int]:
    """Return how many lists are held while an answer is there, and once it was sent."""
    gc.collect()
    gc.disable()
    try:
        response = _function(APIRequestFactory().get("/"))
        if looked_at:
            assert len(response.data) > 0
        response.render()
        held = [lists_written()]
        response.close()
        del response
        return [*held, lists_written()]
    finally:
        gc.enable()


def under(patched: str) -> list[Any]:
    """Return the way of an answer under a patch, and whether the body is DRF's; and after it."""
    told: list[Any] = []
    with _patch(patched):
        told += _way_and_same()
    return told + _way_and_same()


def _way_and_same() -> list[Any]:
    request = APIRequestFactory().get("/")
    theirs, ours = _function_of_drfs(request).render(), _function(request).render()
    outcome = outcome_of(ours)
    return [outcome and outcome.way, ours.content == theirs.content]


def _patch(name: str) -> Any:
    if name == "response":
        theirs = Response.__init__

        def __init__(self: Any, data: Any = None, *args: Any, **kwargs: Any) -> None:  # noqa: N807
            theirs(self, json.loads(json.dumps(data)), *args, **kwargs)

        return mock.patch.object(Response, "__init__", __init__)
    if name == "renderer":
        return mock.patch.object(JSONRenderer, "render", return_value=b"[]")
    return override_settings(ROWPATH={name: False})


def without_its_source() -> list[Any]:
    """Return the way of an answer of code whose source is another's."""
    code = compile(
        "def get(self, request):\n    return Response(made(rows(), many=True).data)\n",
        __file__,
        "exec",
    )
    names: dict[str, Any] = {"Response": Response, "made": _Ours, "rows": _topics}
    exec(code, names)  # noqa: S102 - code that is nowhere
    view = type("View", (APIView,), {"get": names["get"]})
    response = view.as_view()(APIRequestFactory().get("/")).render()
    return [outcome_of(response), len(response.data)]


def looked_at_often() -> list[Any]:
    """Return the ways of the answers of a view whose answers' data somebody always looks at."""
    ways = []
    for _ in range(12):
        response = _looked_at(APIRequestFactory().get("/"))
        outcome = outcome_of(response)
        ways.append(outcome and outcome.way)
        assert len(response.data) == Topic.objects.count()
    return ways


@api_view()
def _looked_at(_request: Any) -> Response:
    return Response(_Ours(_topics(), many=True).data)


def cached() -> bool:
    """Return whether an answer that a cache has pickled is the answer."""
    response = _function(APIRequestFactory().get("/")).render()
    cache.set("passed", response)
    found = cache.get("passed")
    return type(found) is Response and found.content == response.content


def loaded_at_once() -> list[int]:
    """Return the statements of DRF and of rowpath for rows whose relation nobody loaded."""

    class Theirs(serializers.ModelSerializer[Product]):
        category_name = serializers.CharField(source="category.name", default=None)

        class Meta:
            model = Product
            fields = ("id", "category_name")

    counts = []
    for bases in ((Theirs,), (FastSerializer, Theirs)):
        made: Any = type("Made", bases, {})
        view = _view(lambda _, made=made: _direct(None, made, Product.objects.order_by("pk")[:20]))
        with CaptureQueriesContext(connection) as queries:
            view.as_view()(APIRequestFactory().get("/")).render()
        counts.append(len(queries))
    return counts


def from_a_plain_django_view() -> bool:
    """Return whether DRF's data is what code gets that makes another answer of it."""
    theirs = JsonResponse(_Theirs(_topics(), many=True).data, safe=False)
    ours = JsonResponse(_Ours(_topics(), many=True).data, safe=False)
    return ours.content == theirs.content


def of_threads() -> list[str | None]:
    """Return the ways of answers that are made by threads at once."""
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(4) as pool:
        answers = pool.map(lambda _: _closing(_function), range(16))
        return [*answers]


def _closing(view: Any) -> str | None:
    try:
        outcome = outcome_of(view(APIRequestFactory().get("/")).render())
        return None if outcome is None else outcome.way
    finally:
        connection.close()
