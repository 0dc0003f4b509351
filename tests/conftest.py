import json
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest
from hypothesis import settings
from psycopg.conninfo import make_conninfo
from psycopg.sql import SQL, Identifier

from rowpath.lab.database import Database, connect
from rowpath.lab.database.embedded import embedded_postgresql
from rowpath.lab.dataset import LOGS as LOGS_DATASET
from rowpath.lab.dataset import PRODUCTS as PRODUCTS_DATASET
from rowpath.lab.dataset import Dataset, ensure

if TYPE_CHECKING:
    from playwright.sync_api import Browser

# A property is no assertion on time: on a busy machine an example takes what it takes.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

SMALL = {
    "shared_buffers": "128MB",
    "maintenance_work_mem": "64MB",
    "max_wal_size": "1GB",
    "fsync": "off",
}
PRODUCTS = 3_000
LOGS_ROWS = 2_000
# How long files take on two cores; bench/suite_durations.py writes it. Those that take longest are
# begun first, so that no worker is left alone with one of them at the end, and `make check` leaves
# out those that take long: their tests are marked so.
DURATIONS_S: dict[str, float] = json.loads(
    (Path(__file__).parent / "durations.json").read_text(encoding="utf-8")
)
LONG_S = 10
# Files that try what is rowpath's alone: its jobs, servers, loads, races, databases and reports.
# `.ci/run` does not run them again on a second Python, whose frameworks are others; what the lab's
# applications answer with those, tests/lab/test_apps.py asks on both.
ONCE = (
    "tests/cli/test_main_job.py",
    "tests/cli/test_ended_jobs.py",
    "tests/cli/test_resumed_jobs.py",
    "tests/cli/test_without_redis.py",
    "tests/cli/test_commands.py",
    "tests/cli/test_own_runs.py",
    "tests/cli/test_standard_streams.py",
    "tests/cli/test_invalid_run.py",
    "tests/cli/test_own_experiments.py",
    "tests/cli/test_environments.py",
    "tests/comparing/test_compare_commands.py",
    "tests/load/test_load_command.py",
    "tests/load/test_engine.py",
    "tests/pytest_plugin/test_race_fixture.py",
    "tests/race/test_race_command.py",
    "tests/race/test_race_entrants.py",
    "tests/race/test_starting.py",
    "tests/race/test_measuring.py",
    "tests/race/test_bad_ends.py",
    "tests/race/test_race_page_in_browser.py",
    "tests/lab/test_database.py",
    "tests/lab/test_dataset.py",
    "tests/lab/test_dataset_interrupted.py",
    "tests/lab/test_runner.py",
    "tests/lab/test_server.py",
    "tests/stats/test_simulation.py",
    "tests/report/test_chapters.py",
    "tests/report/test_columns.py",
    "tests/report/test_html.py",
    "tests/report/test_html_in_browser.py",
    "tests/report/test_library.py",
    "tests/report/test_talk_tables.py",
    "tests/kept/test_commands.py",
    "tests/kept/test_trend_in_browser.py",
    "tests/test_architecture.py",
    "tests/test_forking.py",
    "tests/test_new_technique.py",
    # Made by Cython and g++ on both, and by the same C++: each environment is such an installation.
    "tests/fast/encoding/test_fuzz.py",
    "tests/fast/test_installation.py",
)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the files that take longest in front, and mark the tests of those that take long."""
    files = {item: item.nodeid.partition("::")[0] for item in items}
    items.sort(key=lambda item: -DURATIONS_S.get(files[item], 0))
    for item, file in files.items():
        if DURATIONS_S.get(file, 0) > LONG_S:
            item.add_marker(pytest.mark.long)
        if file in ONCE:
            item.add_marker(pytest.mark.once)


@contextmanager
def hearing_sigint() -> Iterator[None]:
    """Programs that are started inside the block end by SIGINT, as those of a terminal do.

    A shell's background job ignores it, and so would all that pytest starts there: a program
    inherits that a signal is ignored, but not that one is handled.
    """
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def enterable_folder() -> Iterator[Path]:
    """A temporary folder that the OS user of PostgreSQL can enter; root's tmp_path is closed."""
    folder = Path(tempfile.mkdtemp(prefix="rowpath-test-"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


@pytest.fixture(scope="session")
def database() -> Iterator[Database]:
    """An embedded PostgreSQL for the whole session; whoever builds in it builds few rows."""
    with enterable_folder() as folder, embedded_postgresql(folder, SMALL) as opened:
        yield opened


@pytest.fixture
def quiet_host(monkeypatch: pytest.MonkeyPatch) -> None:
    """The host takes nothing of the processors and stops nobody, as far as this process is told.

    For tests of something else: a slot from which the host takes more than a rule allows is
    measured again, and how often that happens is no test's to say.
    """
    told = psutil.cpu_times

    def quiet() -> tuple[float, ...]:
        times = told()
        return times._replace(**({"steal": 0.0} if "steal" in times._fields else {}))

    monkeypatch.setattr(psutil, "cpu_times", quiet)
    monkeypatch.setattr("rowpath.lab.measuring.machine.standstills", lambda: 0)


@pytest.fixture(scope="module")
def browser() -> Iterator["Browser"]:
    """A headless Chromium, for one module: its event loop is in the way of others."""
    from browsing import running_browser  # noqa: PLC0415 - few workers need playwright

    with running_browser() as running:
        yield running


@pytest.fixture(scope="session")
def shop(database: Database) -> Database:
    """A second database on the same server, as if it were the user's own; see empty_database."""
    with connect(database.dsn) as connection:
        connection.execute("CREATE DATABASE shop")
    return Database(
        dsn=make_conninfo(database.dsn, dbname="shop"), embedded=False, description="the shop"
    )


@pytest.fixture
def empty_database(shop: Database) -> Iterator[Database]:
    """An empty database for one test, as if on a server of the user's own."""
    yield shop
    with connect(shop.dsn) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        connection.execute("DROP SCHEMA IF EXISTS rowpath_lab CASCADE")
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")


@pytest.fixture
def data_folder() -> Iterator[Path]:
    """An empty data folder that PostgreSQL can be run in."""
    with enterable_folder() as folder:
        yield folder


@pytest.fixture(scope="session")
def new_cluster() -> Iterator[Path]:
    """What PostgreSQL makes of an empty data folder, for tests that begin with copies of it."""
    with enterable_folder() as folder:
        with embedded_postgresql(folder, SMALL):
            pass
        [cluster] = folder.glob("postgresql-*/")
        yield cluster


def copy_cluster(cluster: Path, data: Path) -> None:
    """Make a data folder with a copy of the cluster, its owner included."""
    data.mkdir()
    subprocess.run(["cp", "-a", str(cluster), str(data)], check=True)  # noqa: S607 cp of PATH


@contextmanager
def database_with(server: Database, name: str, sizes: Mapping[Dataset, int]) -> Iterator[Database]:
    """A database of its own with datasets of these sizes, as if it were the user's own."""
    with connect(server.dsn) as connection:
        connection.execute(SQL("CREATE DATABASE {}").format(Identifier(name)))
        own = Database(
            dsn=make_conninfo(server.dsn, dbname=name), embedded=False, description=f"the {name}"
        )
        for dataset, rows in sizes.items():
            ensure(own, dataset, rows=rows, seed=1, report=lambda _: None)
        yield own
        connection.execute(SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(name)))


@pytest.fixture(scope="session")
def products(database: Database) -> Iterator[Database]:
    """A database with a few thousand products, which no test changes."""
    with database_with(database, "products", {PRODUCTS_DATASET: PRODUCTS}) as own:
        yield own


@pytest.fixture(scope="session")
def logs(database: Database) -> Iterator[Database]:
    """A database with two thousand players' fights and all that they hang on."""
    with database_with(database, "logs", {LOGS_DATASET: LOGS_ROWS}) as own:
        yield own


@pytest.fixture(scope="session")
def both(database: Database) -> Iterator[Database]:
    """A database with both datasets, as a run of all experiments finds them."""
    sizes = {PRODUCTS_DATASET: PRODUCTS, LOGS_DATASET: LOGS_ROWS}
    with database_with(database, "both", sizes) as own:
        yield own
