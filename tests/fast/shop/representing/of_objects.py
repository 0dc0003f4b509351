"""Cases of rows that are no model's: attributes, keys, properties and calls."""
# mypy: disable-error-code="name-defined"

from collections import OrderedDict
from collections.abc import Callable
from functools import partial
from types import SimpleNamespace
from typing import Any, cast

from django.utils.functional import SimpleLazyObject
from rest_framework import serializers

from fast.shop.models import Category, Product
from fast.shop.representing.bases import CASES, Bases, Case, Field, case, recorded


class Shop:
    """Rows that are no model's."""

    def __init__(self, number: int) -> None:
        self.number = number

    @property
    def seen(self) -> int:
        recorded.append(("seen", self.number))
        return self.number

    @property
    def missing(self) -> int:
        recorded.append(("missing", self.number))
        if self.number % 2:
            raise AttributeError("odd")
        return self.number

    @property
    def gone(self) -> int:
        recorded.append(("gone", self.number))
        raise Category.DoesNotExist

    @property
    def broken(self) -> int:
        recorded.append(("broken", self.number))
        raise LookupError("broken")

    def called(self) -> int:
        recorded.append(("called", self.number))
        return self.number

    def failing(self) -> int:
        recorded.append(("failing", self.number))
        raise AttributeError("within")

    def wanting(self, argument: int) -> int:
        return argument

    def __repr__(self) -> str:
        return f"Shop({self.number})"

    @property
    def partial(self) -> Any:
        recorded.append(("partial", self.number))
        return partial(self.wanting, 3)

    @property
    def other(self) -> "Shop":
        recorded.append(("other", self.number))
        return Shop(self.number + 100)

    def further(self) -> "Shop":
        recorded.append(("further", self.number))
        return Shop(self.number + 1000)

    @property
    def mapping(self) -> dict[str, Any]:
        recorded.append(("mapping", self.number))
        return {"one": {"two": self.number}, "called": self.called, "builtin": len}

    builtin = property(lambda _: len)


def shops() -> list[Shop]:
    return [Shop(number) for number in range(4)]


def _of_fields(name: str, rows: Callable[[], Any], **fields: Callable[[], Field]) -> None:
    def made(bases: Bases) -> Case:
        members = {key: make() for key, make in fields.items()}
        return type("Made", (bases.plain,), members), rows()

    CASES[name] = made


def _called_default() -> int:
    recorded.append("default")
    return 5


_number = serializers.IntegerField
_read = serializers.ReadOnlyField
_of_fields(
    "attributes",
    shops,
    seen=_number,
    called=_number,
    partial=_number,
    far=lambda: _number(source="other.other.seen"),
    farther=lambda: _number(source="further.other.called"),
    keys=lambda: _number(source="mapping.one.two"),
    key_called=lambda: _number(source="mapping.called"),
    gone=lambda: _number(allow_null=True),
    gone_far=lambda: _number(source="other.gone.nothing"),
    whole=lambda: serializers.CharField(source="*"),
)
_of_fields("attribute_with_default", shops, missing=lambda: _number(default=-1), seen=_number)
_of_fields(
    "attribute_with_called_default",
    shops,
    missing=lambda: _number(default=_called_default),
)
_of_fields("attribute_null", shops, missing=lambda: _number(allow_null=True))
_of_fields("attribute_left_out", shops, missing=lambda: _number(required=False), seen=_number)
_of_fields("attribute_missing", shops, missing=_number)
_of_fields("attribute_missing_far", shops, far=lambda: _number(source="other.missing.seen"))
_of_fields("attribute_missing_far_null", shops, far=lambda: _read(source="other.nothing.seen"))
_of_fields("key_missing", shops, far=lambda: _number(source="mapping.one.three"))
_of_fields("key_left_out", shops, far=lambda: _number(source="mapping.3", required=False))
_of_fields("attribute_broken", shops, broken=_number)
_of_fields("called_that_fails", shops, failing=lambda: _number(required=False))
_of_fields("called_that_wants", shops, wanting=_read)
_of_fields("builtin", shops, builtin=_read)
_of_fields("builtin_far", shops, far=lambda: _read(source="other.builtin"))
_of_fields("builtin_of_key", shops, far=lambda: _read(source="mapping.builtin"))
_of_fields("value_that_fails", shops, seen=serializers.DateField)
_of_fields(
    "mappings",
    lambda: [
        {"a": 1, "b": {"c": "x"}},
        OrderedDict(a="2", b={"c": 5}),
        {"a": 3, "b": {}},
        SimpleNamespace(a=4, b=SimpleNamespace(c="object")),
    ],
    a=_number,
    c=lambda: serializers.CharField(source="b.c", required=False),
)
_of_fields("mapping_without_key", lambda: [{"a": 1}], b=_number)
_of_fields(
    "proxies",
    lambda: [SimpleLazyObject(lambda: Shop(3)), SimpleLazyObject(lambda: {"seen": 8})],
    seen=_number,
)
_of_fields("nothing", lambda: [None], seen=lambda: _number(required=False))
_of_fields("key_of_nothing", lambda: [{"a": None}], a=_number)


@case
def _lists(bases: Bases) -> Case:
    class Made(bases.plain):
        values = serializers.ListField(child=serializers.IntegerField())

    return Made, [{"values": [1, 2]}]


@case
def _broken_iterator(bases: Bases) -> Case:
    class Made(bases.plain):
        values = serializers.ListField(child=serializers.IntegerField())

    return Made, [{"values": iter(["1", "n/a", "3"])}]


@case
def _iterator_of_rows(bases: Bases) -> Case:
    class Made(bases.plain):
        keys = serializers.PrimaryKeyRelatedField(source="rows", many=True, read_only=True)

    return Made, [{"rows": iter([None, Product(pk=3)])}]


@case
def _text_that_is_none(bases: Bases) -> Case:
    class Made(bases.plain):
        text = serializers.CharField(source="*")

    return Made, [Textless()]


class Textless:
    """A row whose __str__() is wrong."""

    def __str__(self) -> str:
        recorded.append("text")
        return cast("str", None)
