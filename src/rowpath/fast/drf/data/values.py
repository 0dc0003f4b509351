"""What a field makes of a value: DRF's own `to_representation()`, for the values that are usual.

Each function takes whatever DRF's takes, and gives what is unusual to DRF's.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timezone, tzinfo
from decimal import Decimal, getcontext
from operator import attrgetter
from threading import get_ident
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone as django_timezone
from rest_framework import fields
from rest_framework.relations import (
    HyperlinkedRelatedField,
    ManyRelatedField,
    PrimaryKeyRelatedField,
    SlugRelatedField,
    StringRelatedField,
)
from rest_framework.settings import api_settings

from rowpath.fast.django.variables import variable_of
from rowpath.fast.drf.data.by_class import ByClass
from rowpath.fast.drf.data.links import hyperlink
from rowpath.fast.drf.data.shipped import has_drfs, rely
from rowpath.fast.stores import kept

Write = Callable[[Any], Any]
Rule = Callable[[Any], Write | None]
"""Makes the Write of a field; None if that is DRF's."""

_ISO_8601 = "iso-8601"
_UTC = "+00:00"
# Zones in which every time has an offset.
_AWARE = (timezone, ZoneInfo)


def write_of(field: fields.Field) -> Write:
    """Return what makes of a value what `field.to_representation` does."""
    rule = rule_of(field)
    made = None if rule is None else rule(field)
    return made or field.to_representation


def needs_value_alone(field: fields.Field) -> bool:
    """Whether `field` asks for nothing but the value; a method field, for its serializer too."""
    if isinstance(field, HyperlinkedRelatedField):  # which asks for the request
        return False
    children = (getattr(field, name, None) for name in ("child", "child_relation"))
    return rule_of(field) is not None and all(
        needs_value_alone(child) for child in children if child is not None
    )


def rule_of(field: fields.Field) -> Rule | None:
    """Return what makes the Write of a field that is DRF's own in all that counts."""
    base = base_of(type(field))
    if base is None:
        return None
    uses, rule = _RULES[base]
    return rule if has_drfs(field, base, ("to_representation", *uses)) else None


@kept
@ByClass
def base_of(field_class: type) -> type[fields.Field] | None:
    """Return the class of DRF's by whose rule fields of `field_class` write, if there is one."""
    return next((base for base in field_class.__mro__ if base in _RULES), None)


def as_it_is(value: Any) -> Any:
    """Return `value`, of which a field makes nothing else."""
    return value


def _boolean(field: Any) -> Write:
    theirs = field.to_representation

    def write(value: Any) -> Any:
        return value if value is True or value is False else theirs(value)

    return write


def _decimal(field: Any) -> Write | None:
    coerced = getattr(field, "coerce_to_string", api_settings.COERCE_DECIMAL_TO_STRING)
    if field.decimal_places is None or field.normalize_output or field.localize or not coerced:
        return None
    theirs, digits, rounding = field.to_representation, field.max_digits, field.rounding
    decimal_places, longest = field.decimal_places, longest_decimal(field)
    places = Decimal(".1") ** decimal_places

    def write(value: Any) -> Any:
        if type(value) is not Decimal:
            return theirs(value)
        text = str(value)
        has_point = len(text) <= longest and text[-decimal_places - 1 : -decimal_places] == "."
        if has_point and text[-decimal_places:].isdigit():
            return text  # which has these places, and no exponent
        context = getcontext().copy()
        if digits is not None:
            context.prec = digits
        return f"{value.quantize(places, rounding=rounding, context=context):f}"

    return write


def longest_decimal(field: Any) -> int:
    """Return how long a value of a DecimalField is as text, at most, that needs no rounding."""
    # It has a point, and perhaps a sign and a zero, besides its digits.
    is_fixed = field.max_digits is not None and field.decimal_places != 0
    return field.max_digits + 1 if is_fixed else 0


def _datetime(field: Any) -> Write | None:
    if not _is_iso_8601(getattr(field, "format", api_settings.DATETIME_FORMAT)):
        return None
    fixed = getattr(field, "timezone", None)
    if fixed is None and (hasattr(field, "timezone") or not settings.USE_TZ):
        return None
    if not rely(django_timezone, "get_current_timezone"):
        return None
    theirs, zone_now = field.to_representation, zone_of(field)

    def write(value: Any) -> Any:
        if type(value) is not datetime or type(value.tzinfo) not in _AWARE:
            return theirs(value)
        try:
            text: str | None = value.astimezone(zone_now()).isoformat()
        except OverflowError:
            text = None
        if text is None:
            return theirs(value)  # not within the handler, which would be its error's context
        return text[: -len(_UTC)] + "Z" if text.endswith(_UTC) else text

    return write


