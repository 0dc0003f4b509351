"""Answers that are more than their bytes: data that is asked for, envelopes, pickles, memory."""

import gc
import json
import pickle
import tracemalloc
from base64 import b64encode
from typing import Any
from uuid import UUID

from django.core.handlers.wsgi import WSGIHandler
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext, override_settings
from django.urls import path
from rest_framework import serializers
from rest_framework.pagination import PageNumberPagination
from rest_framework.test import APIRequestFactory

from fast.shop.lists import LISTS, ROWS, Cursors, Offsets, Pages, view
from fast.shop.models import Category, Note, Number, Product
from fast.shop.odd import hold
from fast.shop.views import NOTES, Flat, FlatFields, NumberFields
from fast.shop.ways import fast
from rowpath.fast.drf import outcome_of


def asked(view: Any, query: str = "") -> Any:
    """Return what `view` answers, not rendered."""
    return view.as_view()(APIRequestFactory().get(f"/{query}"))


def how(response: Any) -> str | None:
    outcome = outcome_of(response)
    return None if outcome is None else outcome.path or str(outcome.reason)


def seen(response: Any) -> list[Any]:
    """Return what a client sees of `response`."""
    if not getattr(response, "is_rendered", True):
        response.render()
    return [response.status_code, dict(response.headers), response.content.decode()]


def spelled(value: Any) -> Any:
    """Return `value` with the types of all that is in it, as JSON can say it."""
    name = f"{type(value).__module__}.{type(value).__qualname__}"
    if isinstance(value, dict):
        return [name, [[key, spelled(one)] for key, one in value.items()]]
    if isinstance(value, list):
        more = [_of_serializer(value.serializer)] if hasattr(value, "serializer") else []
        return [name, [spelled(one) for one in value], *more]
    return [name, repr(value)]


def _of_serializer(serializer: Any) -> list[str]:
    rows = serializer.instance
    return [type(serializer).__name__, type(serializer.child).__name__, *map(repr, rows)]


# A list's data, asked for


class Typed(serializers.ModelSerializer):
    code = serializers.SlugRelatedField(source="main", slug_field="code", read_only=True)
    price = serializers.ReadOnlyField()
    released = serializers.DateField(format=None)

    class Meta:
        model = Product
        fields = ("id", "code", "price", "released")


def _read(response: Any) -> None:
    """Do what projects do with an answer's data."""
    data = response.data
    rows = data["results"] if isinstance(data, dict) else data
    code = Category.objects.values_list("code", flat=True)[1]
    response.headers["Of-Code"] = str(sum(row["code"] == code for row in rows))
    response.headers["Sum"] = str(sum(row["price"] for row in rows))
    response.headers["Years"] = str({row["released"].year for row in rows if row["released"]})
    response.headers["Fields"] = str(list(rows.serializer.child.fields))
    response.headers["Types"] = f"{type(data)} {type(rows)} {isinstance(rows[0]['code'], UUID)}"


class InList:
    def list(self, request: Any, *arguments: Any, **more: Any) -> Any:
        response = super().list(request, *arguments, **more)
        _read(response)
        return response


class InFinalize:
    def finalize_response(self, *arguments: Any, **more: Any) -> Any:
        response: Any = super().finalize_response(*arguments, **more)
        _read(response)
        return response


class InDispatch:
    def dispatch(self, *arguments: Any, **more: Any) -> Any:
        response = super().dispatch(*arguments, **more)
        _read(response)
        return response


def _reading(method: Any) -> Any:
    def read(*arguments: Any, **more: Any) -> Any:
        response = method(*arguments, **more)
        _read(response)
        return response

    return read


class InDecorator:
    @_reading
    def list(self, request: Any, *arguments: Any, **more: Any) -> Any:
        return super().list(request, *arguments, **more)


class Quiet:
    """Does with an answer what needs no data."""

    def list(self, request: Any, *arguments: Any, **more: Any) -> Any:
        response = super().list(request, *arguments, **more)
        response["Asked-With"] = str(dict(request.data))
        return response

    def finalize_response(self, *arguments: Any, **more: Any) -> Any:
        response: Any = super().finalize_response(*arguments, **more)
        response.status_code = 203
        return response


FRONTS = {"list": InList, "finalize": InFinalize, "dispatch": InDispatch, "decorator": InDecorator}
PAGINATORS = {"none": None, "pages": Pages, "offsets": Offsets, "cursors": Cursors}


def _both(front: type, paginator: str, view: Any = None) -> tuple[Any, Any]:
    made = view or _typed(paginator)
    return type("View", (front, made), {}), type("View", (front, fast(made)), {})


def _typed(paginator: str) -> Any:
    rows = ROWS if paginator != "cursors" else Product.objects.all()
    return view(rows, Typed, pagination_class=PAGINATORS[paginator])


def asked_within(place: str, paginator: str) -> list[Any]:
    """Return whether code in front of list() sees DRF's data, at no cost, and how it was answered.

    The cost is the difference in statements.
    """
    theirs, ours = _both(FRONTS[place], paginator)
    with CaptureQueriesContext(connection) as by_drf:
        expected = seen(asked(theirs))
    with CaptureQueriesContext(connection) as by_fast:
        answer = asked(ours)
        told = seen(answer)
    return [told == expected, len(by_fast) - len(by_drf), how(answer)]


def asked_by_middleware(paginator: str, *, rendered: bool) -> list[Any]:
    """Return whether code around the view sees DRF's data, and how the list was answered."""
    told = []
    for each in (_typed(paginator), fast(_typed(paginator))):
        answer = asked(each)
        if rendered:
            answer.render()
        _read(answer)
        told.append(seen(answer))
    return [told[0] == told[1], how(answer)]


