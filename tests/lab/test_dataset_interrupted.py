import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import pytest
from psycopg import Connection
from psycopg.sql import SQL, Identifier

from rowpath.errors import DatabaseError, DatasetError
from rowpath.lab.circumstances import DatasetRecord
from rowpath.lab.database import Database, connect
from rowpath.lab.dataset import DATASETS, LOGS, PRODUCTS, SCHEMA, Dataset, ensure, inspect

BUILDER = """
import sys
from rowpath.lab.database import Database
from rowpath.lab.dataset import dataset_named, ensure

database = Database(dsn=sys.argv[1], embedded=False, description="the shop")
dataset = dataset_named(sys.argv[2])
say = lambda text: print(text, flush=True)
ensure(database, dataset, rows=50_000_000, seed=2, report=say, replace=True)
"""
OTHER_SESSIONS = """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type LIKE 'client%'
"""


class LeftError(Exception):
    pass


@pytest.fixture
def connection(empty_database: Database) -> Iterator[Connection]:
    with connect(empty_database.dsn) as opened:
        yield opened


def silent(_: str) -> None:
    pass


def count(connection: Connection, dataset: Dataset) -> Any:  # noqa: ANN401  # any value of SQL
    main = Identifier(SCHEMA, dataset.main)
    row = connection.execute(SQL("SELECT count(*) FROM {}").format(main)).fetchone()
    return row and row[0]


@pytest.fixture
def before(empty_database: Database) -> dict[str, DatasetRecord]:
    """Both datasets, with a thousand rows each, as they were before a build is interrupted."""
    return {
        dataset.name: ensure(empty_database, dataset, rows=1000, seed=1, report=silent)
        for dataset in DATASETS
    }


def is_as_before(
    database: Database, connection: Connection, before: dict[str, DatasetRecord]
) -> bool:
    """Return whether both datasets are there with the fingerprints and rows that they had."""
    for dataset in DATASETS:
        found = inspect(database, dataset)
        if found is None or found.checksum != before[dataset.name].checksum:
            return False
        if count(connection, dataset) != 1000:
            return False
    return True


@pytest.mark.parametrize(
    ("dataset", "moment"),
    [
        (PRODUCTS, "product: 0 of"),
        (PRODUCTS, "product: 120,000 of"),
        (PRODUCTS, "product: primary key"),
        (PRODUCTS, "product: index on time_created"),
        (LOGS, "report: 0 of"),
        (LOGS, "player_fight: 0 of"),
        (LOGS, "player_fight: 120,000 of"),
        (LOGS, "fight_tags: unique fight_id and tag_id"),
        (LOGS, "player_fight: index on fight_id"),
        (LOGS, "player_fight: foreign keys"),
        (LOGS, "fight_tags: foreign keys"),
    ],
)
def test_interrupted_build_leaves_the_previous_rows(
    empty_database: Database,
    connection: Connection,
    before: dict[str, DatasetRecord],
    dataset: Dataset,
    moment: str,
) -> None:
    """A build that is left in the middle changes nothing of any dataset, at whatever point."""

    def interrupt(text: str) -> None:
        if text.startswith(moment):
            raise LeftError

    with pytest.raises(LeftError):
        ensure(empty_database, dataset, rows=120_000, seed=2, report=interrupt, replace=True)

    assert is_as_before(empty_database, connection, before)


@pytest.mark.parametrize(
    ("dataset", "moment"), [(PRODUCTS, "product: primary key"), (LOGS, "player_fight: primary key")]
)
@pytest.mark.parametrize("embedded", [True, False], ids=["ours", "theirs"])
def test_interrupted_first_build_leaves_nothing(
    empty_database: Database,
    connection: Connection,
    dataset: Dataset,
    moment: str,
    embedded: bool,  # noqa: FBT001  # an example's
) -> None:
    """Where there was nothing, an interrupted build leaves nothing: no schema and no cast."""
    database = Database(dsn=empty_database.dsn, embedded=embedded, description="the shop")
    made_casts = "SELECT count(*) FROM pg_cast WHERE oid >= 16384"

    def interrupt(text: str) -> None:
        if text == moment:
            raise LeftError

    with pytest.raises(LeftError):
        ensure(database, dataset, rows=1000, seed=1, report=interrupt)
    schema = connection.execute("SELECT to_regnamespace('rowpath_lab')").fetchone()

    assert schema == (None,)
    assert connection.execute(made_casts).fetchone() == (0,)


@pytest.mark.parametrize(
    ("dataset", "line"),
    [(PRODUCTS, b"product: 1,000,000 of"), (LOGS, b"account: 1,000,000 of")],
)
def test_killed_builder_leaves_the_previous_rows(
    empty_database: Database,
    connection: Connection,
    before: dict[str, DatasetRecord],
    dataset: Dataset,
    line: bytes,
) -> None:
    """A builder killed by SIGKILL in the middle of COPY leaves the rows that were there."""
    builder = subprocess.Popen(
        [sys.executable, "-c", BUILDER, empty_database.dsn, dataset.name], stdout=subprocess.PIPE
    )
    assert builder.stdout is not None
    with builder.stdout:
        while not builder.stdout.readline().startswith(line):
            assert builder.poll() is None

    builder.kill()
    builder.wait()
    deadline = time.monotonic() + 30
    while connection.execute(OTHER_SESSIONS).fetchone() != (0,) and time.monotonic() < deadline:
        time.sleep(0.02)

    assert is_as_before(empty_database, connection, before)


@pytest.mark.parametrize(
    ("dataset", "moment"),
    [(PRODUCTS, "product: primary key"), (LOGS, "player_fight: foreign keys")],
)
def test_server_that_ends_the_session_is_told(
    empty_database: Database,
    connection: Connection,
    before: dict[str, DatasetRecord],
    dataset: Dataset,
    moment: str,
) -> None:
    """A session that the server ends in the middle of a build is told, and nothing is lost."""

    def end_session(text: str) -> None:
        if text == moment:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )

    told = rf"the dataset {dataset.name} of 2,000 {dataset.counted}: the server ended .*\. See"
    with pytest.raises(DatabaseError, match=told):
        ensure(empty_database, dataset, rows=2000, seed=1, report=end_session, replace=True)

    assert is_as_before(empty_database, connection, before)


@pytest.mark.parametrize(("dataset", "table"), [(PRODUCTS, "product"), (LOGS, "draft_change")])
def test_table_that_another_session_holds_is_told(  # noqa: PLR0913  # one a part
    *,
    empty_database: Database,
    connection: Connection,
    before: dict[str, DatasetRecord],
    monkeypatch: pytest.MonkeyPatch,
    dataset: Dataset,
    table: str,
) -> None:
    """A table that somebody else works with is waited for, but not for ever."""
    monkeypatch.setattr("rowpath.lab.dataset.build.LOCK_TIMEOUT", "100ms")

    with connection.transaction():
        connection.execute(SQL("SELECT FROM {}").format(Identifier(SCHEMA, table)))
        with pytest.raises(DatasetError, match="another session holds"):
            ensure(empty_database, dataset, rows=2000, seed=1, report=silent, replace=True)

    assert is_as_before(empty_database, connection, before)


def test_a_dataset_is_built_while_another_session_works_with_the_other(
    empty_database: Database, connection: Connection, before: dict[str, DatasetRecord]
) -> None:
    """A build waits for nobody who works with the other dataset's tables."""
    with connection.transaction():
        assert count(connection, PRODUCTS) == before["products"].rows
        ensure(empty_database, LOGS, rows=2000, seed=1, report=silent, replace=True)

    assert count(connection, LOGS) == 2000
