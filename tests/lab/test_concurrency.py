"""What overlaps in the page of a dude, and over how many connections: seen while one is held up."""

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from time import monotonic, sleep

import psycopg
import pytest
import urllib3

from rowpath.capture.trace import Trace, from_json
from rowpath.lab.applications import App
from rowpath.lab.apps.settings import AppSettings
from rowpath.lab.apps.tracing import REQUEST_HEADER
from rowpath.lab.conditions import Conditions
from rowpath.lab.database import Database, connect
from rowpath.lab.experiment import Variant
from rowpath.lab.experiments.concurrency import AS_TOLD, CONCURRENCY, CONNECTIONS, STATEMENTS
from rowpath.lab.schema import SCHEMA
from rowpath.lab.servers.server import Server, serving

WITHIN_S = 30.0
GATHERS = {"threads-gathered", "fastapi-gathered"}
"""Those of which several statements are under way at the same time."""
FREE_THREADS = {"tasks-as-told", "tasks-awaited", "threads-one-at-a-time", "threads-gathered"}
"""Those that use threads of the event loop, and so may use several connections in turn."""
ONE_USER = CONCURRENCY.groups[0].variants
WITH_ASGI = [
    (variant, conditions)
    for variant in ONE_USER
    for conditions in variant.conditions
    if conditions.server is not None and "uvicorn" in conditions.server
]
EACH = pytest.mark.parametrize(
    ("variant", "conditions"), WITH_ASGI, ids=[f"{one.name}-{other}" for one, other in WITH_ASGI]
)


class Servers:
    """The traced servers, and what they tell of a request."""

    def __init__(self, servers: Mapping[tuple[App, Conditions], Server], folder: Path) -> None:
        self._servers = servers
        self._folder = folder

    def trace(self, variant: Variant, conditions: Conditions) -> Trace:
        """Return what a request for a variant's page did."""
        server = self._servers[variant.app, conditions]
        url = f"{server.url}{CONCURRENCY.path(variant)}?rows=2000"
        name = f"{variant.name}-{monotonic()}".replace(".", "-")
        with urllib3.PoolManager(retries=False) as pool:
            answer = pool.request("GET", url, headers={REQUEST_HEADER: name})
        assert answer.status == 200, server.log_tail()
        return from_json((self._folder / f"{name}.json").read_bytes())


@pytest.fixture(scope="module")
def servers(logs: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    """A traced server for each application and condition."""
    folder = tmp_path_factory.mktemp("traces")
    with ExitStack() as stack:
        started = {
            (app, conditions): stack.enter_context(
                serving(
                    app,
                    AppSettings(dsn=logs.dsn, conditions=conditions, trace_folder=folder),
                    logs=folder / "logs",
                )
            )
            for app, conditions in dict.fromkeys((one.app, other) for one, other in WITH_ASGI)
        }
        yield Servers(started, folder)


def waiting(connection: psycopg.Connection[tuple[object, ...]]) -> int:
    """Return how many sessions of the database wait for a lock."""
    row = connection.execute(
        "SELECT count(*) FROM pg_stat_activity "
        "WHERE datname = current_database() AND wait_event_type = 'Lock'"
    ).fetchone()
    assert row is not None
    return int(str(row[0]))


def held_up(servers: Servers, logs: Database, variant: Variant, conditions: Conditions) -> Trace:
    """Return the trace of a page whose statements on reports are let go once some wait."""
    least = 2 if variant.name in GATHERS else 1
    with (
        ThreadPoolExecutor(max_workers=1) as pool,
        connect(logs.dsn) as watcher,
        connect(logs.dsn) as holder,
    ):
        with holder.transaction():
            # The dude and the number of its fights are found without a report, before all else.
            holder.execute(f"LOCK TABLE {SCHEMA}.report IN ACCESS EXCLUSIVE MODE")
            traced = pool.submit(servers.trace, variant, conditions)
            deadline = monotonic() + WITHIN_S
            while waiting(watcher) < least and not traced.done() and monotonic() < deadline:
                sleep(0.005)
        return traced.result(timeout=WITHIN_S)


@EACH
def test_what_gathers_overlaps_and_what_awaits_each_does_not(
    variant: Variant, conditions: Conditions, servers: Servers, logs: Database
) -> None:
    """Also of nine tasks that are created and awaited in turn, only one is ever under way."""
    trace = held_up(servers, logs, variant, conditions)

    assert len(trace.statements) == STATEMENTS
    if variant.name in GATHERS:
        assert 2 <= trace.most_at_once <= CONNECTIONS
        assert trace.connections >= trace.most_at_once
    else:
        assert trace.most_at_once == 1
    if variant.name not in GATHERS | FREE_THREADS | {"fastapi-one-at-a-time"}:
        assert trace.connections == 1


def test_threads_of_their_own_keep_what_they_opened(servers: Servers) -> None:
    """As told, the request's own thread closes its connection and the other ones do not."""
    [told] = [variant for variant in ONE_USER if variant.name == "tasks-as-told"]

    first = servers.trace(told, AS_TOLD)
    again = servers.trace(told, AS_TOLD)

    request, *threads = (statement.backend for statement in first.statements if statement.backend)
    kept = {statement.backend for statement in again.statements} & {*threads}
    assert kept
    assert request not in {statement.backend for statement in again.statements}
    assert request in threads[:1]
