"""A very long list of instances leaves in pieces, where its view says that it may."""

from collections.abc import Iterator
from typing import Any

import pytest

from fast.conftest import Copies
from fast.projects import Inside, inside

STREAMED = {"streams": True, "way": "instances", "selects": 1, "content": True, "calls": True}
IN_ONE_PIECE = STREAMED | {"streams": False}


@pytest.fixture(scope="module")
def project(copies: Copies) -> Iterator[Inside]:
    with copies("shop_pieces") as dsn, inside({"databases": {"default": dsn}}) as running:
        yield running


def test_rows_with_a_method_are_streamed(project: Inside) -> None:
    """The bytes are DRF's, of one statement, and each row's method is called once, in order."""
    assert project.call("pieces:case", of="plain") == STREAMED


def test_a_list_that_grows_is_what_it_is_at_the_end(project: Inside) -> None:
    """A value that may still change waits for the last row, as does all that is behind it."""
    assert project.call("pieces:case", of="one list") == STREAMED


def test_rows_that_begin_with_what_may_change_are_one_piece(project: Inside) -> None:
    """What cannot be written with the first rows is written with the last, by the same calls."""
    assert project.call("pieces:case", of="one list at once") == IN_ONE_PIECE


def test_a_method_that_reads_all_rows_gets_those_of_the_list(project: Inside) -> None:
    """What it puts into the instances is there when their own turn comes."""
    assert project.call("pieces:case", of="all at once") == IN_ONE_PIECE


def test_a_method_that_reads_all_rows_late_breaks_the_answer(project: Inside) -> None:
    """The first of them are gone by then, and no others are given in their place."""
    told = project.call("pieces:by_a_method_that_reads_all_rows_late")

    assert told == (
        "the rows of shop.Number are read as a whole, and the first of them are sent."
        " Leave the view's stream_instances at False."
    )


def test_a_serializer_that_knows_of_its_rows_is_not_streamed(project: Inside) -> None:
    """Django counts rows that it has read without a statement."""
    assert project.call("pieces:case", of="of the rows around") == IN_ONE_PIECE


def test_a_queryset_that_is_made_of_the_rows_asks_for_itself(project: Inside) -> None:
    """As with DRF: two statements for each of six rows that ask."""
    assert project.call("pieces:case", of="copying") == STREAMED | {"selects": 13}


def test_a_queryset_that_requests_share_is_streamed_to_each(project: Inside) -> None:
    """A stream leaves nothing in the queryset that it has read."""
    streamed = {"streams": True, "same": True}

    assert project.call("pieces:of_a_queryset_that_is_shared") == [streamed] * 2


@pytest.mark.parametrize(
    ("loaded_by", "expected"),
    [
        ("select_related", STREAMED),
        ("prefetch_related", IN_ONE_PIECE | {"selects": 2}),
        # One for the topics of the first four notes, and one for those of the others.
        ("nobody", STREAMED | {"selects": 3}),
    ],
)
def test_a_relation_of_rows_that_are_streamed(
    project: Inside, loaded_by: str, expected: dict[str, Any]
) -> None:
    """A prefetch is for all rows at once; what nobody loads is loaded for the rows of a piece."""
    assert project.call("pieces:relation", loaded_by=loaded_by) == expected


@pytest.mark.parametrize(
    "scenario",
    [
        "unless_the_view_says_so",
        "of_instances_that_somebody_hears_of",
        "in_a_transaction",
        "without_server_side_cursors",
    ],
)
def test_what_is_not_certain_is_one_piece(project: Inside, scenario: str) -> None:
    """Where it is not certain that the pieces are DRF's, the answer is an ordinary one."""
    assert project.call(f"pieces:{scenario}") == IN_ONE_PIECE


def test_sqlite_is_read_at_once(project: Inside) -> None:
    """What is written while a cursor of SQLite's is open may be among its later rows."""
    assert project.call("pieces:in_sqlite") == IN_ONE_PIECE | {"selects": 0}


def test_what_becomes_data_is_one_piece(project: Inside) -> None:
    """A project that has no rows written from instances has none streamed."""
    assert project.call("pieces:by_rows_alone") == IN_ONE_PIECE | {"way": "data"}


def test_what_a_method_writes_is_committed_at_once(project: Inside) -> None:
    """Another session sees it while the stream lasts, and keeps it when the client is gone."""
    assert project.call("pieces:with_what_a_method_writes") == [
        *["written at 2000"] * 2,
        *["written at 3000"] * 3,
    ]


@pytest.mark.parametrize("ending", ["read", "closed", "dropped"])
def test_a_stream_of_instances_leaves_its_session_as_it_was(project: Inside, ending: str) -> None:
    """Its cursor is closed, and the session plans other cursors as it did before."""
    told = project.call("pieces:what_the_session_has", ending=ending)

    left = {"fraction": "0.25", "in a block": False}
    assert told == {"before": left | {"cursors": 1}, "after": left | {"cursors": 0}}
