"""`manage.py rowpath_plan` tells what becomes of each list, and never by a traceback."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from fast.conftest import Copies
from fast.planning import KEYS, plan


@pytest.fixture(scope="module")
def dsn(copies: Copies) -> Iterator[str]:
    with copies("shop_plan") as copied:
        yield copied


@pytest.fixture(scope="module")
def told(dsn: str) -> dict[str, dict[str, Any]]:
    """What --json tells, by route."""
    done = plan(dsn, "--json", "--no-measure")
    assert done.returncode == 0, done.stderr
    return {one["route"]: one for one in json.loads(done.stdout)}


def test_every_list_is_told_once_and_nothing_else(told: dict[str, dict[str, Any]]) -> None:
    """Routers, included URLs and views are walked; a view without a list is left out."""
    assert set(told) == {
        "/fast/",
        "/plain/",
        "/method/",
        "/plain-method/",
        "/empty/",
        "/owners/<str:name>/notes/",
        "/own/",
        "/broken/queryset/",
        "/broken/serializer/",
        "/broken/raising/",
        "/broken/extra/",
        "/broken/rows/",
        "/nested/fast/",
        "/router/sets/",
    }


def test_json_has_the_same_keys_for_each_list(told: dict[str, dict[str, Any]]) -> None:
    """A program can rely on the keys, whatever became of the list."""
    for one in told.values():
        assert set(one) == KEYS
        assert (one["path"] is None) is (one["falls_back"] is not None)
        if one["falls_back"] is not None:
            assert set(one["falls_back"]) == {"reason", "field", "change"}


def test_a_fast_list_has_its_path_and_its_lean_sql(told: dict[str, dict[str, Any]]) -> None:
    """What compiles is told with the statement that will run."""
    one = told["/fast/"]

    assert one["has_mixin"] is True
    assert one["path"] == "compiled"
    assert one["view"].endswith(".Flat")
    assert one["sql"].startswith('SELECT "shop_note"."id", "shop_note"."owner_id"')
    assert '"home_id"' not in one["sql"]
    assert one["saving"] is None


def test_a_list_without_the_mixin_is_told_what_it_would_be(
    told: dict[str, dict[str, Any]],
) -> None:
    """A view that does not have the mixin yet is forecast as if it had."""
    assert told["/plain/"]["has_mixin"] is False
    assert told["/plain/"]["path"] == "compiled"
    assert told["/plain/"]["sql"] == told["/fast/"]["sql"]


def test_a_paginated_list_is_planned_for_its_page(told: dict[str, dict[str, Any]]) -> None:
    """The statement has the page's LIMIT."""
    assert told["/router/sets/"]["sql"].endswith(" LIMIT 7")


def test_a_reason_names_the_field_and_the_change(told: dict[str, dict[str, Any]]) -> None:
    """A field that is Python code is named, and what to do instead is said."""
    assert told["/method/"]["falls_back"] == {
        "field": "x",
        "reason": "get_x() is Python code, called for each row",
        "change": "Compute it in the database: an annotation of the queryset and a typed field.",
    }
    assert told["/broken/extra/"]["falls_back"] == {
        "field": None,
        "reason": "the queryset uses extra()",
        "change": None,
    }


@pytest.mark.parametrize(
    ("route", "reason"),
    [
        ("/owners/<str:name>/notes/", "KeyError: 'name'"),
        ("/broken/queryset/", "AssertionError: 'WithoutQueryset' should either include a"),
        ("/broken/serializer/", "AssertionError: 'WithoutSerializer' should either include a"),
        ("/broken/raising/", "ZeroDivisionError: no queryset today"),
        ("/broken/extra/", "the queryset uses extra()"),
        ("/broken/rows/", "ConnectionDoesNotExist"),
    ],
)
def test_a_view_that_cannot_be_asked_is_told_with_its_error(
    told: dict[str, dict[str, Any]], route: str, reason: str
) -> None:
    """What a view raises without a client, or because it is broken, is its reason."""
    assert reason in told[route]["falls_back"]["reason"]
    assert told[route]["verdict"] == ("falls back" if "extra()" in reason else "unknown")


def test_text_has_a_paragraph_for_each_list_and_a_sum(dsn: str) -> None:
    """The text names the route, the view, the state, and the SQL or the reason."""
    lines = plan(dsn, "--no-measure").stdout.splitlines()

    assert "/fast/  Flat: compiled" in lines
    assert "/plain/  Flat: would be compiled" in lines
    assert "/plain-method/  View: would fall back" in lines
    at = lines.index("/method/  View: falls back")
    assert lines[at + 1 : at + 5] == [
        "    x: get_x() is Python code, called for each row.",
        "    Compute it in the database: an annotation of the queryset and a typed field.",
        "    The instances that Django makes rowpath writes as they are.",
        "",
    ]
    at = lines.index("/fast/  Flat: compiled")
    assert lines[at + 1].startswith('    SELECT "shop_note"."id"')
    assert lines[at + 2] == "    Reads 4 columns where DRF's own statement reads 5."
    at = lines.index("/empty/  View: compiled")
    assert lines[at + 1] == "    No statement: the queryset is empty."
    assert lines[-1] == (
        "14 lists: 5 fast, 1 with FastListMixin fall back, 1 more would be fast with it, "
        "2 would not, 5 are unknown. Of those that are not read fast rowpath writes the instances "
        "of 3, and makes the data of 0, or would."
    )


