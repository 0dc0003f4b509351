"""Which types of PostgreSQL a form can be written from, and by which compiled writer."""

from collections.abc import Callable, Mapping
from datetime import tzinfo
from enum import IntEnum
from functools import partial
from typing import Any
from uuid import UUID

from rowpath.fast import forms
from rowpath.fast.encoding.layout import Writer
from rowpath.fast.forms import DurationStyle, Form, UuidStyle, Zone


class Type(IntEnum):
    """OIDs, from PostgreSQL's pg_type.dat."""

    BOOL = 16
    BYTEA = 17
    NAME = 19
    INT8 = 20
    INT2 = 21
    INT4 = 23
    TEXT = 25
    CIDR = 650
    FLOAT8 = 701
    INET = 869
    BPCHAR = 1042
    VARCHAR = 1043
    DATE = 1082
    TIME = 1083
    TIMESTAMPTZ = 1184
    INTERVAL = 1186
    NUMERIC = 1700
    UUID = 2950
    JSONB = 3802


Writers = Mapping[int, Writer]

# The array types, and what they are arrays of.
ITEM_TYPES = {
    1000: Type.BOOL,
    1001: Type.BYTEA,
    1003: Type.NAME,
    1005: Type.INT2,
    1007: Type.INT4,
    1009: Type.TEXT,
    1014: Type.BPCHAR,
    1015: Type.VARCHAR,
    1016: Type.INT8,
    651: Type.CIDR,
    1022: Type.FLOAT8,
    1041: Type.INET,
    1182: Type.DATE,
    1183: Type.TIME,
    1185: Type.TIMESTAMPTZ,
    1187: Type.INTERVAL,
    1231: Type.NUMERIC,
    2951: Type.UUID,
    3807: Type.JSONB,
}

_TEXTS = (Type.TEXT, Type.VARCHAR, Type.BPCHAR, Type.NAME)
_INTEGERS = {
    Type.INT2: "int2",
    Type.INT4: "int4",
    Type.INT8: "int8",
}
_DURATIONS = {
    DurationStyle.DJANGO: "duration",
    DurationStyle.ISO_8601: "iso duration",
    DurationStyle.SECONDS: "seconds",
}
_UUIDS = {
    UuidStyle.HYPHENATED: "hyphenated uuid",
    UuidStyle.HEX: "hex uuid",
    UuidStyle.INTEGER: "integer uuid",
    UuidStyle.URN: "urn uuid",
}
_ANY_SCALE = -1

# How keys are read that are equal if their bytes are, and only then.
KEYS: Mapping[int, Callable[[bytes], Any]] = {
    **dict.fromkeys(_INTEGERS, partial(int.from_bytes, byteorder="big", signed=True)),
    **dict.fromkeys((Type.TEXT, Type.VARCHAR), bytes.decode),
    Type.UUID: lambda value: UUID(bytes=value),
}


def are_equal(*types: int) -> bool:
    """Whether keys of these types are equal if their bytes are, and only then."""
    return set(types) <= KEYS.keys() and (len(set(types)) == 1 or set(types) <= set(_TEXTS))


class Slots:
    """The zones, base URLs and links of a plan, each once; a writer knows its own by position."""

    def __init__(self) -> None:
        self.zones: list[Zone | tzinfo] = []
        self.base_urls: list[str] = []
        self.links: list[forms.Link] = []

    def zone(self, zone: Zone | tzinfo) -> int:
        """Return the position of `zone`."""
        if zone not in self.zones:
            self.zones.append(zone)
        return self.zones.index(zone)

    def base_url(self, base_url: str) -> int:
        """Return the position of `base_url`."""
        if base_url not in self.base_urls:
            self.base_urls.append(base_url)
        return self.base_urls.index(base_url)

    def link(self, link: forms.Link) -> int:
        """Return the position of `link`."""
        if link not in self.links:
            self.links.append(link)
        return self.links.index(link)


def writer(form: Form, oid: int, slots: Slots) -> Writer | None:
    """Return how `form` is written from the type `oid`; None if it cannot be."""
    if isinstance(form, forms.Array):
        return _array(form.item, oid, slots)
    if isinstance(form, forms.Mapping):
        return Writer(name="hstore") if oid == form.oid else None
    return _WRITERS[type(form)](form, slots).get(oid)


