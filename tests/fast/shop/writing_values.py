"""Values of every kind in lists that are written from their instances, by DRF and by rowpath."""

import datetime as dt
import uuid
from collections import OrderedDict, defaultdict, namedtuple
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from decimal import Decimal
from enum import Enum, IntEnum, StrEnum
from types import SimpleNamespace
from typing import Any

from django.test.utils import override_settings
from django.utils import translation
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rest_framework import serializers

from fast.shop.entries import made_view
from fast.shop.models import Topic
from fast.shop.representing.bases import recorded
from fast.shop.representing.values import VALUES, Loud
from fast.shop.writing import STYLES, answered, renderers
from rowpath.fast.drf import FastListMixin


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


def _as_it_is() -> dict[str, Any]:
    return {"v": serializers.ReadOnlyField()}


_FIELDS: dict[str, Callable[[], dict[str, Any]]] = {
    "method": lambda: {
        "told": serializers.SerializerMethodField(),
        "get_told": lambda _, row: row.v,
    },
    "as it is": _as_it_is,
    "text": lambda: {"v": serializers.CharField()},
    "json": lambda: {"v": serializers.JSONField()},
    "own": lambda: {"v": _Own()},
}


# What compiled code leaves to the renderer, which raises some of it.
LEFT: dict[str, Callable[[], Any]] = {
    "deep": lambda: _deep(150),
    "a number that is none": lambda: float("nan"),
    "within": lambda: [1.5, {"in": float("inf"), float("nan"): 1}],
    "of an iterator": lambda: iter([float("nan")]),
    "half": lambda: ["\ud800", {"\ud800": 1}],
    "a key": lambda: {(1, 2): 3},
    "an object": object,
}


def used_up(style: str) -> list[list[Any]]:
    """Return what is otherwise than by DRF of a value that is left, behind iterators."""
    different = []
    for name, make in LEFT.items():
        if name == "half" and style != "ascii":
            continue  # DRF's error has all of the answer in it
        told = [_of_used(make, style, mixins) for mixins in ((), (FastListMixin,))]
        if told[0] != told[1]:
            different.append([name, *told])
    return different


def _of_used(make: Callable[[], Any], style: str, mixins: Any) -> Any:
    rows = [SimpleNamespace(v=iter([1, 2])), SimpleNamespace(v=_Lists([3])), make()]
    rows[2] = SimpleNamespace(v=[iter([3]), rows[2], iter([4])])
    view = made_view("list", mixins, type("Made", (serializers.Serializer,), _as_it_is()), rows)
    view.renderer_classes = renderers(style)
    told, _ = answered(view)
    return [_without_addresses(one) for one in told]


class _Standing:
    """A row whose values are found out when one looks at them, and not before."""

    def __init__(self, number: int) -> None:
        self.number = number

    @property
    def lazy(self) -> Any:
        return SimpleLazyObject(self._found)

    @property
    def next(self) -> int:
        recorded.append(("next", self.number))
        return self.number

    def _found(self) -> dict[str, int]:
        recorded.append(("found", self.number))
        return {"found": self.number}


class _Lazy(serializers.Serializer[Any]):
    lazy = serializers.ReadOnlyField()
    json = serializers.JSONField(source="lazy")
    list = serializers.ListField(source="lazy")
    next = serializers.ReadOnlyField()


def found_out(*, instances: bool) -> list[Any]:
    """Return both answers, with when they found out values, and the way."""
    told: list[Any] = []
    for mixins in ((), (FastListMixin,)):
        rows = [_Standing(1), _Standing(2)]
        with override_settings(ROWPATH={"instances": instances}):
            answer, way = answered(made_view("list", mixins, _Lazy, rows))
        told.append([_without_addresses(one) for one in answer])
    return [*told, way]


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
    view.renderer_classes = renderers(style)
    with translation.override("de"):
        told, way = answered(view)
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
            view.renderer_classes = renderers(style)
            with override_settings(TIME_ZONE=zone) if zone else nullcontext():
                answer, way = answered(view)
            told.append(answer)
        counts[0] += 1
        counts[1] += way == "instances"
        assert told[0] == told[1], told

    compare()
    return counts
