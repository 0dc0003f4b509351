"""Lists that are written from their instances, by DRF alone and with FastListMixin."""

import datetime as dt
import gc
import uuid
from collections import OrderedDict, defaultdict, namedtuple
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from enum import Enum, IntEnum, StrEnum
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from django.db import connection
from django.test.utils import CaptureQueriesContext, override_settings
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.pagination import PageNumberPagination
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response

from fast.exact import chain, exact, stand_in_a_module
from fast.shop.entries import asked, made_view
from fast.shop.models import Product, Topic
from fast.shop.representing import CASES, DRFS, VALUES, Bases, Loud, case, products, recorded
from rowpath.fast.drf import FastListMixin, outcome_of
from rowpath.fast.drf.instances.written import Written

STYLES = {
    "usual": {},
    "ascii": {"ensure_ascii": True},
    "spaced": {"compact": False},
    "lax": {"strict": False},
}


def _renderers(style: str) -> list[type[JSONRenderer]]:
    return [type("Renderer", (JSONRenderer,), STYLES[style])]


def written(of: str, style: str, *, again: bool) -> dict[str, Any]:
    """Return what a client, and then an asker for its data, gets of a case, and how."""
    theirs, _ = _told(of, style, (), again=again)
    ours, way = _told(of, style, (FastListMixin,), again=again)
    return {"theirs": theirs, "ours": ours, "way": way}


def _told(of: str, style: str, mixins: Any, *, again: bool) -> tuple[Any, str | None]:
    serializer_class, rows = CASES[of](DRFS)
    if again:
        stand_in_a_module(serializer_class)
    view = made_view("list", mixins, serializer_class, rows)
    view.renderer_classes = _renderers(style)
    with CaptureQueriesContext(connection) as queries:
        told, way = _answered(view)
    return [*told, [each["sql"] for each in queries]], way


def _answered(view: Any, **said: Any) -> tuple[list[Any], str | None]:
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


class _Lists(list[Any]):
    def __iter__(self) -> Iterator[Any]:
        recorded.append("iterated")
        return iter(("own", *super().__iter__()))


class _Keys(dict[Any, Any]):
    def items(self) -> Any:
        recorded.append("items")
        return [("own", 1), *super().items()]


class _Array:
    def tolist(self) -> list[Any]:
        recorded.append("tolist")
        return [1, _Array.__name__]


class _Failing:
    def tolist(self) -> list[Any]:
        recorded.append("failing")
        raise LookupError("no list")


class _Whole(int):
    def __repr__(self) -> str:
        return "a whole"


class _Real(float):
    def __repr__(self) -> str:
        return "a real"


class Level(IntEnum):
    LOW = 1


class Shade(StrEnum):
    DARK = "dark\u2028"


class Plain(Enum):
    ONE = 1


Point = namedtuple("Point", "x y")  # noqa: PYI024 - as projects have them


def _deep(depth: int) -> Any:
    value: Any = "deep"
    for _ in range(depth):
        value = [value, {"in": value}] if depth < 10 else [value]
    return value


def _circle() -> Any:
    value: list[Any] = [1]
    value.append({"back": value})
    return value


_NAIVE = dt.datetime.fromisoformat("2026-01-02T03:04:05.678901")

