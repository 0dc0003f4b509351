"""What each of DRF's fields makes of a column's value, as a form.

The table names DRF's own classes. A subclass is as good as its base as long as it changes nothing
that `to_representation` uses.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.conf import settings
from django.db import models
from rest_framework import fields
from rest_framework.settings import DEFAULTS, api_settings

from rowpath.fast import forms
from rowpath.fast.django.kinds import ArrayKind, FileKind, Kind, Scalar, kind_of
from rowpath.fast.django.overrides import overridden
from rowpath.fast.fallback import CannotCompileError
from rowpath.fast.names import named

_ISO_8601 = "iso-8601"
# decimal.getcontext().prec, which quantize() works with where the field gives no max_digits.
_CONTEXT_DIGITS = 28
_WRITING = ("to_representation", "get_attribute", "get_default")

# By int() and str(), which make the same of a Decimal without a fraction.
_INT = forms.Integer(from_numeric=True)
_INT_AS_STRING = forms.Integer(quoted=True, from_numeric=True)

# None stands for a value that only Python code can write.
Made = forms.Form | None


def form_of(field: fields.Field, column: models.Field, *, is_int: bool = False) -> forms.Form:
    """Return how `field` writes the values of `column`, or raise CannotCompileError.

    `is_int` says that Django makes an int of them, whatever number the database has.
    """
    kind = kind_of(column)
    base = base_of(field)
    form = None if base is None else _FORMS[base][1](field, column, kind)
    if form is None:
        raise CannotCompileError(f"a {named(type(field))} writes a {_said(kind)} by Python code")
    return _as_int(form) if is_int else form


def base_of(field: fields.Field) -> type[fields.Field] | None:
    """Return DRF's own class that `field` writes as; None if there is none.

    Raises CannotCompileError if it writes in a way of its own.
    """
    base = next((base for base in type(field).__mro__ if base in _FORMS), None)
    if base is not None:
        check_writing(field, base, (*_WRITING, *_FORMS[base][0]))
    return base


def raw(column: models.Field, *, is_int: bool = False) -> forms.Form:
    """Return how the renderer's JSON encoder writes a value of `column` as it was read.

    `is_int` is as for `form_of`.
    """
    form = _raw(kind_of(column))
    return _as_int(form) if is_int else form


def _as_int(form: forms.Form) -> forms.Form:
    return replace(form, from_numeric=True) if isinstance(form, forms.Integer) else form


def _raw(kind: Kind) -> forms.Form:
    if isinstance(kind, ArrayKind):
        return forms.Array(item=_raw(kind.item))
    if kind not in _RAW:
        raise CannotCompileError(f"the JSON encoder would be given a {_said(kind)}")
    return _RAW[kind]()


def check_writing(field: fields.Field, base: type[fields.Field], names: tuple[str, ...]) -> None:
    """Raise CannotCompileError unless `field` has all of `names` from `base`."""
    own = overridden(type(field), base, names)
    if name := own or next((name for name in names if name in vars(field)), None):
        raise CannotCompileError(
            f"{named(type(field))} has a {name}() of its own",
            change=f"Declare it as a {base.__name__}.",
        )


def _said(kind: Kind) -> str:
    if isinstance(kind, ArrayKind):
        return f"array of {_said(kind.item)}"
    return "file" if isinstance(kind, FileKind) else f"{kind.name.lower()} value"


def _char(_field: fields.CharField, _column: models.Field, kind: Kind) -> Made:
    written: dict[Kind, forms.Form] = {
        Scalar.TEXT: forms.Text(),
        Scalar.ADDRESS: forms.Address(),
        Scalar.INTEGER: _INT_AS_STRING,
        Scalar.UUID: forms.Uuid(style=forms.UuidStyle.HYPHENATED),
        Scalar.DATE: forms.Date(),
        Scalar.TIME: forms.Time(),
    }
    return written.get(kind)


def _integer(_field: fields.IntegerField, _column: models.Field, kind: Kind) -> Made:
    return _INT if kind is Scalar.INTEGER else None


def _big_integer(field: fields.IntegerField, _column: models.Field, kind: Kind) -> Made:
    if kind is not Scalar.INTEGER:
        return None
    quoted = getattr(field, "coerce_to_string", api_settings.COERCE_BIGINT_TO_STRING)
    return _INT_AS_STRING if quoted else _INT


def _boolean(_field: fields.BooleanField, _column: models.Field, kind: Kind) -> Made:
    return forms.Boolean() if kind is Scalar.BOOLEAN else None


def _float(_field: fields.FloatField, _column: models.Field, kind: Kind) -> Made:
    return forms.Float() if kind in (Scalar.FLOAT, Scalar.DECIMAL) else None


def _decimal(field: fields.DecimalField, column: models.Field, kind: Kind) -> Made:
    if kind is not Scalar.DECIMAL:
        return None
    places = field.decimal_places
    if places is not None and column.decimal_places not in (None, places):
        raise CannotCompileError(
            f"it rounds to {places} places what the column holds with {column.decimal_places}"
        )
    # quantize() raises for more.
    digits = None if places is None else field.max_digits or _CONTEXT_DIGITS
    coerced = getattr(field, "coerce_to_string", api_settings.COERCE_DECIMAL_TO_STRING)
    if not coerced:
        return forms.DecimalAsFloat(places=places, digits=digits)
    if field.localize:
        raise CannotCompileError("it is localized")
    normalized = bool(field.normalize_output)
    return forms.Decimal(places=places, normalized=normalized, digits=digits)


def _datetime(field: fields.DateTimeField, _column: models.Field, kind: Kind) -> Made:
    if kind is not Scalar.DATETIME:
        return None
    form = getattr(field, "format", api_settings.DATETIME_FORMAT)
    if form is None:
        return _RAW[Scalar.DATETIME]()
    _iso_8601_only(form)
    fixed = getattr(field, "timezone", None)
    if settings.USE_TZ:
        return forms.DateTime(zone=fixed or forms.Zone.REQUEST)
    if fixed is not None:
        raise CannotCompileError("it gives a time without a zone the zone of default_timezone")
    return forms.DateTime(zone=forms.Zone.CONNECTION, naive=True)


def _date(field: fields.DateField, _column: models.Field, kind: Kind) -> Made:
    return _iso(field, "DATE_FORMAT", forms.Date()) if kind is Scalar.DATE else None


def _time(field: fields.TimeField, _column: models.Field, kind: Kind) -> Made:
    return _iso(field, "TIME_FORMAT", forms.Time()) if kind is Scalar.TIME else None


def _iso(field: fields.Field, setting: str, form: forms.Form) -> forms.Form:
    # Without a format the JSON encoder writes the value, by isoformat() too.
    spelled = getattr(field, "format", getattr(api_settings, setting))
    if spelled is not None:
        _iso_8601_only(spelled)
    return form


def _iso_8601_only(form: str) -> None:
    if form.lower() != _ISO_8601:
        raise CannotCompileError(
            f"its format is {form!r}", change="Only iso-8601 compiles: leave the format out."
        )


def _duration(field: fields.DurationField, _column: models.Field, kind: Kind) -> Made:
    if kind is not Scalar.DURATION:
        return None
    # DRF before 3.17 knows Django's form alone.
    default = api_settings.DURATION_FORMAT if "DURATION_FORMAT" in DEFAULTS else "django"
    form = getattr(field, "format", default)
    styles = {
        None: forms.DurationStyle.SECONDS,
        "django": forms.DurationStyle.DJANGO,
        _ISO_8601: forms.DurationStyle.ISO_8601,
    }
    style = styles.get(form.lower() if isinstance(form, str) else form)
    return forms.Duration(style=style) if style else None


def _uuid(field: fields.UUIDField, _column: models.Field, kind: Kind) -> Made:
    styles = {
        "hex_verbose": forms.UuidStyle.HYPHENATED,
        "hex": forms.UuidStyle.HEX,
        "int": forms.UuidStyle.INTEGER,
        "urn": forms.UuidStyle.URN,
    }
    return forms.Uuid(style=styles[field.uuid_format]) if kind is Scalar.UUID else None


def _choice(field: fields.ChoiceField, _column: models.Field, kind: Kind) -> Made:
    """Write a choice as itself, as long as all choices are of the column's own type."""
    types = {type(choice) for choice in field.choices}
    if kind is Scalar.TEXT and types <= {str}:
        return forms.Text()
    if kind is Scalar.INTEGER and types <= {int, type(None)}:
        return forms.Integer()
    return None