def zone_of(field: Any) -> Callable[[], tzinfo]:
    """Return what tells the zone of a DateTimeField that is to have one."""
    fixed = getattr(field, "timezone", None)
    return _fixed(fixed) if fixed is not None else _current_zone()


def _fixed(zone: tzinfo) -> Callable[[], tzinfo]:
    return lambda: zone


def _current_zone() -> Callable[[], tzinfo]:
    """Return what returns Django's current time zone, and asks for it only where it may be new.

    Django keeps it in a variable of asgiref's, of which a context has another value as soon as a
    zone is activated or deactivated. To see that there is the same one takes a fortieth of the time
    of asking for what is in it.
    """
    variable = variable_of(django_timezone._active)
    if variable is None:
        return django_timezone.get_current_timezone
    known: tuple[object, int, tzinfo] = (None, 0, UTC)

    def zone() -> tzinfo:
        nonlocal known
        value = variable.get(None)
        if value is None:  # nothing was ever activated here
            return django_timezone.get_default_timezone()
        before, thread, found = known
        if value is before and get_ident() == thread:
            return found
        found = django_timezone.get_current_timezone()
        known = value, get_ident(), found
        return found

    return zone


def _date(field: Any) -> Write | None:
    return _iso(field, date, "DATE_FORMAT")


def _time(field: Any) -> Write | None:
    return _iso(field, time, "TIME_FORMAT")


def _iso(field: Any, usual: type[date | time], setting: str) -> Write | None:
    if not _is_iso_8601(getattr(field, "format", getattr(api_settings, setting))):
        return None
    theirs = field.to_representation

    def write(value: Any) -> Any:
        return value.isoformat() if type(value) is usual else theirs(value)

    return write


def _is_iso_8601(form: Any) -> bool:
    return isinstance(form, str) and form.lower() == _ISO_8601


def _uuid(field: Any) -> Write | None:
    return str if field.uuid_format == "hex_verbose" else None


def _choice(field: Any) -> Write:
    theirs = field.to_representation

    def write(value: Any) -> Any:
        if type(value) is str:
            return field.choice_strings_to_values.get(value, value) if value else value
        return theirs(value)

    return write


def _big_integer(field: Any) -> Write | None:
    quoted = getattr(field, "coerce_to_string", api_settings.COERCE_BIGINT_TO_STRING)
    return None if quoted else int


def _json(field: Any) -> Write | None:
    return None if field.binary else as_it_is


def _list(field: Any) -> Write:
    write_item = write_of(field.child)

    def write(values: Any) -> Any:
        return [None if item is None else write_item(item) for item in values]

    return write


def _slug(field: Any) -> Write:
    return attrgetter(field.slug_field.replace("__", "."))


def _key(field: Any) -> Write | None:
    return attrgetter("pk") if field.pk_field is None else None


def _many(field: Any) -> Write:
    write_one = write_of(field.child_relation)

    def write(rows: Any) -> Any:
        return [write_one(row) for row in rows]

    return write


def _method(field: Any) -> Write:
    return method_of(field.parent, field.method_name)


def method_of(serializer: Any, name: str) -> Write:
    """Return what calls the method `name` of `serializer`."""

    def write(row: Any) -> Any:
        return getattr(serializer, name)(row)

    return write


# By DRF's class: what else its to_representation() uses, and what takes its place.
_RULES: dict[type[fields.Field], tuple[tuple[str, ...], Rule]] = {
    fields.CharField: ((), lambda _: str),
    fields.IntegerField: ((), lambda _: int),
    fields.FloatField: ((), lambda _: float),
    fields.BooleanField: (("_lower_if_str", "TRUE_VALUES", "FALSE_VALUES"), _boolean),
    fields.DecimalField: (("quantize",), _decimal),
    fields.DateTimeField: (("enforce_timezone", "default_timezone"), _datetime),
    fields.DateField: ((), _date),
    fields.TimeField: ((), _time),
    fields.DurationField: ((), lambda _: None),
    fields.UUIDField: ((), _uuid),
    fields.MultipleChoiceField: ((), lambda _: None),
    fields.ChoiceField: ((), _choice),
    fields.JSONField: ((), _json),
    fields.ListField: ((), _list),
    fields.DictField: ((), lambda _: None),
    fields.ReadOnlyField: ((), lambda _: as_it_is),
    fields._UnvalidatedField: ((), lambda _: as_it_is),  # the child of a bare ListField
    fields.SerializerMethodField: ((), _method),
    StringRelatedField: ((), lambda _: str),
    SlugRelatedField: ((), _slug),
    PrimaryKeyRelatedField: ((), _key),
    HyperlinkedRelatedField: (("get_url",), hyperlink),
    ManyRelatedField: ((), _many),
}
if hasattr(fields, "BigIntegerField"):
    _RULES[fields.BigIntegerField] = ((), _big_integer)
