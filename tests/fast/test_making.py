"""Instances that compiled code makes are those that Django makes."""

from collections.abc import Iterator
from typing import Any

import pytest

from fast.conftest import Copies
from fast.projects import Inside, inside

ALIASES = ("default", "lite")
QUERYSETS = (
    *("all", "alias", "inheriting", "only", "defer", "only of a parent", "related", "nested"),
    *("reverse", "back to a parent", "deferred within", "filtered relation", "annotated"),
    *("of a manager", "of a manager, related", "of a manager, deferred", "of two"),
    *("peers", "prefetched"),
    *("sliced", "none", "no row", "extra", "union", "own attribute", "own attribute, related"),
    *("own init", "init behind", "values"),
)
OPTIONS: dict[str, dict[str, Any]] = {
    "usual": {},
    "Kathmandu": {"TIME_ZONE": "Asia/Kathmandu"},
    "no zones": {"USE_TZ": False},
}


@pytest.fixture(scope="module")
def project(copies: Copies) -> Iterator[Inside]:
    with copies("shop_making") as dsn, inside({"databases": {"default": dsn}}) as running:
        running.call("making.models:begin")
        yield running


def test_all_querysets_are_tried(project: Inside) -> None:
    """What the project has is what stands above."""
    assert project.call("making.querysets:names") == [*QUERYSETS]


@pytest.mark.parametrize("options", OPTIONS)
@pytest.mark.parametrize("alias", ALIASES)
@pytest.mark.parametrize("name", QUERYSETS)
def test_instances_are_djangos(project: Inside, name: str, alias: str, options: str) -> None:
    """Attributes and their order, values and types, state, and what they lead to."""
    told = project.call("making.asking:both", of=name, alias=alias, options=OPTIONS[options])
    theirs, ours, who, expected = told

    assert ours == theirs
    assert who == expected


def test_another_order_of_attributes_is_seen(project: Inside) -> None:
    """What the instances are told by is not equal if only the order of attributes differs."""
    assert project.call("making.asking:order_is_seen")


@pytest.mark.parametrize("alias", ALIASES)
def test_what_is_done_with_an_instance_comes_out_the_same(project: Inside, alias: str) -> None:
    """Pickles, copies, a refresh, a save, a deferred column, another key for a relation."""
    for use, theirs, ours in project.call("making.asking:uses", alias=alias):
        assert ours == theirs, use


@pytest.mark.parametrize("paged", [True, False], ids=["paged", "whole"])
def test_a_list_that_django_reads_has_instances_of_rowpaths(
    project: Inside,
    paged: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    """Its bytes and its statements are DRF's, with and without."""
    theirs, ours, made, way = project.call("making.asking:lists", paged=paged, making=True, few=0)

    assert ours == theirs
    assert (made, way) == ([1], "instances")


@pytest.mark.parametrize("paged", [True, False], ids=["paged", "whole"])
def test_making_is_turned_off_by_a_setting(
    project: Inside,
    paged: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    """The rows are written from instances that Django has made."""
    theirs, ours, made, way = project.call("making.asking:lists", paged=paged, making=False, few=0)

    assert ours == theirs
    assert (made, way) == ([], "instances")


def test_a_few_rows_are_left_to_django(project: Inside) -> None:
    """Up to a number of rows, whose instances are made before somebody was told how."""
    made = [
        project.call("making.asking:lists", paged=False, making=True, few=few)[2]
        for few in (12, 13)
    ]

    assert made == [[1], []]


def test_nothing_of_rowpath_is_left_in_a_queryset(project: Inside) -> None:
    """It is Django's again after its list, and so is what a copy that was made within pickles."""
    assert project.call("making.asking:left_as_it_was") == [
        *(200, True, True, True, True, True),
        *(False, True),
    ]


def test_receivers_hear_of_each_instance(project: Inside) -> None:
    """Django makes the instances if somebody listens, also those beside the rows."""
    heard, then = project.call("making.asking:with_receivers")

    for theirs, ours in (heard[:2], heard[2:]):
        assert ours == theirs
        assert theirs[0] == "Django"
        assert theirs[1] > 0
    assert then == "rowpath"


def test_what_is_patched_in_django_is_called_as_often(project: Inside) -> None:
    """A tool that has put itself where instances are made sees each of them."""
    for name, theirs, ours in project.call("making.asking:patched"):
        assert ours == theirs > 0, name


def test_a_defect_leaves_the_instances_to_django(project: Inside) -> None:
    """They are made of the rows that were read: no statement is sent again."""
    assert project.call("making.asking:with_a_defect") == [True, "Django", 2]


@pytest.mark.parametrize("alias", ALIASES)
def test_an_iterator_gives_the_same_in_pieces(project: Inside, alias: str) -> None:
    """A queryset that is read by a cursor in the server, too."""
    theirs, ours = project.call("making.asking:in_pieces", alias=alias)

    assert ours == theirs


def test_rows_are_let_go_at_once(project: Inside) -> None:
    """No cycle of Python's keeps a queryset or its rows, whoever made them."""
    assert project.call("making.asking:let_go") == [True] * 4


def test_what_a_conversion_raises_passes(project: Inside) -> None:
    """The project's own error is raised, as by Django."""
    theirs, ours = project.call("making.asking:what_raises")

    assert ours == theirs == ["ValueError: ODD"]


def test_a_conversion_may_defer_its_column(project: Inside) -> None:
    """Its attribute is not set, and is asked for later, as by Django."""
    theirs, ours, who = project.call("making.asking:what_is_deferred_by_a_conversion")

    assert ours == theirs
    assert who == "rowpath"
    assert "name" not in theirs


def test_numbers_of_sqlite_become_djangos_decimals(project: Inside) -> None:
    """Whatever they are, rounded as by Django or refused, and most without asking it."""
    tried, asked = project.call("making.numbers:numbers")

    assert 0 < asked < tried * 0.8


def test_numbers_in_the_midst_of_two_become_djangos_decimals(project: Inside) -> None:
    """What is rounded by its fifteenth digit is rounded so."""
    assert project.call("making.numbers:halves") == []
