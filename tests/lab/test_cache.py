"""Caches of the workers, a Redis of the user's or of ours, and what happens at an expiry."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import psutil
import pytest
import redis as client
import urllib3

from rowpath.capture.trace import from_json
from rowpath.errors import DatabaseError
from rowpath.lab.applications import App
from rowpath.lab.apps.settings import AppSettings
from rowpath.lab.apps.tracing import REQUEST_HEADER
from rowpath.lab.conditions import Conditions
from rowpath.lab.database import Database, connect
from rowpath.lab.experiments.cache import CACHE, COLD, NEEDS_REDIS, WARM, WORKERS
from rowpath.lab.measuring.warming import hits_of_workers
from rowpath.lab.packages import REDIS, package_versions
from rowpath.lab.plan import Cell
from rowpath.lab.servers.redis import Redis, open_redis
from rowpath.lab.servers.server import Server, serving

ROWS = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A database, a folder, and a Redis where there is one."""

    database: Database
    folder: Path
    redis: Redis | None

    def serving(self, stack: ExitStack, conditions: Conditions) -> Server:
        """Serve Django, traced, until the stack is left."""
        settings = AppSettings(
            dsn=self.database.dsn,
            conditions=conditions,
            trace_folder=self.folder,
            redis_url=self.redis.url if self.redis else None,
        )
        return stack.enter_context(serving(App.DJANGO, settings, logs=self.folder / "logs"))


