"""A very long list leaves in pieces: DRF's bytes, bounded memory, and never half a list as whole.

Its rows are made by PostgreSQL while they are read, as many as a setting of the session says.
"""

import json
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from functools import cache
from pathlib import Path

import pytest

from fast.conftest import Copies
from fast.projects import Inside, Server, inside, serving
from rowpath.lab.database import connect

WORKERS = {
    "sync": ("--worker-class", "sync"),
    "gthread": ("--worker-class", "gthread", "--threads", "2"),
    "gevent": ("--worker-class", "gevent"),
}
MANY = 1_000_000
MANY_INSTANCES = 200_000
# By rows to bytes, and by instances to bytes.
ANY_WAY = pytest.mark.parametrize("path", ["numbers/", "numbers-by-methods/"])
MOST_GROWTH_BYTES = 32 << 20
WITHIN_S = 10.0
END_OF_CHUNKS = b"0\r\n\r\n"


@pytest.fixture(scope="module")
def dsn(copies: Copies) -> Iterator[str]:
    with copies("shop_streaming") as copied:
        yield copied


@pytest.fixture(scope="module")
def servers(
    dsn: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str], Server]]:
    """Gives the server of a class of workers, started when it is first asked for."""
    with ExitStack() as stack:

        @cache
        def server_of(workers: str) -> Server:
            folder = tmp_path_factory.mktemp(workers)
            given = {"databases": {"default": dsn}}
            return stack.enter_context(serving(given, folder, *WORKERS[workers]))

        yield server_of


@pytest.fixture(params=WORKERS)
def any_server(request: pytest.FixtureRequest, servers: Callable[[str], Server]) -> Server:
    """Each class of workers, whose ways of writing to a client differ."""
    return servers(request.param)


@pytest.fixture
def server(servers: Callable[[str], Server]) -> Server:
    return servers("gthread")


@pytest.fixture(scope="module")
def project(dsn: str) -> Iterator[Inside]:
    with inside({"databases": {"default": dsn}}) as running:
        yield running


def numbers(rows: int, *, odd_row: int = 0, odd: str = "") -> str:
    """Return the header Settings for so many numbers, of which `odd_row` is `odd`."""
    return json.dumps({"app.rows": str(rows), "app.odd_row": str(odd_row), "app.odd": odd})


def rest_of(connected: socket.socket, look: Callable[[], None] = lambda: None) -> bytes:
    """Return all that comes until the server ends the connection, in whatever way it does."""
    pieces = []
    try:
        while piece := connected.recv(1 << 20):
            pieces.append(piece)
            look()
    except ConnectionError:
        pass
    return b"".join(pieces)


def sessions_in_transactions(dsn: str) -> list[int]:
    with connect(dsn) as connection:
        found = connection.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid() AND xact_start IS NOT NULL"
        ).fetchall()
    return [pid for (pid,) in found]


def wait_until_none_is_open(dsn: str) -> None:
    deadline = time.monotonic() + WITHIN_S
    while sessions_in_transactions(dsn):
        assert time.monotonic() < deadline, "a transaction stayed open"
        time.sleep(0.05)


def assert_broken(answer: bytes) -> None:
    """Fail if a client could take `answer` for a whole list."""
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 ")
    assert b"transfer-encoding: chunked" in head.lower()
    assert body.startswith(b"100000\r\n[") or b"\r\n[{" in body[:20]
    assert not body.endswith(END_OF_CHUNKS)
    assert not body.rstrip().endswith(b"]")


def assert_answers(server: Server, dsn: str) -> None:
    """Fail unless the worker has given everything back and answers the next request."""
    wait_until_none_is_open(dsn)
    answer = server.same("numbers/", Settings=numbers(3_000))
    assert answer.path == "streamed"
    assert len(json.loads(answer.body)) == 3_000


@ANY_WAY
def test_the_pieces_are_together_what_drf_sends(any_server: Server, path: str) -> None:
    """A streamed list has the status, headers and bytes of DRF's, in pieces of any number."""
    for rows in (2_001, 2_002, 30_000):
        answer = any_server.same(path, Settings=numbers(rows))

        assert answer.is_in_pieces
        assert len(json.loads(answer.body)) == rows


