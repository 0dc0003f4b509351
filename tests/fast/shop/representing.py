"""Serializers whose data DRF makes, and FastSerializer: of the same rows, told value by value."""
# mypy: disable-error-code="name-defined"

import datetime as dt
import functools
import gc
import pickle
import sys
import uuid
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from copy import copy
from dataclasses import dataclass
from decimal import Decimal, getcontext, localcontext
from enum import Enum, StrEnum
from functools import partial
from types import SimpleNamespace
from typing import Any, cast
from unittest.mock import patch
from weakref import ref
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection, models
from django.db.models import Prefetch
from django.test.utils import CaptureQueriesContext, override_settings
from django.utils import timezone
from django.utils.functional import SimpleLazyObject, cached_property
from rest_framework import fields, relations, serializers
from rest_framework.fields import SkipField
from rest_framework.generics import ListAPIView
from rest_framework.test import APIRequestFactory
from rest_framework.utils.serializer_helpers import ReturnDict, ReturnList

from fast.exact import chain, exact, how_represented, stand_in_a_module
from fast.shop.models import Category, Detail, Note, Product, Topic
from rowpath.fast.drf import FastListMixin, FastSerializer, outcome_of

Field = serializers.Field
Case = tuple[type[serializers.Serializer], Any]

recorded: list[Any] = []
"""What the project's own code was called with, in its order."""


@dataclass(frozen=True, slots=True)
class Bases:
    """What a case's serializers inherit."""

    plain: Any
    of_model: Any


class _FastPlain(FastSerializer, serializers.Serializer):
    pass


class _FastOfModel(FastSerializer, serializers.ModelSerializer):
    pass


DRFS = Bases(serializers.Serializer, serializers.ModelSerializer)
OURS = Bases(_FastPlain, _FastOfModel)
CASES: dict[str, Callable[[Bases], Case]] = {}


def case(function: Callable[[Bases], Case]) -> Callable[[Bases], Case]:
    """Add a case by its name."""
    CASES[function.__name__.strip("_")] = function
    return function


def compared(of: str, *, many: bool, again: bool) -> dict[str, Any]:
    """Return what DRF and FastSerializer make of a case's rows, and how the latter did.

    `again` is for a class that stands in a module, of which rowpath keeps what it knows.
    """
    theirs, _ = _told(of, DRFS, many=many, again=again)
    ours, how = _told(of, OURS, many=many, again=again)
    return {"theirs": theirs, "ours": ours, "how": how}


def _told(of: str, bases: Bases, *, many: bool, again: bool) -> tuple[Any, str]:
    recorded.clear()
    serializer_class, given = CASES[of](bases)
    rows = list(given)
    if again:
        stand_in_a_module(serializer_class)
    made: Any = serializer_class(rows if many else rows[0], many=many, context={"asked": True})
    one = made.child if many else made
    with timezone.override(None), CaptureQueriesContext(connection) as queries:
        try:
            data = made.data
            how = how_represented(one)
            told = exact(data)
            assert type(data) in (ReturnList, ReturnDict)
            assert data.serializer is made
        except Exception as error:  # noqa: BLE001 - whatever it is, both have to raise it
            how, told = how_represented(one), chain(error)
    return [told, recorded[:], [each["sql"] for each in queries]], how


def products() -> Any:
    """Return rows of each kind: with all that there may be, and with nothing."""
    return Product.objects.select_related("category", "main").order_by("pk")[:30]


@case
def _every_column(bases: Bases) -> Case:
    class Made(bases.of_model):
        class Meta:
            model = Product
            exclude = ("stored",)

    return Made, products()


@case
def _nested(bases: Bases) -> Case:
    class Inner(bases.of_model):
        class Meta:
            model = Category
            fields = ("id", "name", "code", "parent")

    class Made(bases.of_model):
        category = Inner()
        home = Inner(source="main")
        itself = Inner(source="main.parent", default=None)

        class Meta:
            model = Product
            fields = ("id", "category", "home", "itself")

    return Made, products()


@case
def _nested_and_methods(bases: Bases) -> Case:
    class Inner(bases.of_model):
        class Meta:
            model = Category
            fields = ("id", "name", "code")

    class Made(bases.of_model):
        category = Inner()
        mains = Inner(source="main", read_only=True)
        same = Inner(source="main.products", many=True, read_only=True)
        told = serializers.SerializerMethodField()
        far = serializers.CharField(source="main.name")
        nowhere = serializers.CharField(source="main.nothing", required=False)
        method = serializers.CharField(source="__str__")
        slug = serializers.SlugRelatedField("name", source="main", read_only=True)
        text = serializers.StringRelatedField(source="main")
        choice = serializers.ChoiceField(source="name", choices=[("a", "A")])

        class Meta:
            model = Product
            fields = (
                *("id", "name", "price", "created", "released", "opens", "lasts", "count", "ratio"),
                *("active", "main", "category", "mains", "same", "told", "far", "nowhere"),
                *("method", "slug", "text", "choice"),
            )

        def get_told(self, row: Product) -> int:
            return row.pk

    return Made, products()


