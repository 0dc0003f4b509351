"""Views that make their answers of a serializer's data themselves, with and without FastSerializer.

Each is told with its answer's body and data, the calls and the statements that it made.
"""

import copy
import gc
import json
import pickle
from typing import Any
from unittest import mock

from django.core.cache import cache
from django.db import connection
from django.http import JsonResponse
from django.test.utils import CaptureQueriesContext, override_settings
from rest_framework import serializers
from rest_framework.decorators import api_view
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory
from rest_framework.views import APIView

from fast.exact import stand_in_a_module
from fast.shop.models import Product, Topic
from fast.shop.passing.generic import FastTopics, Paged, Topics, by_drfs, by_ours
from fast.shop.passing.views import ANSWERS, LOOKS, Pages, direct
from fast.shop.representing.bases import CASES, DRFS, OURS, Bases
from fast.shop.unbatched import with_all_statements
from fast.shop.writing import answered, lists_written
from rowpath.fast.drf import FastSerializer, outcome_of
from rowpath.fast.drf.admission.passing import _sites


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
    for name, made in (("theirs", Topics), ("ours", FastTopics)):

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
    serializer = FastTopics(_topics(), many=True)
    with CaptureQueriesContext(connection) as queries:
        response = Response(serializer.data)
        again = serializer.data
        once_more = serializer.data
        same = [again == once_more, response.data == again, again.serializer is serializer]
    return [*same, again == Topics(_topics(), many=True).data, len(queries)]


def changed_by_another() -> list[Any]:
    """Return whether the answer has what was changed in the data that was asked for behind it."""
    serializer = FastTopics(_topics(), many=True)
    response = Response(serializer.data)
    serializer.data[0]["name"] = "changed"
    return [response.data[0]["name"], pickle.loads(pickle.dumps(vars(serializer)["_data"]))[0]]  # noqa: S301


class _AskingPaginator(Paged):
    """Whose own paginator asks the database each time."""

    @property
    def paginator(self) -> Any:
        return Pages() if Topic.objects.count() else None

    def get(self, request: Any, **_: Any) -> Response:
        data = self.get_serializer(self.get_queryset(), many=True).data
        if "paged" in request.query_params:
            return self.get_paginated_response(data)
        return Response(data)


def statements_of_a_paginator() -> list[int]:
    """Return the statements of a view whose paginator asks, by DRF and with FastSerializer."""
    counts = []
    for made in (Topics, FastTopics):
        view: Any = type("View", (_AskingPaginator,), {"serializer_class": made})
        with CaptureQueriesContext(connection) as queries:
            view.as_view()(APIRequestFactory().get("/")).render()
        counts.append(len(queries))
    return counts


def copied() -> list[Any]:
    """Return whether the copy of a serializer that was asked has its data, and the statements."""
    serializer = FastTopics(_topics(), many=True)
    with CaptureQueriesContext(connection) as queries:
        response = Response(serializer.data)
        again = copy.copy(serializer).data
    return [again == response.data, len(again) > 0, len(queries)]


def answered_twice() -> list[Any]:
    """Return the bodies of two answers that have the same data."""

    def get(_: Any, request: Any) -> Response:
        del request
        data = FastTopics(_topics(), many=True).data
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
    return [*bodies, JSONRenderer().render(Topics(_topics(), many=True).data).decode()]


def let_go(*, looked_at: bool) -> list[int]:
    """Return how many lists are held while an answer is there, and once it was sent."""
    gc.collect()
    gc.disable()
    try:
        response = by_ours(APIRequestFactory().get("/"))
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
    theirs, ours = by_drfs(request).render(), by_ours(request).render()
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
    names: dict[str, Any] = {"Response": Response, "made": FastTopics, "rows": _topics}
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
    return Response(FastTopics(_topics(), many=True).data)


def cached() -> bool:
    """Return whether an answer that a cache has pickled is the answer."""
    response = by_ours(APIRequestFactory().get("/")).render()
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
        view = _view(lambda _, made=made: direct(None, made, Product.objects.order_by("pk")[:20]))
        with CaptureQueriesContext(connection) as queries:
            view.as_view()(APIRequestFactory().get("/")).render()
        counts.append(len(queries))
    return counts


def from_a_plain_django_view() -> bool:
    """Return whether DRF's data is what code gets that makes another answer of it."""
    theirs = JsonResponse(Topics(_topics(), many=True).data, safe=False)
    ours = JsonResponse(FastTopics(_topics(), many=True).data, safe=False)
    return ours.content == theirs.content


def of_threads() -> list[str | None]:
    """Return the ways of answers that are made by threads at once."""
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(4) as pool:
        answers = pool.map(lambda _: _closing(by_ours), range(16))
        return [*answers]


def _closing(view: Any) -> str | None:
    try:
        outcome = outcome_of(view(APIRequestFactory().get("/")).render())
        return None if outcome is None else outcome.way
    finally:
        connection.close()
