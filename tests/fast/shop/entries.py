"""Views whose serializers are DRF's own, by DRF alone and with rowpath's mixins."""

import io
import json
import re
from typing import Any, cast

from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext, override_settings
from django.urls import path
from django.utils import timezone
from rest_framework import serializers
from rest_framework.generics import GenericAPIView, ListAPIView, RetrieveAPIView
from rest_framework.pagination import BasePagination
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory
from rest_framework.viewsets import ModelViewSet

from fast.exact import chain, exact, stand_in_a_module
from fast.shop.models import Product, Topic
from fast.shop.representing import CASES, DRFS, products, recorded
from rowpath.fast.drf import FastListMixin, FastMixin, FastSerializer, outcome_of

MIXINS: dict[str | None, tuple[type, ...]] = {
    None: (),
    "FastListMixin": (FastListMixin,),
    "FastMixin": (FastMixin,),
}


class _Halves(BasePagination):
    """A paginator that rowpath knows nothing of."""

    def paginate_queryset(self, queryset: Any, request: Any, view: Any = None) -> Any:  # noqa: ARG002
        rows = list(queryset)
        return rows[: (len(rows) + 1) // 2]

    def get_paginated_response(self, data: Any) -> Response:
        return Response({"count": len(data), "rows": data})


class _List(ListAPIView[Any]):
    pass


class _Page(ListAPIView[Any]):
    pagination_class = _Halves


class _Rewritten(ListAPIView[Any]):
    def list(self, request: Any, *_: Any, **__: Any) -> Response:
        """List the rows in code of its own, with the serializer by its name."""
        data = self.get_serializer(self.get_queryset(), many=True).data
        return Response({"mine": data}, headers={"X-Mine": request.method})


class _Detail(RetrieveAPIView[Any]):
    def get_object(self) -> Any:
        """Return the first row."""
        return next(iter(self.get_queryset()))


VIEWS: dict[str, type[GenericAPIView[Any]]] = {
    "list": _List,
    "page": _Page,
    "rewritten": _Rewritten,
    "detail": _Detail,
}


def entered(of: str, view: str, mixin: str, *, again: bool) -> dict[str, Any]:
    """Return what a view tells of a case's rows, by DRF alone and with a mixin."""
    theirs, _ = _told(of, view, None, again=again)
    ours, way = _told(of, view, mixin, again=again)
    return {"theirs": theirs, "ours": ours, "way": way}


def _told(of: str, view: str, mixin: str | None, *, again: bool) -> tuple[Any, str | None]:
    recorded.clear()
    serializer_class, rows = CASES[of](DRFS)
    if again:
        stand_in_a_module(serializer_class)
    made = made_view(view, mixin, serializer_class, rows)
    way: str | None = None
    told: list[Any]
    with timezone.override(None), CaptureQueriesContext(connection) as queries:
        try:
            response = asked(made)
            outcome = outcome_of(response)
            way = None if outcome is None else outcome.way
            told = [exact(response.data), dict(response.headers), _of(response.data)]
        except Exception as error:  # noqa: BLE001 - whatever it is, both have to raise it
            told = chain(error)
    return [told, recorded[:], [each["sql"] for each in queries]], way


def made_view(view: str, mixin: str | None, serializer_class: type, rows: Any) -> Any:
    """Return a view of `rows`, which no fast list reads."""
    members = {"serializer_class": serializer_class, "get_queryset": lambda _: list(rows)}
    return type("View", (*MIXINS[mixin], VIEWS[view]), members)


def asked(view: Any, **said: Any) -> Any:
    """Return what the view answers, not rendered."""
    return view.as_view()(APIRequestFactory().get("/", HTTP_ACCEPT="application/json", **said))


def _of(data: Any) -> list[Any]:
    """Return what is there of the serializer: its class, and what it has of its own."""
    rows = next((data[name] for name in ("mine", "rows") if name in data), data)
    made = rows.serializer
    one = getattr(made, "child", made)
    named = serializer_names(one)
    return [type(made).__name__, type(one).__name__, type(one).__mro__[1].__name__, named]


# What DRF makes when somebody asks for the fields.
_MADE_WITH_FIELDS = {"fields", "_readable_fields", "_writable_fields", "url_field_name"}


def serializer_names(one: Any) -> list[str]:
    """Return the names of a serializer's own attributes; its fields are made or not."""
    return sorted(vars(one).keys() - _MADE_WITH_FIELDS)


class _Shouting(serializers.ModelSerializer[Topic]):
    class Meta:
        model = Topic
        fields = ("id", "name")

    def to_representation(self, instance: Any) -> Any:
        data = super().to_representation(instance)
        return {**data, "name": data["name"].upper(), "of": self.told()}

    def told(self) -> str:
        return "plain"


class _ThatLooks(_Shouting):
    def told(self) -> str:
        return str(type(self) is _ThatLooks)


class _ThatLooksAtItself(_Shouting):
    def told(self) -> str:
        return str(self.__class__ is _ThatLooksAtItself)


class _Registered(_Shouting):
    classes: list[type] = []  # noqa: RUF012 - it hears of its subclasses

    def __init_subclass__(cls) -> None:
        _Registered.classes.append(cls)


class _Anew(_Shouting):
    def to_representation(self, instance: Any) -> Any:
        return {"anew": instance.pk}


class _Fast(FastSerializer, serializers.ModelSerializer[Topic]):
    class Meta:
        model = Topic
        fields = ("id", "name")

    def to_representation(self, instance: Any) -> Any:
        return {**super().to_representation(instance), "fast": True}


SHOUTING = {
    cls.__name__.strip("_"): cls
    for cls in (_Shouting, _ThatLooks, _ThatLooksAtItself, _Registered, _Anew, _Fast)
}


def shouted(of: str) -> dict[str, Any]:
    """Return what a serializer tells that changes DRF's data, by DRF and by FastMixin."""
    topics = Topic.objects.order_by("pk")[:3]
    theirs = asked(made_view("list", None, SHOUTING[of], topics))
    ours = asked(made_view("list", "FastMixin", SHOUTING[of], topics))
    outcome = outcome_of(ours)
    return {
        "theirs": exact(theirs.data),
        "ours": exact(ours.data),
        "way": outcome and outcome.way,
        "registered": len(_Registered.classes),
        "class": type(ours.data.serializer.child) is SHOUTING[of],
    }


class _Topics(ModelViewSet[Topic]):
    queryset = Topic.objects.order_by("pk")

    class _Serializer(serializers.ModelSerializer[Topic]):
        class Meta:
            model = Topic
            fields = ("id", "name")

    serializer_class = _Serializer


def written(given: Any) -> list[Any]:
    """Return what is answered to what is created, changed and wrong, by DRF and by FastMixin."""
    told = []
    for mixin in (None, "FastMixin"):
        view: Any = type("View", (*MIXINS[mixin], _Topics), {})
        factory = APIRequestFactory()
        created = view.as_view({"post": "create"})(factory.post("/", given, format="json"))
        answers = [created]
        key = created.data.get("id")
        if created.status_code == 201:
            one = view.as_view({"put": "update", "patch": "partial_update", "get": "retrieve"})
            answers += [
                one(factory.put("/", {"name": "changed"}, format="json"), pk=key),
                one(factory.patch("/", {"name": "x" * 999}, format="json"), pk=key),
                one(factory.get("/"), pk=key),
            ]
            Topic.objects.filter(pk=key).delete()
        told.append([_without_key(answer, key) for answer in answers])
    return told


def _without_key(answer: Any, key: Any) -> list[Any]:
    answer.render()
    shown = answer.content.decode().replace(f":{key},", ":KEY,")
    kinds = exact({name: type(value).__name__ for name, value in answer.data.items()})
    return [answer.status_code, shown, kinds]


class _Counted(serializers.ModelSerializer[Product]):
    """A serializer whose method gives another value each time it is called."""

    count = serializers.SerializerMethodField()
    calls: list[int] = []  # noqa: RUF012 - of all of them

    class Meta:
        model = Product
        fields = ("id", "count")

    def get_count(self, _row: Product) -> int:
        self.calls.append(1)
        return len(self.calls)


def counted(mixin: str) -> list[Any]:
    """Return what is answered by a method that counts its calls, and how often it was called."""
    _Counted.calls.clear()
    response = asked(made_view("list", mixin, _Counted, products()[:3]))
    outcome = outcome_of(response)
    return [[row["count"] for row in response.data], outcome and outcome.way, len(_Counted.calls)]


_TOKEN = re.compile(r'(?<=")[A-Za-z0-9]{64}(?=")')


def described() -> list[Any]:
    """Return the browsable API's page of a list, a detail and a form, with and without FastMixin.

    Without the token that is new in each.
    """
    told = []
    for mixin in (None, "FastMixin"):
        view: Any = type("Topics", (*MIXINS[mixin], _Topics), {"__doc__": "Topics"})
        pages = []
        row = cast("Topic", Topic.objects.order_by("pk").first())
        for actions, key in (
            ({"get": "list", "post": "create"}, {}),
            ({"get": "retrieve", "put": "update"}, {"pk": row.pk}),
        ):
            request = APIRequestFactory().get("/", HTTP_ACCEPT="text/html")
            page = view.as_view(actions)(request, **key).render().content.decode()
            pages.append(_TOKEN.sub("", page))
        told.append(pages)
    return told


class _Plain(serializers.ModelSerializer[Topic]):
    class Meta:
        model = Topic
        fields = ("id", "name")


class _Method(_Plain):
    shown = serializers.SerializerMethodField()

    class Meta:
        model = Topic
        fields = ("id", "name", "shown")

    def get_shown(self, row: Topic) -> str:
        return row.name


class _HidesFields(_Method):
    def to_representation(self, instance: Any) -> Any:
        self.fields.pop("name", None)
        return super().to_representation(instance)


class _NoFields(serializers.BaseSerializer[Topic]):
    def to_representation(self, instance: Any) -> Any:
        return instance.pk


SAID = SHOUTING | {
    cls.__name__.strip("_"): cls for cls in (_Plain, _Method, _HidesFields, _NoFields)
}


def foreseen(of: str, view: str, mixin: str | None) -> dict[str, Any]:
    """Return what rowpath_plan says of a view's way, and what its answer tells."""
    members = {"serializer_class": SAID[of], "queryset": Topic.objects.order_by("pk")}
    made: Any = type("View", (*MIXINS[mixin], VIEWS[view]), members)
    said = io.StringIO()
    with override_settings(ROOT_URLCONF=(path("here/", made.as_view()),)):
        call_command("rowpath_plan", "--json", "--no-measure", stdout=said)
    [told] = json.loads(said.getvalue())
    outcome = outcome_of(asked(made))
    return {"told": told, "way": outcome and outcome.way}