@case
def _depth(bases: Bases) -> Case:
    class Made(bases.of_model):
        class Meta:
            model = Product
            fields = ("name", "main", "category")
            depth = 2

    return Made, products()


@case
def _to_many(bases: Bases) -> Case:
    class Inner(bases.of_model):
        class Meta:
            model = Product
            fields = ("name", "price")

    class Made(bases.of_model):
        products = Inner(many=True)
        mains = serializers.PrimaryKeyRelatedField(many=True, read_only=True)
        names = serializers.SlugRelatedField("name", source="mains", many=True, read_only=True)
        texts = serializers.StringRelatedField(source="mains", many=True)

        class Meta:
            model = Category
            fields = ("id", "products", "mains", "names", "texts")

    return Made, Category.objects.order_by("pk")[:5]


@case
def _to_many_prefetched(bases: Bases) -> Case:
    class Made(bases.of_model):
        mains = serializers.PrimaryKeyRelatedField(many=True, read_only=True)
        few = serializers.SlugRelatedField("name", many=True, read_only=True)

        class Meta:
            model = Category
            fields = ("mains", "few")

    few = Prefetch("products", Product.objects.filter(count__gt=1).order_by("-pk"), to_attr="few")
    return Made, Category.objects.prefetch_related("mains", few).order_by("pk")[:5]


@case
def _methods(bases: Bases) -> Case:
    class Made(bases.plain):
        before = serializers.SerializerMethodField()
        name = serializers.CharField()
        after = serializers.SerializerMethodField(method_name="afterwards")

        def get_before(self, row: Product) -> Any:
            recorded.append(("before", row.pk))
            return row.category

        def afterwards(self, row: Product) -> Any:
            recorded.append(("after", row.pk, self.context["asked"]))
            return {"list": [row.pk, Decimal(row.pk)]} if row.pk % 2 else None

    return Made, products()


@case
def _method_that_changes_rows(bases: Bases) -> Case:
    class Made(bases.plain):
        name = serializers.CharField()
        change = serializers.SerializerMethodField()
        later = serializers.CharField(source="name")

        def get_change(self, row: Product) -> None:
            row.name = f"{row.name}!"

    return Made, products()


@case
def _method_that_moves_the_clock(bases: Bases) -> Case:
    zones = iter(("Asia/Kathmandu", "Europe/Amsterdam", None) * 30)

    class Made(bases.plain):
        created = serializers.DateTimeField()
        move = serializers.SerializerMethodField()
        moved = serializers.DateTimeField(source="created")

        def get_move(self, _: Product) -> None:
            zone = next(zones)
            timezone.deactivate() if zone is None else timezone.activate(zone)

    return Made, products()


@case
def _method_that_is_replaced(bases: Bases) -> Case:
    class Made(bases.plain):
        told = serializers.SerializerMethodField()

        def get_told(self, row: Product) -> str:
            setattr(self, "get_told", lambda row: f"later {row.pk}")  # noqa: B010 - mypy's
            return f"first {row.pk}"

    return Made, products()


@case
def _method_that_skips(bases: Bases) -> Case:
    class Made(bases.plain):
        told = serializers.SerializerMethodField()

        def get_told(self, _: Product) -> str:
            raise SkipField

    return Made, products()


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


class Loud(str):
    __slots__ = ()

    def __str__(self) -> str:
        return f"{super().__str__()}!"


class Size(Enum):
    SMALL = "s"
    LARGE = "l"


class Count(int):
    pass


_MOMENT = dt.datetime(2026, 11, 29, 12, 30, 1, 5, dt.UTC)
VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, 1, -7, 2**70, 1.5, -0.0, 1e22, float("nan"), float("inf")),
    *("", "x", "true", "False", "null", "12", " 3.50 ", "ключ", Loud("s"), "2026-11-29", b"bytes"),
    *map(Decimal, ("1.50", "1.5", "-0.00", "0.005", "12345678.99", "123456789012.00", "1E+3")),
    *map(Decimal, ("NaN", "Infinity", "0E-2", "1.005", "99999999999999999999.99")),
    *(_MOMENT, _MOMENT.replace(tzinfo=None), _MOMENT.astimezone(ZoneInfo("Asia/Kathmandu"))),
    *(_MOMENT.replace(tzinfo=dt.timezone(dt.timedelta(hours=5, seconds=7))),),
    *(
        dt.datetime.min.replace(tzinfo=dt.UTC),
        _MOMENT.replace(year=9999, tzinfo=None),
        dt.datetime.max.replace(tzinfo=dt.UTC),
    ),
    *(_MOMENT.date(), _MOMENT.time(), _MOMENT.timetz(), dt.time(0), dt.timedelta(days=-1)),
    *(uuid.UUID(int=5), Size.SMALL, Count(3), [1, None, "x"], (), {"a": 1}, {1, 2}, object, len),
)


