"""Two querysets of one shape have one statement, whatever else they are; slices are known."""

from collections.abc import Iterator

import pytest

from fast.conftest import Copies
from fast.projects import Inside, inside

EXAMPLES = 250


@pytest.fixture(scope="module")
def project(copies: Copies) -> Iterator[Inside]:
    with copies("shop_shaping") as dsn, inside({"databases": {"default": dsn}}) as running:
        yield running


def test_equal_shapes_have_equal_sql(project: Inside) -> None:
    """Two querysets with equal keys differ in the values, which the shape has, and the slice."""
    told = project.call("shaping:differing", examples=EXAMPLES)

    assert told["wrong"] == []
    # Or nothing was compared.
    assert told["same"] > EXAMPLES * 5


def test_a_slice_has_the_sql_of_what_it_is_a_slice_of(project: Inside) -> None:
    """Any two querysets of which one is taken for a slice differ in nothing but the slice."""
    told = project.call("shaping:sliced", examples=EXAMPLES)

    assert told["wrong"] == []
    assert told["lost"] == []
    # Or nothing was compared.
    assert told["same"] > EXAMPLES


def test_a_queryset_that_was_changed_is_no_slice(project: Inside) -> None:
    """Be it in place, as a paginator's own code may do it, or by a method."""
    assert project.call("shaping:changed") == []
