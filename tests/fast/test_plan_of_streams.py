"""`manage.py rowpath_plan` tells why a StreamingList is answered in one piece."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from fast.conftest import Copies
from fast.planning import KEYS, forecasts, plan


@pytest.fixture(scope="module")
def dsn(copies: Copies) -> Iterator[str]:
    with copies("shop_plan_of_streams") as copied:
        yield copied


@pytest.fixture(scope="module")
def told(dsn: str) -> dict[str, dict[str, Any]]:
    return forecasts(dsn, "--no-measure", urls="planned_streams")


@pytest.mark.parametrize(
    ("route", "way", "reason"),
    [
        ("/Rows/", "rows", None),
        ("/Paged/", "rows", None),
        ("/Unsaid/", "instances", "the view does not say that instances may be streamed"),
        ("/Said/", "instances", None),
        ("/Prefetching/", "instances", "its prefetches are for all rows at once"),
        ("/Around/", "instances", "its serializer may look at the rows around a row"),
        ("/Plain/", "instances", None),
    ],
)
def test_why_a_list_is_one_piece(
    told: dict[str, dict[str, Any]], route: str, way: str, reason: str | None
) -> None:
    """What keeps instances, and rows, from being streamed; nothing of lists that are not to be."""
    one = told[route]

    assert one["way"] == way
    assert (one["one_piece"] and one["one_piece"]["reason"]) == reason
    assert one.keys() == KEYS


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"ATOMIC_REQUESTS": True}, "the view runs in a transaction (ATOMIC_REQUESTS)"),
        ({"DISABLE_SERVER_SIDE_CURSORS": True}, "DISABLE_SERVER_SIDE_CURSORS"),
    ],
)
def test_what_the_database_says_is_told(dsn: str, settings: dict[str, Any], reason: str) -> None:
    """A stream has its own transaction, or a cursor of the server's."""
    done = plan(dsn, "--json", "--no-measure", urls="planned_streams", database=settings)
    by_route = {one["route"]: one["one_piece"] for one in json.loads(done.stdout)}

    assert by_route["/Said/"]["reason"] == reason
    is_for_rows = "ATOMIC_REQUESTS" in settings
    assert (by_route["/Rows/"] is not None) is is_for_rows


def test_text_says_so(dsn: str) -> None:
    """A person reads it below the list."""
    text = plan(dsn, "--no-measure", urls="planned_streams").stdout

    assert "    It is never streamed: its prefetches are for all rows at once.\n" in text
