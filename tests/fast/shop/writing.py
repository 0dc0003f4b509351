"""Lists that are written from their instances, by DRF alone and with FastListMixin."""

import gc
from collections import OrderedDict
from collections.abc import Callable
from contextlib import nullcontext
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from django.db import connection
from django.test.utils import CaptureQueriesContext, override_settings
from django.utils import timezone
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.pagination import PageNumberPagination
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response

from fast.exact import chain, exact, stand_in_a_module
from fast.shop.entries import asked, made_view
from fast.shop.models import Product, Topic
from fast.shop.representing.bases import CASES, DRFS, Bases, case, products, recorded
from fast.shop.unbatched import with_all_statements
from rowpath.fast.drf import FastListMixin, outcome_of
from rowpath.fast.drf.instances.written import Written
from rowpath.fast.encoding._objects import Array

STYLES = {
    "usual": {},
    "ascii": {"ensure_ascii": True},
    "spaced": {"compact": False},
    "lax": {"strict": False},
}


def renderers(style: str) -> list[type[JSONRenderer]]:
    return [type("Renderer", (JSONRenderer,), STYLES[style])]


def written(of: str, style: str, *, again: bool) -> dict[str, Any]:
    """Return what a client, and then an asker for its data, gets of a case, and how."""
    theirs, _ = _told(of, style, (), again=again)
    ours, way = with_all_statements(theirs, lambda: _told(of, style, (FastListMixin,), again=again))
    return {"theirs": theirs, "ours": ours, "way": way}


def _told(of: str, style: str, mixins: Any, *, again: bool) -> tuple[Any, str | None]:
    serializer_class, rows = CASES[of](DRFS)
    if again:
        stand_in_a_module(serializer_class)
    view = made_view("list", mixins, serializer_class, rows)
    view.renderer_classes = renderers(style)
    with CaptureQueriesContext(connection) as queries:
        told, way = answered(view)
    return [*told, [each["sql"] for each in queries]], way


def answered(view: Any, **said: Any) -> tuple[list[Any], str | None]:
    """Return what the view's list, its rendering and its data come to, each with its calls."""
    recorded.clear()
    told: list[Any] = []
    way = None
    with timezone.override(None):
        try:
            response = asked(view, **said)
            outcome = outcome_of(response)
            way = None if outcome is None else outcome.way
            told.append(["listed", *recorded])
            response.render()
            told += [["rendered", *recorded], response.status_code, dict(response.headers)]
            told.append(response.content.decode())
            told.append(exact(response.data))
        except Exception as error:  # noqa: BLE001 - whatever it is, both have to raise it
            told += chain(error)
        told.append(["all", *recorded])
    return told, way


def _of_model(**members: Any) -> Callable[[Bases], Any]:
    """Return a case of products with a method field."""

    def made(bases: Bases) -> Any:
        meta = type("Meta", (), {"model": Product, "fields": ("id", "told", "name")})
        own = {"told": serializers.SerializerMethodField(), "Meta": meta, **members}
        return type("Made", (bases.of_model,), own), products()[:4]

    return made


_shared: list[Any] = []


def _growing(_: Any, row: Any) -> Any:
    if not row.pk or row.pk <= 1:
        _shared.clear()
    recorded.append(("growing", row.pk))
    _shared.append(row.pk)
    return _shared


def _moving(_: Any, row: Any) -> Any:
    row.name = f"{row.name}!"
    return {"name": row.name}


def _late(serializer: Any, row: Any) -> Any:
    """Change what was given for the row before."""
    before = serializer.context.setdefault("before", {})
    before["changed"] = row.pk
    serializer.context["before"] = {"of": row.pk}
    return serializer.context["before"]


def _raising(_: Any, row: Any) -> Any:
    recorded.append(("raising", row.pk))
    if row.pk > 2:
        raise LookupError("third")
    return row.pk


def _asking(_: Any, row: Any) -> Any:
    return Topic.objects.filter(pk=row.pk).count()