class Shouting(serializers.CharField):
    def to_representation(self, value: Any) -> Any:
        return super().to_representation(value).upper()


class Reaching(serializers.CharField):
    def get_attribute(self, instance: Any) -> Any:
        recorded.append("reached")
        return instance


class OfOwnZone(serializers.DateTimeField):
    def default_timezone(self) -> Any:
        return ZoneInfo("America/New_York")


class Quantizing(serializers.DecimalField):
    def quantize(self, value: Decimal) -> Decimal:
        return value


def _choices() -> list[Any]:
    return [("s", "Small"), (1, "One"), (True, "Yes"), (None, "None"), ("", "Empty")]


FIELDS: dict[str, Callable[[], Field]] = {
    "char": serializers.CharField,
    "email": serializers.EmailField,
    "slug": serializers.SlugField,
    "address": serializers.IPAddressField,
    "integer": serializers.IntegerField,
    "big": getattr(serializers, "BigIntegerField", serializers.IntegerField),
    "float": serializers.FloatField,
    "boolean": serializers.BooleanField,
    "boolean-null": partial(serializers.BooleanField, allow_null=True),
    "decimal": partial(serializers.DecimalField, 10, 2),
    "decimal-whole": partial(serializers.DecimalField, 10, 0),
    "decimal-any": partial(serializers.DecimalField, None, None),
    "decimal-places": partial(serializers.DecimalField, None, 3),
    "decimal-number": partial(serializers.DecimalField, 10, 2, coerce_to_string=False),
    "decimal-short": partial(serializers.DecimalField, 10, 2, normalize_output=True),
    "decimal-local": partial(serializers.DecimalField, 10, 2, localize=True),
    "decimal-down": partial(serializers.DecimalField, 10, 2, rounding="ROUND_DOWN"),
    "decimal-own": partial(Quantizing, 10, 2),
    "moment": serializers.DateTimeField,
    "moment-as-it-is": partial(serializers.DateTimeField, format=None),
    "moment-spelled": partial(serializers.DateTimeField, format="%d %Y"),
    "moment-iso": partial(serializers.DateTimeField, format="ISO-8601"),
    "moment-there": partial(serializers.DateTimeField, default_timezone=ZoneInfo("Asia/Kathmandu")),
    "moment-own": OfOwnZone,
    "date": serializers.DateField,
    "date-spelled": partial(serializers.DateField, format="%d"),
    "date-as-it-is": partial(serializers.DateField, format=None),
    "time": serializers.TimeField,
    "time-spelled": partial(serializers.TimeField, format="%H"),
    "duration": serializers.DurationField,
    "uuid": serializers.UUIDField,
    "uuid-hex": partial(serializers.UUIDField, format="hex"),
    "choice": lambda: serializers.ChoiceField(choices=_choices()),
    "choices": lambda: serializers.MultipleChoiceField(choices=_choices()),
    "json": serializers.JSONField,
    "json-binary": partial(serializers.JSONField, binary=True),
    "list": serializers.ListField,
    "list-of-char": lambda: serializers.ListField(child=serializers.CharField()),
    "dict": lambda: serializers.DictField(child=serializers.CharField()),
    "file": serializers.FileField,
    "as-it-is": serializers.ReadOnlyField,
    "key": partial(serializers.PrimaryKeyRelatedField, read_only=True),
    "slug-of-row": partial(serializers.SlugRelatedField, "real__imag", read_only=True),
    "text-of-row": serializers.StringRelatedField,
    "shouting": Shouting,
    "reaching": Reaching,
}


def values_compared(of: str) -> list[list[Any]]:
    """Return each value of which the field `of` makes something else than DRF, and both."""
    different = []
    for value in VALUES:
        theirs, ours = (_of_value(of, value, bases) for bases in (DRFS, OURS))
        if theirs != ours:
            different.append([repr(value), theirs, ours])
    return different


def _of_value(name: str, value: Any, bases: Bases) -> Any:
    serializer_class = type("Made", (bases.plain,), {"value": FIELDS[name]()})
    try:
        return exact(serializer_class({"value": value}).data)
    except Exception as error:  # noqa: BLE001 - whatever it is, both have to raise it
        return chain(error)


