"""Whole plans: members, objects, guards, keys, the order of rows, and pieces of a list."""

import json
import struct
from dataclasses import replace
from datetime import UTC

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from psycopg.pq.abc import PGresult

from fast.drf.long_runs import examples
from fast.encoding.harness import STYLES, binary, dumps, encoded, made
from fast.encoding.results import result_of
from fast.encoding.values import TEXTS
from rowpath.fast import forms
from rowpath.fast.encoding import CannotEncodeError
from rowpath.fast.plan import Absent, Guard, JsonStyle, Object, Value

INT4 = 23
TEXT = 25
INTEGER = forms.Integer()


def value(key: str, column: int, *guards: tuple[int, Absent]) -> Value[int]:
    return Value(key=key, column=column, form=INTEGER, guards=guarding(*guards))


def guarding(*guards: tuple[int, Absent]) -> tuple[Guard[int], ...]:
    return tuple(Guard(column=column, absent=absent) for column, absent in guards)


def rows_of(*rows: tuple[int | None, ...]) -> PGresult:
    cells = [[None if cell is None else struct.pack("!i", cell) for cell in row] for row in rows]
    return result_of(cells, [INT4] * len(rows[0]))


@pytest.mark.parametrize("style", STYLES)
def test_objects_within_objects(style: JsonStyle) -> None:
    """Members stand in the plan's order, whatever the order of the columns is."""
    plan = (
        value("b", 1),
        Object(key="o", members=(value("a", 0), Object(key="p", members=(value("c", 2),)))),
        value("a", 0),
    )
    expected = [{"b": 2, "o": {"a": 1, "p": {"c": None}}, "a": 1}] * 2

    result = rows_of((1, 2, None), (1, 2, None))

    assert encoded(made(*plan, columns=3, style=style), result) == dumps(expected, style)


@pytest.mark.parametrize("style", STYLES)
def test_guards(style: JsonStyle) -> None:
    """A null behind a guard makes its member null or leaves it out; the first such guard counts."""
    plan = (
        value("a", 0, (1, Absent.LEFT_OUT), (2, Absent.NULL)),
        Object(key="o", members=(value("b", 0),), guards=guarding((2, Absent.LEFT_OUT))),
        Object(key="n", members=(value("c", 0, (1, Absent.LEFT_OUT)),)),
        value("d", 0, (2, Absent.NULL), (1, Absent.LEFT_OUT)),
    )
    expected = [
        {"a": 5, "o": {"b": 5}, "n": {"c": 5}, "d": 5},
        {"o": {"b": 5}, "n": {}},
        {"a": None, "n": {"c": 5}, "d": None},
        {"n": {}, "d": None},
    ]

    result = rows_of((5, 1, 1), (5, None, 1), (5, 1, None), (5, None, None))

    assert encoded(made(*plan, columns=3, style=style), result) == dumps(expected, style)


SCALARS = st.one_of(TEXTS, st.integers(), st.floats(allow_nan=False, allow_infinity=False))


@examples(share=0.02)
@given(default=SCALARS | st.booleans(), guards=st.permutations([*Absent]))
def test_defaults(default: object, guards: list[Absent]) -> None:
    """A null behind a guard makes its member the default, in the style of all values."""
    guarded = [(column, absent) for column, absent in enumerate(guards, start=1)]
    at = guards.index(Absent.DEFAULT)
    nulls = [None if column == at else 1 for column in range(len(guards))]
    for style in STYLES:
        member = replace(value("a", 0, *guarded), default=json.dumps(default))
        encoder = made(member, value("b", 0), columns=1 + len(guards), style=style)
        expected = dumps([{"a": default, "b": 5}, {"a": 5, "b": 5}], style)
        result = rows_of((5, *nulls), (5, *([1] * len(guards))))
        assert encoded(encoder, result) == expected


def test_a_default_that_is_not_there() -> None:
    """A guard that says default, of a member without one, is an error of the caller's."""
    with pytest.raises(ValueError, match="Cannot write a: a guard says default, and it has none"):
        encoded(made(value("a", 0, (1, Absent.DEFAULT)), columns=2), rows_of((1, 1)))


def test_all_members_left_out() -> None:
    """An object all of whose members are left out is empty."""
    plan = (value("a", 0, (1, Absent.LEFT_OUT)), value("b", 0, (1, Absent.LEFT_OUT)))

    assert encoded(made(*plan, columns=2), rows_of((1, None), (1, 1))) == b'[{},{"a":1,"b":1}]'


def test_a_guard_that_falls_back() -> None:
    """Where the framework would raise it is asked, and told the row and the whole key."""
    inner = value("x", 0, (1, Absent.FALLS_BACK))
    encoder = made(Object(key="o", members=(inner,)), columns=2)

    assert encoded(encoder, rows_of((1, 1))) == b'[{"o":{"x":1}}]'
    with pytest.raises(CannotEncodeError) as caught:
        encoded(encoder, rows_of((1, 1), (1, None)))
    assert (caught.value.row, caught.value.key) == (1, "o.x")


