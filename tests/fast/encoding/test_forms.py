"""Every form writes what DRF does with the value that the driver reads from PostgreSQL's text."""

import base64
import decimal
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import partial
from ipaddress import IPv4Address, IPv6Address
from json import loads
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.utils.duration import duration_iso_string, duration_string
from hypothesis import given
from hypothesis import strategies as st

from fast.drf.long_runs import examples
from fast.encoding.harness import Check
from fast.encoding.values import (
    DATETIMES,
    JSON_TEXTS,
    TEXTS,
    ZONES,
    decimals,
    intervals,
    networks,
)
from rowpath.fast import forms
from rowpath.fast.forms import DurationStyle, UuidStyle, Zone

INTEGERS = {"int2": 15, "int4": 31, "int8": 63}


def lists_of(values: st.SearchStrategy[str]) -> st.SearchStrategy[list[str | None]]:
    return st.lists(values | st.none(), max_size=30)


def as_it_is(value: object) -> object:
    return value


@examples(share=0.02)
@given(texts=lists_of(TEXTS))
@pytest.mark.parametrize("type_", ["text", "varchar", "name", "char(7)"])
def test_text(connection: psycopg.Connection, type_: str, texts: list[str | None]) -> None:
    """Text of any characters is escaped as json.dumps escapes it."""
    Check(connection, forms.Text(), type_)(texts, as_it_is)


@examples(share=0.01)
@given(data=st.data(), quoted=st.booleans())
@pytest.mark.parametrize("type_", INTEGERS)
def test_integers(
    connection: psycopg.Connection, type_: str, *, quoted: bool, data: st.DataObject
) -> None:
    """Integers of every size are written as numbers, or as strings of their digits."""
    most = 2 ** INTEGERS[type_]
    texts = data.draw(lists_of(st.integers(-most, most - 1).map(str)))
    Check(connection, forms.Integer(quoted=quoted), type_)(texts, str if quoted else as_it_is)


@examples(share=0.02)
@given(texts=lists_of(st.integers(-(10**40), 10**40).map(str)), quoted=st.booleans())
def test_whole_numerics(
    connection: psycopg.Connection, *, quoted: bool, texts: list[str | None]
) -> None:
    """A numeric without decimal places is written as int() makes it."""
    represent = (lambda value: str(int(value))) if quoted else int
    Check(connection, forms.Integer(quoted=quoted, from_numeric=True), "numeric")(texts, represent)


def test_booleans(connection: psycopg.Connection) -> None:
    """There are two booleans, and null."""
    Check(connection, forms.Boolean(), "bool")(["t", "f", None], as_it_is)


def fixed(value: decimal.Decimal) -> str:
    return f"{value:f}"


@examples(share=0.02)
@given(data=st.data(), places=st.integers(0, 20))
def test_decimals_of_a_scale(
    connection: psycopg.Connection, places: int, data: st.DataObject
) -> None:
    """A decimal column with the field's decimal places is written with all of them."""
    texts = data.draw(lists_of(decimals(places=places)))
    Check(connection, forms.Decimal(places=places), "numeric")(texts, fixed)


@examples(share=0.03)
@given(texts=lists_of(decimals()))
def test_decimals_of_any_scale(connection: psycopg.Connection, texts: list[str | None]) -> None:
    """A decimal without declared places keeps every digit that the database has."""
    Check(connection, forms.Decimal(places=None), "numeric")(texts, fixed)


@examples(share=0.03)
@given(texts=lists_of(decimals(digits=28)))
def test_normalized_decimals(connection: psycopg.Connection, texts: list[str | None]) -> None:
    """A normalized decimal loses the zeros at its end, and keeps those before its point."""
    form = forms.Decimal(places=None, normalized=True)
    Check(connection, form, "numeric")(texts, lambda value: f"{value.normalize():f}")


@examples(share=0.04)
@given(texts=lists_of(decimals()))
@pytest.mark.parametrize("form", [forms.DecimalAsFloat(), forms.Float()])
def test_decimals_as_floats(
    connection: psycopg.Connection, form: forms.Form, texts: list[str | None]
) -> None:
    """A decimal that becomes a float is rounded once, as float() rounds it."""
    Check(connection, form, "numeric")(texts, float)


@examples(share=0.04)
@given(texts=lists_of(st.floats(allow_nan=False, allow_infinity=False).map(repr)))
def test_floats(connection: psycopg.Connection, texts: list[str | None]) -> None:
    """A float is written as its repr."""
    Check(connection, forms.Float(), "float8")(texts, as_it_is)


def iso_in(zone: tzinfo, value: datetime) -> str:
    text = value.astimezone(zone).isoformat()
    return text[:-6] + "Z" if text.endswith("+00:00") else text


@examples(share=0.06)
@given(texts=lists_of(DATETIMES), zone=ZONES)
def test_datetimes(connection: psycopg.Connection, zone: tzinfo, texts: list[str | None]) -> None:
    """A point in time is written in the request's zone, with its offset there at that time."""
    form = forms.DateTime(zone=Zone.REQUEST)
    Check(connection, form, "timestamptz", zone=zone)(texts, partial(iso_in, zone))


@examples(share=0.01)
@given(texts=lists_of(DATETIMES), zone=ZONES)
def test_datetimes_of_a_fields_zone(
    connection: psycopg.Connection, zone: tzinfo, texts: list[str | None]
) -> None:
    """A field's own zone stands above the request's."""
    form = forms.DateTime(zone=zone)
    other = timezone(timedelta(hours=1))
    Check(connection, form, "timestamptz", zone=other)(texts, partial(iso_in, zone))


