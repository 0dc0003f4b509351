"""Members that are lists: the rows of another result that have a row's key."""

import struct
from datetime import UTC

import pytest
from psycopg.pq.abc import PGresult

from fast.encoding.harness import STYLES, dumps
from fast.encoding.results import result_of
from rowpath.fast import forms
from rowpath.fast.encoding import Encoder, WrongTypeError, encoder
from rowpath.fast.plan import Absent, Guard, JsonStyle, Listed, Many, Plan, Value

INT4 = 23
INT8 = 20


def number(key: str, column: int, *guards: Guard[int]) -> Value[int]:
    return Value(key=key, column=column, form=forms.Integer(), guards=guards)


def rows_of(*rows: tuple[int | None, ...], type_: int = INT4) -> PGresult:
    spelled = "!i" if type_ == INT4 else "!q"
    cells = [[None if one is None else struct.pack(spelled, one) for one in row] for row in rows]
    return result_of(cells, [type_] * len(rows[0]))


def made(style: JsonStyle, *members: Value[int] | Many[int]) -> Encoder:
    """Return an encoder of rows with two lists, of two columns and of one.

    The last column of each has the key of the row whose list a row is in.
    """
    lists = (Listed(columns=2, by=1), Listed(columns=1, by=0))
    found = encoder(Plan(members=members, columns=2, lists=lists), style)
    assert found is not None
    return found


def encoded(made_by: Encoder, page: PGresult, *lists: PGresult | None) -> bytes:
    array = made_by.array(zone=UTC, connection_zone=UTC)
    array.add(page, lists=lists)
    return array.finish()


@pytest.mark.parametrize("style", STYLES)
def test_each_row_has_the_rows_with_its_key_in_their_order(style: JsonStyle) -> None:
    """Within lists too; a key that comes twice has them twice, and none has none."""
    inner = Many(key="in", column=0, rows=1, members=(number("k", 0),), is_flat=True)
    outer = Many(key="out", column=0, rows=0, members=(number("a", 0), inner))
    expected = [
        {"out": [{"a": 7, "in": [7, 7]}, {"a": 5, "in": []}], "b": 1},
        {"out": [], "b": 2},
        {"out": [{"a": 7, "in": [7, 7]}, {"a": 5, "in": []}], "b": 3},
        {"out": [], "b": 4},
    ]

    page = rows_of((1, 1), (2, 2), (1, 3), (None, 4))
    listed, within = rows_of((7, 1), (9, 8), (5, 1), (6, None)), rows_of((7,), (8,), (7,))

    found = encoded(made(style, outer, number("b", 1)), page, listed, within)
    assert found == dumps(expected, style)


@pytest.mark.parametrize("style", STYLES)
def test_a_list_without_a_result_is_empty(style: JsonStyle) -> None:
    """As where no row of the page has a key."""
    many = Many(key="m", column=0, rows=0, members=(number("a", 0),))

    assert encoded(made(style, many), rows_of((1, 2)), None, None) == dumps([{"m": []}], style)


def test_an_item_without_a_value_is_null() -> None:
    """Also one whose way leads nowhere, if that is null."""
    style = STYLES[0]
    guard = Guard(column=0, absent=Absent.NULL)
    many = Many(key="m", column=0, rows=0, members=(number("a", 0, guard),), is_flat=True)
    listed = rows_of((None, 1), (3, 1))

    assert encoded(made(style, many), rows_of((1, 2)), listed, None) == dumps(
        [{"m": [None, 3]}], style
    )


def test_keys_of_other_types_are_refused() -> None:
    """Their bytes differ where they are equal."""
    many = Many(key="m", column=0, rows=0, members=(number("a", 0),))

    with pytest.raises(WrongTypeError, match="keys of the types"):
        encoded(made(STYLES[0], many), rows_of((1, 2)), rows_of((1, 1), type_=INT8), None)


def test_keys_come_once_each_in_their_order() -> None:
    """As Django asks for them, without null."""
    page = rows_of((3, 0), (-1, 0), (None, 0), (3, 0))

    assert made(STYLES[0]).keys(page, 0) == [3, -1]