def _hiding(serializer: Any, row: Any) -> Any:
    serializer.parent.child.__dict__.setdefault("seen", []).append(row.pk)
    return len(serializer.seen)


METHODS = {
    "growing": _growing,
    "moving": _moving,
    "late": _late,
    "raising": _raising,
    "asking": _asking,
    "hiding": _hiding,
}
for _name, _method in METHODS.items():
    _made = _of_model(get_told=_method)
    _made.__name__ = f"written_{_name}"
    case(_made)


class _Real1(serializers.Serializer[Any]):
    v = serializers.FloatField()


class Node:
    """A row with rows of its own kind."""

    def __init__(self, number: int, children: list["Node"]) -> None:
        self.number = number
        self.children = children


class _Tree(serializers.Serializer[Any]):
    number = serializers.IntegerField()

    def get_fields(self) -> dict[str, Any]:
        return super().get_fields() | {"children": _Tree(many=True)}


class _Unmade(serializers.Serializer[Any]):
    number = serializers.IntegerField()

    def get_fields(self) -> dict[str, Any]:
        recorded.append("fields")
        raise LookupError("no fields")


class _Parents(serializers.Serializer[Any]):
    number = serializers.IntegerField()
    children = _Unmade(many=True)


def unmade(rows: int) -> list[Any]:
    """Return both answers where a row has so many rows within it whose fields cannot be made."""
    nodes = [Node(0, []), Node(1, [Node(2, [])] * rows)]
    return [
        answered(made_view("list", mixins, _Parents, nodes))[0] for mixins in ((), (FastListMixin,))
    ]


def trees(depth: int | None) -> list[list[Any]]:
    """Return what is told of a tree so many rows deep, or of one that has no end."""
    node = Node(0, [])
    if depth is None:
        node.children.append(node)
    for number in range(depth or 0):
        node = Node(number, [node])
    told = []
    for mixins in ((), (FastListMixin,)):
        answer, way = answered(made_view("list", mixins, _Tree, [node]))
        told.append([answer[0][:11], way is not None, len(answer)] if depth is None else answer)
    return told


def unwritable(requests: int) -> list[str | None]:
    """Return the ways of so many answers that have a number which the renderer refuses."""
    view = made_view("list", (FastListMixin,), _Real1, [SimpleNamespace(v=float("nan"))])
    return [answered(view)[1] for _ in range(requests)]


class _Pages(PageNumberPagination):
    page_size = 2


class _Topics(serializers.ModelSerializer[Topic]):
    told = serializers.SerializerMethodField()

    class Meta:
        model = Topic
        fields = ("id", "name", "told")

    def get_told(self, row: Topic) -> Any:
        recorded.append(("told", row.pk))
        return {"of": [row.pk]}


class _ByManager(ListAPIView[Any]):
    """A view whose serializer is given a manager."""

    serializer_class = _Topics
    queryset = Topic.objects.all()

    def get_serializer(self, *_: Any, **kwargs: Any) -> Any:
        return super().get_serializer(Topic.objects, **kwargs)


def by_manager() -> list[Any]:
    """Return both answers of that, and the way."""
    theirs, _ = answered(_ByManager)
    ours, way = answered(type("View", (FastListMixin, _ByManager), {}))
    return [ours == theirs, way]


def _own_envelope(self: Any, data: Any) -> Response:
    return Response(OrderedDict(total=self.page.paginator.count, rows=data, again=data))


def _looking_envelope(_: Any, data: Any) -> Response:
    return Response({"first": data[0], "rows": data})


def _changing_envelope(_: Any, data: Any) -> Response:
    for row in data:
        row["more"] = True
    return Response(data, headers={"X-More": "yes"})


ENVELOPES = {
    "none": None,
    "pages": _Pages,
    "own": type("Own", (_Pages,), {"get_paginated_response": _own_envelope}),
    "looking": type("Looking", (_Pages,), {"get_paginated_response": _looking_envelope}),
    "changing": type("Changing", (_Pages,), {"get_paginated_response": _changing_envelope}),
}


