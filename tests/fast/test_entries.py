"""A view's mixin is enough: its serializers, which are DRF's own, make DRF's data, faster."""

from collections.abc import Iterator

import pytest

from fast.conftest import Copies
from fast.projects import Inside, inside
from fast.test_representing import DRF, NOTHING, OF_LATER, OWN_FIELDS, RECIPE

ENTRIES = (
    *(("FastListMixin", view) for view in ("list", "page")),
    *(("FastMixin", view) for view in ("list", "page", "rewritten", "detail")),
)
# Of whose rows DRF's Serializer makes nothing: they are represented by a class that has no say.
NOT_DATA = {*DRF, *NOTHING}


@pytest.fixture(scope="module")
def project(copies: Copies) -> Iterator[Inside]:
    with copies("shop_entries") as dsn, inside({"databases": {"default": dsn}}) as running:
        yield running


@pytest.mark.parametrize(("mixin", "view"), ENTRIES)
@pytest.mark.parametrize("case", [*RECIPE, *OWN_FIELDS, *OF_LATER, *DRF, *NOTHING])
def test_a_view_answers_with_the_data_of_drf(
    project: Inside, case: str, mixin: str, view: str
) -> None:
    """The same values and types, or the same errors, by the same calls and statements.

    And the serializer that made them is as DRF leaves it.
    """
    told = project.call("entries:entered", of=case, view=view, mixin=mixin, again=True)

    assert told["ours"] == told["theirs"]


@pytest.mark.parametrize("view", ["list", "page"])
@pytest.mark.parametrize("case", [*RECIPE, *OWN_FIELDS])
def test_a_list_that_is_not_read_fast_tells_that_rowpath_made_its_data(
    project: Inside, case: str, view: str
) -> None:
    told = project.call("entries:entered", of=case, view=view, mixin="FastListMixin", again=True)

    is_raised = isinstance(told["ours"][0][0], str) and ": " in told["ours"][0][0]
    assert told["way"] == ("data" if not is_raised else None)


@pytest.mark.parametrize("case", DRF)
def test_a_list_whose_data_drf_makes_tells_that(project: Inside, case: str) -> None:
    told = project.call("entries:entered", of=case, view="list", mixin="FastListMixin", again=True)

    assert told["way"] is None


@pytest.mark.parametrize(
    ("of", "way"),
    [
        *(("Shouting", "data"), ("Fast", "data"), ("ThatLooks", None)),
        *(("ThatLooksAtItself", None), ("Registered", None), ("Anew", None)),
    ],
)
def test_a_serializer_that_changes_the_data_of_drf_changes_the_same_data(
    project: Inside, of: str, way: str | None
) -> None:
    """It is a class of rowpath's for that long, but where somebody may see it."""
    told = project.call("entries:shouted", of=of)

    assert told["ours"] == told["theirs"]
    assert told["way"] == way
    assert told["registered"] == 0
    assert told["class"]


@pytest.mark.parametrize("given", [{"name": "new"}, {"name": ""}, {}, {"name": "x" * 500}])
def test_what_is_written_is_answered_as_by_drf(project: Inside, given: dict[str, str]) -> None:
    theirs, ours = project.call("entries:written", given=given)

    assert ours == theirs


@pytest.mark.parametrize("mixin", ["FastListMixin", "FastMixin"])
def test_a_method_is_called_once_for_each_row(project: Inside, mixin: str) -> None:
    assert project.call("entries:counted", mixin=mixin) == [[1, 2, 3], "data", 3]


def test_the_browsable_api_shows_what_it_shows_of_drf(project: Inside) -> None:
    theirs, ours = project.call("entries:described")

    assert ours == theirs


@pytest.mark.parametrize(
    ("of", "view", "mixin", "way"),
    [
        ("Plain", "list", "FastListMixin", "rows"),
        ("Plain", "page", "FastListMixin", "data"),
        ("Method", "list", "FastListMixin", "data"),
        ("Method", "list", "FastMixin", "data"),
        ("Method", "rewritten", "FastListMixin", None),
        ("HidesFields", "list", "FastMixin", None),
        ("NoFields", "list", "FastMixin", None),
        ("Shouting", "list", "FastListMixin", "data"),
        ("ThatLooks", "list", "FastListMixin", None),
        ("ThatLooksAtItself", "list", "FastListMixin", None),
        ("Registered", "list", "FastListMixin", None),
        ("Anew", "list", "FastListMixin", None),
        ("Fast", "list", "FastListMixin", "data"),
    ],
)
def test_the_plan_tells_the_way_that_the_answer_takes(
    project: Inside, of: str, view: str, mixin: str, way: str | None
) -> None:
    """And, where that is none, why."""
    foreseen = project.call("entries:foreseen", of=of, view=view, mixin=mixin)
    told = foreseen["told"]

    assert told["way"] == way
    assert foreseen["way"] == way
    assert (told["data_by_drf"] is None) is (way is not None)


@pytest.mark.parametrize("view", ["list", "rewritten"])
def test_the_plan_of_a_view_without_a_mixin_tells_what_fast_mixin_would_bring(
    project: Inside, view: str
) -> None:
    told = project.call("entries:foreseen", of="Method", view=view, mixin=None)["told"]

    assert told["has_mixin"] is False
    assert told["way"] == "data"


def test_a_list_of_its_own_is_told_what_fast_mixin_would_bring(project: Inside) -> None:
    foreseen = project.call(
        "entries:foreseen", of="Method", view="rewritten", mixin="FastListMixin"
    )

    change = foreseen["told"]["data_by_drf"]["change"]
    assert change == "Name FastMixin in the place of FastListMixin."
