"""Two answers are the same by their values where they are JSON, else by their bytes."""

import json

import pytest

from rowpath.lab.answers.same import Difference, difference


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (b"", b""),
        (b"text", b"text"),
        (b'{"a": 1, "b": [true, null]}', b'{ "b":[true,null], "a":1 }'),
        (b"[1.0, 1e2]", b"[1.00, 100]"),
        (b"[0.1]", b"[0.10000000000000000000]"),
        (b'["\\u00e9"]', '["é"]'.encode()),
        (b"\xff\xfe", b"\xff\xfe"),
    ],
)
def test_what_means_the_same_is_the_same(first: bytes, second: bytes) -> None:
    """The order of fields, blanks and the way a number is written mean nothing."""
    assert difference(first, second) is None


@pytest.mark.parametrize(
    ("first", "second", "path", "shown"),
    [
        (b'{"a": {"b": [1, 2]}}', b'{"a": {"b": [1, 3]}}', "$.a.b[1]", ("2", "3")),
        (b'{"b": 1, "a": 1}', b'{"b": 2, "a": 2}', "$.a", ("1", "2")),
        (b"[1, 2]", b"[2, 1]", "$[0]", ("1", "2")),
        (b"[1]", b"[1, {}]", "$[1]", ("nothing", "an object of 0 fields")),
        (b'{"a": 1}', b"{}", "$.a", ("1", "nothing")),
        (b'{"a b": null}', b'{"a b": false}', '$["a b"]', ("null", "false")),
        (b"[1]", b"[true]", "$[0]", ("1", "true")),
        (b"[0]", b"[false]", "$[0]", ("0", "false")),
        (b'["1"]', b"[1]", "$[0]", ('"1"', "1")),
        (b"[[1]]", b"[{}]", "$[0]", ("a list of 1", "an object of 0 fields")),
        (b"[9007199254740993]", b"[9007199254740992]", "$[0]", ()),
        (b"some text", b"some more", "byte 5", ("b'text'", "b'more'")),
        (b"ab", b"abc", "byte 2", ("nothing (it has 2 bytes)", "b'c'")),
        (b"[1]", b"<p>", "its beginning", ("JSON (b'[1]')", "no JSON (b'<p>')")),
        (b"[NaN]", b"[1]", "its beginning", ("no JSON (b'[NaN]')", "JSON (b'[1]')")),
        (b"[1e9999999999999999999]", b"[1]", "its beginning", ()),
        (b'{"a": 1, "a": 2}', b'{"a": 2}', "its beginning", ()),
    ],
)
def test_the_first_difference_is_told_with_both_values(
    first: bytes, second: bytes, path: str, shown: tuple[str, ...]
) -> None:
    """By the order of the fields' names and of the items."""
    found = difference(first, second)

    assert found is not None
    assert found.path == path
    assert not shown or (found.first, found.second) == shown


def test_a_field_is_left_out_at_any_depth() -> None:
    """Whatever it holds, and whether or not both have it."""
    first = b'{"now": 1, "rows": [{"id": 1, "now": {"a": 1}}, [{"now": 3}]]}'
    second = b'{"rows": [{"id": 1}, [{"now": 4}]]}'

    assert difference(first, second, {"now"}) is None
    assert difference(first, second) == Difference(
        path="$.now", field="now", first="1", second="nothing"
    )


def test_the_field_that_a_difference_is_in_is_told() -> None:
    """So that it can be left out by its name."""
    found = difference(b'{"at": [[1]]}', b'{"at": [[2]]}')

    assert found is not None
    assert (found.path, found.field) == ("$.at[0][0]", "at")


def test_a_long_value_is_cut() -> None:
    """A difference is told on one line, without what a terminal would act on."""
    found = difference(json.dumps(["x" * 1_000]).encode(), json.dumps(["\x1b[31m\n"]).encode())

    assert found is not None
    assert len(found.first) < 70
    assert found.second == '"\\u001b[31m\\n"'


@pytest.mark.parametrize("deep", [900, 5_000, 200_000])
def test_json_of_any_depth_is_compared(deep: int) -> None:
    """As values or, where Python can read none so deep, as bytes."""
    first, second = (b"[" * deep + value + b"]" * deep for value in (b"1", b"2"))

    assert difference(first, second) is not None
    assert difference(first, bytes(bytearray(first))) is None
