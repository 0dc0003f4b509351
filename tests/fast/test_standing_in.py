"""What stands in for a page's rows while they are written is as good as they are."""

from collections.abc import Iterator

import pytest

from fast.conftest import Copies
from fast.projects import Inside, inside

ENVELOPES = (
    "writes",
    "marks",
    "counts-kinds",
    "signs-with-json",
    "links-safely",
    "fails",
)
# An encoder in C takes the list's items itself, and has to be asked again with real ones.
ASKED_AGAIN = {"signs-with-orjson"}


@pytest.fixture(scope="module", params=["compiled", "portable"])
def project(request: pytest.FixtureRequest, copies: Copies) -> Iterator[Inside]:
    settings = {"ROWPATH": {"compiled": request.param == "compiled"}}
    name = f"shop_standing_in_{request.param}"
    with (
        copies(name) as dsn,
        inside({"databases": {"default": dsn}, "settings": settings}) as running,
    ):
        yield running


@pytest.mark.parametrize("shadow", [0.0, 1.0], ids=["alone", "shadowed"])
@pytest.mark.parametrize("by_cursor", [False, True], ids=["by-page", "by-cursor"])
@pytest.mark.parametrize("envelope", [*ENVELOPES, "signs-with-orjson"])
def test_an_envelope_that_does_more_than_to_pass_the_rows_on(
    project: Inside,
    envelope: str,
    by_cursor: bool,  # noqa: FBT001 - a parameter of the test
    shadow: float,
) -> None:
    """Its answer, what it writes and what it raises are the same, and it runs as often."""
    same, runs, ours = project.call(
        "standing_in:answers", envelope=envelope, by_cursor=by_cursor, by_keys=False, shadow=shadow
    )

    assert same is True
    by_drf_too = shadow > 0 and envelope == "counts-kinds"  # the one that stays fast
    assert ours == runs + (envelope in ASKED_AGAIN) + by_drf_too


@pytest.mark.parametrize("by_cursor", [False, True], ids=["by-page", "by-cursor"])
def test_a_row_of_values_is_a_container(
    project: Inside,
    by_cursor: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    """Its keys, its length and what it contains are the dict's."""
    told = project.call(
        "standing_in:answers",
        envelope="is-a-container",
        by_cursor=by_cursor,
        by_keys=True,
        shadow=0.0,
    )

    assert told == [True, 1, 1]


def test_what_a_paginator_refuses_is_no_defect(project: Inside) -> None:
    """Its error is the answer, and nothing is logged: any client could fill the log."""
    assert project.call("standing_in:warnings_of_a_bad_request") == [400, []]


def test_an_error_of_the_project_keeps_its_cause(project: Inside) -> None:
    """What handles or records it sees what was raised, and from what."""
    told = project.call("standing_in:cause_of_what_a_wrapper_raises")

    assert told == ["no tenant", "KeyError('tenant')", "KeyError('tenant')"]


def test_what_two_threads_rely_on_at_once_is_watched(project: Inside) -> None:
    """No thread takes away what the other has come to rely on."""
    assert project.call("standing_in:names_lost_between_threads", names=4_000) == 0


def test_what_a_paginator_writes_goes_where_the_router_says(copies: Copies) -> None:
    """Only the list's rows are read from the database that the router chose for them."""
    routers = {"DATABASE_ROUTERS": ["fast.shop.router.ByRequest"]}
    with copies("shop_written") as default, copies("shop_read") as replica:
        given = {"databases": {"default": default, "replica": replica}, "settings": routers}
        with inside(given) as running:
            told = running.call("standing_in:written_by_an_envelope")

    assert told == {"default": 30, "replica": 0}