@ANY_WAY
@pytest.mark.parametrize("rows", [0, 1, 2_000])
def test_a_list_that_is_not_long_is_answered_in_one_piece(
    server: Server, dsn: str, rows: int, path: str
) -> None:
    """Up to `stream_above_rows` rows the answer is an ordinary one, and no transaction stays."""
    answer = server.same(path, Settings=numbers(rows))

    assert not answer.is_in_pieces
    wait_until_none_is_open(dsn)


@ANY_WAY
def test_times_are_in_the_zone_of_the_request_to_the_last_piece(server: Server, path: str) -> None:
    """A zone that a middleware activates for the request alone holds for every piece."""
    answer = server.same(path, Settings=numbers(30_000), Zone="Asia/Kathmandu")

    assert answer.is_in_pieces
    assert answer.body.count(b'+05:45"') == 30_000


@pytest.mark.parametrize(
    ("path", "rows"), [("numbers/", MANY), ("numbers-by-methods/", MANY_INSTANCES)]
)
def test_the_memory_of_the_worker_is_bounded(server: Server, path: str, rows: int) -> None:
    """Very many rows make a worker's memory grow no more than a few pieces do."""
    worker = server.worker()
    server.ask(path, Settings=numbers(10_000))
    before = worker.memory_info().rss
    seen: list[int] = []

    with closing(server.begin(path, Settings=numbers(rows))) as connected:
        answer = rest_of(connected, lambda: seen.append(worker.memory_info().rss))

    assert answer.endswith(END_OF_CHUNKS)
    assert answer.count(b'"name":"number ') > rows * 0.999  # a chunk may end within one
    assert max(seen) - before <= MOST_GROWTH_BYTES


def test_instances_are_read_in_no_transaction(any_server: Server, dsn: str) -> None:
    """While Django's instances are streamed no transaction is open, and a client may go away."""
    settings = numbers(MANY_INSTANCES)
    with closing(any_server.begin("numbers-by-methods/", Settings=settings)) as connected:
        assert connected.recv(1 << 16)
        assert sessions_in_transactions(dsn) == []

    assert_answers(any_server, dsn)


def test_a_client_that_goes_away_leaves_nothing_open(any_server: Server, dsn: str) -> None:
    """The cursor and its transaction are given back when nobody takes the rows any more."""
    with closing(any_server.begin("numbers/", Settings=numbers(MANY))) as connected:
        assert connected.recv(1 << 16)
        assert len(sessions_in_transactions(dsn)) == 1

    assert_answers(any_server, dsn)


def test_a_client_that_goes_away_costs_no_connection(server: Server, dsn: str) -> None:
    """The stream ends its transaction itself, so that Django has no reason to drop the session."""
    with closing(server.begin("numbers/", Settings=numbers(MANY))) as connected:
        assert connected.recv(1 << 16)
        [streaming] = sessions_in_transactions(dsn)
    wait_until_none_is_open(dsn)

    with connect(dsn) as connection:
        found = connection.execute(
            "SELECT state FROM pg_stat_activity WHERE pid = %s", [streaming]
        ).fetchall()
    assert found == [("idle",)]


def test_a_client_that_is_too_slow_gets_a_broken_answer(server: Server, dsn: str) -> None:
    """Who leaves the database waiting for too long loses its session, and sees that it did."""
    with closing(server.begin("numbers-of-the-impatient/", Settings=numbers(MANY))) as connected:
        first = connected.recv(1 << 16)
        wait_until_none_is_open(dsn)  # the client does not read, and still it ends
        answer = first + rest_of(connected)

    assert_broken(answer)
    assert_answers(server, dsn)


@pytest.mark.parametrize("odd", ["nan", "zero"])
def test_an_error_after_the_first_byte_breaks_the_connection(
    any_server: Server, dsn: str, odd: str
) -> None:
    """A late value that JSON has no spelling for, or a late error, never ends as a whole list."""
    settings = numbers(60_000, odd_row=50_000, odd=odd)
    with closing(any_server.begin("numbers/", Settings=settings)) as connected:
        answer = rest_of(connected)

    assert_broken(answer)
    assert_answers(any_server, dsn)


