"""Under the servers that people deploy, many requests at once get the bytes of DRF."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from fast.conftest import Copies
from fast.projects import Answer, Server, serving
from rowpath.lab.database import connect

WORKERS = {
    "sync": ("--worker-class", "sync"),
    "gthread": ("--worker-class", "gthread", "--threads", "4"),
    "gevent": ("--worker-class", "gevent"),
    "asgi": ("--worker-class", "uvicorn_worker.UvicornWorker"),
}
LISTS = (
    "whole/",
    "related/",
    "annotated/",
    "values/",
    "pages/",
    "pages/?page=3",
    "offsets/?limit=5&offset=9",
    "cursors/",
    "notes/",
    "method/",
)
FALL_BACK = {"method/"}
ZONES = ("UTC", "Asia/Kathmandu", "America/New_York")
CLIENTS = 12
ROUNDS = 3


@pytest.fixture(scope="module")
def dsn(copies: Copies) -> Iterator[str]:
    with copies("shop_servers") as copied:
        yield copied


@pytest.fixture(scope="module", params=WORKERS)
def workers(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def server(workers: str, dsn: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    # A greenlet lives for one request, as does a thread by ASGI, and so must its connection.
    database = {"CONN_MAX_AGE": 0} if workers in ("gevent", "asgi") else {}
    given = {"databases": {"default": dsn}, "database": database}
    folder = tmp_path_factory.mktemp(workers)
    interface = "asgi" if workers == "asgi" else "wsgi"
    with serving(given, folder, *WORKERS[workers], interface=interface) as running:
        yield running


def test_many_requests_at_once_get_the_bytes_of_drf(server: Server) -> None:
    """Lists, pages and zones, mixed and at the same moment, are each answered as DRF does alone."""
    asked = [(path, zone) for path in LISTS for zone in ZONES]
    expected = {(path, zone): server.ask(path, "drf", Zone=zone) for path, zone in asked}

    def ask(one: tuple[str, str]) -> Answer:
        path, zone = one
        return server.ask(path, Zone=zone)

    with ThreadPoolExecutor(CLIENTS) as clients:
        answers = list(clients.map(ask, asked * ROUNDS))

    for one, answer in zip(asked * ROUNDS, answers, strict=True):
        theirs = expected[one]
        assert (answer.status, answer.headers) == (theirs.status, theirs.headers), one
        assert answer.body == theirs.body, one
        assert (answer.path == "compiled") is (one[0] not in FALL_BACK), answer.path


def test_the_zone_of_a_request_is_its_own(server: Server) -> None:
    """The bytes of two zones differ, so that the test above could tell them apart."""
    bodies = {server.ask("whole/", "drf", Zone=zone).body for zone in ZONES}

    assert len(bodies) == len(ZONES)


@pytest.mark.parametrize("workers", ["gthread", "gevent"], scope="module", indirect=True)
def test_a_list_that_waits_for_the_database_holds_up_no_other(server: Server, dsn: str) -> None:
    """A worker with threads or greenlets answers others while one list waits for a lock."""
    with (
        ThreadPoolExecutor(1) as clients,
        connect(dsn) as other,
        other.transaction(),
    ):
        other.execute("LOCK TABLE shop_note IN ACCESS EXCLUSIVE MODE")
        waiting = clients.submit(server.ask, "notes/")
        answers = [server.ask("whole/") for _ in range(3)]
        was_waiting = not waiting.done()
        other.execute("COMMIT")
        late = waiting.result()

    assert was_waiting
    assert {answer.path for answer in answers} == {"compiled"}
    assert (late.status, late.path) == (200, "compiled")


def test_hundreds_of_clients_leave_no_transaction_open(server: Server, dsn: str) -> None:
    """After many requests every session of the server is idle, outside of a transaction."""
    with ThreadPoolExecutor(CLIENTS) as clients:
        answers = list(clients.map(lambda _: server.ask("notes/"), range(200)))

    with connect(dsn) as connection:
        states = connection.execute(
            "SELECT state FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
            " AND xact_start IS NOT NULL"
        ).fetchall()
    assert {(answer.status, answer.path) for answer in answers} == {(200, "compiled")}
    assert states == []
