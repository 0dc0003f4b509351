"""Where code puts a FastSerializer's data into an answer, that has the bytes of DRF."""

from collections.abc import Iterator

import pytest

from fast.conftest import Copies
from fast.projects import Inside, inside
from fast.test_representing import AS_DATA, DRF, NOTHING, OF_LATER, OWN_FIELDS, RECIPE

ANSWERS = (
    *("direct", "with_a_status", "by_keyword", "of_a_module", "imported_within", "around", "deep"),
    *("named", "named_around", "either", "changed_after", "by_a_paginator", "by_limits"),
    *("asked_before", "two"),
)
LOOKS = (
    *(
        "named_anew",
        "waiting",
        "twice",
        "counted",
        "dumped",
        "in_a_list",
        "unpacked",
        "joined",
        "in_a_closure",
        "by_its_locals",
    ),
    *("added_to", "by_getattr", "of_another_class", "by_a_helper", "by_an_envelope_of_its_own"),
)


@pytest.fixture(scope="module")
def project(copies: Copies) -> Iterator[Inside]:
    with copies("shop_passing") as dsn, inside({"databases": {"default": dsn}}) as running:
        yield running


@pytest.mark.parametrize("again", [True, False])
@pytest.mark.parametrize("case", [*RECIPE, *OWN_FIELDS, *OF_LATER, *DRF, *NOTHING])
def test_data_that_is_passed_on_is_written_as_drf_renders_it(
    project: Inside, case: str, *, again: bool
) -> None:
    """Status, headers, body, data, calls and statements, or the same errors at the same time."""
    told = project.call("passing.asking:passed", by="direct", of=case, again=again)

    assert told["ours"] == told["theirs"]


@pytest.mark.parametrize("case", [*RECIPE, *OWN_FIELDS])
def test_it_is_written_from_the_instances(project: Inside, case: str) -> None:
    """Unless it raises; or code of the project's has a say in each row."""
    told = project.call("passing.asking:passed", by="direct", of=case, again=True)

    is_written = told["ours"][0][0] == "listed" and case not in AS_DATA
    assert told["way"] == ("instances" if is_written else None)


@pytest.mark.parametrize("by", ANSWERS)
def test_whatever_the_answer_is_made_by(project: Inside, by: str) -> None:
    """By position or keyword, in dicts, by a variable, by DRF's paginators."""
    told = project.call("passing.asking:passed", by=by, of="nested_and_methods", again=True)

    assert told["ours"] == told["theirs"]
    assert told["way"] == "instances"


@pytest.mark.parametrize("by", LOOKS)
def test_what_may_look_at_the_data_gets_data(project: Inside, by: str) -> None:
    """Then nothing is written."""
    told = project.call("passing.asking:passed", by=by, of="nested_and_methods", again=True)

    assert told["ours"] == told["theirs"]
    assert told["way"] is None


@pytest.mark.parametrize("by", ["serializer", "view"])
@pytest.mark.parametrize("query", ["", "page=2", "page=99", "all=1"])
@pytest.mark.parametrize("of", ["list", "paged", "rewritten", "by_its_paginator", "enveloping"])
def test_a_generic_view_without_fast_list_mixin(
    project: Inside, of: str, query: str, by: str
) -> None:
    """DRF's own list, and one of the project's: of a FastSerializer, or a view with FastMixin."""
    told = project.call("passing.generic:generic", of=of, query=query, by=by)

    assert told["ours"] == told["theirs"]
    is_there = query != "page=99" or of == "list"
    is_passed_on = is_there and (of != "enveloping" or query == "all=1")
    assert told["way"] == ("instances" if is_passed_on else None)


def test_a_view_that_is_a_function(project: Inside) -> None:
    told = project.call("passing.generic:by_function")

    assert told["ours"] == told["theirs"]
    assert told["way"] == "instances"


@pytest.mark.parametrize(
    ("by", "way"),
    [("json", "instances"), ("indented", "data"), ("plain", "data"), ("ascii", "data")],
)
def test_a_renderer_that_the_serializer_was_not_told_of(project: Inside, by: str, way: str) -> None:
    told = project.call("passing.asking:rendered", by=by)

    assert told["ours"] == told["theirs"]
    assert told["way"] == way


def test_who_asks_again_gets_the_data_of_the_same_statement(project: Inside) -> None:
    assert project.call("passing.asking:asked_again") == [True, True, True, True, 1]


def test_what_is_changed_in_data_that_is_asked_for_again_is_in_the_answer(
    project: Inside,
) -> None:
    name, row = project.call("passing.asking:changed_by_another")

    assert name == "changed"
    assert row["name"] == "changed"


def test_a_paginator_of_the_projects_is_asked_as_often_as_by_drf(project: Inside) -> None:
    theirs, ours = project.call("passing.asking:statements_of_a_paginator")

    assert ours == theirs


def test_a_copy_of_a_serializer_has_its_data(project: Inside) -> None:
    assert project.call("passing.asking:copied") == [True, True, 1]


def test_two_answers_of_the_same_data_have_the_same_body(project: Inside) -> None:
    first, second, theirs = project.call("passing.asking:answered_twice")

    assert first == second == theirs


@pytest.mark.parametrize("looked_at", [True, False])
def test_nothing_of_an_answer_waits_for_the_search_for_cycles(
    project: Inside, *, looked_at: bool
) -> None:
    assert project.call("passing.asking:let_go", looked_at=looked_at) == [not looked_at, 0]


@pytest.mark.parametrize("patched", ["response", "renderer", "data", "instances", "compiled"])
def test_what_is_patched_or_turned_off_is_drfs(project: Inside, patched: str) -> None:
    """For as long as it is."""
    assert project.call("passing.asking:under", patched=patched) == [None, True, "instances", True]


def test_code_without_its_source_gets_data(project: Inside) -> None:
    """What it does with it cannot be told."""
    outcome, rows = project.call("passing.asking:without_its_source")

    assert outcome is None
    assert rows > 0


def test_answers_that_are_always_looked_at_become_data(project: Inside) -> None:
    """After some tries."""
    ways = project.call("passing.asking:looked_at_often")

    assert ways[0] == "instances"
    assert ways.count(None) > len(ways) / 2


def test_a_cache_pickles_drfs_answer(project: Inside) -> None:
    assert project.call("passing.asking:cached") is True


def test_relations_that_nobody_loaded_are_loaded_at_once(project: Inside) -> None:
    theirs, ours = project.call("passing.asking:loaded_at_once")

    assert theirs > 4
    assert ours == 2


def test_another_answer_than_drfs_has_the_data(project: Inside) -> None:
    assert project.call("passing.asking:from_a_plain_django_view") is True


def test_threads_have_answers_of_their_own(project: Inside) -> None:
    assert project.call("passing.asking:of_threads") == ["instances"] * 16
