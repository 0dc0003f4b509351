"""What the encoder leaves to the framework: a value with the reason, a type before any row."""

import decimal
import struct
from typing import Any

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fast.drf.long_runs import examples
from fast.encoding.harness import binary, encoded, made, made_for, refusal, written
from fast.encoding.results import result_of
from fast.encoding.values import decimals
from rowpath.fast import forms
from rowpath.fast.encoding import CannotEncodeError, WrongTypeError
from rowpath.fast.forms import DurationStyle, UuidStyle, Zone
from rowpath.fast.plan import Value

DECIMAL = forms.Decimal(places=2)
WHOLE = forms.Integer(from_numeric=True)
QUOTED = forms.Integer(quoted=True, from_numeric=True)
DATETIME = forms.DateTime(zone=Zone.REQUEST)
DURATION = forms.Duration(style=DurationStyle.DJANGO)


@pytest.mark.parametrize(
    ("form", "type_", "text", "reason"),
    [
        (forms.Float(), "float8", "NaN", "NaN"),
        (forms.Float(), "float8", "Infinity", "infinite"),
        (forms.Float(), "float8", "-Infinity", "infinite"),
        (forms.Float(), "numeric", "1e400", "range of floats"),
        (DECIMAL, "numeric", "NaN", "NaN"),
        (DECIMAL, "numeric", "Infinity", "infinite"),
        (DECIMAL, "numeric", "-Infinity", "infinite"),
        (DECIMAL, "numeric", "1.5", "decimal places"),
        (DECIMAL, "numeric", "1.500", "decimal places"),
        (DECIMAL, "numeric", "1", "decimal places"),
        (forms.DecimalAsFloat(places=2), "numeric", "1.5", "decimal places"),
        (forms.DecimalAsFloat(places=2, digits=4), "numeric", "123.45", "more digits"),
        (forms.Decimal(places=None, normalized=True), "numeric", "1" * 29, "digits"),
        (forms.Decimal(places=None, normalized=True), "numeric", f"1.{'0' * 28}", "digits"),
        (WHOLE, "numeric", "1.0", "decimal places"),
        (WHOLE, "numeric", "1" * 700, "digits"),
        (QUOTED, "numeric", "1" * 700, "digits"),
        (DATETIME, "timestamptz", "infinity", "years 1 to 9999"),
        (DATETIME, "timestamptz", "-infinity", "years 1 to 9999"),
        (DATETIME, "timestamptz", "0001-01-01 23:59:59.999999+00", "years 1 to 9999"),
        (DATETIME, "timestamptz", "9999-12-31 00:00:00+00", "years 1 to 9999"),
        (DATETIME, "timestamptz", "4713-01-01 00:00:00+00 BC", "years 1 to 9999"),
        (DATETIME, "timestamptz", "294276-01-01 00:00:00+00", "years 1 to 9999"),
        (forms.Date(), "date", "infinity", "years 1 to 9999"),
        (forms.Date(), "date", "-infinity", "years 1 to 9999"),
        (forms.Date(), "date", "0001-12-31 BC", "years 1 to 9999"),
        (forms.Date(), "date", "10000-01-01", "years 1 to 9999"),
        (forms.Time(), "time", "24:00:00", "one day"),
        (DURATION, "interval", "1 month", "months"),
        (DURATION, "interval", "1 year -12 months 1 day", ""),
        (DURATION, "interval", "1000000000 days", "timedelta"),
        (DURATION, "interval", "-1000000000 days", "timedelta"),
        (DURATION, "interval", "infinity", "months"),
        (forms.Duration(style=DurationStyle.SECONDS), "interval", "200000 days", "exactly"),
        (forms.Json(), "jsonb", "1" * 641, "digits"),
        (forms.Json(), "jsonb", "1" * 640, ""),
        (forms.Json(), "jsonb", f"1{'0' * 400}.5", "range of floats"),
        (forms.Json(), "jsonb", "[" * 61 + "]" * 61, ""),
        (forms.Json(), "jsonb", "[" * 62 + "]" * 62, "deeply"),
        (forms.Json(), "jsonb", '{"a":' * 61 + "1" + "}" * 61, "deeply"),
    ],
)
def test_a_value_without_a_certain_spelling(
    connection: psycopg.Connection, form: forms.Form, type_: str, text: str, reason: str
) -> None:
    """A value that Python refuses, rounds or spells in its own way is refused with the reason."""
    told = refusal(connection, form, type_, text)

    assert reason in told if reason else told == ""


