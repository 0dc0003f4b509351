import os
from pathlib import Path
from pwd import getpwuid

import psycopg
import pytest

from rowpath.lab.apps.settings import AppSettings, from_environment
from rowpath.lab.conditions import AS_TOLD, CONTROLLED, NAMED, Conditions
from rowpath.lab.database import Database

ORDERED = "EXPLAIN (COSTS OFF) SELECT * FROM {} ORDER BY time_created LIMIT 100"
BY_ID = "EXPLAIN (COSTS OFF) SELECT * FROM product WHERE id = 1"

OURS = "-c search_path=rowpath_lab -c timezone=UTC -c datestyle=ISO -c statement_timeout=0"


def app(dsn: str, conditions: Conditions = CONTROLLED, folder: Path | None = None) -> AppSettings:
    return AppSettings(dsn=dsn, conditions=conditions, trace_folder=folder)


def connected(products: Database, conditions: Conditions) -> psycopg.Connection:
    return psycopg.connect(**app(products.dsn, conditions).connection_parameters())  # type: ignore[arg-type]  # libpq's keywords


def plan(connection: psycopg.Connection, explain: str) -> str:
    return "\n".join(row[0] for row in connection.execute(explain.encode()))


@pytest.mark.parametrize("conditions", NAMED)
@pytest.mark.parametrize("folder", [None, Path("/traces")])
def test_settings_reach_the_process_as_they_are(
    conditions: Conditions, folder: Path | None
) -> None:
    """The environment variable carries all of them."""
    sent = app("host=/run user=me password='it''s'", conditions, folder)

    assert from_environment(sent.to_environment()) == sent


def test_each_settings_have_a_token_of_their_own() -> None:
    """Nobody can guess it, and no message shows it."""
    one, other = app("dbname=x"), app("dbname=x")

    assert len(one.token) > 30
    assert one.token != other.token
    assert one.token not in repr(one)


def test_options_of_the_user_are_kept() -> None:
    """The lab's settings come after the connection string's own."""
    parameters = app("dbname=x options='-c work_mem=1MB'").connection_parameters()

    assert parameters == {
        "dbname": "x",
        "options": f"-c work_mem=1MB {OURS}",
        "client_encoding": "UTF8",
    }


@pytest.mark.parametrize(
    ("dsn", "name"),
    [
        ("dbname=shop user=me", "shop"),
        ("postgresql://me@localhost/shop", "shop"),
        ("user=me", "me"),
        ("host=localhost", getpwuid(os.geteuid()).pw_name),
    ],
)
def test_the_database_is_the_one_that_libpq_would_choose(dsn: str, name: str) -> None:
    """Without a name, it is called as its user, and he as the OS user."""
    assert app(dsn).database_name() == name


def test_the_environment_adds_nothing_to_the_connection_string(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Neither a database nor options that are named there count where the string is silent."""
    monkeypatch.setenv("PGDATABASE", "shop")
    monkeypatch.setenv("PGOPTIONS", "-c work_mem=1MB")

    assert app("user=me").database_name() == "me"
    assert app("user=me").connection_parameters() == {
        "user": "me",
        "options": OURS,
        "client_encoding": "UTF8",
    }


def test_as_told_is_planned_as_without_the_index(products: Database) -> None:
    """The plan is that of a table that really has no index on time_created."""
    with connected(products, AS_TOLD) as connection:
        told = plan(connection, ORDERED.format("product"))
    with connected(products, CONTROLLED) as connection:
        connection.execute("CREATE TEMP TABLE bare AS SELECT * FROM product")
        connection.execute("ALTER TABLE bare ADD PRIMARY KEY (id)")
        connection.execute("ANALYZE bare")
        bare = plan(connection, ORDERED.format("bare"))

    assert told.replace("product", "bare") == bare
    assert "Sort" in told
    assert "Seq Scan" in told


def test_controlled_is_planned_with_the_index(products: Database) -> None:
    """The rows come in the order of the index, without a sort."""
    with connected(products, CONTROLLED) as connection:
        controlled = plan(connection, ORDERED.format("product"))

    assert "Index Scan" in controlled
    assert "Sort" not in controlled


def test_as_told_still_finds_a_row_by_its_id(products: Database) -> None:
    """The primary key is of use in both set-ups."""
    with connected(products, AS_TOLD) as connection:
        assert "Bitmap Index Scan" in plan(connection, BY_ID)