def quiet(paginator: str) -> list[Any]:
    """Return whether an override that asks for no data gets DRF's answer, and how."""
    theirs, ours = _both(Quiet, paginator)
    answer = asked(ours)
    return [seen(answer) == seen(asked(theirs)), how(answer)]


def different_data(*, rendered: bool) -> list[str]:
    """Return the lists whose data has another value, type or container than DRF's."""
    return [
        f"{name}{query}"
        for name, (each, queries) in LISTS.items()
        for query in queries
        if query != "next" and not hasattr(each, "stream_above_rows")
        if _data_of(each, query, rendered) != _data_of(fast(each), query, rendered)
    ]


def _data_of(each: Any, query: str, rendered: bool) -> Any:  # noqa: FBT001 - a test's own
    answer = asked(each, query)
    if rendered:
        answer.render()
    return [spelled(answer.data), *seen(answer)]


def changed_by_middleware() -> list[Any]:
    """Return both bodies after their data was changed before they were rendered."""
    bodies = []
    for each in (paged(Pages), fast(paged(Pages))):
        answer = asked(each)
        answer.data["results"][0]["text"] = "changed"
        answer.data["more"] = [answer.data["results"][1]["id"]]
        bodies.append(seen(answer))
    return [bodies[0] == bodies[1], json.loads(bodies[1][2])["results"][0]["text"]]


def paged(paginator: Any) -> Any:
    return view(NOTES, FlatFields, pagination_class=paginator)


def data_of_changed_rows(change: str) -> bool:
    """Return whether data that is asked for after its rows were changed is what was read."""
    told = []
    for each in (paged(Pages), fast(paged(Pages))):
        with transaction.atomic():
            answer = asked(each)
            if each.__mro__[1].__name__ == "ListAPIView":
                _ = answer.data
            {
                "deleted": lambda: Note.objects.all().delete(),
                "updated": lambda: Note.objects.update(text="read"),
                "forbidden": _forbid,
            }[change]()
            told.append([answer.data["results"].__class__.__name__, len(answer.data["results"])])
            told[-1].append(seen(answer))
            told[-1].append(connection.needs_rollback)
            transaction.set_rollback(True)
    return told[0] == told[1]


def _forbid() -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE ROLE nobody; SET LOCAL ROLE nobody")


def keeps_asking(requests: int) -> list[Any]:
    """Return how each of several requests was answered, and its statements."""
    each, told = fast(view(NOTES, FlatFields)), []
    for _ in range(requests):
        with CaptureQueriesContext(connection) as captured:
            answer = asked(each)
            first = how(answer)
            _read_by_an_audit(answer)
        seen(answer)
        answer.close()
        told.append([first, len(captured)])
    return told


def _read_by_an_audit(answer: Any) -> Any:
    return answer.data


def asks_seldom(requests: int) -> list[str | None]:
    """Return how requests are answered of which every other is asked for its data."""
    each, told = fast(view(NOTES, FlatFields)), []
    for number in range(requests):
        answer = asked(each)
        told.append(how(answer))
        if number % 2 == 0:
            _read_by_an_audit(answer)
        seen(answer)
        answer.close()
    return told


# Pickles


def pickles() -> dict[str, list[str]]:
    """Return pickled answers, DRF's and the fast one, by what answered."""
    views = {
        "pages": paged(Pages),
        "whole": LISTS["whole"][0],
        "method": LISTS["method"][0],
    }
    told = {}
    for name, each in views.items():
        answers = [asked(one).render() for one in (each, fast(each))]
        told[name] = [b64encode(pickle.dumps(answer)).decode() for answer in answers]
    return told


def pickled_here() -> list[Any]:
    """Return what becomes of an answer that is pickled, and of one that is not rendered yet."""
    answer = asked(fast(Flat)).render()
    before = answer.content
    again = pickle.loads(pickle.dumps(answer))  # noqa: S301 - our own
    unrendered = asked(fast(Flat))
    try:
        pickle.dumps(unrendered)
        raised = None
    except Exception as error:  # noqa: BLE001 - it is the answer
        raised = type(error).__name__
    return [
        again.content == before == answer.content,
        type(again).__name__,
        outcome_of(again) is None,
        how(answer),
        raised,
        how(unrendered),
    ]


# Memory


def _numbers(paginator: Any) -> Any:
    return view(Number.objects.order_by("id"), NumberFields, pagination_class=paginator)


class _Whole(PageNumberPagination):
    page_size = 20_000


_large_views: dict[str, Any] = {"one": fast(_numbers(None)), "page": fast(_numbers(_Whole))}
urlpatterns = [path(f"{name}/", each.as_view()) for name, each in _large_views.items()]


def bodies_alive(kind: str, requests: int) -> list[int]:
    """Return an answer's bytes, those of bodies while the last is sent, and those afterwards.

    Python's search for cycles does not run meanwhile.
    """
    hold(20_000)
    with override_settings(ROOT_URLCONF=__name__, MIDDLEWARE=[], ROWPATH={}):
        handler = WSGIHandler()
        size = sum(map(len, _served(handler, kind)))
        gc.collect()
        gc.disable()
        tracemalloc.start()
        try:
            for _ in range(requests):
                answer = _served(handler, kind)
                during = _large(size)
                answer.close()
            del answer
            afterwards = _large(size)
        finally:
            tracemalloc.stop()
            gc.enable()
    return [size, during, afterwards]


def _large(size: int) -> int:
    sizes = (trace.size for trace in tracemalloc.take_snapshot().traces)
    return sum(one for one in sizes if one > size // 2)


def _served(handler: Any, kind: str) -> Any:
    environ = APIRequestFactory().get(f"/{kind}/").environ
    status: list[str] = []
    answer = handler(environ, lambda line, _headers, *_: status.append(line))
    assert status == ["200 OK"]
    return answer
