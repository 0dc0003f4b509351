"""Lists of adrf's asynchronous views are the same with AsyncFastListMixin as without it."""

from collections.abc import Iterator

import pytest

from fast.conftest import Copies
from fast.projects import Inside, inside


@pytest.fixture(scope="module")
def project(copies: Copies) -> Iterator[Inside]:
    with copies("shop_asynchronous") as dsn, inside({"databases": {"default": dsn}}) as running:
        yield running


@pytest.mark.parametrize(
    ("view", "query", "told"),
    [
        ("Plain", "", [200, "compiled", None]),
        ("Paged", "", [200, "compiled", None]),
        ("Paged", "?page=3", [200, "compiled", None]),
        ("Paged", "?page=99", [404, None, None]),
        ("Searched", "?search=a", [200, "compiled", None]),
        ("AsViewSet", "?page=2", [200, "compiled", None]),
        ("ByMethod", "?page=2", [200, None, "instances"]),
        ("InFront", "?page=2", [200, "compiled", None]),
        ("SerializedLater", "?page=2", [200, "compiled", None]),
        ("SerializedAsDrf", "", [200, "compiled", None]),
        ("SerializedWhole", "", [200, "compiled", None]),
        ("SerializedByMethod", "?page=2", [200, None, "instances"]),
    ],
)
def test_a_list_is_the_one_that_adrf_gives(
    project: Inside, view: str, query: str, told: list[object]
) -> None:
    """Status, headers, bytes and data are adrf's, and there are no more statements."""
    *found, (by_adrf, by_us) = project.call("asynchronous:compared", view=view, query=query)

    assert found == told
    assert by_us <= by_adrf


@pytest.mark.parametrize(
    ("view", "status"),
    [
        ("Awaited", 200),
        ("OwnLater", 200),
        ("OwnNow", 200),
        ("WithLoud", 200),
        ("OwnListing", 200),
        ("ByRequest", 200),
        ("NestedLater", 200),
        ("Indented", 200),
        ("ReadOtherwise", 200),
        ("ReadOtherwiseNow", 200),
        ("FilteredLater", 200),
        ("PagedLater", 200),
        ("OwnList", 200),
        ("OwnFilter", 200),
        ("OwnEnvelope", 200),
        ("OwnAsyncFilter", 200),
        ("OwnAsyncList", 200),
        ("OnTheInstance", 200),
        ("Raising", 404),
    ],
)
def test_what_adrf_does_otherwise_than_drf_is_adrfs(
    project: Inside, view: str, status: int
) -> None:
    """A list in which something asynchronous has a say, or what adrf does not ask, is adrf's."""
    *found, (by_adrf, by_us) = project.call("asynchronous:compared", view=view, query="")

    assert found == [status, None, None]
    assert by_us == by_adrf


def test_an_alist_that_was_put_into_adrf_is_asked(project: Inside) -> None:
    """Also where lists of the same view were answered before."""
    assert project.call("asynchronous:patched") == [True, False, True, False]
