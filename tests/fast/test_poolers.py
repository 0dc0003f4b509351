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


WITHOUT_CURSORS = {"DISABLE_SERVER_SIDE_CURSORS": True}
ROWS_IN_PIECES = {"streams": True, "way": "rows", "same": True, "open": 0}
IN_ONE_PIECE = {"streams": False, "way": "instances", "same": True, "open": 0}


@pytest.fixture(scope="module")
def numbered(copies: Copies) -> Iterator[str]:
    """A database with rows for several pieces."""
    with copies("shop_streamed_pooled") as copied:
        databases = {"default": copied, "direct": copied}
        with inside({"databases": databases}) as project:
            project.call("pooled:make_rows")
        yield copied


@pytest.mark.parametrize("mode", ["transaction", "session"])
@pytest.mark.parametrize("settings", [{}, WITHOUT_CURSORS])
@pytest.mark.parametrize(("of", "told"), [("rows", ROWS_IN_PIECES), ("instances", IN_ONE_PIECE)])
def test_a_stream_keeps_its_session_or_is_none(
    numbered: str, mode: str, settings: dict[str, Any], of: str, told: dict[str, Any]
) -> None:
    """A cursor in a transaction of its own has all rows; one that outlives it is not opened."""
    assert streamed(numbered, mode, settings, of) == told


def test_a_stream_without_a_pooler_keeps_its_session(numbered: str) -> None:
    """Where nobody stands between, both are streamed."""
    databases = dict.fromkeys(("default", "third", "direct"), numbered)
    with inside({"databases": databases}) as project:
        rows = project.call("pooled:stream", of="rows")
        instances = project.call("pooled:stream", of="instances")

    assert rows == ROWS_IN_PIECES
    assert instances == ROWS_IN_PIECES | {"way": "instances"}


@pytest.mark.parametrize(
    ("of", "told"),
    [("rows", IN_ONE_PIECE | {"way": "rows"}), ("instances", IN_ONE_PIECE)],
)
def test_a_pooler_that_has_no_transactions(numbered: str, of: str, told: dict[str, Any]) -> None:
    """It refuses the stream's transaction, and the list is answered without one."""
    assert streamed(numbered, "statement", {}, of) == told


def streamed(dsn: str, mode: str, settings: dict[str, Any], of: str) -> Any:  # noqa: ANN401 - JSON
    """Return how a long list is answered by clients of one pool."""
    with pooled(dsn, mode, sessions=2) as pool:
        databases = {"default": pool, "third": pool if mode != "statement" else dsn, "direct": dsn}
        with inside({"databases": databases, "database": settings}) as project:
            return project.call("pooled:stream", of=of)


def test_streams_of_several_clients(numbered: str) -> None:
    """Clients that share two sessions ask for long lists side by side, and each has its own."""
    with pooled(numbered, "transaction", sessions=2) as pool, ExitStack() as stack:
        given = {"databases": {"default": pool}}
        clients = [stack.enter_context(inside(given)) for _ in range(CLIENTS)]

        def ask(client: Inside) -> Any:  # noqa: ANN401 - any JSON
            return client.call("pooled:many_streams", rounds=4)

        with ThreadPoolExecutor(CLIENTS) as threads:
            found = list(threads.map(ask, clients))

    assert found == [{"ways": {"rows in pieces": 4, "instances": 4}, "wrong": 0}] * CLIENTS