def _array(item: Form, oid: int, slots: Slots) -> Writer | None:
    """Write an array; PostgreSQL gives it the same type whatever its dimensions are."""
    if oid not in ITEM_TYPES:
        return None
    inner = _array(item.item, oid, slots) if isinstance(item, forms.Array) else None
    if inner is None and not isinstance(item, forms.Array):
        inner = writer(item, ITEM_TYPES[oid], slots)
    return inner and Writer(name="array", item_type=ITEM_TYPES[oid], item=inner)


def _integer(form: forms.Integer, _: Slots) -> Writers:
    prefix = "quoted " if form.quoted else ""
    names = {**_INTEGERS, Type.NUMERIC: "whole numeric"} if form.from_numeric else _INTEGERS
    return {oid: Writer(name=prefix + name) for oid, name in names.items()}


def _decimal(form: forms.Decimal, _: Slots) -> Writers:
    name = "normalized decimal" if form.normalized else "decimal"
    return {Type.NUMERIC: Writer(name=name, number=_scale(form.places), digits=form.digits or 0)}


def _decimal_as_float(form: forms.DecimalAsFloat, _: Slots) -> Writers:
    name, digits = "decimal as float", form.digits or 0
    return {Type.NUMERIC: Writer(name=name, number=_scale(form.places), digits=digits)}


def _scale(places: int | None) -> int:
    return _ANY_SCALE if places is None else places


def _datetime(form: forms.DateTime, slots: Slots) -> Writers:
    name = "naive datetime" if form.naive else "datetime"
    return {Type.TIMESTAMPTZ: Writer(name=name, number=slots.zone(form.zone))}


def _file_url(form: forms.FileUrl, slots: Slots) -> Writers:
    made = Writer(name="file url", number=slots.base_url(form.base_url))
    return dict.fromkeys((Type.VARCHAR, Type.TEXT), made)


def _link(form: forms.Link, slots: Slots) -> Writers:
    name = "text link or null" if form.may_be_empty else "text link"
    names: dict[forms.LinkKey, Mapping[int, str]] = {
        forms.LinkKey.INTEGER: {oid: f"{one} link" for oid, one in _INTEGERS.items()},
        forms.LinkKey.UUID: {Type.UUID: "uuid link"},
        forms.LinkKey.TEXT: dict.fromkeys((Type.VARCHAR, Type.TEXT), name),
    }
    number = slots.link(form)
    return {oid: Writer(name=one, number=number) for oid, one in names[form.key].items()}


def _of(*types: Type, name: str) -> Callable[[object, Slots], Writers]:
    """Write these types in one way, whatever else the form says."""
    return lambda _form, _slots: dict.fromkeys(types, Writer(name=name))


# What each form can be written from. What is missing differs between the driver's text and binary
# results (float4), or keeps what json.loads() drops (json), or was never asked for.
_WRITERS: dict[type[Form], Callable[[Any, Slots], Writers]] = {
    forms.Text: _of(*_TEXTS, name="text"),
    forms.Integer: _integer,
    forms.Boolean: _of(Type.BOOL, name="boolean"),
    forms.Decimal: _decimal,
    forms.DecimalAsFloat: _decimal_as_float,
    forms.Float: lambda _form, _slots: {
        Type.FLOAT8: Writer(name="float8"),
        Type.NUMERIC: Writer(name="decimal as float", number=_ANY_SCALE),
    },
    forms.DateTime: _datetime,
    forms.Date: _of(Type.DATE, name="date"),
    forms.Time: _of(Type.TIME, name="time"),
    forms.Duration: lambda form, _slots: {Type.INTERVAL: Writer(name=_DURATIONS[form.style])},
    forms.Uuid: lambda form, _slots: {Type.UUID: Writer(name=_UUIDS[form.style])},
    forms.Json: _of(Type.JSONB, name="jsonb"),
    forms.Address: lambda _form, _slots: {
        Type.INET: Writer(name="inet"),
        Type.CIDR: Writer(name="cidr"),
    },
    forms.Base64: _of(Type.BYTEA, name="base64"),
    forms.FileUrl: _file_url,
    forms.Link: _link,
}