@examples(share=0.01)
@given(texts=lists_of(DATETIMES), zone=ZONES)
def test_naive_datetimes(
    connection: psycopg.Connection, zone: tzinfo, texts: list[str | None]
) -> None:
    """A naive time is the zone's own, without an offset."""

    def represent(value: datetime) -> str:
        return value.astimezone(zone).replace(tzinfo=None).isoformat()

    form = forms.DateTime(zone=zone, naive=True)
    Check(connection, form, "timestamptz")(texts, represent)


def test_the_connections_zone(connection: psycopg.Connection) -> None:
    """Zone.CONNECTION is the zone of the connection, whatever the request's is."""
    form = forms.DateTime(zone=Zone.CONNECTION)
    other = timezone(timedelta(hours=1))
    texts = ["2026-11-24 10:00:00+00"]
    Check(connection, form, "timestamptz", zone=other)(texts, partial(iso_in, UTC))


@examples(share=0.01)
@given(texts=lists_of(st.dates().map(str)))
def test_dates(connection: psycopg.Connection, texts: list[str | None]) -> None:
    """A date is written as isoformat() has it, from the year 1 to 9999."""
    Check(connection, forms.Date(), "date")(texts, lambda value: value.isoformat())


@examples(share=0.01)
@given(texts=lists_of(st.times().map(str)))
def test_times(connection: psycopg.Connection, texts: list[str | None]) -> None:
    """A time of day is written as isoformat() has it, with microseconds only where there are."""
    Check(connection, forms.Time(), "time")(texts, lambda value: value.isoformat())


DURATIONS = {
    DurationStyle.DJANGO: duration_string,
    DurationStyle.ISO_8601: duration_iso_string,
    DurationStyle.SECONDS: lambda value: str(value.total_seconds()),
}


@examples(share=0.02)
@given(data=st.data())
@pytest.mark.parametrize("style", DURATIONS)
def test_durations(
    connection: psycopg.Connection, style: DurationStyle, data: st.DataObject
) -> None:
    """A duration is written as Django spells it, or as its seconds."""
    days = 100_000 if style is DurationStyle.SECONDS else 999_999_980
    texts = data.draw(lists_of(intervals(days)))
    Check(connection, forms.Duration(style=style), "interval")(texts, DURATIONS[style])


UUIDS: dict[UuidStyle, Any] = {
    UuidStyle.HYPHENATED: str,
    UuidStyle.HEX: lambda value: value.hex,
    UuidStyle.INTEGER: int,
    UuidStyle.URN: lambda value: value.urn,
}


@examples(share=0.01)
@given(texts=lists_of(st.integers(0, 2**128 - 1).map(lambda value: str(UUID(int=value)))))
@pytest.mark.parametrize("style", UUIDS)
def test_uuids(connection: psycopg.Connection, style: UuidStyle, texts: list[str | None]) -> None:
    """A UUID is written in each of the styles that UUIDField has."""
    Check(connection, forms.Uuid(style=style), "uuid")(texts, UUIDS[style])


@examples(share=0.05)
@given(texts=lists_of(JSON_TEXTS))
def test_json(connection: psycopg.Connection, texts: list[str | None]) -> None:
    """A jsonb document is written as json.dumps(json.loads(text))."""
    Check(connection, forms.Json(), "jsonb")(texts, loads)


ADDRESSES = st.ip_addresses() | st.builds(
    # Few bits set: runs of zeros, and the mapped and compatible forms of IPv4.
    lambda words, last: IPv6Address(
        int.from_bytes(b"".join(word.to_bytes(2) for word in words) + last.to_bytes(4))
    ),
    st.lists(st.sampled_from([0, 0, 0, 1, 0xFFFF, 0xDB8]), min_size=6, max_size=6),
    st.sampled_from([0, 1, 0x7F000001, 0xFFFF, 0x10000]) | st.integers(0, 2**32 - 1),
)


@examples(share=0.04)
@given(data=st.data())
def test_addresses(connection: psycopg.Connection, data: st.DataObject) -> None:
    """An inet is spelled as PostgreSQL does, the mask of a single host left out."""

    def masked(address: IPv4Address | IPv6Address) -> st.SearchStrategy[str]:
        bits = st.integers(0, address.max_prefixlen) | st.just(address.max_prefixlen)
        return bits.map(lambda size: f"{address}/{size}")

    texts = data.draw(lists_of(ADDRESSES.map(str) | ADDRESSES.flatmap(masked)))
    Check(connection, forms.Address(), "inet")(texts, as_it_is)


@examples(share=0.02)
@given(texts=lists_of(networks(ADDRESSES)))
def test_networks(connection: psycopg.Connection, texts: list[str | None]) -> None:
    """A cidr always has its mask."""
    Check(connection, forms.Address(), "cidr")(texts, as_it_is)


@examples(share=0.01)
@given(texts=lists_of(st.binary(max_size=50).map(lambda value: "\\x" + value.hex())))
def test_base64(connection: psycopg.Connection, texts: list[str | None]) -> None:
    """Bytes become base64 with its padding."""

    def represent(value: bytes) -> str:
        return base64.b64encode(value).decode("ascii")

    Check(connection, forms.Base64(), "bytea")(texts, represent)
