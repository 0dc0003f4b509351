"""Servers start whole or with a reason, are watched, and leave no process behind."""

import os
import signal
import socket
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest
import urllib3

from rowpath.errors import PortError, ServerError
from rowpath.lab.applications import App, server_of
from rowpath.lab.apps.settings import AppSettings
from rowpath.lab.conditions import CONTROLLED
from rowpath.lab.database import Database
from rowpath.lab.experiments import EXPERIMENTS, apps_of
from rowpath.lab.packages import package_versions
from rowpath.lab.servers.server import Server, free_port, serving

APPS = apps_of(EXPERIMENTS, package_versions())
WORKERS = (1, 2)
TIMED_PATHS = {
    App.DJANGO: "/lists/drf-objects",
    App.FASTAPI: "/lists/fastapi-schema",
    App.PEERS: "/ladder/orjson",
    App.BOLT: "/ladder/bolt",
    App.LITESTAR: "/ladder/litestar",
    App.RECORDER: "/instruments/recorder",
    App.TOOLBAR: "/instruments/toolbar",
    App.SILK: "/instruments/silk",
}

FOREIGN = {
    "GUNICORN_CMD_ARGS": "--workers 3",
    "WEB_CONCURRENCY": "3",
    "FORWARDED_ALLOW_IPS": "*",
    "UVICORN_WORKERS": "3",
    "UVICORN_ENV_FILE": "/nowhere",
    "UVICORN_LOOP": "asyncio",
    "DJANGO_SETTINGS_MODULE": "shop.settings",
    "LITESTAR_APP": "shop:app",
    "DJANGO_BOLT_ORM_THREADS": "7",
    "DRF_OXIDE_STRICT": "0",
    "RUST_LOG": "trace",
    "PYTHONDEVMODE": "1",
    "PYTHONMALLOC": "debug",
    "PYTHONTRACEMALLOC": "5",
    "PYTHONASYNCIODEBUG": "1",
    "PYTHONOPTIMIZE": "2",
    "PYTHONWARNINGS": "error",
    "PYTHONPROFILEIMPORTTIME": "1",
    "PYTHONFAULTHANDLER": "1",
    "PYTHONHASHSEED": "0",
    "PSYCOPG_IMPL": "python",
    "DISABLE_SQLALCHEMY_CEXT_RUNTIME": "1",
    "MALLOC_PERTURB_": "1",
    "MALLOC_ARENA_MAX": "1",
    "LC_ALL": "C",
    "TZ": "Asia/Tokyo",
    "HTTP_PROXY": "http://127.0.0.1:9",
    "http_proxy": "http://127.0.0.1:9",
    "PGSERVICE": "nope",
    "PGOPTIONS": "-c default_transaction_read_only=on",
    "PGPORT": "1",
}


def app(dsn: str) -> AppSettings:
    return AppSettings(dsn=dsn, conditions=CONTROLLED, trace_folder=None)


def status(url: str) -> int:
    with urllib3.PoolManager(retries=False) as pool:
        return pool.request("GET", url).status


def wait_until(is_so: Callable[[], bool], timeout_s: float = 20.0) -> bool:
    deadline = time.monotonic() + timeout_s
    while not is_so():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """A server of an application, and what was asked for."""

    kind: App
    workers: int
    port: int
    server: Server


@pytest.fixture(
    scope="module",
    params=[(kind, workers) for kind in APPS for workers in WORKERS],
    ids=lambda each: f"{each[0]}-{each[1]}",
)
def started(
    request: pytest.FixtureRequest, products: Database, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Started]:
    """Each server among all that a user has set for others; the last test to have it ends it."""
    kind, workers = request.param
    folder, port = tmp_path_factory.mktemp("started"), free_port(None)
    (folder / "gunicorn.conf.py").write_text("raise SystemExit('not for you')")
    (folder / ".env").write_text("WEB_CONCURRENCY=3")
    with pytest.MonkeyPatch.context() as patched:
        for name, value in FOREIGN.items():
            patched.setenv(name, value)
        patched.chdir(folder)
        with serving(kind, app(products.dsn), logs=folder, workers=workers, port=port) as server:
            yield Started(kind=kind, workers=workers, port=port, server=server)


@pytest.fixture(scope="module")
def ports() -> Mapping[App, int]:
    """For each application a port, which two of its servers have right after each other."""
    return {kind: free_port(None) for kind in APPS}


@pytest.mark.parametrize("workers", WORKERS)
@pytest.mark.parametrize("kind", APPS)
def test_a_server_is_up_within_the_block_only(
    kind: App, workers: int, ports: Mapping[App, int], products: Database, tmp_path: Path
) -> None:
    """It answers with as many workers as asked for; afterwards none of its processes is left.

    Its port is free again for the next one.
    """
    port = ports[kind]
    with serving(kind, app(products.dsn), logs=tmp_path, workers=workers, port=port) as server:
        pids = server.worker_pids()
        family = [server.process.pid, *pids]

        assert server.url == f"http://127.0.0.1:{port}"
        assert status(f"{server.url}{TIMED_PATHS[kind]}?rows=1") == 200
        assert len(pids) == workers
        assert server.is_alive()

    assert not any(psutil.pid_exists(pid) for pid in family)