def decimals_compared() -> list[list[Any]]:
    """Compare decimals under contexts of the project's own."""
    different = []
    for precision in (1, 4, 28):
        with localcontext() as context:
            context.prec = precision
            different += [["prec", precision, *one] for one in values_compared("decimal-places")]
            different += [["prec", precision, *one] for one in values_compared("decimal")]
    assert getcontext().prec == 28
    return different


class Asking(serializers.CharField):
    """Writes what its serializer was given."""

    def to_representation(self, value: Any) -> Any:
        return f"{value} {self.context.get('asked')}"


class AskingForKey(serializers.PrimaryKeyRelatedField):
    """The same of a relation."""

    def to_representation(self, value: Any) -> Any:
        return f"{value.pk} {self.context.get('asked')}"


@case
def _children_that_ask_for_the_request(bases: Bases) -> Case:
    class Made(bases.plain):
        products = AskingForKey(many=True, read_only=True)
        name = serializers.ListField(child=Asking())
        words = serializers.DictField(child=Asking())

    rows = list(Category.objects.order_by("pk")[:3])
    for row in rows:
        vars(row)["words"] = {"a": row.name}
    return Made, rows


@case
def _overriding_that_calls_super(bases: Bases) -> Case:
    class Made(bases.of_model):
        class Meta:
            model = Product
            fields = ("id", "name", "price", "category")

        def to_representation(self, instance: Product) -> Any:
            recorded.append(instance.pk)
            data = super().to_representation(instance)
            recorded.append(exact(data))
            data["more"] = data.pop("name")
            return data

    return Made, products()


@case
def _overriding_within(bases: Bases) -> Case:
    class Inner(bases.of_model):
        class Meta:
            model = Category
            fields = ("id", "name")

        def to_representation(self, instance: Category) -> Any:
            recorded.append(instance.pk)
            return {**super().to_representation(instance), "own": True}

    class Made(bases.of_model):
        category = Inner()

        class Meta:
            model = Product
            fields = ("id", "category")

    return Made, products()


@case
def _fields_that_change_between_rows(bases: Bases) -> Case:
    class Made(bases.of_model):
        class Meta:
            model = Product
            fields = ("id", "name", "price")

        def to_representation(self, instance: Product) -> Any:
            self.fields["name"].write_only = instance.pk % 2 == 0
            if instance.pk % 3 == 0:
                self.fields["extra"] = serializers.CharField(source="name")
            else:
                self.fields.pop("extra", None)
            return super().to_representation(instance)

    return Made, products()


def _hide(serializer: Any, row: Product) -> None:
    serializer.fields["name"].write_only = row.pk % 2 == 1


def _add(serializer: Any, row: Product) -> None:
    if row.pk == 3:
        del serializer.fields["told"]
        serializer.fields["extra"] = serializers.CharField(source="name")


@case
def _fields_hidden_by_a_helper(bases: Bases) -> Case:
    class Made(bases.of_model):
        told = serializers.SerializerMethodField()

        class Meta:
            model = Product
            fields = ("id", "told", "name", "price", "main")

        def get_told(self, row: Product) -> int:
            _hide(self, row)
            return row.pk

    return Made, products()


@case
def _fields_added_by_a_helper(bases: Bases) -> Case:
    class Made(bases.of_model):
        told = serializers.SerializerMethodField()

        class Meta:
            model = Product
            fields = ("told", "id", "name", "price")

        def to_representation(self, instance: Product) -> Any:
            _add(self, instance)
            return super().to_representation(instance)

        def get_told(self, row: Product) -> int:
            return row.pk

    return Made, products()


@case
def _fields_of_the_request(bases: Bases) -> Case:
    class Made(bases.of_model):
        class Meta:
            model = Product
            fields = ("id", "name", "price")

        def get_fields(self) -> dict[str, Field]:
            recorded.append("get_fields")
            fields = super().get_fields()
            if self.context["asked"]:
                fields.pop("price")
            return fields

    return Made, products()


@case
def _fields_that_cannot_be_made(bases: Bases) -> Case:
    class Made(bases.of_model):
        class Meta:
            model = Product
            fields = ("id", "nothing")

        def get_fields(self) -> dict[str, Field]:
            recorded.append("get_fields")
            return super().get_fields()

    return Made, products()


@case
def _fields_as_a_property(bases: Bases) -> Case:
    class Made(bases.of_model):
        class Meta:
            model = Product
            fields = ("id", "name")

        @property
        def _readable_fields(self) -> Iterator[Field]:
            recorded.append("asked")
            return iter([self.fields["name"]])

    return Made, products()


