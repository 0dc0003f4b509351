"""What is compiled keeps no request alive, and refuses what has no one way to be written."""

from collections.abc import Iterator

import pytest

from fast.conftest import Copies
from fast.projects import Inside, inside


@pytest.fixture(scope="module")
def project(copies: Copies) -> Iterator[Inside]:
    with copies("shop_compiling") as dsn, inside({"databases": {"default": dsn}}) as running:
        yield running


@pytest.mark.parametrize("name", ["whole", "related", "chosen", "chosen-within", "chosen-by-view"])
def test_no_request_is_kept(project: Inside, name: str) -> None:
    """What is kept of a plan leads to no serializer, whose context has the request."""
    assert project.call("compiling:requests_kept", of=name) == 0


def test_an_array_of_files_has_no_kind(project: Inside) -> None:
    """An array's items are what is stored, not the object that a field of their own would give."""
    reason = "its array has the items' stored values, not the objects."

    assert project.call("compiling:refused_arrays") == [reason] * 4


def test_a_serializer_that_never_compiles_is_hardly_ever_tried(project: Inside) -> None:
    """DRF makes one for each of 300 requests; the fast path has given up after some."""
    made = project.call("compiling:serializers_made", of="chosen-by-rows", requests=300)

    assert 300 < made < 300 + 12


def test_a_serializer_of_the_requests_own_is_made_once(project: Inside) -> None:
    """A list that compiles makes one serializer for a request, as DRF does."""
    assert project.call("compiling:serializers_made", of="chosen", requests=10) == 10


def test_a_row_that_is_come_back_to_has_what_was_prefetched(project: Inside) -> None:
    """Over a one-to-one relation and back is the same instance, so its prefetch decides there."""
    reason = "name: detail.product.category leads back to its row, whose relations are loaded."

    assert project.call("compiling:over_and_back") == [reason, True]