MADE: dict[str, Callable[[], Any]] = {
    **{f"value {at}": lambda one=one: one for at, one in enumerate(VALUES)},
    "keys": lambda: {None: 1, True: 2, False: 3, 1.5: 4, 7: 5, "7": 6, Loud("s"): 7, -(2**70): 8},
    "keys of enums": lambda: {Level.LOW: 1, Shade.DARK: 2},
    "keys that are not": lambda: {(1, 2): 3},
    "a key that is no number": lambda: {float("nan"): 1},
    "a key that is half": lambda: {"\ud800": 1},
    "keys of its own": lambda: _Keys(a=1),
    "no keys of its own": _Keys,
    "ordered": lambda: OrderedDict(b=1, a=[]),
    "defaults": lambda: defaultdict(int, a=1),
    "a point": lambda: Point(1, "y"),
    "items of its own": lambda: _Lists([1]),
    "enums": lambda: [Level.LOW, Shade.DARK],
    "an enum": lambda: Plain.ONE,
    "numbers of their own": lambda: [_Whole(3), _Real(2.5), {_Whole(4): _Real(-0.0)}],
    "a set": lambda: {1},
    "a generator": lambda: (one for one in (1, {"a": 2}, None)),
    "a map": lambda: map(str, (1, 2)),
    "lazy": lambda: [gettext_lazy("January"), {"in": gettext_lazy("May")}],
    "bytes": lambda: b"caf\xc3\xa9",
    "an array": lambda: [_Array(), _Array()],
    "failing": lambda: [_Array(), _Failing(), _Array()],
    "a row": lambda: Topic(pk=1, name="x"),
    "rows": lambda: Topic.objects.order_by("pk").values("name")[:2],
    "half": lambda: ["a", "\udc00"],
    "halves": lambda: "\ud83d\ude00",
    "all characters": lambda: "".join(map(chr, (*range(0x300), *range(0x2020, 0x2030), 0x10FFFF))),
    "no number": lambda: [1.5, float("inf")],
    "long": lambda: 10**4000,
    "too long": lambda: 10**5000,
    "deep": lambda: _deep(5),
    "deeper": lambda: _deep(90),
    "deepest": lambda: _deep(300),
    "a circle": _circle,
    "times": lambda: [dt.timedelta(days=1, microseconds=5), _NAIVE, dt.time(1)],
    "decimals": lambda: {"a": Decimal("1.10"), "b": [Decimal("NaN")]},
    "an object": object,
    "nothing": lambda: [[], {}, (), "", None, False],
}


def values_written(style: str) -> list[list[Any]]:
    """Return what is written otherwise than by DRF of each value, by each kind of field."""
    different = []
    for name, make in MADE.items():
        for kind, members in _FIELDS.items():
            told = [_of_value(make, members, style, mixins) for mixins in ((), (FastListMixin,))]
            if told[0] != told[1]:
                different.append([name, kind, *told])
    return different


_FIELDS: dict[str, Callable[[], dict[str, Any]]] = {
    "method": lambda: {
        "told": serializers.SerializerMethodField(),
        "get_told": lambda _, row: row.v,
    },
    "as it is": lambda: {"v": serializers.ReadOnlyField()},
    "text": lambda: {"v": serializers.CharField()},
    "json": lambda: {"v": serializers.JSONField()},
    "own": lambda: {"v": _Own()},
}


class _Own(serializers.Field[Any, Any, Any, Any]):
    def to_representation(self, value: Any) -> Any:
        recorded.append("own")
        return value


def _of_value(
    make: Callable[[], Any], members: Callable[[], dict[str, Any]], style: str, mixins: Any
) -> Any:
    serializer_class = type("Made", (serializers.Serializer,), members())
    rows = [SimpleNamespace(v=make()), SimpleNamespace(v="after")]
    view = made_view("list", mixins, serializer_class, rows)
    view.renderer_classes = _renderers(style)
    with translation.override("de"):
        told, way = _answered(view)
    if mixins and way != "instances" and told[0] == ["listed"]:
        told.append(f"by the way {way}")
    return [_without_addresses(one) for one in told]


def _without_addresses(told: Any) -> Any:
    """Return what was told, without where an object lies in memory."""
    text = str(told)
    return text.partition(" at 0x")[0] if " at 0x" in text else text


_TEXT = st.text(st.characters(codec=None, exclude_categories=())) | st.text()
_PLAIN = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | _TEXT
    | st.decimals()
    | st.dates()
    | st.uuids()
    | st.timedeltas()
    | st.datetimes()
)
_ANY = st.recursive(
    _PLAIN,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.tuples(inner, inner)
        | st.dictionaries(_TEXT | st.integers() | st.floats() | st.booleans() | st.none(), inner)
    ),
    max_leaves=8,
)
_MOMENTS = st.datetimes(timezones=st.sampled_from((dt.UTC, dt.timezone(dt.timedelta(hours=3)))))


