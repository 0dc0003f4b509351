"""Rows that have lists of their own are what DRF has, by one statement for each relation."""

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import pytest

from fast.conftest import Copies
from fast.projects import Inside, inside

Compared = Callable[[str, bool], dict[str, Any]]

# Of each case how many statements its list sends, by DRF and with the mixin.
AS_ROWS = {
    "all_prefetched": (52, 8),
    "choosing": (3, 3),
    "cursors": (11, 3),
    "deep": (7, 7),
    "deferred": (39, 3),
    "distinct": (34, 3),
    "empty": (1, 1),
    "given": (27, 2),
    "given_deep": (3, 3),
    "given_computed": (2, 2),
    "given_distinct": (2, 2),
    "given_first": (7, 2),
    "given_none": (1, 1),
    "given_of_two": (21, 2),
    "given_selected": (3, 3),
    "given_sliced_tied": (4, 4),
    "given_summed": (3, 3),
    "given_tied": (29, 2),
    "given_values": (3, 3),
    "inherited": (2, 2),
    "no_children": (3, 3),
    "no_page": (1, 1),
    "none": (0, 0),
    "nothing_prefetched": (70, 6),
    "null_key": (2, 2),
    "offsets": (24, 4),
    "one": (7, 3),
    "pages": (17, 4),
    "repeated": (30, 3),
    "hidden": (2, 2),
    "hidden_given": (3, 3),
    "ordered_within": (3, 3),
    "other_row": (2, 2),
    "other_row_unloaded": (13, 2),
    "dotted": (3, 2),
    "one_prefetched": (2, 1),
    "one_prefetched_within": (3, 2),
    "one_given_whole": (5, 1),
    "rows_of_one_given": (4, 2),
    "prefetched_within": (3, 2),
    "reversed_many": (30, 3),
    "selected": (29, 2),
    "sliced": (15, 3),
    "some_prefetched": (38, 3),
    "streamed": (30, 3),
    "to_attr": (11, 3),
    "to_attr_deep": (3, 3),
    "unordered": (2, 2),
    "unordered_at_once": (2, 2),
    "unread": (31, 2),
}
OTHERWISE = {
    "back": (2, 2),
    "cursors_of_unloaded": (19, 19),
    "given_failing": (0, 0),
    "given_hidden": (2, 2),
    "given_sliced": (0, 0),
    "hidden_from_some": (2, 2),
    "hidden_unloaded": (10, 10),
    "over_and_back": (2, 2),
    "not_ordered": (47, 47),
    "one_given_narrow": (2, 2),
    "one_given_joined": (3, 3),
    "selected_and_prefetched": (7, 2),
    "cursors_of_other_rows": (5, 3),
    "own_child": (2, 2),
    "own_key": (2, 2),
    "own_list": (10, 2),
    "sent_otherwise": (4, 4),
    "sent_otherwise_at_once": (2, 2),
    "sent_otherwise_to_one": (6, 6),
    "slug_of_nothing": (0, 0),
    "text": (10, 2),
    "turned": (11, 11),
    "without_batch": (37, 37),
}
# In which not all that is asked for many rows at once is asked so by DRF: it asks for each row, or
# for the keys of a relation to one in the order in which a statement of their own has them.
ROW_BY_ROW = {
    *("distinct", "nothing_prefetched", "offsets", "some_prefetched", "to_attr"),
    *("dotted", "other_row_unloaded", "rows_of_one_given"),
}
HUNTED = 150


@pytest.fixture(scope="module")
def project(copies: Copies) -> Iterator[Inside]:
    with copies("shop_many") as dsn, inside({"databases": {"default": dsn}}) as running:
        running.call("many.models:begin")
        yield running


@pytest.fixture(scope="module")
def compared(project: Inside) -> Compared:
    """What comes of a case, asked once or again, which several tests look at."""
    return cache(lambda of, again: project.call("many.asking:compared", of=of, again=again))


