"""A shadow request asks DRF too, and a difference ends the fast path of its view."""

from collections.abc import Iterator

import pytest

from fast.conftest import Copies
from fast.projects import Inside, inside


@pytest.fixture(scope="module")
def project(copies: Copies) -> Iterator[Inside]:
    with copies("shop_shadow") as dsn, inside({"databases": {"default": dsn}}) as running:
        yield running


@pytest.mark.parametrize(("share", "statements"), [(0, {1}), (1.0, {2})])
def test_the_share_says_how_many_requests_are_answered_twice(
    project: Inside, share: float, statements: set[int]
) -> None:
    """Without a shadow a list is one statement; with a share of 1.0 it is always two."""
    counts = project.call("shadows:statements", share=share, requests=10)

    assert set(counts) == statements


def test_a_share_between_is_of_some_requests(project: Inside) -> None:
    """Half of the requests are about half: that 200 have fewer than 50 is no accident."""
    counts = project.call("shadows:statements", share=0.5, requests=200)

    assert 50 < counts.count(2) < 150
    assert set(counts) == {1, 2}


def test_nothing_is_said_while_both_agree(project: Inside) -> None:
    """A shadow request whose two answers are the same is fast, and logs nothing."""
    told = project.call("shadows:agreement")

    assert told == {"ways": ["compiled"] * 3, "messages": []}


@pytest.mark.parametrize(
    ("path", "field"), [("notes-flat/", "[0].text"), ("own-pages/", ".results[0].text")]
)
def test_a_difference_is_told_and_ends_the_fast_path_of_the_view(
    project: Inside, path: str, field: str
) -> None:
    """The log has the first byte and the field; DRF's bytes are sent, and sent from then on."""
    told = project.call("shadows:difference", path=path)

    pairs = zip(told["before"].encode(), told["theirs"].encode(), strict=True)
    first = next(at for at, (fast, drf) in enumerate(pairs) if fast != drf)
    [[level, message]] = told["messages"]
    assert level == "ERROR"
    assert f"differed: at byte {first} (in {field}), rowpath has b" in message
    assert "is turned off in this process" in message
    assert told["answers"] == [told["theirs"]] * 2
    assert told["ways"][0] == "compiled"
    assert told["ways"][2].startswith("a shadow request differed: ")
    assert told["other"] == "compiled"


def test_the_answer_that_differed_says_that_drf_gave_it(project: Inside) -> None:
    """An answer with DRF's bytes is not told to be compiled."""
    told = project.call("shadows:difference", path="notes-flat/")

    assert told["ways"][1] != "compiled"


def test_an_error_of_drf_where_the_fast_path_answers_is_a_difference(project: Inside) -> None:
    """It is raised, as it is without rowpath, and the view is DRF's from then on."""
    told = project.call("shadows:failure")

    assert told["raised"] == "ArithmeticError"
    assert told["afterwards"] == "a shadow request raised in DRF, where the fast path answered."
    assert [level for level, _ in told["messages"]] == ["ERROR"]


def test_rows_that_change_between_the_two_are_no_difference(project: Inside) -> None:
    """A row changed after the first statement ends nothing, and DRF's newer bytes are sent."""
    told = project.call("shadows:change_meanwhile")

    assert told["is_drfs"]
    assert told["afterwards"] == "compiled"
    [[level, message]] = told["messages"]
    assert level == "INFO"
    assert message.endswith("met rows that were being changed.")