def _json(field: fields.JSONField, _column: models.Field, kind: Kind) -> Made:
    return forms.Json() if kind is Scalar.JSON and not field.binary else None


def _list(field: fields.ListField, column: models.Field, kind: Kind) -> Made:
    if not isinstance(kind, ArrayKind):
        return None
    return forms.Array(item=form_of(field.child, column.base_field))


def _mapping(field: fields.DictField, _column: models.Field, kind: Kind) -> Made:
    """Write an hstore, whose values are strings and nulls, by a child that leaves them so."""
    if kind is not Scalar.HSTORE:
        return None
    for base in (fields.CharField, fields._UnvalidatedField):
        if isinstance(field.child, base):
            check_writing(field.child, base, _WRITING)
            return forms.Mapping()
    return None


def _file(field: fields.FileField, _column: models.Field, kind: Kind) -> Made:
    used = getattr(field, "use_url", api_settings.UPLOADED_FILES_USE_URL)
    return forms.FileUrl(base_url=kind.base_url) if isinstance(kind, FileKind) and used else None


def _model_field(field: fields.ModelField, column: models.Field, kind: Kind) -> Made:
    return forms.Base64() if kind is Scalar.BINARY and field.model_field is column else None


def _read_only(_field: fields.Field, _column: models.Field, kind: Kind) -> Made:
    return _raw(kind)