@examples(share=0.03)
@given(text=decimals(places=2, digits=12), digits=st.integers(1, 12))
def test_a_decimal_of_more_digits_than_the_field(
    connection: psycopg.Connection, text: str, digits: int
) -> None:
    """A decimal is refused exactly where quantize() raises in the field's precision."""
    context = decimal.Context(prec=digits)
    try:
        decimal.Decimal(text).quantize(decimal.Decimal("0.01"), context=context)
        expected = ""
    except decimal.InvalidOperation:
        expected = "it has more digits than the field"

    form = forms.Decimal(places=2, digits=digits)

    assert refusal(connection, form, "numeric", text) == expected


def test_a_decimal_smaller_than_any_float(connection: psycopg.Connection) -> None:
    """A decimal that float() makes zero is zero or refused; C++ libraries differ there."""
    reason = refusal(connection, forms.Float(), "numeric", "1e-400")
    if not reason:
        result = binary(connection, "SELECT 1e-400::numeric")
        assert encoded(made_for(forms.Float()), result) == b'[{"v":0.0}]'


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("img/a-b_c.d~1.png", '"https://host/media/img/a-b_c.d~1.png"'),
        ("", "null"),
        ("a..b/...", '"https://host/media/a..b/..."'),
        *((name, None) for name in ("/a", "a//b", "a/", ".", "..", "a/./b", "a/../b", "a/..")),
        *((name, None) for name in ("a b", "a%20b", "é.png", "a?b", "a#b", "a:b", "a\\b", "a'b")),
    ],
)
def test_file_names(connection: psycopg.Connection, name: str, told: str | None) -> None:
    """A file's URL is its name behind the prefix, if nothing in it is quoted or resolved."""
    encoder = made_for(forms.FileUrl(base_url="/media/"))
    result = binary(connection, "SELECT %s::varchar", name)

    def encode() -> bytes:
        return encoded(encoder, result, absolute=lambda url: f"https://host{url}")

    if told is None:
        with pytest.raises(CannotEncodeError, match="file name"):
            encode()
    else:
        assert encode() == f'[{{"v":{told}}}]'.encode()


WRONG: dict[str, tuple[forms.Form, str | None]] = {
    "float4": (forms.Float(), "1.5"),
    "json": (forms.Json(), "{}"),
    "timestamp": (DATETIME, "2026-01-01"),
    "timetz": (forms.Time(), "12:00+01"),
    "text": (forms.Integer(), "1"),
    "numeric": (forms.Integer(), "1"),
    "int4": (forms.Text(), "1"),
    "int8": (forms.Boolean(), "1"),
    "int2": (forms.Float(), "1"),
    "float8": (DECIMAL, "1"),
    '"char"': (forms.Text(), "a"),
    "oid": (forms.Integer(), "1"),
    "macaddr": (forms.Address(), "08:00:2b:01:02:03"),
    "int4[]": (forms.Integer(), "{1}"),
    "text[]": (forms.Array(item=forms.Integer()), "{1}"),
    "float4[]": (forms.Array(item=forms.Float()), "{1}"),
    "hstore": (forms.Mapping(), "a=>1"),
    "bytea": (forms.FileUrl(base_url="/"), ""),
    "uuid": (forms.Array(item=forms.Uuid(style=UuidStyle.HEX)), None),
}


@pytest.mark.parametrize("type_", WRONG)
def test_a_type_that_does_not_fit(connection: psycopg.Connection, type_: str) -> None:
    """A column of another type is refused before any row, and if there is none."""
    form, text = WRONG[type_]
    for texts in ([text], []):
        result = binary(connection, f"SELECT v::{type_} FROM unnest(%s::text[]) AS v", texts)  # noqa: S608
        with pytest.raises(WrongTypeError) as caught:
            encoded(made_for(form), result)
        assert (caught.value.key, caught.value.row) == ("v", None)


def test_a_column_in_text(connection: psycopg.Connection) -> None:
    """A result in text is refused, whatever its types are."""
    result = connection.execute("SELECT 1::int4").pgresult
    assert result is not None

    with pytest.raises(WrongTypeError, match="not in binary"):
        encoded(made_for(forms.Integer()), result)


def test_another_number_of_columns(connection: psycopg.Connection) -> None:
    """A result of fewer columns than the plan's is refused; more may follow those of the plan."""
    value = Value(key="v", column=0, form=forms.Integer())

    with pytest.raises(WrongTypeError, match="1 columns, and the plan 2"):
        encoded(made(value, columns=2), binary(connection, "SELECT 1::int4"))
    assert encoded(made(value), binary(connection, "SELECT 1::int4, 2::int4")) == b'[{"v":1}]'


def numeric(*groups: int, weight: int, sign: int = 0, scale: int) -> bytes:
    return struct.pack(f"!hhHH{len(groups)}H", len(groups), weight, sign, scale, *groups)


