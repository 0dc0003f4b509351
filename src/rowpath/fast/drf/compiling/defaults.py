"""What a field writes where its source leads nowhere, if that is the same for every request."""

import datetime as dt
import json
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import models
from rest_framework import fields
from rest_framework.utils.encoders import JSONEncoder

from rowpath.fast.django.overrides import has_own, overridden
from rowpath.fast.drf.compiling.scalars import base_of
from rowpath.fast.fallback import CannotCompileError

# Values that nobody can change while they are a default. Of a class of the project's own, str()
# may be anything.
_IMMUTABLE = frozenset(
    (str, int, float, bool, Decimal, UUID, dt.datetime, dt.date, dt.time, dt.timedelta)
)
# By which a field sees a value; an enumeration may have its own.
_SPEAKING = ("__str__", "__int__", "__float__", "__eq__", "__hash__", "__bool__")
# What reads the row, or has a child to write the default's items by.
_OTHERS = (fields.ListField, fields.DictField, fields.ModelField)


def default_of(field: fields.Field) -> str | None:
    """Return, as JSON, what `field` makes of its own static default.

    None if that is not certain: it may be called, changed, or written in the request's own way, or
    DRF raises.
    """
    value = field.default
    if callable(value) or has_own(field, fields.Field, ("get_default",)):
        return None
    if value is None:
        return "null"
    if not _is_constant(value):
        return None
    try:
        base = base_of(field)
    except CannotCompileError:
        return None
    if base is None or issubclass(base, _OTHERS) or _depends_on_request(base, value):
        return None
    return _as_json(field, value)


def _is_constant(value: Any) -> bool:
    for base in (models.TextChoices, models.IntegerChoices):
        if isinstance(value, base):
            return overridden(type(value), base, _SPEAKING) is None
    return type(value) in _IMMUTABLE


def _depends_on_request(base: type[fields.Field], value: Any) -> bool:
    """Whether the current time zone has a part in what `base` writes."""
    return issubclass(base, fields.DateTimeField) and isinstance(value, dt.datetime)


def _as_json(field: fields.Field, value: Any) -> str | None:
    try:
        written = field.to_representation(value)
        if isinstance(field, fields.DecimalField) and _is_rounded(written, value):
            return None
        if written is not None and type(written) not in _IMMUTABLE:
            return None
        if isinstance(written, str):
            written.encode()  # half a surrogate pair has no bytes
        return json.dumps(written, cls=JSONEncoder, allow_nan=False)
    except Exception:  # noqa: BLE001 - for a row without a source, DRF raises it too
        return None


def _is_rounded(written: Any, value: Any) -> bool:
    """Whether the thread's decimal context, which is anybody's, has a part in what is written."""
    return Decimal(written) != Decimal(str(value).strip())
