"""The mixin is enough: a list that is not read fast is written, or its data made, by rowpath."""

from collections.abc import Iterator

import pytest

from fast.conftest import Copies
from fast.projects import Inside, inside
from fast.test_representing import AS_DATA, DRF, NOTHING, OF_LATER, OWN_FIELDS, RECIPE


@pytest.fixture(scope="module")
def project(copies: Copies) -> Iterator[Inside]:
    with copies("shop_entries") as dsn, inside({"databases": {"default": dsn}}) as running:
        yield running


@pytest.mark.parametrize("view", ["list", "page", "rewritten"])
@pytest.mark.parametrize("case", [*RECIPE, *OWN_FIELDS, *OF_LATER, *DRF, *NOTHING])
def test_a_list_answers_with_the_data_of_drf(project: Inside, case: str, view: str) -> None:
    """The same values and types, or the same errors, by the same calls and statements.

    And the serializer that made them is as DRF leaves it.
    """
    told = project.call("entries:entered", of=case, view=view, again=True)

    assert told["ours"] == told["theirs"]


@pytest.mark.parametrize("case", [*RECIPE, *OWN_FIELDS, *OF_LATER, *DRF])
def test_a_to_representation_in_front_of_drfs_is_called_with_the_same(
    project: Inside, case: str
) -> None:
    """And gets from super() what DRF would give it."""
    told = project.call("entries:entered", of=case, view="list", again=True, overrides=True)

    assert told["ours"] == told["theirs"]
    assert told["way"] in (None, "data")


@pytest.mark.parametrize("view", ["list", "page"])
@pytest.mark.parametrize("case", [*RECIPE, *OWN_FIELDS])
def test_a_list_that_is_not_read_fast_tells_that_rowpath_made_its_data(
    project: Inside, case: str, view: str
) -> None:
    """Unless it raises."""
    told = project.call("entries:entered", of=case, view=view, again=True)

    is_raised = isinstance(told["ours"][0][0], str) and ": " in told["ours"][0][0]
    is_written = view == "list" and case not in AS_DATA
    made = "instances" if is_written else "data"
    assert told["way"] == (None if is_raised else made)


@pytest.mark.parametrize("case", DRF)
def test_a_list_whose_data_drf_makes_tells_that(project: Inside, case: str) -> None:
    assert project.call("entries:entered", of=case, view="list", again=True)["way"] is None


@pytest.mark.parametrize(
    ("of", "way"),
    [
        *(("Shouting", "data"), ("Anew", None), ("Fast", "data")),
        *(("InRows", "data"), ("InKeys", None), ("OfItself", "instances")),
    ],
)
def test_code_of_the_project_around_the_rows_has_the_same_data(
    project: Inside, of: str, way: str | None
) -> None:
    """Whether it changes what DRF makes, puts itself in front of that, or does without."""
    told = project.call("entries:shouted", of=of)

    assert told["ours"] == told["theirs"]
    assert told["way"] == way


def test_a_method_is_called_once_for_each_row(project: Inside) -> None:
    assert project.call("entries:counted") == [[1, 2, 3], "instances", 3]


@pytest.mark.parametrize(
    ("of", "view", "way"),
    [
        ("Plain", "list", "rows"),
        ("Plain", "page", "data"),
        ("Method", "list", "instances"),
        ("Method", "rewritten", None),
        ("HidesFields", "list", "data"),
        ("NoFields", "list", None),
        ("Shouting", "list", "data"),
        ("Anew", "list", None),
        ("Fast", "list", "data"),
        ("InRows", "list", "data"),
        ("InKeys", "list", None),
        ("OfItself", "list", "instances"),
    ],
)
def test_the_plan_tells_the_way_that_the_answer_takes(
    project: Inside, of: str, view: str, way: str | None
) -> None:
    """And, where that is none, why."""
    foreseen = project.call("entries:foreseen", of=of, view=view, has_mixin=True)
    told = foreseen["told"]

    assert told["way"] == way
    assert foreseen["way"] == way
    assert (told["data_by_drf"] is None) is (way is not None)


def test_the_plan_of_a_view_without_the_mixin_tells_what_it_would_bring(project: Inside) -> None:
    told = project.call("entries:foreseen", of="Method", view="list", has_mixin=False)["told"]

    assert told["has_mixin"] is False
    assert told["way"] == "instances"


def test_the_plan_tells_of_a_to_representation_that_does_without_drfs(project: Inside) -> None:
    told = project.call("entries:foreseen", of="Anew", view="list", has_mixin=True)["told"]

    assert "does not call super()" in told["data_by_drf"]["reason"]