@case
def _fields_made_once(bases: Bases) -> Case:
    class Made(bases.of_model):
        class Meta:
            model = Product
            fields = ("id", "name", "price", "category")

        @cached_property
        def fields(self) -> Any:
            """Leave one out, as a client might ask for."""
            recorded.append("made")
            made = super().fields
            made.pop("price")
            return made

    return Made, products()


@case
def _fields_of_another_kind(bases: Bases) -> Case:
    class Made(bases.of_model):
        class Meta:
            model = Product
            fields = ("id", "name", "price")

        @cached_property
        def fields(self) -> Any:
            """Return what is no BindingDict."""
            return {name: one for name, one in super().fields.items() if name != "price"}

    return Made, products()


@case
def _fields_kept_by_a_property(bases: Bases) -> Case:
    """As a project leaves fields out by its request."""

    class Made(bases.of_model):
        kept: Any = None

        class Meta:
            model = Product
            fields = ("id", "name", "price", "category", "count")

        @property
        def fields(self) -> Any:
            recorded.append("asked")
            if self.kept is None:
                kept = dict(super().fields)
                kept.pop("price")
                for one in kept.values():
                    one.write_only = isinstance(one, serializers.RelatedField)
                self.kept = kept
            return self.kept

    return Made, products()


@case
def _fields_of_a_property_changed_by_a_helper(bases: Bases) -> Case:
    """The property has them by another name, and what one of them is changes with each row."""

    class Made(bases.of_model):
        kept: Any = None

        class Meta:
            model = Product
            fields = ("id", "created")

        @property
        def fields(self) -> Any:
            if self.kept is None:
                self.kept = dict(self.get_fields())
                for name, one in self.kept.items():
                    one.bind(name, self)
            _spell_in_turn(self.kept["created"])
            return self.kept

    return Made, products()


def _spell_in_turn(field: Any) -> None:
    field.format = "%Y" if vars(field).get("format") == "iso-8601" else "iso-8601"


@case
def _fields_of_a_property_that_fails(bases: Bases) -> Case:
    class Made(bases.of_model):
        class Meta:
            model = Product
            fields = ("id", "name")

        @property
        def fields(self) -> Any:
            recorded.append("asked")
            if len(recorded) == 3:
                raise RuntimeError
            return super().fields

    return Made, products()


@case
def _list_that_looks_at_fields(bases: Bases) -> Case:
    """As a project looks up at once what the rows will want."""

    class Listing(serializers.ListSerializer):
        def to_representation(self, data: Any) -> Any:
            child: Any = self.child
            if isinstance(child.fields.get("told"), serializers.SerializerMethodField):
                child.context["many"] = len({row.pk for row in data})
            return super().to_representation(data)

    class Made(bases.of_model):
        told = serializers.SerializerMethodField()

        class Meta:
            model = Product
            fields = ("id", "told")
            list_serializer_class = Listing

        def get_told(self, _row: Product) -> Any:
            recorded.append(self.context.get("many"))
            return self.context.get("many")

    return Made, products()


@case
def _list_that_changes_fields_between_rows(bases: Bases) -> Case:
    class Listing(serializers.ListSerializer):
        def to_representation(self, data: Any) -> Any:
            told, child = [], cast("Any", self.child)
            for row in data:
                if row.pk % 2:
                    child.fields.pop("name", None)
                else:
                    child.fields["name"] = serializers.CharField()
                told.append(child.to_representation(row))
            return told

    class Made(bases.of_model):
        class Meta:
            model = Product
            fields = ("id", "name")
            list_serializer_class = Listing

    return Made, products()


@case
def _fields_changed_by_a_helper(bases: Bases) -> Case:
    """What a field is changes between two rows, and no method shows how."""

    class Made(bases.of_model):
        class Meta:
            model = Product
            fields = ("id", "created", "price")

        def to_representation(self, instance: Product) -> Any:
            _spell(self.fields["created"], instance)
            return super().to_representation(instance)

    return Made, products()


def _spell(field: Any, row: Product) -> None:
    field.format = "%Y" if row.pk % 2 else None


@case
def _method_that_looks_at_fields(bases: Bases) -> Case:
    class Made(bases.of_model):
        told = serializers.SerializerMethodField()

        class Meta:
            model = Product
            fields = ("id", "told", "name")

        def get_told(self, _row: Product) -> Any:
            return [name for name, one in self.fields.items() if one.read_only]

    return Made, products()


