"""The fast path's one statement is a statement of the project: seen, counted and bound as any."""

from collections.abc import Iterator

import pytest

from fast.conftest import Copies
from fast.projects import Inside, inside

BINDING = {"client": {}, "server": {"OPTIONS": {"server_side_binding": True}}}


@pytest.fixture(scope="module")
def dsn(copies: Copies) -> Iterator[str]:
    with copies("shop_statements") as copied:
        yield copied


@pytest.fixture(scope="module")
def project(dsn: str) -> Iterator[Inside]:
    with inside({"databases": {"default": dsn}}) as running:
        yield running


@pytest.fixture(scope="module", params=BINDING)
def binding(request: pytest.FixtureRequest, dsn: str) -> Iterator[Inside]:
    given = {"databases": {"default": dsn}, "database": BINDING[request.param]}
    with inside(given) as running:
        yield running


def test_execute_wrappers_see_the_statement_and_its_parameters(project: Inside) -> None:
    """A wrapper gets the SQL, the parameters and the connection of the lean statement."""
    way, [user, notes] = project.call("statements:wrappers")

    assert way == "compiled"
    assert user[1] == ["alice"]
    sql, params, many, is_own_connection = notes
    assert sql.startswith('SELECT "shop_note"."id", "shop_note"."text", ')
    assert '"shop_note"."owner_id" = %s' in sql
    assert params == [1]
    assert many is False
    assert is_own_connection


def test_a_wrapper_can_refuse_the_statement(project: Inside) -> None:
    """What a wrapper raises comes out of the view, and no row was read."""
    assert project.call("statements:wrapper_that_refuses") == ["no statement may run here"] * 2


def test_a_wrapper_that_runs_the_statement_again_doubles_no_row(project: Inside) -> None:
    """One that tries again after an error leaves the list to DRF."""
    told = project.call("statements:wrapper_that_runs_twice")

    assert told == [True, "a wrapper ran the statement 2 times."]


CHANGES = {
    "puts-a-statement-before-it": "a wrapper changed the statement.",
    "puts-a-statement-behind-it": "a wrapper changed the statement.",
    "gives-other-parameters": "a wrapper changed the statement.",
    "comments": "compiled",
}


@pytest.mark.parametrize("in_transaction", [False, True], ids=["alone", "in-a-transaction"])
@pytest.mark.parametrize("change", CHANGES)
def test_a_wrapper_that_changes_the_statement(
    project: Inside,
    change: str,
    in_transaction: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    """Only what was compiled is sent, with a comment at most; any other statement is DRF's."""
    told = project.call(
        "statements:wrapper_that_changes", change=change, in_transaction=in_transaction
    )

    assert told == [True, CHANGES[change]]


def test_a_wrapper_that_keeps_changing_the_statement_sees_few_that_are_not_sent(
    project: Inside,
) -> None:
    """DRF answers ever longer before the lean statement is tried again, and the reason is told."""
    reason = "a wrapper changed the statement"

    are_same, reasons, lean = project.call("statements:wrapper_that_keeps_changing")

    assert are_same
    assert reasons == [f"{reason}, so DRF answers for a while.", f"{reason}."]
    assert 1 < lean < 10


def test_what_a_wrapper_raises_is_raised_once(project: Inside) -> None:
    """A wrapper that lets nothing through is asked once, and its own error comes out."""
    assert project.call("statements:wrapper_that_refuses_once") == [1, "no statement may run here"]


def test_a_test_that_forbids_the_database_forbids_it_to_both(project: Inside) -> None:
    """Django's SimpleTestCase stops the lean statement as it stops DRF's."""
    drf, fast = project.call("statements:test_case_that_forbids_databases")

    assert fast == drf
    assert drf.startswith("DatabaseOperationForbidden: ")


def test_djangos_tests_count_and_capture_the_statement(project: Inside) -> None:
    """assertNumQueries counts one, and CaptureQueriesContext has its SQL."""
    way, refused, captured = project.call("statements:captured")

    assert way == "compiled"
    assert refused.startswith("1 != 0 : 1 queries executed, 0 expected")
    [sql] = captured
    assert sql.startswith('SELECT "shop_note"."id", "shop_note"."owner_id", "shop_note"."text", ')


def test_the_query_log_has_the_statement_under_debug(project: Inside) -> None:
    """connection.queries has as many statements as with DRF, with their values, and only then."""
    drf, fast, *without_debug = project.call("statements:logged")

    assert len(fast) == 2  # the user, the list
    assert len(fast) < len(drf)  # DRF reads each topic and home
    assert fast[0] == drf[0]
    assert fast[1].endswith('WHERE "shop_note"."owner_id" = 1 ORDER BY "shop_note"."id" ASC')
    assert without_debug == [[], []]


def test_hostile_values_are_bound_as_django_binds_them(binding: Inside) -> None:
    """Quotes, percent signs and backslashes in a filter are data, wherever they are bound."""
    told = binding.call("statements:values")

    assert [one for one in told if one[2:] != [True, True, "compiled"]] == []
    assert len(told) == 64


def test_a_statement_that_is_kept_is_used_with_the_values_of_the_request(binding: Inside) -> None:
    """Filters of one shape and other values, NULLs, lists and slices among them, are no mix-up."""
    told = binding.call("statements:shapes")

    assert [one for one in told if one[1] != "compiled"] == []
    assert len(told) == 164


def test_a_page_is_counted_by_djangos_statement(binding: Inside) -> None:
    """The same text with the same values, whether it was compiled before or not."""
    told = binding.call("statements:counts")

    assert [one for one in told if one[1] != "compiled"] == []
    assert len(told) == 98


def test_a_paginator_that_keeps_counts_finds_djangos_own_query(project: Inside) -> None:
    """Pickled, it is a Query, and the same for either way."""
    is_same, way, theirs, ours = project.call("statements:counts_that_are_kept")

    assert is_same
    assert way == "compiled"
    assert theirs == ours
    assert ours[0]


def test_a_wrapper_that_refuses_to_count_is_asked_once(project: Inside) -> None:
    """Its error comes out of the view as from DRF's."""
    told = project.call("statements:counts_that_are_refused")

    assert told == [2, *[["no COUNT may run here", True]] * 2]


def test_sql_with_a_percent_sign_of_its_own_is_run_as_djangos(binding: Inside) -> None:
    """An operator % in the SQL is not taken for a placeholder."""
    told = binding.call("statements:a_percent_sign_without_parameters")

    assert told == [True, True, "compiled"]


def test_parameters_are_bound_where_the_connection_binds_them(
    binding: Inside, request: pytest.FixtureRequest
) -> None:
    """With the option server_side_binding the server gets a placeholder, else the value."""
    way, query = binding.call("statements:as_the_server_got_it")

    bound = "$1" if "[server]" in request.node.name else "1"
    assert way == "compiled"
    assert f'WHERE "shop_note"."owner_id" = {bound} ORDER BY' in query
