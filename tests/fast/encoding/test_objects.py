"""Any value of Python's is written as json.dumps writes it, or not at all."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fast.drf.long_runs import examples
from rowpath.fast.encoding import _objects
from rowpath.fast.encoding.objects import Kind

STYLES = [(ascii_only, comma) for ascii_only in (False, True) for comma in (b",", b", ")]

_CHARACTERS = st.characters(exclude_categories=())  # surrogates, too
_TEXT = st.text(_CHARACTERS, max_size=40)
_NUMBERS = st.integers() | st.floats()
_KEYS = _TEXT | _NUMBERS | st.booleans() | st.none()
_VALUES = st.recursive(
    st.none() | st.booleans() | _NUMBERS | _TEXT | st.sets(st.integers(), max_size=3),
    lambda inner: st.lists(inner) | st.tuples(inner) | st.dictionaries(_KEYS, inner),
    max_leaves=20,
)


def written(values: list[Any], style: tuple[bool, bytes]) -> bytes | None:
    ascii_only, comma = style
    drfs = _objects.Drfs(LookupError, None, lambda *_: False, lambda *_: None, lambda *_: None)
    colon = comma.replace(b",", b":")
    array = _objects.Array(drfs, None, ascii_only=ascii_only, comma=comma, colon=colon)
    rows = _objects.Rows(None, lambda row: row, None, {}, is_by_drf=True)
    array.add(values, lambda: rows)
    array.end()
    try:
        return array.written(sorted, lambda value: _json(value, style))
    except ValueError:
        return None


def dumped(values: list[Any], style: tuple[bool, bytes]) -> bytes | None:
    try:
        return _json(values, style)
    except ValueError:  # a number that is none, or half a pair
        return None


def _json(value: object, style: tuple[bool, bytes]) -> bytes:
    ascii_only, comma = style
    text = json.dumps(
        value,
        ensure_ascii=ascii_only,
        separators=(comma.decode(), comma.decode().replace(",", ":")),
        allow_nan=False,
        default=sorted,
    )
    return text.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029").encode()


@examples(share=0.2)
@given(st.lists(_VALUES, max_size=4), st.sampled_from(STYLES))
def test_values_are_written_as_json_dumps_has_them(
    values: list[Any], style: tuple[bool, bytes]
) -> None:
    """Of any nesting, in any style; where that raises nothing is written."""
    assert written(values, style) == dumped(values, style)


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("first", range(0, 0x110000, 0x8000))
def test_every_character_is_written_as_json_dumps_has_it(
    first: int, style: tuple[bool, bytes]
) -> None:
    """In strings of one, of two and of four bytes a character."""
    points = [point for point in range(first, first + 0x8000) if not 0xD800 <= point < 0xE000]
    values = [chr(point) for point in points]
    values.append("".join(values))

    assert written(values, style) == dumped(values, style)


def test_half_a_pair_is_left_to_the_renderer() -> None:
    """But where everything beyond ASCII is escaped, and with it each half."""
    halves = [chr(point) for point in range(0xD800, 0xE000)]

    assert written(["\ud800"], (False, b",")) is None
    assert written(halves, (True, b",")) == dumped(halves, (True, b","))


def test_what_changes_after_it_was_read_is_written_as_it_is_at_last() -> None:
    """A list leaves a hole; a string does not."""
    drfs = _objects.Drfs(LookupError, None, lambda *_: False, lambda *_: None, lambda *_: None)
    array = _objects.Array(drfs, None, ascii_only=False, comma=b",", colon=b":")
    rows = _objects.Rows(None, lambda row: row, None, {}, is_by_drf=True)
    shared: list[Any] = [1]
    array.add([shared, "x", shared], lambda: rows)
    array.end()
    shared.append(2)

    assert array.written(sorted, lambda value: _json(value, STYLES[0])) == b'[[1,2],"x",[1,2]]'


def test_both_halves_have_the_same_kinds() -> None:
    """By name and number."""
    assert {one.name: one.value for one in Kind} == _objects.KINDS