@case
def _method_that_changes_what_it_is_given(bases: Bases) -> Case:
    class Made(bases.of_model):
        told = serializers.SerializerMethodField()

        class Meta:
            model = Product
            fields = ("id", "told", "name")

        def get_told(self, row: Product) -> Any:
            return self.without_fields({"name": row.name, "kept": 1}, "kept")

        def without_fields(self, known: dict[str, Any], but: str) -> Any:
            if "name" in self.fields:
                del known["name"]
            known[but] = 2
            return known

    return Made, products()


@case
def _method_that_sets_what_a_field_is(bases: Bases) -> Case:
    class Made(bases.of_model):
        told = serializers.SerializerMethodField()

        class Meta:
            model = Product
            fields = ("id", "told", "created")

        def get_told(self, row: Product) -> Any:
            self.fields["created"].format = "%Y" if row.pk % 2 else None
            return row.pk

    return Made, products()


@case
def _fields_that_go_with_a_value(bases: Bases) -> Case:
    class Made(bases.of_model):
        told = serializers.SerializerMethodField()

        class Meta:
            model = Product
            fields = ("told", "id", "name")

        @functools.cached_property
        def once(self) -> str:
            self.fields.pop("name")
            return "once"

        def get_told(self, _row: Product) -> str:
            return self.once

    return Made, products()


@case
def _list_of_its_own(bases: Bases) -> Case:
    class Listing(serializers.ListSerializer):
        def to_representation(self, data: Any) -> Any:
            recorded.append(len(data))
            return [{"of": one} for one in super().to_representation(data)]

    class Made(bases.of_model):
        class Meta:
            model = Product
            fields = ("id", "name")
            list_serializer_class = Listing

    return Made, products()


@case
def _models_in_turn(bases: Bases) -> Case:
    class Made(bases.plain):
        id = serializers.IntegerField()
        name = serializers.CharField()
        main = serializers.PrimaryKeyRelatedField(read_only=True, required=False)

    rows = [*Product.objects.order_by("pk")[:3], *Category.objects.order_by("pk")[:3]]
    return Made, [rows[at] for at in (0, 3, 1, 4, 2, 5)]


@case
def _deferred(bases: Bases) -> Case:
    class Made(bases.of_model):
        class Meta:
            model = Product
            fields = ("id", "name", "category", "main")

    return Made, Product.objects.only("id", "main").order_by("pk")[:4]


@case
def _reverse_one_to_one(bases: Bases) -> Case:
    class Inner(bases.of_model):
        class Meta:
            model = Detail
            fields = "__all__"

    class Made(bases.of_model):
        detail = Inner(read_only=True)
        key = serializers.PrimaryKeyRelatedField(source="detail", read_only=True)
        note = serializers.CharField(source="detail.note", default="none")

        class Meta:
            model = Product
            fields = ("id", "detail", "key", "note")

    return Made, products()


def _main_of(row: Product) -> Category:
    recorded.append("main")
    return row.main


@case
def _key_by_a_method(bases: Bases) -> Case:
    class Made(bases.plain):
        key = serializers.PrimaryKeyRelatedField(source="get_main", read_only=True)
        own = serializers.PrimaryKeyRelatedField(source="pk", read_only=True)
        typed = serializers.PrimaryKeyRelatedField(
            source="category", read_only=True, pk_field=serializers.CharField()
        )
        far = serializers.PrimaryKeyRelatedField(source="main.parent", read_only=True)
        none = serializers.PrimaryKeyRelatedField(source="nothing", read_only=True, allow_null=True)

    for row in (rows := list(products())):
        row.get_main = partial(_main_of, row)
    return Made, rows


@case
def _notes(bases: Bases) -> Case:
    class Made(bases.of_model):
        class Meta:
            model = Note
            fields = "__all__"
            depth = 1

    return Made, Note.objects.order_by("pk")[:8]


@case
def _topics(bases: Bases) -> Case:
    class Made(bases.of_model):
        url = serializers.HyperlinkedIdentityField(view_name="nowhere")

        class Meta:
            model = Topic
            fields = ("url", "name")

    return Made, Topic.objects.order_by("pk")[:2]


_RELIED: tuple[tuple[Any, str], ...] = (
    *((base, "to_representation") for base in (fields.CharField, fields.IntegerField)),
    *((base, "to_representation") for base in (fields.DecimalField, fields.DateTimeField)),
    *((base, "to_representation") for base in (fields.ListField, fields.SerializerMethodField)),
    *((fields.DecimalField, "quantize"), (fields.DateTimeField, "enforce_timezone")),
    *((fields.Field, "get_attribute"), (fields, "get_attribute"), (fields, "is_simple_callable")),
    *((relations.RelatedField, "get_attribute"), (relations.ManyRelatedField, "get_attribute")),
    (relations.ManyRelatedField, "to_representation"),
    (relations.PrimaryKeyRelatedField, "to_representation"),
    (relations.PrimaryKeyRelatedField, "use_pk_only_optimization"),
    (relations.SlugRelatedField, "to_representation"),
    (relations.StringRelatedField, "to_representation"),
    (serializers.Serializer, "to_representation"),
    (serializers.ListSerializer, "to_representation"),
    (models.Model, "serializable_value"),
    (timezone, "get_current_timezone"),
)


