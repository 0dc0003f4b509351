"""What a session costs: rows that a commit expires, and statements that hold up the event loop."""

import pytest

from explain.store import Store
from rowpath.explain.project_of import ASGI
from rowpath.explain.values import Confidence, Kind

PATHS = (
    "/expired",
    "/expired-behind",
    "/expired-repaired",
    "/blocking",
    "/blocking-model",
    "/books",
)


def test_rows_that_a_commit_expired_are_told_with_their_cause(store: Store) -> None:
    """Each is loaded again by itself, and no loader option helps."""
    finding = store.only("/expired")

    assert (finding.kind, finding.confidence) == (Kind.REPEATED, Confidence.ADVICE)
    assert finding.statements == 24
    assert finding.advice == ASGI.expired


def test_what_lies_behind_expired_rows_is_no_case_for_a_loader_option(store: Store) -> None:
    """The relation was loaded with the rows, and was lost with them."""
    advice = {finding.advice for finding in store.of("/expired-behind").findings}

    assert advice == {ASGI.expired}


def test_a_sync_session_in_a_coroutine_holds_up_the_loop(store: Store) -> None:
    """The endpoint is named, with its statement."""
    finding = store.only("/blocking")

    assert (finding.kind, finding.confidence) == (Kind.BLOCKS, Confidence.ADVICE)
    assert finding.title == "1 statement of a sync session holds up the event loop"
    assert finding.place is not None
    assert finding.place.function == "blocking"


def test_a_response_model_that_loads_in_a_coroutine_holds_it_up_too(store: Store) -> None:
    """What it reads has no line of the project's, but the endpoint has."""
    found = {each.kind: each for each in store.of("/blocking-model").findings}
    relation, blocking = found[Kind.RELATION], found[Kind.BLOCKS]

    assert relation.confidence is Confidence.PROVED
    assert blocking.statements == blocking.of_statements == relation.statements + 1
    assert blocking.place is not None
    assert blocking.place.function == "blocking_model"


@pytest.mark.parametrize("path", ["/expired-repaired", "/books"])
def test_threads_hold_up_nothing(store: Store, path: str) -> None:
    """Nor does what is read before the commit load a row again."""
    found = store.of(path).findings

    assert all(each.kind is Kind.RELATION for each in found)
    assert ASGI.expired not in {each.advice for each in found}
