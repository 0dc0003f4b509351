"""How one value of the database stands in the JSON. Frozen values that know no framework.

A form names what the framework's field does to a value, not the type of the column: which types of
PostgreSQL a form can be written from is the encoder's knowledge (`encoding`), and a column of any
other type falls back.
"""

from dataclasses import dataclass
from datetime import tzinfo
from enum import Enum, auto


class Zone(Enum):
    """Which offset a time with a zone is written in."""

    REQUEST = auto()
    """The zone that is current for the request."""
    CONNECTION = auto()
    """The zone of the database connection, as the driver gives it."""


class DurationStyle(Enum):
    """How a duration is spelled."""

    DJANGO = auto()
    """`3 04:05:06.000007`, as django.utils.duration.duration_string has it."""
    ISO_8601 = auto()
    """`P3DT04H05M06.000007S`, as duration_iso_string has it."""
    SECONDS = auto()
    """`str(timedelta.total_seconds())`, as the JSON encoder has it."""


class UuidStyle(Enum):
    """How a UUID is spelled."""

    HYPHENATED = auto()
    HEX = auto()
    INTEGER = auto()
    """A JSON number of up to 39 digits."""
    URN = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A string as it stands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Integer:
    """A whole number, as a JSON number or (`quoted`) as a string of its digits."""

    quoted: bool = False
    from_numeric: bool = False
    """Whether the framework makes one of a numeric too. With a fraction that falls back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Boolean:
    """`true` or `false`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decimal:
    """A decimal as a string of fixed notation, `"12.30"`.

    With `places`, a value of any other scale falls back, so that nothing is ever rounded; without,
    every digit that the database has is written. `normalized` drops zeros at the end.
    """

    places: int | None
    normalized: bool = False
    digits: int | None = None
    """A value of more digits, those behind the point among them, falls back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DecimalAsFloat:
    """A decimal as the JSON number that `float(value)` is written as."""

    places: int | None = None
    """A value of another scale falls back."""
    digits: int | None = None
    """So does one of more digits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Float:
    """A float as Python's `repr` has it. Without a JSON spelling (NaN, infinity) it falls back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DateTime:
    """A point in time as `datetime.isoformat()`, with `Z` for an offset of `+00:00`.

    `naive` leaves the offset out.
    """

    zone: Zone | tzinfo
    naive: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Date:
    """`2026-11-24`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Time:
    """`12:30:00` or `12:30:00.000001`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Duration:
    """A duration without months and years; with them the value falls back."""

    style: DurationStyle


@dataclass(frozen=True, slots=True, kw_only=True)
class Uuid:
    """A UUID in one of its spellings."""

    style: UuidStyle


@dataclass(frozen=True, slots=True, kw_only=True)
class Json:
    """A jsonb document, loaded and dumped again by Python's json: compact, floats as `repr`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """An inet or cidr as PostgreSQL spells it, without the mask of a single host."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Base64:
    """Binary data as base64 with padding."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Array:
    """A list of one form; a null stays null, more dimensions nest only where `item` is an Array."""

    item: "Form"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapping:
    """An hstore as an object of strings and nulls, in the order in which it is stored."""

    oid: int | None = None
    """The type's OID, which each database gives its own; without it the value falls back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileUrl:
    """A stored file's name behind `request.build_absolute_uri(base_url)`; an empty name is null."""

    base_url: str


class LinkKey(Enum):
    """Which values stand in a URL."""

    INTEGER = auto()
    UUID = auto()
    """With hyphens."""
    TEXT = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A key within a URL, which the framework makes for each request."""

    key: LinkKey
    view_name: str
    keyword: str
    """By which the URL's pattern knows the key."""
    suffix: str | None = None
    """The format that the URL is to name, where the request names another."""
    may_be_empty: bool = False
    """Whether an empty text is null. Without, it falls back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What stands before and behind the key of a Link, and the bytes that the key may have."""

    before: str
    behind: str
    allowed: bytes


Form = (
    Text
    | Integer
    | Boolean
    | Decimal
    | DecimalAsFloat
    | Float
    | DateTime
    | Date
    | Time
    | Duration
    | Uuid
    | Json
    | Address
    | Base64
    | Array
    | Mapping
    | FileUrl
    | Link
)