BROKEN: list[tuple[forms.Form, int, bytes]] = [
    *((forms.Integer(), 20, b"\0" * size) for size in (0, 1, 7, 9)),
    *((forms.Integer(), 23, b"\0" * size) for size in (0, 3, 5)),
    *((forms.Integer(), 21, b"\0" * size) for size in (0, 1, 3)),
    *((forms.Float(), 701, b"\0" * size) for size in (0, 7, 9)),
    *((forms.Boolean(), 16, cell) for cell in (b"", b"\2", b"\0\0")),
    *((forms.Date(), 1082, b"\0" * size) for size in (0, 3, 5)),
    *((forms.Time(), 1083, b"\0" * size) for size in (0, 7, 9)),
    (forms.Time(), 1083, b"\xff" * 8),
    *((DATETIME, 1184, b"\0" * size) for size in (0, 7, 9)),
    *((DURATION, 1186, b"\0" * size) for size in (0, 15, 17)),
    *((forms.Uuid(style=style), 2950, b"\0" * size) for style in UuidStyle for size in (15, 17)),
    *(
        (forms.Address(), 869, cell)
        for cell in (b"", b"\2\x20\0\4\0\0\0", b"\2\x20\0\4" + b"\0" * 5)
    ),
    (forms.Address(), 869, b"\2\x21\0\4\0\0\0\0"),
    (forms.Address(), 869, b"\2\x20\1\4\0\0\0\0"),
    (forms.Address(), 650, b"\2\x20\0\4\0\0\0\0"),
    (forms.Address(), 869, b"\2\x20\0\x10" + b"\0" * 16),
    (forms.Address(), 869, b"\4\x20\0\4\0\0\0\0"),
    (DECIMAL, 1700, numeric(1, weight=0, scale=2)[:-1]),
    (DECIMAL, 1700, numeric(1, weight=0, scale=2) + b"\0"),
    (DECIMAL, 1700, struct.pack("!hhHH", -1, 0, 0, 2)),
    (DECIMAL, 1700, numeric(10_000, weight=0, scale=2)),
    (DECIMAL, 1700, numeric(1, weight=0, sign=0x1234, scale=2)),
    (DECIMAL, 1700, numeric(weight=0, sign=0x4000, scale=2)),
    (DECIMAL, 1700, numeric(1, 1, weight=0, scale=2)),
    (DECIMAL, 1700, numeric(1, 0, 1, weight=0, scale=2)),
    (DECIMAL, 1700, numeric(1, weight=-5, scale=2)),
    (forms.Decimal(places=None), 1700, numeric(1, weight=0, scale=16_384)),
    *(
        (forms.Json(), 3802, cell)
        for cell in (
            *(b"", b"\1", b"\2{}", b"\1{", b"\1[1", b"\1[1,]", b'\1{"a"}', b'\1{"a":}', b"\1{1:1}"),
            *(b'\1"', b'\1"\\', b'\1"\\u12"', b'\1"\\x"', b'\1"\n"', b"\1tru", b"\1nul", b"\1 "),
            *(b"\1-", b"\1.5", b"\1" + b"1.", b"\1" + b"1e", b"\1" + b"01", b"\1+1", b"\1NaN"),
            *(
                b'\1"\\ud800"',
                b'\1"\\udc00"',
                b'\1"\\ud800\\u0041"',
                b'\1"\xff"',
                b"\1{},",
                b"\1[]x",
            ),
        )
    ),
    *(
        (forms.Text(), 25, cell)
        for cell in (
            *(b"\x80", b"\xc0\x80", b"\xc1\xbf", b"\xc3", b"\xe0\x80\x80", b"\xe0\x9f\xbf"),
            *(b"\xed\xa0\x80", b"\xed\xbf\xbf", b"\xe2\x82", b"\xe2\x82A", b"\xf0\x80\x80\x80"),
            *(b"\xf0\x8f\xbf\xbf", b"\xf4\x90\x80\x80", b"\xf5\x80\x80\x80", b"\xff", b"abc\xc3("),
        )
    ),
]


@pytest.mark.parametrize(("form", "type_", "cell"), BROKEN)
def test_broken_wire_data(form: forms.Form, type_: int, cell: bytes) -> None:
    """Bytes that no value has are refused, and nothing beside them is read."""
    with pytest.raises(CannotEncodeError):
        written(form, cell, type_)


def test_an_error_says_where() -> None:
    """The error has the row in the result and the member's key."""
    rows: list[Any] = [[struct.pack("!d", value)] for value in (1.0, 2.0, float("nan"))]

    with pytest.raises(CannotEncodeError, match="Cannot encode v of row 2: it is NaN") as caught:
        encoded(made_for(forms.Float()), result_of(rows, [701]))

    assert (caught.value.row, caught.value.key) == (2, "v")