@pytest.fixture(scope="module")
def site(logs: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """What servers are started on."""
    folder = tmp_path_factory.mktemp("cache")
    with open_redis(None, folder) as redis:
        yield Site(database=logs, folder=folder, redis=redis)
    with connect(logs.dsn) as connection:  # others compare what is in it
        connection.execute("TRUNCATE rowpath_lab.draft_cache")


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    """What ends with the test."""
    with ExitStack() as opened:
        yield opened


def cell_of(name: str) -> Cell:
    variant = CACHE.variant(name)
    [conditions] = variant.conditions
    return Cell(variant=variant, path=CACHE.path(name), conditions=conditions, rows=ROWS)


def statements(server: Server, name: str, folder: Path) -> int:
    """Return how many statements one request sends."""
    request = uuid4().hex
    with urllib3.PoolManager(retries=False) as pool:
        url = f"{server.url}{CACHE.path(name)}?rows={ROWS}"
        answer = pool.request("GET", url, headers={REQUEST_HEADER: request})
    assert answer.status == 200, server.log_tail()
    return len(from_json((folder / f"{request}.json").read_bytes()).statements)


def made(server: Server, name: str) -> list[int]:
    """Return how many pages each worker has made while many asked."""
    workers = hits_of_workers(cell_of(name), server)
    assert len(workers) == WORKERS
    return [each.requests - each.hits for each in workers]


@pytest.mark.parametrize("name", ["locmem", "cache-page"])
def test_each_worker_has_a_local_memory_of_its_own(name: str, site: Site, stack: ExitStack) -> None:
    """Each makes the page once, whatever the others have."""
    server = site.serving(stack, WARM)

    assert made(server, name) == [1] * WORKERS


@pytest.mark.parametrize("name", ["redis", "database"])
def test_workers_share_what_is_outside_of_them(name: str, site: Site, stack: ExitStack) -> None:
    """What one worker has made, the others find; and nobody makes it once it is there."""
    if name == "redis" and site.redis is None:
        pytest.skip(NEEDS_REDIS.how)
    server = site.serving(stack, WARM)

    assert sum(made(server, name)) <= WORKERS
    assert sum(made(server, name)) == 0


def test_a_server_starts_with_an_empty_cache(site: Site, stack: ExitStack) -> None:
    """Also where another one has left entries in the cache that all of them share."""
    first, second = site.serving(stack, WARM), site.serving(stack, WARM)

    assert [sum(made(first, "database")) > 0, sum(made(second, "database")) > 0] == [True, True]


def test_each_request_finds_a_cold_cache_empty(site: Site, stack: ExitStack) -> None:
    """However often the same is asked for, and by whichever cache."""
    server = site.serving(stack, COLD)
    names = [variant.name for variant in CACHE.variants if variant.conditions == (COLD,)]

    for name in names:
        if CACHE.variant(name).needs == NEEDS_REDIS and site.redis is None:
            continue
        counts = {statements(server, name, site.folder) for _ in range(2 * WORKERS)}
        assert counts == {CACHE.variant(name).statements}, name


def test_without_a_cache_each_request_makes_the_page(site: Site, stack: ExitStack) -> None:
    """The baseline has no hits."""
    server = site.serving(stack, WARM)

    workers = hits_of_workers(cell_of("no-cache"), server)

    assert [each.hits for each in workers] == [0] * WORKERS


def test_a_redis_that_we_run_listens_on_loopback_and_keeps_nothing(tmp_path: Path) -> None:
    """It ends with the block, and its folder with it."""
    with open_redis(None, tmp_path) as ours:
        if ours is None:
            pytest.skip(NEEDS_REDIS.how)
        with client.Redis.from_url(ours.url) as connection:
            told = {name: connection.config_get(name)[name] for name in ("save", "appendonly")}
            port = int(connection.config_get("port")["port"])
            listening = [
                tuple(each.laddr)
                for each in psutil.net_connections("tcp")
                if each.status == psutil.CONN_LISTEN
            ]
    assert told == {"save": "", "appendonly": "no"}
    assert [address for address in listening if port in address] == [("127.0.0.1", port)]
    with pytest.raises(client.ConnectionError):
        client.Redis.from_url(ours.url).ping()


def test_a_redis_of_the_user_is_used_and_only_our_keys_are_written(
    site: Site, tmp_path: Path, stack: ExitStack
) -> None:
    """What else stands there stays, and what we write expires."""
    if site.redis is None:
        pytest.skip(NEEDS_REDIS.how)
    with client.Redis.from_url(site.redis.url) as theirs:
        theirs.set("theirs", "kept")
        with open_redis(site.redis.url, tmp_path) as named:
            assert named == site.redis
        for name, conditions in (("redis", WARM), ("redis-cold", COLD)):
            statements(site.serving(stack, conditions), name, site.folder)

        keys = set(theirs.keys())
        assert theirs.get("theirs") == b"kept"
        ours = keys - {b"theirs"}
        assert ours
        assert all(key.startswith(b"rowpath-") for key in ours)
        # What has expired since then is -2; what never will is -1.
        assert all(left == -2 or 0 <= left <= 60_000 for left in map(theirs.pttl, ours))


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("redis://127.0.0.1:1/0", "Cannot use the Redis at 127.0.0.1: "),
        ("http://127.0.0.1:1", "Redis URL must specify one of the following schemes"),
        ("nonsense", "Cannot use the Redis at it: "),
    ],
)
def test_a_redis_that_does_not_answer_is_refused(url: str, reason: str, tmp_path: Path) -> None:
    """In one sentence that says which, why, and what to do."""
    with pytest.raises(DatabaseError) as caught, open_redis(url, tmp_path):
        pass

    message = str(caught.value)
    assert reason in message
    assert "--redis-url" in message
    assert "\n" not in message


def test_a_password_is_not_told(tmp_path: Path) -> None:
    """The message names the host alone."""
    with (
        pytest.raises(DatabaseError) as caught,
        open_redis("redis://:secret@127.0.0.1:1/0", tmp_path),
    ):
        pass

    assert "secret" not in str(caught.value)


def test_without_a_program_there_is_no_redis(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That is no error: what needs one is left out, and the report says how to get it."""
    monkeypatch.setenv("PATH", str(tmp_path))

    with open_redis(None, tmp_path) as found:
        assert found is None
    assert not CACHE.variant("redis").can_run(package_versions())
    assert CACHE.variant("redis").can_run(package_versions() | {REDIS: "7.0.15"})