class _Every(serializers.Serializer[Any]):
    text = serializers.CharField(allow_null=True)
    whole = serializers.IntegerField()
    real = serializers.FloatField()
    truth = serializers.BooleanField()
    decimal = serializers.DecimalField(12, 2)
    moment = serializers.DateTimeField()
    day = serializers.DateField()
    time = serializers.TimeField()
    identifier = serializers.UUIDField()
    choice = serializers.ChoiceField([("a", "A"), (1, "One")])
    json = serializers.JSONField()
    any = serializers.ReadOnlyField()
    told = serializers.SerializerMethodField()

    def get_told(self, row: Any) -> Any:
        return row.any


def _rows() -> Any:
    usual = {
        "text": _TEXT | st.none(),
        "whole": st.integers() | st.booleans(),
        "real": st.floats() | st.integers(-5, 5),
        "truth": st.booleans() | st.sampled_from(("true", 0)),
        "decimal": st.decimals("-9999999", "9999999", places=2) | st.decimals("-99", "99"),
        "moment": _MOMENTS | st.none() | st.datetimes(),
        "day": st.dates() | st.none(),
        "time": st.times() | st.times(timezones=st.just(dt.UTC)),
        "identifier": st.uuids() | st.just(uuid.UUID(int=0)),
        "choice": st.sampled_from(("a", "b", "", "1", 1)) | _TEXT,
        "json": _ANY,
        "any": _ANY,
    }
    return st.lists(st.builds(SimpleNamespace, **usual), max_size=3)


def generated(examples: int) -> list[int]:
    """Compare as many generated lists; return how many were, and were written from instances."""
    counts = [0, 0]

    @settings(
        max_examples=examples,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=[*HealthCheck],
    )
    @given(_rows(), st.sampled_from([*STYLES]), st.sampled_from((None, "UTC", "Asia/Kathmandu")))
    def compare(rows: Any, style: str, zone: str | None) -> None:
        told = []
        for mixins in ((), (FastListMixin,)):
            view = made_view("list", mixins, _Every, rows)
            view.renderer_classes = _renderers(style)
            with override_settings(TIME_ZONE=zone) if zone else _as_it_is():
                answer, way = _answered(view)
            told.append(answer)
        counts[0] += 1
        counts[1] += way == "instances"
        assert told[0] == told[1], told

    compare()
    return counts


@contextmanager
def _as_it_is() -> Iterator[None]:
    yield


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


def trees(depth: int | None) -> list[list[Any]]:
    """Return what is told of a tree so many rows deep, or of one that has no end."""
    node = Node(0, [])
    if depth is None:
        node.children.append(node)
    for number in range(depth or 0):
        node = Node(number, [node])
    told = []
    for mixins in ((), (FastListMixin,)):
        answer, way = _answered(made_view("list", mixins, _Tree, [node]))
        told.append([answer[0][:11], way is not None, len(answer)] if depth is None else answer)
    return told


def unwritable(requests: int) -> list[str | None]:
    """Return the ways of so many answers that have a number which the renderer refuses."""
    view = made_view("list", (FastListMixin,), _Real1, [SimpleNamespace(v=float("nan"))])
    return [_answered(view)[1] for _ in range(requests)]


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
    theirs, _ = _answered(_ByManager)
    ours, way = _answered(type("View", (FastListMixin, _ByManager), {}))
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
            answer, way = _answered(view, QUERY_STRING=query)
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
        theirs, _ = _answered(made_view("list", (), _Topics, Topic.objects.order_by("pk")[:3]))
        view = made_view("list", (FastListMixin,), _Topics, Topic.objects.order_by("pk")[:3])
        ours, way = _answered(view)
    return [way, ours == theirs]


def patched() -> list[Any]:
    """Return the way where somebody has put a function of theirs into what renders."""
    rows = Topic.objects.order_by("pk")[:3]
    ways = []
    real = JSONRenderer.render

    def render(*args: Any, **kwargs: Any) -> Any:
        return real(*args, **kwargs)

    for patching in (patch.object(JSONRenderer, "render", render), _as_it_is()):
        with patching:
            ways.append(_answered(made_view("list", (FastListMixin,), _Topics, rows))[1])
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
        held = [_lists_written()]
        response.close()
        del response
        held.append(_lists_written())
    finally:
        gc.enable()
    return held


def _lists_written() -> int:
    return sum(type(one) is Written for one in gc.get_objects())