@pytest.mark.parametrize("path", ["numbers-by-methods/", "numbers-rounded/"])
def test_a_late_error_in_a_row_of_instances_breaks_the_connection(
    any_server: Server, dsn: str, path: str
) -> None:
    """A late value that JSON has no spelling for, or a method that raises, is no whole list."""
    settings = numbers(30_000, odd_row=20_000, odd="nan")
    with closing(any_server.begin(path, Settings=settings)) as connected:
        answer = rest_of(connected)

    assert_broken(answer)
    assert_answers(any_server, dsn)


def test_a_late_row_that_cannot_be_computed_is_met_before_the_first_byte(server: Server) -> None:
    """PostgreSQL has all rows before the first instance is made, so that is DRF's own error."""
    settings = numbers(30_000, odd_row=20_000, odd="zero")

    assert server.same("numbers-by-methods/", Settings=settings).status == 500


@pytest.mark.parametrize(
    ("path", "rows"), [("numbers/", MANY), ("numbers-by-methods/", MANY_INSTANCES)]
)
def test_a_session_that_is_ended_breaks_the_connection(
    any_server: Server, dsn: str, path: str, rows: int
) -> None:
    """When the administrator ends the session the client sees that rows are missing."""
    with closing(any_server.begin(path, Settings=numbers(rows))) as connected:
        first = connected.recv(1 << 16)
        with connect(dsn) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND query LIKE 'FETCH%'"
                " AND pid <> pg_backend_pid()"
            )
        answer = first + rest_of(connected)

    assert_broken(answer)
    assert_answers(any_server, dsn)


@pytest.mark.parametrize("path", ["numbers/", "numbers-by-methods/", "numbers-rounded/"])
@pytest.mark.parametrize("odd", ["nan", "zero"])
def test_an_error_before_the_first_byte_is_an_ordinary_one(
    server: Server, dsn: str, odd: str, path: str
) -> None:
    """What goes wrong among the first rows is answered as DRF answers it, with its status."""
    answer = server.same(path, Settings=numbers(10_000, odd_row=5, odd=odd))

    assert answer.status == 500
    assert_answers(server, dsn)


@ANY_WAY
def test_head_has_the_headers_of_get_and_leaves_nothing_open(
    server: Server, dsn: str, path: str
) -> None:
    """A HEAD is answered as DRF answers it, without a body."""
    settings = numbers(10_000)
    theirs = server.ask(path, "drf", "HEAD", Settings=settings)
    ours = server.ask(path, "fast", "HEAD", Settings=settings)

    assert (ours.status, ours.headers, ours.body) == (theirs.status, theirs.headers, b"")
    assert_answers(server, dsn)


def test_another_renderer_is_given_all_rows(server: Server) -> None:
    """What is not JSON is rendered by DRF, from a list of any length."""
    answer = server.same("numbers/?format=api", Settings=numbers(2_100))

    assert answer.path == "the answer is rendered by BrowsableAPIRenderer."
    assert b"number 2100" in answer.body


def test_indented_json_is_drfs(server: Server) -> None:
    """A client that asks for an indent gets it, in one piece."""
    accept = "application/json; indent=4"
    answer = server.same("numbers/", Settings=numbers(2_100), Accept=accept)

    assert answer.path == "the client asks for indented JSON."
    assert answer.body.startswith(b"[\n    {\n")


def test_a_view_in_a_transaction_answers_in_one_piece(dsn: str, tmp_path: Path) -> None:
    """With ATOMIC_REQUESTS the transaction ends with the view, so nothing may be read later."""
    given = {"databases": {"default": dsn}, "database": {"ATOMIC_REQUESTS": True}}
    with serving(given, tmp_path, *WORKERS["sync"]) as server:
        for path in ("numbers/", "numbers-by-methods/"):
            assert not server.same(path, Settings=numbers(10_000)).is_in_pieces
        wait_until_none_is_open(dsn)


@pytest.mark.parametrize(
    "scenario",
    [
        "within_an_open_transaction",
        "by_a_client_that_drops_the_response",
        "with_what_middleware_writes_after_the_view",
    ],
)
def test_a_stream_leaves_the_connection_as_it_found_it(project: Inside, scenario: str) -> None:
    """After a stream the connection is out of its transaction, or in the one it was in."""
    assert project.call(f"streams:{scenario}") is True