def test_all_cases_are_tried(project: Inside) -> None:
    """What the project has is what stands above."""
    assert project.call("many.asking:names") == sorted(AS_ROWS | OTHERWISE)


@pytest.mark.parametrize("again", [True, False])
@pytest.mark.parametrize("case", AS_ROWS)
def test_a_list_of_rows_with_lists_is_drfs(compared: Compared, case: str, *, again: bool) -> None:
    """Status, headers, bytes and data, from rows, by as few statements as prefetches send."""
    told = compared(case, again)

    assert told["ours"] == told["theirs"]
    assert told["way"] == "rows"
    assert tuple(told["sent"]) == AS_ROWS[case]


@pytest.mark.parametrize("case", sorted(AS_ROWS.keys() - ROW_BY_ROW))
def test_the_rows_are_asked_for_as_a_prefetch_asks(compared: Compared, case: str) -> None:
    """The conditions of each statement for many rows, and their keys, are those of Django's own."""
    assert compared(case, False)["is_theirs"]


@pytest.mark.parametrize(("case", "count"), [("ordered_within", 0), ("given_tied", 1)])
def test_djangos_own_statement_is_asked_only_where_rows_of_one_list_tie(
    compared: Compared, case: str, count: int
) -> None:
    """Which of two lists their rows come first in is the same to all."""
    assert compared(case, False)["by_own"] == count


@pytest.mark.parametrize("case", OTHERWISE)
def test_what_is_not_certain_is_read_by_django(project: Inside, case: str) -> None:
    """It is DRF's all the same, by no more statements, or raises what it raises by DRF."""
    told = project.call("many.asking:compared", of=case, again=True)

    assert told["ours"] == told["theirs"]
    assert told["way"] in ("instances", None)
    assert tuple(told["sent"]) == OTHERWISE[case]


@pytest.mark.parametrize("case", ["cut_off", "cut_off_at_once"])
def test_that_a_session_has_ended_is_told_as_by_drf(project: Inside, case: str) -> None:
    """No other statement is tried, whose error would be that of a connection that is closed."""
    told = project.call("many.asking:compared", of=case, again=True)

    assert told["ours"] == told["theirs"]
    assert "terminating connection" in told["ours"][0]


@pytest.mark.parametrize("seed", [0, 1_000])
def test_random_lists_are_drfs_with_no_more_statements(project: Inside, seed: int) -> None:
    """Random serializers of random querysets, prefetched or not."""
    wrong, as_rows = project.call("many.hunt:hunted", seed=seed, count=HUNTED)

    assert wrong == []
    assert as_rows > HUNTED * 0.4


def test_the_lists_of_many_rows_are_read_at_once(project: Inside) -> None:
    """Of more than the parameters that a statement can have that binds on the server."""
    assert project.call("many.asking:of_many_parents") == ["rows", 2, 1]


def test_a_shadow_tells_the_order_of_rows_that_tie_within_a_list(project: Inside) -> None:
    """Another order of them is a warning, and the view stays fast."""
    told = project.call("many.asking:shadowed", changes=False)

    assert told == {"way": "rows", "levels": ["WARNING"]}


def test_a_shadow_finds_other_rows_within_a_list_in_no_certain_order(project: Inside) -> None:
    """A row that only DRF has ends the fast path."""
    told = project.call("many.asking:shadowed", changes=True)

    assert told["levels"] == ["ERROR"]
    assert told["way"] != "rows"


def test_a_given_queryset_is_compiled_once_for_its_shape_and_slice(project: Inside) -> None:
    """Others of the same have values of their own in its statement, and are DRF's."""
    told = project.call("many.asking:given_in_turn")

    assert [[is_theirs, way] for is_theirs, way, _ in told] == [[True, "rows"]] * len(told)
    assert [count for _, _, count in told] == project.call("many.asking:compiled_by_then")


def test_the_plan_tells_the_way_that_an_answer_takes(project: Inside) -> None:
    """Of each case, what rowpath_plan says beforehand."""
    told = project.call("many.asking:planned")

    assert [name for name, planned, answered in told if planned != answered] == []
