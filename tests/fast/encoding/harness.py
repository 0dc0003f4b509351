"""What the tests ask of the encoder, and of the driver and Python's json to compare it with."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, tzinfo
from typing import Any

import psycopg
from psycopg.pq.abc import PGresult

from fast.encoding.results import result_of
from rowpath.fast.encoding import CannotEncodeError, Encoder, encoder
from rowpath.fast.forms import Form
from rowpath.fast.plan import JsonStyle, Object, Plan, Value

COMPACT = JsonStyle(ascii_only=False, compact=True)
STYLES = tuple(
    JsonStyle(ascii_only=ascii_only, compact=compact)
    for ascii_only in (False, True)
    for compact in (False, True)
)


def dumps(value: object, style: JsonStyle = COMPACT) -> bytes:
    """Return what DRF's JSONRenderer makes of `value`."""
    text = json.dumps(
        value,
        ensure_ascii=style.ascii_only,
        separators=(style.comma.decode(), style.colon.decode()),
        allow_nan=False,
    )
    return text.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029").encode()


def made(
    *members: Value[int] | Object[int], columns: int = 1, style: JsonStyle = COMPACT
) -> Encoder:
    """Return an encoder of a plan with these members."""
    result = encoder(Plan(members=members, columns=columns), style)
    assert result is not None, "the compiled code is not built: make .venv/dev.stamp"
    return result


def made_for(form: Form, style: JsonStyle = COMPACT) -> Encoder:
    """Return an encoder of one member, `v`, from the only column."""
    return made(Value(key="v", column=0, form=form), style=style)


def encoded(
    encoder: Encoder,
    result: PGresult,
    *,
    rows: range | None = None,
    zone: tzinfo = UTC,
    absolute: Callable[[str], str] | None = None,
) -> bytes:
    """Return some rows as JSON, or all, read by a connection in UTC."""
    array = encoder.array(zone=zone, connection_zone=UTC, absolute=absolute)
    array.add(result, rows)
    return array.finish()


def binary(connection: psycopg.Connection, query: str, *params: object) -> PGresult:
    """Return the binary result of a query."""
    result = connection.cursor(binary=True).execute(query, params).pgresult
    assert result is not None
    return result


def column_of(type_: str) -> str:
    """Return the query of one column with the values of a list of texts, in order."""
    return f"SELECT v::{type_} FROM unnest(%s::text[]) WITH ORDINALITY AS t(v, n) ORDER BY n"  # noqa: S608


Represent = Callable[[Any], object]
"""What a serializer's field makes of a value that the driver read from text."""


@dataclass(frozen=True, slots=True)
class Check:
    """Holds what the encoder writes of values against what DRF does, in every style."""

    connection: psycopg.Connection
    form: Form
    type_: str
    zone: tzinfo = UTC

    def __call__(self, texts: Sequence[str | None], represent: Represent) -> None:
        query = column_of(self.type_)
        values = [
            {"v": None if value is None else represent(value)}
            for (value,) in self.connection.execute(query, [list(texts)])
        ]
        result = binary(self.connection, query, list(texts))
        for style in STYLES:
            array = encoded(made_for(self.form, style), result, zone=self.zone)
            assert array == dumps(values, style)


def refusal(connection: psycopg.Connection, form: Form, type_: str, text: str) -> str:
    """Return why the encoder does not write a value; "" if it does."""
    result = binary(connection, column_of(type_), [text])
    try:
        encoded(made_for(form), result)
    except CannotEncodeError as error:
        return error.reason
    return ""


def written(
    form: Form, cell: bytes, type_: int, *, style: JsonStyle = COMPACT, zone: tzinfo = UTC
) -> bytes:
    """Return what the encoder writes of bytes that no server sent."""
    array = encoded(made_for(form, style), result_of([[cell]], [type_]), zone=zone)
    return array[len(b'[{"v":') : -len(b"}]")]