def test_a_port_that_is_asked_for_is_used(started: Started) -> None:
    """The address is the one that was asked for."""
    assert started.server.url == f"http://127.0.0.1:{started.port}"
    assert status(f"{started.server.url}/ready") == 200


def test_the_environment_does_not_change_the_servers(started: Started) -> None:
    """What a user has set for servers and a Python of their own does not reach ours."""
    server = started.server

    assert len(server.worker_pids()) == started.workers
    assert status(f"{server.url}{TIMED_PATHS[started.kind]}?rows=1") == 200
    told = psutil.Process(server.process.pid).environ()
    assert set(FOREIGN) & set(told) == set()
    assert set(told) <= {"PATH", "HOME", "TMPDIR", "ROWPATH_APP", "LD_LIBRARY_PATH"}


@pytest.fixture(scope="module")
def logs_of_other(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that is not there."""
    return tmp_path_factory.mktemp("other") / "logs"


@pytest.fixture(scope="module")
def other(products: Database, logs_of_other: Path) -> Iterator[Server]:
    """A server that is none of the others."""
    with serving(App.FASTAPI, app(products.dsn), logs=logs_of_other) as server:
        yield server


def test_a_server_is_not_taken_for_another(started: Started, other: Server) -> None:
    """What answers at its address is it only if one of its own processes listens there."""
    own, workers = started.server, started.workers
    kind = server_of(started.kind, CONTROLLED)

    assert own.listens()
    stranger = Server(started.kind, kind, other.url, own.process, workers=workers, token="")
    assert not stranger.listens()


def test_a_worker_that_is_killed_is_noticed(started: Started) -> None:
    """The server is no longer the one that began, even where a new worker takes over."""
    server = started.server
    assert server.is_alive()

    os.kill(server.worker_pids()[0], signal.SIGKILL)

    assert wait_until(lambda: not server.is_alive())


def test_a_log_is_named_after_the_application_and_its_set_up(
    other: Server, logs_of_other: Path
) -> None:
    """The servers of a run write into files of their own, in a folder that is made for them."""
    assert "startup complete" in other.log_tail()
    assert [path.name for path in logs_of_other.iterdir()] == ["fastapi-controlled.log"]


def test_a_port_that_is_taken_is_an_error(tmp_path: Path) -> None:
    """It is found before anything is started."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        with (
            pytest.raises(PortError, match=f"Cannot listen on 127.0.0.1:{port}: .* in use"),
            serving(App.DJANGO, app("dbname=any"), logs=tmp_path, port=port),
        ):
            pass

    assert not list(tmp_path.iterdir())


def test_a_port_that_does_not_exist_is_an_error(tmp_path: Path) -> None:
    """Ports end at 65535."""
    with (
        pytest.raises(
            PortError, match=r"Cannot listen on 127\.0\.0\.1:70000: there is no such port"
        ),
        serving(App.DJANGO, app("dbname=any"), logs=tmp_path, port=70_000),
    ):
        pass


@pytest.mark.parametrize("kind", APPS)
def test_an_application_that_fails_at_import_shows_its_last_lines(
    kind: App, tmp_path: Path
) -> None:
    """The message ends with what the server wrote last, so nobody must look for its log."""
    with (
        pytest.raises(ServerError, match=r"ended before it was ready.*\n(.*\n)*.*nonsense"),
        serving(kind, app("nonsense"), logs=tmp_path),
    ):
        pass


@pytest.mark.parametrize("kind", APPS)
def test_an_application_without_a_database_is_not_ready(
    kind: App, database: Database, tmp_path: Path
) -> None:
    """A database that cannot be reached is found at the start, not in the first measurement."""
    with (
        # runbolt looks for migrations before it listens.
        pytest.raises(
            ServerError,
            match=r"(answers /ready with 500|ended before it was ready).*\n(.*\n)*.*does not exist",
        ),
        serving(kind, app(f"{database.dsn} dbname=missing"), logs=tmp_path),
    ):
        pass


def test_gunicorn_puts_a_new_worker_in_place(products: Database, tmp_path: Path) -> None:
    """After a worker's end the server answers again, with the new worker's pid."""
    with serving(App.DJANGO, app(products.dsn), logs=tmp_path) as server:
        (killed,) = server.worker_pids()
        os.kill(killed, signal.SIGKILL)

        assert wait_until(lambda: server.worker_pids() not in {(), (killed,)})
        assert status(f"{server.url}/ready") == 200


def test_servers_that_start_side_by_side_get_ports_of_their_own() -> None:
    """A port that was chosen, and is not yet bound, is not chosen again."""
    with ThreadPoolExecutor(4) as pool:
        ports = list(pool.map(free_port, [None] * 1_000))

    assert len(set(ports)) == 1_000
    assert max(ports) < first_of_clients()


def first_of_clients() -> int:
    """Return the first port that a connection going out may be given, by this system's own word."""
    told = Path("/proc/sys/net/ipv4/ip_local_port_range")
    return int(told.read_text().split()[0]) if told.exists() else 49_152
