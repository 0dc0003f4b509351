"""The setting `everywhere` tries every list behind DRF's answer, which stays what it is."""

from collections.abc import Iterator

import pytest

from fast.conftest import Copies
from fast.projects import Inside, inside

EVERYWHERE = {"everywhere": "shadow"}


@pytest.fixture(scope="module")
def project(copies: Copies) -> Iterator[Inside]:
    with copies("shop_everywhere") as dsn, inside({"databases": {"default": dsn}}) as running:
        yield running


def test_every_list_is_answered_by_drf_and_found_to_be_the_same(project: Inside) -> None:
    """Status, headers and bytes are DRF's; no list of the shop differs, and most are told of."""
    told = project.call("everywhere:lists")

    assert told["same"]
    assert told["answered"] > 20
    assert [message for level, message in told["messages"] if level != "INFO"] == []
    same = [message for _, message in told["messages"] if "with the same bytes as DRF's" in message]
    assert len(same) > 20


def test_each_way_is_tried_and_told_with_why_not_a_better_one(project: Inside) -> None:
    """Rows, instances and data are held against DRF's bytes alike."""
    messages = [message for _, message in project.call("everywhere:ways")]

    ways = [message.partition("the way ")[2].partition(" ")[0].strip(",") for message in messages]
    assert ways == ["rows", "instances", "data"]
    assert "not rows, since" not in messages[0]
    assert all("not rows, since" in message for message in messages[1:])
    assert all("with the same bytes as DRF's" in message for message in messages)


def test_a_list_of_the_projects_is_tried_for_what_it_calls(project: Inside) -> None:
    """Where list() calls super(), that is compared, and what it adds is there."""
    told = project.call("everywhere:own_list")

    assert told["kind"] == "notes"
    [[level, message]] = told["messages"]
    assert level == "INFO"
    assert "with the same bytes as DRF's" in message


def test_a_difference_is_told_once_and_ends_it_for_the_view(project: Inside) -> None:
    """The log has the first byte and the field; the answer is DRF's; no statement is sent after."""
    told = project.call("everywhere:difference")

    assert "PLAIN 0" in told["answer"]
    [[level, message]] = told["messages"]
    assert level == "ERROR"
    assert "at byte" in message
    assert "(in [0].text), rowpath has b" in message
    assert told["statements_after"] == 1


def test_what_others_make_of_the_data_hides_no_difference(project: Inside) -> None:
    """DRF's list is asked again, and what it gives is what rowpath's is held against."""
    told = project.call("everywhere:wrapped")

    assert told["rows"] > 0
    [[first, same], [second, differs]] = told["messages"]
    assert (first, second) == ("INFO", "ERROR")
    assert "with the same bytes as DRF's list() when it is asked again" in same
    assert "(in [0].text), rowpath has b" in differs


def test_an_answer_that_changes_by_itself_is_no_difference(project: Inside) -> None:
    """What DRF answers otherwise when it is asked again says nothing about rowpath."""
    [[level, message]] = project.call("everywhere:changing")

    assert level == "INFO"
    assert "DRF's own answer is another when it is asked again" in message


@pytest.mark.parametrize("around", ["nothing", "atomic", "no autocommit"])
def test_an_error_behind_the_answer_is_told_and_breaks_nothing(
    project: Inside, around: str
) -> None:
    """What the database raises then leaves the answer and an open transaction as they are."""
    told = project.call("everywhere:raising", around=around)

    assert told["listed"] == told["rows"] > 0
    [[level, message]] = told["messages"]
    assert level == "WARNING"
    assert "it raised DataError: division by zero" in message


def test_an_error_with_values_of_the_request_is_told_once(project: Inside) -> None:
    """Its kind is what is found: a log is no longer for a message that is another each time."""
    assert project.call("everywhere:raising_anew") == ["WARNING", "DEBUG"]


@pytest.mark.parametrize(("findings", "levels"), [(10, ["DEBUG"] * 2), (1_001, ["DEBUG", "INFO"])])
def test_a_bounded_number_of_findings_is_remembered(
    project: Inside, findings: int, levels: list[str]
) -> None:
    """A process does not grow by findings, or views, that are others for each request."""
    assert project.call("everywhere:told_again", findings=findings) == levels


def test_a_view_that_cannot_be_copied_is_answered_all_the_same(project: Inside) -> None:
    """It is told that it is not tried."""
    told = project.call("everywhere:not_copied")

    assert told["status"] == 200
    [[level, message]] = told["messages"]
    assert level == "INFO"
    assert "not tried, since a copy raised TypeError" in message


def test_a_page_for_a_browser_is_not_tried(project: Inside) -> None:
    """It is told that another renderer than JSON's renders it, which is no warning."""
    [[level, message]] = project.call("everywhere:in_a_browser")

    assert level == "INFO"
    assert "not tried, since the answer is rendered by BrowsableAPIRenderer" in message


@pytest.mark.parametrize(
    ("rowpath", "mixin", "counts"),
    [
        (EVERYWHERE, False, {2}),
        (EVERYWHERE, True, {1}),
        ({}, False, {1}),
        (EVERYWHERE | {"shadow": 0.5}, False, {1, 2}),
    ],
    ids=["each list", "not one with the mixin", "not without the setting", "a share of them"],
)
def test_only_what_the_setting_says_is_asked_twice(
    project: Inside, rowpath: dict[str, object], *, mixin: bool, counts: set[int]
) -> None:
    """Views with the mixin, and processes without the setting, send what they sent."""
    found = project.call("everywhere:statements", rowpath=rowpath, mixin=mixin, requests=40)

    assert set(found) == counts


def test_what_can_be_read_only_once_is_left_to_drfs_answer(project: Inside) -> None:
    """An iterator among the values is in DRF's answer as without the setting."""
    told = project.call("everywhere:iterated")

    assert told["same"]
    assert [level for level, _ in told["messages"]] == ["INFO"]


def test_an_answer_that_was_tried_pickles_as_drfs(project: Inside) -> None:
    """A cache finds nothing of rowpath's in it."""
    assert project.call("everywhere:in_a_pickle") == ["rest_framework.response"]


def test_the_same_is_told_at_info_once(project: Inside) -> None:
    """Each further request that finds the same says so on DEBUG."""
    assert project.call("everywhere:repeated") == ["INFO", "DEBUG"]


def test_another_value_is_refused(project: Inside) -> None:
    """The error says what the setting may be."""
    told = project.call("everywhere:refused")

    assert told == (
        "Cannot use ROWPATH['everywhere'] = 'always': it is \"shadow\" or None. "
        "Change it in the settings."
    )