def test_a_plan_without_members() -> None:
    """Rows without members are empty objects."""
    assert encoded(made(columns=1), rows_of((1,), (2,))) == b"[{},{}]"


@pytest.mark.parametrize("style", STYLES)
def test_no_rows(style: JsonStyle) -> None:
    """No rows are an empty array."""
    result = result_of([], [INT4])
    encoder = made(value("a", 0), style=style)

    assert encoded(encoder, result) == b"[]"
    assert encoder.array(zone=UTC, connection_zone=UTC).finish() == b"[]"


@examples(share=0.02)
@given(keys=st.lists(TEXTS, unique=True, max_size=5))
def test_keys(keys: list[str]) -> None:
    """A key is escaped as json.dumps escapes it."""
    plan = [value(key, 0) for key in keys]
    for style in STYLES:
        expected = dumps([dict.fromkeys(keys, 1)] * 2, style)
        assert encoded(made(*plan, style=style), rows_of((1,), (1,))) == expected


@pytest.mark.parametrize(
    "rows",
    [None, range(3), range(1, 3), range(2, -1, -1), range(0), range(0, 3, 2), range(1, 0, -1)],
)
@pytest.mark.parametrize("style", STYLES)
def test_some_rows(style: JsonStyle, rows: range | None) -> None:
    """Only the rows asked for are written, in the order of the range."""
    encoder = made(value("a", 0), style=style)
    result = rows_of((0,), (1,), (2,))
    expected = dumps([{"a": row} for row in rows or range(3 if rows is None else 0)], style)

    written = encoded(encoder, result, rows=rows)

    assert written == expected


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("sizes", [(300,), (0, 100, 200), (1, 1, 298), (150, 0, 150), (299, 1, 0)])
def test_one_array_of_several_results(style: JsonStyle, sizes: tuple[int, ...]) -> None:
    """Results one after another make the array that they make as one, whole and in pieces."""
    encoder = made(value("a", 0), style=style)
    expected = encoded(encoder, rows_of(*((row,) for row in range(300))))
    whole = encoder.array(zone=UTC, connection_zone=UTC)
    in_pieces = encoder.array(zone=UTC, connection_zone=UTC)
    pieces, start = [], 0
    for size in sizes:
        cells = [[struct.pack("!i", row)] for row in range(start, start + size)]
        result = result_of(cells, [INT4])
        start += size
        whole.add(result)
        in_pieces.add(result)
        pieces.append(in_pieces.take())

    assert whole.finish() == expected
    assert b"".join(pieces) + in_pieces.finish() == expected


def test_rows_much_longer_than_those_before() -> None:
    """A list whose rows are much longer than the last list's is written whole all the same."""
    encoder = made(Value(key="a", column=0, form=forms.Text()))
    for texts in (["x", "y"], ["z" * 1_000_000, *(["é" * 10_000] * 50)]):
        result = result_of([[text.encode()] for text in texts], [TEXT])
        assert encoded(encoder, result) == dumps([{"a": text} for text in texts])


@pytest.mark.parametrize("rows", [range(4), range(-1, 2), range(5, 6), range(3, -1, -1)])
def test_rows_that_are_not_there(rows: range) -> None:
    """Rows outside the result are an error of the caller's."""
    with pytest.raises(IndexError, match="has 3 rows"):
        encoded(made(value("a", 0)), rows_of((0,), (1,), (2,)), rows=rows)


@pytest.mark.parametrize("member", [value("a", 1), value("a", -1), value("a", 0, (1, Absent.NULL))])
def test_columns_that_are_not_there(member: Value[int]) -> None:
    """A member that reads a column which its plan does not have is an error of the caller's."""
    with pytest.raises(ValueError, match="the plan has 1 columns"):
        encoded(made(member), rows_of((1,)))


def test_a_cleared_result(connection: psycopg.Connection) -> None:
    """A result whose memory was given back is an error of the caller's."""
    result = binary(connection, "SELECT 1::int4")
    result.clear()

    with pytest.raises(ValueError, match="cleared"):
        encoded(made(value("a", 0)), result)


def test_urls_without_a_request(connection: psycopg.Connection) -> None:
    """Without a request a file's URL begins with the base URL itself, escaped as a string."""
    form = forms.FileUrl(base_url='/"médias"/')
    result = binary(connection, "SELECT 'a.png'::varchar, null::varchar")
    for style in STYLES:
        members = [Value(key=key, column=i, form=form) for i, key in enumerate("ab")]
        expected = dumps([{"a": '/"médias"/a.png', "b": None}], style)
        assert encoded(made(*members, columns=2, style=style), result) == expected


def test_many_rows(connection: psycopg.Connection) -> None:
    """Growing answers keep every byte of what was written before."""
    result = binary(
        connection, "SELECT i, repeat('x', mod(i, 5000)) FROM generate_series(1, 5000) i"
    )
    plan = (value("i", 0), Value(key="t", column=1, form=forms.Text()))
    expected = [{"i": i, "t": "x" * (i % 5000)} for i in range(1, 5001)]

    assert encoded(made(*plan, columns=2), result) == dumps(expected)