def patched() -> list[list[Any]]:
    """Have each function that is done without record its calls; return which were left out.

    By serializers whose class was seen before it was patched, and by ones that are new.
    """
    left_out = []
    for owner, name in _RELIED:
        for is_new in (True, False):
            calls = [_calls(owner, name, bases, is_new=is_new) for bases in (DRFS, OURS)]
            if calls[0] != calls[1] or not calls[0]:
                left_out.append([str(owner), name, is_new, *calls])
    return left_out


def _calls(owner: Any, name: str, bases: Bases, *, is_new: bool) -> int:
    made = [CASES[case](bases) for case in ("nested_and_methods", "to_many", "lists")]
    if not is_new:
        for serializer_class, rows in made:
            for _ in range(2):
                assert serializer_class(rows, many=True).data
    calls = []
    real = getattr(owner, name)

    def recording(*args: Any, **kwargs: Any) -> Any:
        calls.append(args)
        return real(*args, **kwargs)

    with patch.object(owner, name, recording):
        for serializer_class, rows in made:
            assert serializer_class(rows, many=True).data
    return len(calls)


@case
def _lists(bases: Bases) -> Case:
    class Made(bases.plain):
        values = serializers.ListField(child=serializers.IntegerField())

    return Made, [{"values": [1, 2]}]


def listed(of: str) -> list[Any]:
    """Answer a list of a case's class by DRF's view and by FastListMixin over FastSerializer."""
    told = []
    for bases, mixins in ((DRFS, ()), (OURS, (FastListMixin,))):
        serializer_class, _ = CASES[of](bases)
        members = {"queryset": products(), "serializer_class": serializer_class}
        view: Any = type("View", (*mixins, ListAPIView), members)
        response = view.as_view()(APIRequestFactory().get("/", HTTP_ACCEPT="application/json"))
        outcome = outcome_of(response)
        told.append([response.render().content.decode(), outcome and outcome.path])
    return told


def written(text: str) -> Any:
    """Return what is_valid(), save() and data of a ModelSerializer make, by DRF and by ours."""
    told = []
    for bases in (DRFS, OURS):

        class Made(bases.of_model):
            class Meta:
                model = Topic
                fields = ("name",)

        made = Made(data={"name": text})
        valid = made.is_valid()
        before = exact(made.data)
        saving = Made(data={"name": text})
        saving.is_valid()
        saved = None
        if not saving.errors:
            row = saving.save()
            saved = exact(saving.data)
            row.delete()
        told.append([valid, exact(made.errors), before, saved])
    return told


def names() -> list[list[str]]:
    """Return the names of all cases and of all fields."""
    return [sorted(CASES), sorted(FIELDS)]


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


class Named(StrEnum):
    ID = "id"
    NAME = "name"


@case
def _names_of_an_enum(bases: Bases) -> Case:
    class Made(bases.of_model):
        class Meta:
            model = Topic
            fields = (Named.ID, Named.NAME)

    return Made, Topic.objects.order_by("pk")[:2]


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


class _Watched:
    """A value of a context that knows when it is looked at."""

    __hash__ = None  # type: ignore[assignment]

    def __eq__(self, other: object) -> bool:
        recorded.append("compared")
        return self is other


_of_a_request: ContextVar[Any] = ContextVar("of_a_request")


def left_alone() -> dict[str, Any]:
    """Make data with something of a request in its context; tell what was done to that."""

    class Made(FastSerializer, serializers.Serializer):
        created = serializers.DateTimeField()

    stand_in_a_module(Made)
    recorded.clear()
    row = SimpleNamespace(created=_MOMENT)
    gone = []
    for zone in (None, "Asia/Kathmandu", None):
        value = _Watched()
        gone.append(ref(value))
        token = _of_a_request.set(value)
        with timezone.override(zone):
            assert Made([row, row], many=True).data
        _of_a_request.reset(token)
        del token
    del value
    return {"seen": list(recorded), "kept": sum(each() is not None for each in gone)}


