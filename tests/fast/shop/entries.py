"""Lists whose serializers are DRF's own, by DRF alone and with FastListMixin."""

import inspect
import io
import json
from typing import Any

from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext, override_settings
from django.urls import path
from django.utils import timezone
from rest_framework import serializers
from rest_framework.generics import GenericAPIView, ListAPIView
from rest_framework.pagination import BasePagination
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory

from fast.exact import chain, exact, stand_in_a_module
from fast.shop.models import Product, Topic
from fast.shop.representing.bases import CASES, DRFS, products, recorded
from fast.shop.unbatched import with_all_statements
from rowpath.fast.drf import FastListMixin, FastSerializer, outcome_of


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


Mixins = tuple[type, ...]

VIEWS: dict[str, type[GenericAPIView[Any]]] = {
    "list": _List,
    "page": _Page,
    "rewritten": _Rewritten,
}


def entered(of: str, view: str, *, again: bool, overrides: bool = False) -> dict[str, Any]:
    """Return what a view tells of a case's rows, by DRF alone and with the mixin.

    If it `overrides`, the case's serializer has a to_representation() of its own in front.
    """
    asks = {"again": again, "overrides": overrides}
    theirs, _ = _told(of, view, (), **asks)
    ours, way = with_all_statements(theirs, lambda: _told(of, view, (FastListMixin,), **asks))
    return {"theirs": theirs, "ours": ours, "way": way}


def _told(
    of: str, view: str, mixins: Mixins, *, again: bool, overrides: bool
) -> tuple[Any, str | None]:
    recorded.clear()
    serializer_class, rows = CASES[of](DRFS)
    if overrides:
        serializer_class = _overriding(serializer_class)
    if again:
        stand_in_a_module(serializer_class)
    made = made_view(view, mixins, serializer_class, rows)
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


def _overriding(serializer_class: Any) -> Any:
    """Return a class whose serializers change what those of `serializer_class` represent."""

    class Overriding(serializer_class):
        def to_representation(self, instance: Any) -> Any:
            recorded.append(("before", type(instance).__name__))
            data = super().to_representation(instance)
            recorded.append(("after", exact(data)))
            data["more"] = [*data]
            return data

    return Overriding


def made_view(view: str, mixins: Mixins, serializer_class: type, rows: Any) -> Any:
    """Return a view of `rows`, which no fast list reads."""
    members = {"serializer_class": serializer_class, "get_queryset": lambda _: list(rows)}
    return type("View", (*mixins, VIEWS[view]), members)


def asked(view: Any, **said: Any) -> Any:
    """Return what the view answers, not rendered."""
    return view.as_view()(APIRequestFactory().get("/", HTTP_ACCEPT="application/json", **said))


def _of(data: Any) -> list[Any]:
    """Return what is there of the serializer: its class, and what it has of its own."""
    rows = next((data[name] for name in ("mine", "rows") if name in data), data)
    made = rows.serializer
    one = getattr(made, "child", made)
    named = sorted(vars(one).keys() - _MADE_WITH_FIELDS)
    return [type(made).__name__, type(one).__name__, type(one).__mro__[1].__name__, named]


# What DRF makes when somebody asks for the fields.
_MADE_WITH_FIELDS = {"fields", "_readable_fields", "_writable_fields", "url_field_name"}


class _Shouting(serializers.ModelSerializer[Topic]):
    class Meta:
        model = Topic
        fields = ("id", "name")

    def to_representation(self, instance: Any) -> Any:
        data = super().to_representation(instance)
        return {**data, "name": data["name"].upper(), "of": self.told()}

    def told(self) -> str:
        return "plain"


class _Anew(_Shouting):
    def to_representation(self, instance: Any) -> Any:
        return {"anew": instance.pk}


class _Fast(FastSerializer, serializers.ModelSerializer[Topic]):
    class Meta:
        model = Topic
        fields = ("id", "name")

    def to_representation(self, instance: Any) -> Any:
        return {**super().to_representation(instance), "fast": True}


SHOUTING = {cls.__name__.strip("_"): cls for cls in (_Shouting, _Anew, _Fast)}


def shouted(of: str) -> dict[str, Any]:
    """Return what a serializer tells that changes DRF's data, by DRF and with the mixin."""
    topics = Topic.objects.order_by("pk")[:3]
    theirs = asked(made_view("list", (), SHOUTING[of], topics))
    ours = asked(made_view("list", (FastListMixin,), SHOUTING[of], topics))
    outcome = outcome_of(ours)
    return {
        "theirs": exact(theirs.data),
        "ours": exact(ours.data),
        "way": outcome and outcome.way,
    }


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


def counted() -> list[Any]:
    """Return what is answered by a method that counts its calls, and how often it was called."""
    _Counted.calls.clear()
    response = asked(made_view("list", (FastListMixin,), _Counted, products()[:3]))
    outcome = outcome_of(response)
    return [[row["count"] for row in response.data], outcome and outcome.way, len(_Counted.calls)]


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


class _Rows(serializers.ListSerializer[Any]):
    def to_representation(self, data: Any) -> Any:
        """Name the argument, and put another method in front of the child's."""
        child: Any = self.child
        theirs = child.to_representation
        child.to_representation = lambda row: theirs(instance=row) | {"wrapped": True}
        return [child.to_representation(row) for row in data]


class _Keys(serializers.ListSerializer[Any]):
    def to_representation(self, data: Any) -> Any:
        return [row.pk for row in data]


class _InRows(_Method):
    class Meta(_Method.Meta):
        list_serializer_class = _Rows


class _InKeys(_Method):
    class Meta(_Method.Meta):
        list_serializer_class = _Keys


class _OfItself(_Plain):
    """A serializer that asks itself for another row, by the argument's name."""

    again = serializers.SerializerMethodField()

    class Meta:
        model = Topic
        fields = ("id", "name", "again")

    def get_again(self, row: Topic) -> Any:
        method: Any = self.to_representation
        told = [inspect.ismethod(method), method.__name__, method.__self__ is self]
        if row.pk == 1:
            told.append(self.to_representation(instance=Topic(pk=2, name="other"))["name"])
        return told


SAID = SHOUTING | {
    cls.__name__.strip("_"): cls
    for cls in (_Plain, _Method, _HidesFields, _NoFields, _InRows, _InKeys, _OfItself)
}
SHOUTING |= {cls.__name__.strip("_"): cls for cls in (_InRows, _InKeys, _OfItself)}


def foreseen(of: str, view: str, *, has_mixin: bool) -> dict[str, Any]:
    """Return what rowpath_plan says of a view's way, and what its answer tells."""
    members = {"serializer_class": SAID[of], "queryset": Topic.objects.order_by("pk")}
    mixins = (FastListMixin,) if has_mixin else ()
    made: Any = type("View", (*mixins, VIEWS[view]), members)
    said = io.StringIO()
    with override_settings(ROOT_URLCONF=(path("here/", made.as_view()),)):
        call_command("rowpath_plan", "--json", "--no-measure", stdout=said)
    [told] = json.loads(said.getvalue())
    outcome = outcome_of(asked(made))
    return {"told": told, "way": outcome and outcome.way}
