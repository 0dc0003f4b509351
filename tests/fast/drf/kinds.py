"""The columns of generated models: how each is declared, what it holds, which fields write it.

Everything is Python source, so that a failing case can be printed and run as it stands.
"""

from dataclasses import dataclass

from hypothesis import strategies as st

from fast.drf.literals import (
    BINARY,
    DATES,
    DATETIMES,
    DURATIONS,
    FLOATS,
    JSON,
    SHORT,
    TEXTS,
    TIMES,
    UUIDS,
    decimals,
    integers,
)

Sources = st.SearchStrategy[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One way to declare a column."""

    column: str
    """The model field, without `null`."""
    values: Sources
    fields: tuple[str, ...]
    """Serializer fields that are expected to compile on it."""
    odd: tuple[str, ...] = ()
    """Serializer fields that fall back, raise, or do either depending on the value."""
    hostile: tuple[str, ...] = ()
    """What PostgreSQL holds in it and Django cannot write, as PostgreSQL reads it."""
    postgresql: bool = False
    """Whether other databases have no such column."""
    orders: bool = True
    """Whether rows are sorted and searched by it."""


_ANY = ("ReadOnlyField()",)
_TEXT_FIELDS = (*_ANY, "CharField()", "CharField(min_length=1)", "SlugField()", "Validating()")
_INTEGER_FIELDS = ("IntegerField()", "IntegerField()", "CharField()", *_ANY)
_ODD_INTEGER = ("FloatField()", "BooleanField()", "DecimalField(20, 0)", "Shouting()")


def text(column: str, *extra: str, values: Sources = TEXTS) -> Kind:
    return Kind(
        column=column,
        values=values,
        fields=(*_TEXT_FIELDS, *extra),
        odd=("IntegerField()", "DateField()", "Shouting()", "Reaching()", "JSONField()"),
    )


def integer(column: str, bits: int, least: int | None = None, *extra: str) -> Kind:
    return Kind(
        column=column,
        values=integers(-(2**bits) if least is None else least, 2**bits - 1),
        fields=(*_INTEGER_FIELDS, *extra),
        odd=_ODD_INTEGER,
    )


def decimal(digits: int, places: int) -> Kind:
    exact = f"max_digits={digits}, decimal_places={places}"
    return Kind(
        column=f"DecimalField({exact})",
        values=decimals(digits, places),
        fields=(
            f"DecimalField({exact})",
            f"DecimalField({exact}, normalize_output=True)",
            f"DecimalField({exact}, coerce_to_string=False)",
            f"DecimalField(max_digits={digits + 3}, decimal_places={places})",
            f"DecimalField({exact}, rounding='ROUND_UP')",
            "DecimalField(max_digits=None, decimal_places=None)",
            "FloatField()",
            *_ANY,
        ),
        odd=(
            f"DecimalField({exact}, localize=True)",
            "DecimalField(max_digits=30, decimal_places=1)",
            "DecimalField(max_digits=80, decimal_places=25)",
            f"DecimalField(max_digits=3, decimal_places={places})",
            "CharField()",
            "IntegerField()",
            "Shouting()",
        ),
        hostile=("NaN",),
        postgresql=digits > 15,  # SQLite keeps a float
    )


_ISO = "format='iso-8601'"
_FORMATS = ("format='%Y/%m/%d %H'", "format='ISO-8601'")

_DATETIME = Kind(
    column="DateTimeField()",
    values=DATETIMES,
    fields=(
        "DateTimeField()",
        "DateTimeField()",
        f"DateTimeField({_ISO})",
        "DateTimeField(format=None)",
        "DateTimeField(default_timezone=ZoneInfo('Asia/Kathmandu'))",
        "DateTimeField(default_timezone=dt.timezone(dt.timedelta(hours=-3, minutes=-1)))",
        *_ANY,
    ),
    odd=(*(f"DateTimeField({one})" for one in _FORMATS), "CharField()", "DateField()"),
    hostile=("infinity", "-infinity", "0044-03-15 12:00:00 BC", "10001-01-01", "294276-01-01"),
)
_DATE = Kind(
    column="DateField()",
    values=DATES,
    fields=("DateField()", f"DateField({_ISO})", "DateField(format=None)", "CharField()", *_ANY),
    odd=(*(f"DateField({one})" for one in _FORMATS), "DateTimeField()", "Shouting()"),
    hostile=("infinity", "-infinity", "4713-01-01 BC", "10000-01-01"),
)
_TIME = Kind(
    column="TimeField()",
    values=TIMES,
    fields=("TimeField()", f"TimeField({_ISO})", "TimeField(format=None)", "CharField()", *_ANY),
    odd=("TimeField(format='%H')",),
    hostile=("24:00:00",),
)
_DURATION = Kind(
    column="DurationField()",
    values=DURATIONS,
    fields=("DurationField()", *_ANY),
    odd=("CharField()", "FloatField()"),
    hostile=("1 month", "-3 years 1 day", "170000000 years", "1 day -00:00:01"),
)

_UUID = Kind(
    column="UUIDField()",
    values=UUIDS,
    fields=(
        "UUIDField()",
        *(f"UUIDField(format='{one}')" for one in ("hex_verbose", "hex", "int", "urn")),
        "CharField()",
        *_ANY,
    ),
    odd=("IntegerField()", "Shouting()"),
)
_BOOLEAN = Kind(
    column="BooleanField()",
    values=st.sampled_from(["True", "False"]),
    fields=("BooleanField()", *_ANY),
    odd=("CharField()", "IntegerField()"),
)
_FLOAT = Kind(
    column="FloatField()",
    values=FLOATS,
    fields=("FloatField()", *_ANY),
    odd=("CharField()", "DecimalField(20, 3)", "IntegerField()"),
    hostile=("NaN", "Infinity", "-Infinity"),
)
_JSON = Kind(
    column="JSONField()",
    values=JSON,
    fields=("JSONField()", "JSONField()", *_ANY),
    odd=("JSONField(binary=True)", "CharField()", "DictField()", "ListField()"),
    hostile=("null", "1e400", '{"a": 1e-400, "": [[[]]]}'),
    orders=False,
)
_ADDRESS = Kind(
    column="GenericIPAddressField()",
    values=st.ip_addresses().map(lambda address: repr(str(address))),
    fields=("IPAddressField()", "CharField()", *_ANY),
    odd=("IntegerField()",),
    hostile=("10.0.0.0/8", "::ffff:1.2.3.4/96"),
)
_BINARY = Kind(
    column="BinaryField()",
    values=BINARY,
    fields=(),
    odd=("CharField()", "ReadOnlyField()"),
    orders=False,
)
# A name to be quoted falls back.
_NAMES = st.sampled_from(["'a/plain.txt'"] * 20 + ["''", *map(repr, ("é", "%20", "a b?"))])
_FILE = Kind(
    column="FileField(max_length=400)",
    values=_NAMES,
    fields=("FileField()",),
    odd=("FileField(use_url=False)", "CharField()"),
)
_IMAGE = Kind(column="ImageField(max_length=400)", values=_NAMES, fields=("FileField()",))

_CHOICES = "choices=[('a', 'A'), ('b', 'B'), ('', 'none')]"
_CHOSEN = Kind(
    column=f"CharField(max_length=200, {_CHOICES})",
    values=st.sampled_from(["'a'", "'b'", "''", "'elsewhere'", "'\\u2028\"'"]),
    fields=(
        f"ChoiceField({_CHOICES})",
        f"ChoiceField({_CHOICES}, allow_blank=True)",
        "CharField()",
    ),
    odd=("ChoiceField([1, 2])", "MultipleChoiceField(choices=['a'])"),
)
_NUMBERS = "choices=[(1, 'one'), (2, 'two')]"
_NUMBERED = Kind(
    column=f"IntegerField({_NUMBERS})",
    values=st.sampled_from(["1", "2", "3", "-1"]),
    fields=(f"ChoiceField({_NUMBERS})", "IntegerField()"),
    odd=("ChoiceField(choices=[('1', 'one')])", "ChoiceField(choices=[(True, 'one')])"),
)
_MAPPING = Kind(
    column="HStoreField()",
    values=st.sampled_from(["{}", "{'a': None, 'b': '\\u2028'}"]),
    fields=("HStoreField()", "DictField()"),
    odd=("CharField()", "ReadOnlyField()"),
    postgresql=True,
    orders=False,
)
_SHOUTED = Kind(column="Shouted()", values=SHORT, fields=(), odd=("CharField()",))


def array(item: Kind, *children: str) -> Kind:
    """Return an array of a kind's column, with nulls among the items."""
    items = st.lists(item.values | st.just("None"), max_size=4)
    return Kind(
        column=f"ArrayField(models.{item.column})",
        values=items.map(lambda values: f"[{', '.join(values)}]"),
        fields=(*(f"ListField(child=serializers.{one})" for one in children), *_ANY),
        odd=("ListField()", "CharField()"),
        postgresql=True,
        orders=False,
    )


_TEXT = text("CharField(max_length=200)")
_MATRIX = Kind(
    column="ArrayField(ArrayField(models.IntegerField()))",
    values=st.sampled_from(["[]", "[[1, 2], [3, None]]", "[[]]"]),
    fields=(
        "ListField(child=serializers.ListField(child=serializers.IntegerField()))",
        "ReadOnlyField()",
    ),
    odd=("ListField(child=serializers.IntegerField())", "ListField()"),
    postgresql=True,
    orders=False,
)
SCALARS = (
    _TEXT,
    text("TextField()"),
    text("SlugField(max_length=200)", values=SHORT),
    text("EmailField(max_length=200)", "EmailField()", values=SHORT),
    text("URLField(max_length=200)", "URLField()", values=SHORT),
    integer("IntegerField()", 31),
    integer("SmallIntegerField()", 15),
    integer("BigIntegerField()", 63),
    integer("PositiveIntegerField()", 31, 0),
    integer("PositiveBigIntegerField()", 63, 0),
    decimal(10, 2),
    decimal(5, 0),
    decimal(28, 10),
    decimal(60, 20),
    _DATETIME,
    _DATETIME,
    _DATE,
    _TIME,
    _DURATION,
    _UUID,
    _BOOLEAN,
    _FLOAT,
    _ADDRESS,
    _CHOSEN,
    _NUMBERED,
)
KINDS = (
    *SCALARS,
    _JSON,
    _BINARY,
    _FILE,
    _IMAGE,
    array(_TEXT, "CharField()"),
    array(_FLOAT, "FloatField()"),
    array(_DATETIME, "DateTimeField()"),
    array(decimal(10, 2), "DecimalField(10, 2)", "DecimalField(10, 2, coerce_to_string=False)"),
    array(_UUID, "UUIDField()", "UUIDField(format='int')"),
    array(_DURATION, "DurationField()"),
    _MATRIX,
    _MAPPING,
)
ODD = (_SHOUTED,)