def test_what_is_measured_is_told_for_lists_with_rows(dsn: str) -> None:
    """Both ways are timed on the rows that are there, unless there are none."""
    done = plan(dsn, "--json", "--route", "/fast/", "--route", "/empty/")

    saving = {one["route"]: one["saving"] for one in json.loads(done.stdout)}
    assert saving["/empty/"] is None
    for route in ("/fast/", "/nested/fast/"):
        assert saving[route]["rows"] == 30
        assert saving[route]["drf_s"] > 0
        assert saving[route]["fast_s"] > 0


def test_measured_times_are_told_in_text(dsn: str) -> None:
    """The text has the rows and both times."""
    done = plan(dsn, "--route", "/nested/")

    assert "    30 rows here and now: DRF " in done.stdout
    assert done.stdout.endswith(
        "1 list: 1 fast, 0 with FastListMixin fall back, 0 more would be fast with it.\n"
    )


def test_only_routes_that_are_asked_for_are_told(dsn: str) -> None:
    """--route keeps the routes that have the text in their path, and may be repeated."""
    done = plan(dsn, "--json", "--no-measure", "--route", "own", "--route", "sets")

    routes = [one["route"] for one in json.loads(done.stdout)]
    assert routes == ["/owners/<str:name>/notes/", "/own/", "/router/sets/"]


def test_a_route_that_is_not_there_is_an_error_that_names_those_there(dsn: str) -> None:
    """A typing error in --route is no silent success."""
    done = plan(dsn, "--route", "/nowhere/")

    assert done.returncode == 1
    assert "Cannot plan /nowhere/: no list route has it in its path. There: /fast/, " in done.stderr


@pytest.mark.parametrize(
    ("routes", "status"),
    [
        (["/fast/"], 0),
        (["/fast/", "/plain-method/"], 0),  # falls back, but has no mixin to fail for
        (["/fast/", "/method/"], 1),
        (["/broken/queryset/"], 1),
    ],
)
def test_a_fallback_fails_where_it_is_asked_to(dsn: str, routes: list[str], status: int) -> None:
    """--fail-on-fallback exits with 1 if a view with the mixin falls back, and only then."""
    chosen = [argument for route in routes for argument in ("--route", route)]

    asked = plan(dsn, "--no-measure", "--fail-on-fallback", *chosen)
    not_asked = plan(dsn, "--no-measure", *chosen)

    assert asked.returncode == status
    assert not_asked.returncode == 0
    expected = "1 of the lists with FastListMixin " if status else ""
    assert expected in asked.stderr
    assert ("are unknown, so they may: /broken/" in asked.stderr) is ("/broken" in str(routes))


def test_json_stays_json_where_a_fallback_fails(dsn: str) -> None:
    """The error goes to standard error, so that a program can read the rest."""
    done = plan(dsn, "--json", "--no-measure", "--fail-on-fallback", "--route", "/method/")

    assert done.returncode == 1
    assert [one["route"] for one in json.loads(done.stdout)] == ["/method/"]


def test_a_project_without_lists_is_told_so(dsn: str) -> None:
    """Where there is nothing to plan the command says it, and fails."""
    done = plan(dsn, urls="listless")

    assert done.returncode == 1
    assert "Cannot plan anything: ROOT_URLCONF has no list of Django REST framework." in done.stderr


def test_rows_that_cannot_be_read_end_in_no_traceback(dsn: str) -> None:
    """A statement that fails in the database is told, and the plan all the same."""
    done = plan(dsn, urls="failing")

    assert done.returncode == 0
    assert "/unset/  Unset: compiled\n" in done.stdout
    assert "    Not measured: reading its rows raised ProgrammingError: " in done.stdout


def test_without_measuring_no_row_is_read(dsn: str) -> None:
    """With --no-measure a list whose statement would fail is planned and told as compiled."""
    done = plan(dsn, "--no-measure", urls="failing")

    assert done.returncode == 0
    assert "/unset/  Unset: compiled\n" in done.stdout
    assert "measured" not in done.stdout


def test_a_value_that_drf_has_to_write_is_told(dsn: str) -> None:
    """A list that compiles, but whose rows DRF will have to answer, is told so."""
    reason = "Cannot encode topic of row 0: it has nothing to be read from"

    [one] = json.loads(plan(dsn, "--json", urls="unwritten").stdout)
    text = plan(dsn, urls="unwritten").stdout

    assert one["path"] == "compiled"
    assert one["saving"] is None
    assert one["unwritten"].startswith(reason)
    assert f"DRF answers lists with a value like this one: {reason}" in text
