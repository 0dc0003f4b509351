"""A field's own default is written where its source leads nowhere, as DRF writes it."""

from collections.abc import Iterator

import pytest

from fast.conftest import Copies
from fast.projects import Inside, inside


@pytest.fixture(scope="module")
def dsn(copies: Copies) -> Iterator[str]:
    with copies("shop_defaults") as copied:
        yield copied


@pytest.fixture(scope="module")
def project(dsn: str) -> Iterator[Inside]:
    with inside({"databases": {"default": dsn}}) as running:
        yield running


@pytest.fixture(scope="module", params=["compiled", "portable"])
def way(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def either(dsn: str, way: str) -> Iterator[Inside]:
    settings = {"ROWPATH": {"compiled": way == "compiled"}}
    with inside({"databases": {"default": dsn}, "settings": settings}) as running:
        yield running


@pytest.mark.parametrize("of", ["notes", "products", "pointers"])
def test_a_default_is_written(either: Inside, way: str, of: str) -> None:
    """The field's representation of a value that nobody can change is the same for every row."""
    told = either.call("defaults:answers", of=of)

    assert told == dict.fromkeys(told, way)


def test_a_row_that_is_missing_is_null(either: Inside, way: str) -> None:
    """DRF writes a null, not the default, unless select_related() has made a None of the row."""
    told = either.call("defaults:rows_that_are_missing")

    assert told == dict.fromkeys(told, way)


def test_a_serializer_for_a_part_has_no_defaults(either: Inside, way: str) -> None:
    """With partial=True, DRF leaves the member out."""
    assert either.call("defaults:of_an_update_in_part") == way


def test_a_default_that_may_change_is_left_to_drf(project: Inside) -> None:
    """Where DRF calls something, writes what may be changed, or raises, it answers."""
    assert project.call("defaults:answers", of="falling back") == {
        "called": "DRF",
        "lazy": "DRF",
        "own str": "DRF",
        "own": "DRF",
        "half a pair": "DRF or raises UnicodeEncodeError",
        "list": "DRF",
        "dict": "DRF",
        "no number": "raises ValueError",
        "nan": "raises ValueError",
        "key": "compiled",  # a foreign key without a value is the value
        "key over a hop": "raises AttributeError",
        "nested": "compiled",
    }
    assert project.call("defaults:answers", of="products falling back") == {
        "nested": "DRF",
        "slug": "DRF",
    }
    assert project.call("defaults:answers", of="pointers falling back") == {
        "rounded": "DRF",
        "too long": "raises InvalidOperation",
        "moment": "DRF",
        "moment as date": "raises AssertionError",
    }
