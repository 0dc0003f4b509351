"""Behind a pooler, no answer has the rows of another client's statement."""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any

import pytest

from fast.conftest import Copies
from fast.pooling import pooled
from fast.projects import Inside, inside

CLIENTS = 3
ROUNDS = 3
PREPARING = {"prepare_threshold": 1}
BINDING = PREPARING | {"server_side_binding": True}
STALE = "its prepared statement was out of date."


@pytest.fixture(scope="module")
def dsn(copies: Copies) -> Iterator[str]:
    with copies("shop_pooled") as copied:
        yield copied


def test_pages_through_a_pooler(dsn: str) -> None:
    """Clients that share sessions walk 270 pages side by side, and each is DRF's, and fast."""
    with pooled(dsn, "transaction", sessions=2) as pool:
        found = walked({"databases": {"default": pool}, "database": {"OPTIONS": PREPARING}})

    assert found == {"ways": {"compiled": 270}, "wrong": []}


def walked(given: dict[str, Any]) -> dict[str, Any]:
    """Return what clients found that walk the pages side by side."""

    def walk(client: Inside, order: int) -> Any:  # noqa: ANN401 - any JSON
        return client.call("pooled:walk", order=order, rounds=ROUNDS)

    with ExitStack() as stack:
        clients = [stack.enter_context(inside(given)) for _ in range(CLIENTS)]
        with ThreadPoolExecutor(CLIENTS) as threads:
            found = list(threads.map(walk, clients, range(CLIENTS)))
    ways: Counter[str] = Counter()
    for one in found:
        ways.update(one["ways"])
    return {"ways": dict(ways), "wrong": [path for one in found for path in one["wrong"]]}


@pytest.mark.parametrize("mode", ["transaction", "session"])
def test_a_list_in_the_session_of_another_client(dsn: str, mode: str) -> None:
    """A client that is given another's session gets its own rows there."""
    found = found_by_clients(dsn, mode, PREPARING)

    assert found == [["compiled", True]] * 4


def test_where_django_prepares_too(dsn: str) -> None:
    """A statement's name stands for no other: where it is not there, or there already, DRF answers.

    Django's own statements fail in such sessions, with rowpath and without.
    """
    found = found_by_clients(dsn, "transaction", BINDING)

    assert found == [[STALE, True], ["compiled", True], [STALE, True], [STALE, True]]


def test_sessions_that_are_a_clients_own(dsn: str) -> None:
    """Where each client keeps its session, all statements may be prepared."""
    found = found_by_clients(dsn, "session", BINDING)

    assert found == [["compiled", True]] * 4


def found_by_clients(dsn: str, mode: str, options: dict[str, Any]) -> Any:  # noqa: ANN401 - JSON
    """Return what clients of one pool found in sessions that change."""
    with pooled(dsn, mode, sessions=2 if mode == "transaction" else 3) as pool:
        databases = dict.fromkeys(("default", "second", "third"), pool) | {"direct": dsn}
        given = {"databases": databases, "database": {"OPTIONS": options}}
        with inside(given) as project:
            return project.call("pooled:sessions_that_change")