Maker = Callable[[Any, models.Field, Kind], Made]

# The field's class, what else its to_representation() uses, and what becomes of a column's kind.
_FORMS: dict[type[fields.Field], tuple[tuple[str, ...], Maker]] = {
    fields.CharField: ((), _char),
    fields.IntegerField: ((), _integer),
    fields.BooleanField: (("_lower_if_str", "TRUE_VALUES", "FALSE_VALUES"), _boolean),
    fields.FloatField: ((), _float),
    fields.DecimalField: (("quantize",), _decimal),
    fields.DateTimeField: (("enforce_timezone", "default_timezone"), _datetime),
    fields.DateField: ((), _date),
    fields.TimeField: ((), _time),
    fields.DurationField: ((), _duration),
    fields.UUIDField: ((), _uuid),
    fields.MultipleChoiceField: ((), lambda *_: None),
    fields.ChoiceField: ((), _choice),
    fields.JSONField: ((), _json),
    fields.ListField: ((), _list),
    fields.DictField: ((), _mapping),
    fields.FileField: ((), _file),
    fields.ModelField: ((), _model_field),
    fields.ReadOnlyField: ((), _read_only),
    fields._UnvalidatedField: ((), _read_only),  # the child of a bare ListField
}
if hasattr(fields, "BigIntegerField"):
    _FORMS[fields.BigIntegerField] = ((), _big_integer)

_RAW: dict[Kind, Callable[[], forms.Form]] = {
    Scalar.TEXT: forms.Text,
    Scalar.INTEGER: forms.Integer,
    Scalar.DECIMAL: forms.DecimalAsFloat,
    Scalar.FLOAT: forms.Float,
    Scalar.BOOLEAN: forms.Boolean,
    Scalar.DATETIME: lambda: forms.DateTime(zone=forms.Zone.CONNECTION, naive=not settings.USE_TZ),
    Scalar.DATE: forms.Date,
    Scalar.TIME: forms.Time,
    Scalar.DURATION: lambda: forms.Duration(style=forms.DurationStyle.SECONDS),
    Scalar.UUID: lambda: forms.Uuid(style=forms.UuidStyle.HYPHENATED),
    Scalar.JSON: forms.Json,
    Scalar.HSTORE: forms.Mapping,
    Scalar.ADDRESS: forms.Address,
}
