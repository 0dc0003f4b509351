"""Where a library was patched, or is of a version that nobody tried, lists are DRF's."""

from collections.abc import Iterator
from importlib.metadata import version
from typing import Any

import pytest

from fast.conftest import Copies
from fast.projects import Inside, inside
from rowpath.fast.proved import PROVED, unproved
from rowpath.fast.shipped import Relied


@pytest.fixture(scope="module")
def dsn(copies: Copies) -> Iterator[str]:
    with copies("shop_patched") as copied:
        yield copied


@pytest.fixture
def project(dsn: str) -> Iterator[Inside]:
    with inside({"databases": {"default": dsn}}) as running:
        yield running


def test_a_queryset_that_was_patched_before_rowpath_came(project: Inside) -> None:
    """A cache in QuerySet itself is not compared with itself: it is asked, until it is gone."""
    is_same, how, is_asked, then = project.call("patched:before_the_first_list")

    assert is_same
    assert how == (
        "QuerySet._fetch_all is _wrapped.<locals>.noted of fast.shop.patched, "
        "not what the library ships."
    )
    assert is_asked
    assert then == "compiled"


def test_a_tool_in_the_compiler_sees_every_statement(project: Inside) -> None:
    """What records or caches statements in execute_sql() misses none of a list's."""
    drf, fast = project.call("patched:while_statements_are_recorded")

    assert fast == drf == 2


def test_a_function_that_tells_another_time_zone_is_asked(project: Inside) -> None:
    """Be it put there after the first list: its zone is the rows'."""
    assert project.call("patched:in_another_zone") == [True, True, "compiled"]


@pytest.mark.parametrize("has_tags", [True, False], ids=["tags", "no-tags"])
def test_whatever_is_relied_on_is_looked_at_for_each_request(
    project: Inside,
    has_tags: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    """Each function is patched in turn: its list is DRF's, and the next one fast again."""
    count, wrong = project.call("patched:each_ground", has_tags=has_tags)

    assert wrong == []
    assert count > 60


def test_a_version_that_was_not_proved(project: Inside) -> None:
    """All lists are DRF's, and the log says so once."""
    is_same, how, records = project.call("patched:of_a_version_that_was_not_proved")

    assert is_same
    assert how == "Django 7.0.1 was not proved, 5.2 or later, before 6.2 was."
    assert len(records) == 1
    assert records[0].startswith("The fast path is off in this process, DRF answers: Django 7.0.1")


@pytest.mark.parametrize(
    ("asked", "is_proved"),
    [
        ("5.1.9", False),
        ("5.2", True),
        ("5.2rc1", True),
        ("6.1.3", True),
        ("6.2a1", False),
        ("10.0", False),
    ],
)
def test_the_proved_ranges(asked: str, is_proved: bool) -> None:  # noqa: FBT001 - a parameter
    """A range begins with its first version and ends before its last."""
    assert (unproved({"Django": asked}) is None) == is_proved


def test_the_versions_that_are_installed_here_are_proved() -> None:
    """What the tests run on is within the ranges."""
    assert unproved({name: version(name) for name in PROVED}) is None


def test_what_is_not_a_function_of_the_library() -> None:
    """Lambdas, functions of other modules and objects in the place of functions are told."""

    class Shipped:
        def own(self) -> None: ...

    assert Relied().check(Shipped, "own") is None
    Shipped.own = test_the_proved_ranges  # type: ignore[method-assign, assignment]
    assert Relied().check(Shipped, "own") is None  # of the same package
    Shipped.own = pytest.raises  # type: ignore[method-assign, assignment]
    assert Relied().check(Shipped, "own") == (
        "test_what_is_not_a_function_of_the_library.<locals>.Shipped.own is raises of "
        "_pytest.raises"
    )


def test_a_proxy_of_a_class_is_compared_as_the_class_is() -> None:
    """Tracers put objects in the place of classes that say they are those classes."""

    class Shipped:
        def own(self) -> None: ...

    class Proxy:
        __module__ = Shipped.__module__
        __mro__ = Shipped.__mro__
        own = Shipped.own

        def __init__(self) -> None:
            self.__qualname__ = Shipped.__qualname__

        @property  # type: ignore[misc] # which isinstance() asks for
        def __class__(self) -> type:
            return type

    relied = Relied()
    proxy: Any = Proxy()
    assert relied.check(proxy, "own") is None
    assert relied.changed() is None

    Proxy.own = pytest.raises  # type: ignore[assignment]

    assert relied.changed() is not None
