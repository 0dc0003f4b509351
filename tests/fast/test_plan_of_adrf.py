"""`manage.py rowpath_plan` tells of adrf's lists what AsyncFastListMixin would bring, or brings."""

from collections.abc import Iterator
from typing import Any

import pytest

from fast.conftest import Copies
from fast.planning import KEYS, forecasts, plan

HERE = "fast.shop.asynchronous"


@pytest.fixture(scope="module")
def dsn(copies: Copies) -> Iterator[str]:
    with copies("shop_plan_of_adrf") as copied:
        yield copied


@pytest.fixture(scope="module")
def told(dsn: str) -> dict[str, dict[str, Any]]:
    return forecasts(dsn, "--no-measure", urls="planned_async")


@pytest.mark.parametrize(
    ("route", "path", "way", "behind"),
    [
        ("/Plain/", "compiled", "rows", None),
        ("/Paged/", "compiled", "rows", None),
        ("/AsViewSet/", "compiled", "rows", None),
        ("/Getting/", "compiled", "rows", None),
        ("/ByMethod/", None, "instances", None),
        ("/OwnAsyncList/", "compiled", "rows", f"{HERE}.OwnAsyncList"),
        ("/OwnList/", "compiled", "rows", f"{HERE}.OwnList"),
        ("/fast/Plain/", "compiled", "rows", None),
        ("/fast/AsViewSet/", "compiled", "rows", None),
        ("/fast/InFront/", "compiled", "rows", None),
    ],
)
def test_an_asynchronous_list_has_its_way(
    told: dict[str, dict[str, Any]], route: str, path: str | None, way: str, behind: str | None
) -> None:
    """It is the one by which the mixin answers, where it would belong."""
    one = told[route]

    assert (one["path"], one["way"], one["mixin_behind"]) == (path, way, behind)
    assert one["mixin"] == "AsyncFastListMixin"
    assert one["has_mixin"] is route.startswith("/fast/")


@pytest.mark.parametrize(
    ("route", "reason"),
    [
        ("/FilteredLater/", f"{HERE}.FiltersLater filters asynchronously"),
        ("/PagedLater/", f"{HERE}.PagesLater pages asynchronously"),
        ("/OwnFilter/", f"{HERE}.OwnFilter has a filter_queryset() of its own"),
        ("/OnTheInstance/", "this view has a filter_queryset() of its own"),
        ("/Raising/", "the view raised NotFound: no serializer"),
        ("/fast/OwnList/", f"{HERE}.OwnList has a list() of its own"),
        ("/fast/Elsewhere/", "fast.shop.planned_async.Elsewhere has an alist() of its own"),
    ],
)
def test_what_leaves_a_list_to_adrf_is_told(
    told: dict[str, dict[str, Any]], route: str, reason: str
) -> None:
    """Such a list has no way, and its queryset is not made: adrf may await it."""
    one = told[route]

    assert (one["verdict"], one["way"]) == ("falls back", None)
    assert one["falls_back"]["reason"] == reason
    assert one["data_by_drf"]["reason"] == reason
    assert one["blockers"][0]["reason"] == reason


def test_no_reason_is_told_twice(told: dict[str, dict[str, Any]]) -> None:
    """What adrf and DRF would stop at alike is one reason."""
    for route, one in told.items():
        reasons = [(blocker["field"], blocker["reason"]) for blocker in one["blockers"]]
        assert len({*reasons}) == len(reasons), route


def test_a_view_of_adrfs_that_lists_by_list_is_one_of_drfs(
    told: dict[str, dict[str, Any]],
) -> None:
    """FastListMixin is what it wants."""
    one = told["/by-list/"]

    assert (one["mixin"], one["way"], one["has_mixin"]) == ("FastListMixin", "rows", False)


def test_the_keys_are_those_of_any_list(told: dict[str, dict[str, Any]]) -> None:
    """Every list of the URLs is there, with what every other has."""
    assert told.keys() >= {"/Plain/", "/fast/Plain/", "/by-list/"}
    assert all(one.keys() == KEYS for one in told.values())


def test_text_names_the_mixin_and_who_lists(dsn: str) -> None:
    """A person reads which mixin belongs where, and that adrf lists what it does not answer."""
    text = plan(dsn, "--no-measure", urls="planned_async").stdout

    where = f"AsyncFastListMixin belongs in the bases of {HERE}.OwnAsyncList, whose list() ends"
    assert where in text
    assert f"    adrf makes the list: {HERE}.PagesLater pages asynchronously.\n" in text
