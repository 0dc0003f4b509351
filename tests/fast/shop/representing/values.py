"""Values of all kinds, in fields of all kinds."""

import datetime as dt
import uuid
from collections.abc import Callable
from decimal import Decimal, getcontext, localcontext
from enum import Enum
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from rest_framework import serializers

from fast.exact import chain, exact
from fast.shop.representing.bases import DRFS, OURS, Bases, Field, recorded


class Loud(str):
    __slots__ = ()

    def __str__(self) -> str:
        return f"{super().__str__()}!"


class Size(Enum):
    SMALL = "s"
    LARGE = "l"


class Count(int):
    pass


MOMENT = dt.datetime(2026, 11, 29, 12, 30, 1, 5, dt.UTC)
VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, 1, -7, 2**70, 1.5, -0.0, 1e22, float("nan"), float("inf")),
    *("", "x", "true", "False", "null", "12", " 3.50 ", "ключ", Loud("s"), "2026-11-29", b"bytes"),
    *map(Decimal, ("1.50", "1.5", "-0.00", "0.005", "12345678.99", "123456789012.00", "1E+3")),
    *map(Decimal, ("NaN", "Infinity", "0E-2", "1.005", "99999999999999999999.99")),
    *(MOMENT, MOMENT.replace(tzinfo=None), MOMENT.astimezone(ZoneInfo("Asia/Kathmandu"))),
    *(MOMENT.replace(tzinfo=dt.timezone(dt.timedelta(hours=5, seconds=7))),),
    *(
        dt.datetime.min.replace(tzinfo=dt.UTC),
        MOMENT.replace(year=9999, tzinfo=None),
        dt.datetime.max.replace(tzinfo=dt.UTC),
    ),
    *(MOMENT.date(), MOMENT.time(), MOMENT.timetz(), dt.time(0), dt.timedelta(days=-1)),
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