def let_go() -> list[str]:
    """Tell what of a request waits for the search for cycles, or stays for good, after its data."""

    class Made(FastSerializer, serializers.Serializer):
        missing = serializers.CharField(required=False)
        far = serializers.CharField(source="a.b", default=None)

    waiting = []
    row = Shop(1)
    gone = ref(row)
    gc.disable()
    try:
        represent = Made(context={}).to_representation
        represent(row)
        del row
        if gone() is not None:
            waiting.append("a row without an attribute")
    finally:
        gc.enable()
    classes = []
    for _ in range(3):
        of_request = type(
            "OfRequest",
            (FastSerializer, serializers.Serializer),
            {"missing": serializers.CharField(required=False)},
        )
        of_request(Shop(1)).data  # noqa: B018 - it is asked for
        of_request([Shop(2)], many=True).data  # noqa: B018
        classes.append(ref(of_request))
    del of_request
    gc.collect()
    waiting += ["a class of a request" for each in classes if each() is not None]
    return waiting


class _Told(serializers.CharField):
    pass


class _InnerPlain(serializers.ModelSerializer):
    class Meta:
        model = Category
        fields = ("id", "name")


@contextmanager
def _nothing(_: Any) -> Iterator[None]:
    yield


def _changes() -> dict[str, Callable[[Any], Any]]:
    """Return what may be changed of a serializer's class, or of DRF, after it was used."""
    made = serializers.ModelSerializer
    shouting = {models.TextField: Shouting, models.CharField: Shouting}

    def one_field(_: Any) -> dict[str, Field]:
        return {"only": serializers.CharField(source="name")}

    return {
        "nothing": _nothing,
        "Meta.fields": lambda cls: patch.object(cls.Meta, "fields", ("told", "inner")),
        "Meta.depth": lambda cls: patch.object(cls.Meta, "depth", 1, create=True),
        "declared": lambda cls: patch.dict(cls._declared_fields, {"told": _number(source="pk")}),
        "get_fields": lambda cls: patch.object(cls, "get_fields", one_field),
        "DRF's get_fields": lambda _: patch.object(made, "get_fields", one_field),
        "a field's class": lambda _: patch.object(_Told, "to_representation", lambda *_: "patched"),
        "a nested class": lambda _: patch.object(
            _InnerPlain, "to_representation", lambda *_: "patched"
        ),
        "DRF's mapping": lambda _: patch.object(
            made, "serializer_field_mapping", made.serializer_field_mapping | shouting
        ),
        "the setting": lambda _: override_settings(
            REST_FRAMEWORK={**settings.REST_FRAMEWORK, "COERCE_DECIMAL_TO_STRING": False}
        ),
        "the zone": lambda _: override_settings(TIME_ZONE="Asia/Tokyo"),
        "the option": lambda _: override_settings(ROWPATH={"data": False}),
    }


def changed() -> list[list[Any]]:
    """Return what a class gives otherwise than DRF when something was changed since it was used."""
    different = []
    for name, change in _changes().items():
        told = []
        for bases in (DRFS, OURS):

            class Made(bases.of_model):
                told = _Told(source="name")
                inner = _InnerPlain(source="main")

                class Meta:
                    model = Product
                    fields: Any = (
                        "id",
                        "told",
                        "inner",
                        "category",
                        "price",
                        "created",
                        "description",
                    )

            stand_in_a_module(Made)
            for _ in range(2):
                assert Made(products(), many=True).data
            with change(Made):
                told.append(exact(Made(products(), many=True).data))
            told.append(exact(Made(products(), many=True).data))
        if told[:2] != told[2:]:
            different.append([name, *told])
    return different


def copied() -> list[Any]:
    """Return what a serializer's copies make of a row when a field was taken from one of them."""
    told = []
    for bases in (DRFS, OURS):

        class Made(bases.of_model):
            class Meta:
                model = Topic
                fields = ("id", "name")

        stand_in_a_module(Made)
        made = Made(Topic.objects.first())
        before = exact(made.data)
        other = copy(made)
        other.fields.pop("id")
        told.append([before, exact(other.to_representation(made.instance))])
        told[-1].append(exact(pickle.loads(pickle.dumps(made)).data))  # noqa: S301 - our own
    return told


def done_by_drf(of: str) -> list[str]:
    """Return which functions of DRF's fields run for the rows of a case, of a class in a module."""
    serializer_class, rows = CASES[of](OURS)
    stand_in_a_module(serializer_class)
    given = list(rows)
    context = {"asked": True}
    assert serializer_class(given, many=True, context=context).data
    made = serializer_class(given, many=True, context=context)
    called: set[str] = set()
    drfs = (fields.__file__, relations.__file__)

    def profile(frame: Any, event: str, _: Any) -> None:
        if event == "call" and frame.f_code.co_filename in drfs:
            called.add(frame.f_code.co_qualname)

    sys.setprofile(profile)
    try:
        assert made.data
    finally:
        sys.setprofile(None)
    return sorted(called)