def enveloped(of: str, query: str) -> dict[str, Any]:
    """Return what is answered in an envelope, by DRF alone and with the mixin."""
    told, way = [], None
    for mixins in ((), (FastListMixin,)):
        members = {
            "serializer_class": _Topics,
            "queryset": Topic.objects.order_by("pk"),
            "pagination_class": ENVELOPES[of],
        }
        view: Any = type("View", (*mixins, ListAPIView), members)
        with CaptureQueriesContext(connection) as queries:
            answer, way = answered(view, QUERY_STRING=query)
        told.append([*answer, [each["sql"] for each in queries]])
    return {"theirs": told[0], "ours": told[1], "way": way}


def asked_before() -> list[Any]:
    """Ask for the data before it is rendered, and change it; return both answers and the ways."""
    told = []
    for mixins in ((), (FastListMixin,)):
        recorded.clear()
        view = made_view("list", mixins, _Topics, Topic.objects.order_by("pk")[:3])
        response = asked(view)
        before = outcome_of(response)
        response.data[0]["name"] = "changed"
        response.data.append({"more": response.data[0]["told"]})
        response.render()
        after = outcome_of(response)
        ways = [one.way if one else None for one in (before, after)]
        told.append([response.content.decode(), exact(response.data), list(recorded), ways])
    return told


def turned_off(option: str) -> list[Any]:
    """Return the way and whether the answer is DRF's where an option is False."""
    with override_settings(ROWPATH={option: False}):
        theirs, _ = answered(made_view("list", (), _Topics, Topic.objects.order_by("pk")[:3]))
        view = made_view("list", (FastListMixin,), _Topics, Topic.objects.order_by("pk")[:3])
        ours, way = answered(view)
    return [way, ours == theirs]


def patched() -> list[Any]:
    """Return the way where somebody has put a function of theirs into what renders."""
    rows = Topic.objects.order_by("pk")[:3]
    ways = []
    real = JSONRenderer.render

    def render(*args: Any, **kwargs: Any) -> Any:
        return real(*args, **kwargs)

    for patching in (patch.object(JSONRenderer, "render", render), nullcontext()):
        with patching:
            ways.append(answered(made_view("list", (FastListMixin,), _Topics, rows))[1])
    return ways


def names() -> list[str]:
    """Return the names of the cases that only writing has."""
    return sorted(f"written_{name}" for name in METHODS)


def let_go() -> list[int]:
    """Return how many lists are held while one is there, and once it was sent."""
    rows = Topic.objects.order_by("pk")[:3]
    view = made_view("list", (FastListMixin,), _Topics, rows)
    gc.collect()
    gc.disable()
    try:
        response = asked(view).render()
        held = [lists_written()]
        response.close()
        del response
        held.append(lists_written())
    finally:
        gc.enable()
    return held


def lists_written() -> int:
    """Return how many lists of rows that were written are there."""
    return sum(type(one) is Written for one in gc.get_objects())


class _NotThereError(AttributeError):
    pass


class _Without:
    """A row without one of its attributes."""

    number = 1

    @property
    def missing(self) -> Any:
        raise _NotThereError("missing")


class _Optional(serializers.Serializer[Any]):
    number = serializers.SerializerMethodField()
    missing = serializers.CharField(required=False)
    key = serializers.PrimaryKeyRelatedField[Any](source="missing", read_only=True, default=None)

    def get_number(self, row: Any) -> int:
        return int(row.number)


def waiting() -> list[int]:
    """Return how many errors wait for Python's search for cycles, once they were dealt with.

    And how many arrays do, of a list that an error has ended.
    """
    told = []
    for rows in ([_Without()] * 3, [_Without(), None]):
        view = made_view("list", (FastListMixin,), _Optional, rows)
        gc.collect()
        gc.disable()
        try:
            answered(view)
            told.append(sum(type(one) in (_NotThereError, Array) for one in gc.get_objects()))
        finally:
            gc.enable()
    return told
