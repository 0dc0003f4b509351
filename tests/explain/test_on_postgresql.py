"""The same on PostgreSQL, whose transactions are read-only by themselves."""

import json
from pathlib import Path

import pytest
from psycopg.conninfo import conninfo_to_dict

from explain.conftest import Shop
from explain.shop_project import copied, filled
from rowpath.explain.session import Wanted, explain
from rowpath.explain.values import Confidence, Kind, Request, Sameness
from rowpath.lab.database import Database, connect

PATHS = ("/api/books/", "/durable/", "/writes/", "/locks/")


@pytest.fixture(scope="module")
def on_postgresql(database: Database, tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """Four paths of a shop in a PostgreSQL of its own."""
    with connect(database.dsn) as connection:
        connection.execute("CREATE DATABASE explained_shop")
    place = conninfo_to_dict(database.dsn)
    options = {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "explained_shop",
        "USER": place.get("user", ""),
        "PASSWORD": place.get("password", ""),
        "HOST": place.get("host", ""),
        "PORT": str(place.get("port", "")),
    }
    folder: Path = tmp_path_factory.mktemp("postgresql") / "shop"
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("SHOP_DATABASES", json.dumps({"default": options}))
        project = filled(copied(folder))
        gets = (Request(path=path) for path in PATHS)
        requests = (*gets, Request(path="/visits/", method="POST", body=b'{"path": "here"}'))
        wanted = Wanted(requests=requests, with_sql=True)
        found = explain(wanted, project, None, lambda _: None)
    return Shop(project=project, explanation=found)


def test_a_list_is_explained(on_postgresql: Shop) -> None:
    """The list of books has the finding, the change and the proof that it has on SQLite."""
    finding = on_postgresql.only("/api/books/")

    assert finding.confidence is Confidence.PROVED
    assert finding.proof is not None
    assert (finding.proof.statements_before, finding.proof.statements_after) == (42, 4)


def test_a_durable_block_is_passed(on_postgresql: Shop) -> None:
    """A block that must be the outermost does not fail in the transaction around it."""
    assert on_postgresql.only("/durable/").confidence is Confidence.PROVED


def test_a_write_is_refused_told_and_undone(on_postgresql: Shop) -> None:
    """The read-only transaction refuses a write; it is let through once it is rolled back."""
    finding = on_postgresql.only("/writes/")

    assert finding.kind is Kind.WRITES
    assert finding.statement is not None
    assert finding.statement.startswith('INSERT INTO "shop_visit"')


def test_a_lock_is_let_through_and_is_no_write(on_postgresql: Shop) -> None:
    """A request that locks rows is explained, and it is said that it was not read-only."""
    found = on_postgresql.of("/locks/")

    assert found.findings == ()
    assert found.notes == (
        "it locks rows, so its transactions were not read-only; all were rolled back",
    )


def test_every_statement_has_its_plan(on_postgresql: Shop) -> None:
    """PostgreSQL explains what was sent, with the values that it was sent with."""
    sql = on_postgresql.of("/api/books/").sql

    assert sql is not None
    assert sql.changed is not None
    assert all("Scan" in (each.plan or "") for each in (*sql.today, *sql.changed))


def test_numbers_of_a_sequence_are_masked(on_postgresql: Shop) -> None:
    """A row that is written anew has another number each time, though it was rolled back."""
    proof = on_postgresql.only("/visits/").proof

    assert proof is not None
    assert proof.sameness is Sameness.MASKED
