"""Equal values are told from others without being kept."""

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from psycopg.types.json import Json, Jsonb

from rowpath.capture.values import digest

LONG = {"steps": list(range(500))}


def numbers() -> Iterator[int]:
    yield 1


@pytest.mark.parametrize(
    "values",
    [
        (),
        [1, "a"],
        (None, True, b"\0"),
        {"id": 7, "name": "\ud800"},
        [(1, 2), (3, 4)],
        [{"id": 1}, {"id": 2}],
        ([1, 2], "b"),
        (Decimal("1.50"), datetime(2022, 1, 1, tzinfo=UTC)),
        (Jsonb(LONG),),
    ],
)
def test_equal_values_have_an_equal_digest(values: object) -> None:
    """Whatever a driver takes: one set of values or many, by place or by name."""
    copied = type(values)(values)  # type: ignore[call-arg]

    assert digest(copied) == digest(values) is not None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ((1,), ("1",)),
        ((1, 2), (2, 1)),
        (("ab", "c"), ("a", "bc")),
        (([1], 2), ([1, 2],)),
        ([(1, 2)], [(1,), (2,)]),
        ({"a": 1}, {"b": 1}),
        ((Decimal("1.5"),), (Decimal("1.50"),)),
        ((Jsonb({**LONG, "last": 1}),), (Jsonb({**LONG, "last": 2}),)),
        ((Json({**LONG, "last": 1}),), (Json({**LONG, "last": 2}),)),
        ((None,), ()),
    ],
)
def test_other_values_have_another_digest(one: object, other: object) -> None:
    """None passes for another, however long and alike the two begin."""
    assert digest(one) != digest(other)


def test_no_values_are_the_same_as_none_at_all() -> None:
    """A statement without placeholders is the same one each time."""
    assert digest(None) == digest(None) is not None


def test_an_iterator_is_left_to_the_driver() -> None:
    """It can be read once, and is not comparable."""
    rows = numbers()

    assert digest(rows) is None
    assert next(rows) == 1
