"""A list that is written from its instances is DRF's, byte for byte, and calls what DRF calls."""

from collections.abc import Iterator

import pytest

from fast.conftest import Copies
from fast.drf.long_runs import ASKED, IS_LONG
from fast.projects import Inside, inside
from fast.test_representing import AS_DATA, DRF, NOTHING, OF_LATER, OWN_FIELDS, RECIPE

METHODS = ("asking", "growing", "hiding", "late", "moving", "raising")
OWN = tuple(f"written_{name}" for name in METHODS)
# That have an answer, which is not an error of the serializer or the renderer.
ANSWERED = ("every_column", "nested_and_methods", "to_many", "to_many_prefetched", "mappings")
STYLES = ("usual", "ascii", "spaced", "lax")


@pytest.fixture(scope="module")
def project(copies: Copies) -> Iterator[Inside]:
    with copies("shop_writing") as dsn, inside({"databases": {"default": dsn}}) as running:
        yield running


def test_all_cases_are_tried(project: Inside) -> None:
    """What the project has is what stands above."""
    assert project.call("writing:names") == sorted(OWN)


@pytest.mark.parametrize("again", [True, False])
@pytest.mark.parametrize("case", [*RECIPE, *OWN_FIELDS, *OF_LATER, *DRF, *NOTHING, *OWN])
def test_a_list_is_written_as_drf_renders_it(project: Inside, case: str, *, again: bool) -> None:
    """Status, headers, body, data, calls and statements, or the same errors at the same time."""
    told = project.call("writing:written", of=case, style="usual", again=again)

    assert told["ours"] == told["theirs"]


@pytest.mark.parametrize("style", STYLES[1:])
@pytest.mark.parametrize("case", ["every_column", "nested_and_methods", "to_many", "mappings"])
def test_a_renderer_that_is_set_up_otherwise_has_its_own_bytes(
    project: Inside, case: str, style: str
) -> None:
    """With escapes, with spaces, or with numbers that are none."""
    told = project.call("writing:written", of=case, style=style, again=True)

    assert told["ours"] == told["theirs"]
    assert told["way"] == "instances"


@pytest.mark.parametrize("case", [*RECIPE, *OWN_FIELDS, *OWN])
def test_a_list_that_is_not_read_fast_is_written_from_its_instances(
    project: Inside, case: str
) -> None:
    """Unless it raises; or as data, where code of the project's has a say in each row."""
    told = project.call("writing:written", of=case, style="usual", again=True)

    is_listed = told["ours"][0][0] == "listed"
    made = "data" if case in AS_DATA else "instances"
    assert told["way"] == (made if is_listed else None)


@pytest.mark.parametrize("case", [*ANSWERED, *OWN[:-1]])
def test_what_is_compared_is_an_answer(project: Inside, case: str) -> None:
    """And no error that both have raised."""
    listed, rendered, status, *_ = project.call(
        "writing:written", of=case, style="usual", again=True
    )["ours"]

    assert [listed[0], rendered[0], status] == ["listed", "rendered", 200]


@pytest.mark.parametrize("style", STYLES)
def test_every_value_is_written_as_the_renderer_writes_it(project: Inside, style: str) -> None:
    """Of a method, a property, a field of the project's: the same bytes, or the same error."""
    assert project.call("writing_values:values_written", style=style) == []


def test_generated_lists_are_written_as_drf_renders_them(project: Inside) -> None:
    """Strings of any characters, numbers, times and containers, in usual and unusual fields."""
    examples = ASKED if IS_LONG else 500
    compared, written = project.call("writing_values:generated", examples=examples)

    assert compared >= min(examples, 400)
    assert written >= 0.6 * compared


@pytest.mark.parametrize("query", ["", "page=2", "page=99"])
@pytest.mark.parametrize(
    ("of", "way"),
    [
        *(("none", "instances"), ("pages", "instances"), ("own", "instances")),
        *(("looking", "data"), ("changing", "data")),
    ],
)
def test_an_envelope_stands_around_the_same_rows(
    project: Inside, of: str, way: str, query: str
) -> None:
    """Whether it passes them on, looks at them, or changes them."""
    told = project.call("writing:enveloped", of=of, query=query)

    assert told["ours"] == told["theirs"]
    is_there = of == "none" or query != "page=99"
    assert told["way"] == (way if is_there else None)


def test_data_that_is_changed_before_it_is_rendered_is_what_is_rendered(project: Inside) -> None:
    """And no method is called once more for it."""
    theirs, ours = project.call("writing:asked_before")

    assert ours[:3] == theirs[:3]
    assert ours[3] == ["instances", "data"]


@pytest.mark.parametrize(
    ("option", "way"), [("instances", "data"), ("data", None), ("compiled", "data")]
)
def test_it_can_be_turned_off(project: Inside, option: str, way: str | None) -> None:
    """By itself, and with what it stands on."""
    assert project.call("writing:turned_off", option=option) == [way, True]


def test_a_renderer_that_is_patched_renders_itself(project: Inside) -> None:
    """For as long as it is."""
    assert project.call("writing:patched") == ["data", "instances"]


def test_nothing_of_a_list_waits_for_the_search_for_cycles(project: Inside) -> None:
    """Its bytes and values go with the answer that was sent."""
    assert project.call("writing:let_go") == [1, 0]


def test_no_error_waits_for_the_search_for_cycles(project: Inside) -> None:
    """Of a row without an attribute, and with it the row; nor what an error has ended."""
    assert project.call("writing:waiting") == [0, 0]


@pytest.mark.parametrize("depth", [1, 30, 60, None])
def test_rows_within_rows_are_written_as_deep_as_drf_goes(
    project: Inside, depth: int | None
) -> None:
    """And those without an end end as they do in DRF."""
    theirs, ours = project.call("writing:trees", depth=depth)

    if depth is None:
        assert theirs[0] == ours[0] == "RecursionErr"[:11]
    else:
        assert ours == theirs
        assert ours[2] == 200


@pytest.mark.parametrize("rows", [0, 1])
def test_fields_of_rows_within_rows_are_made_for_the_first_of_them(
    project: Inside, rows: int
) -> None:
    """And never where there is none, even if they cannot be made."""
    theirs, ours = project.call("writing:unmade", rows=rows)

    assert ours == theirs


@pytest.mark.parametrize("style", STYLES)
def test_what_was_used_up_is_not_asked_again(project: Inside, style: str) -> None:
    """An iterator's rows stand in the answer, whatever else is left to the renderer, or refused."""
    assert project.call("writing_values:used_up", style=style) == []


@pytest.mark.parametrize(("instances", "way"), [(True, "instances"), (False, "data")])
def test_what_is_found_out_by_looking_is_looked_at_when_it_was_read(
    project: Inside, way: str, *, instances: bool
) -> None:
    """As DRF does, before the next field is read."""
    theirs, ours, found = project.call("writing_values:found_out", instances=instances)

    assert ours == theirs
    assert found == way


def test_rows_may_come_by_a_manager(project: Inside) -> None:
    """Of which DRF takes all."""
    assert project.call("writing:by_manager") == [True, "instances"]


def test_lists_that_cannot_be_written_are_tried_ever_more_seldom(project: Inside) -> None:
    """A number that is none makes the renderer raise, which it does for itself then."""
    ways = project.call("writing:unwritable", requests=9)

    tried = [number for number, way in enumerate(ways) if way == "instances"]
    assert tried == [0, 1, 3, 7]
    assert {*ways} == {"instances", "data"}
