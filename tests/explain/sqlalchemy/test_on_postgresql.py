"""The same on PostgreSQL, by sessions that are asynchronous and that are not."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from psycopg.conninfo import conninfo_to_dict

from explain.shop_project import explained
from explain.store import Store, filled, in_postgresql, store_of
from rowpath.errors import ServerError
from rowpath.explain.values import Confidence, Kind
from rowpath.lab.database import Database, connect

PATHS = ("/async/books", "/async/run-sync", "/async/writes", "/tags/1", "/writes")


@pytest.fixture(scope="module")
def on_postgresql(database: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """Paths of a store in a PostgreSQL of its own."""
    folder: Path = tmp_path_factory.mktemp("postgresql") / "store"
    with in_postgresql(database, "explained_store"):
        yield store_of(filled(folder), PATHS)


@pytest.mark.parametrize(
    ("path", "added"),
    [
        (
            "/async/books",
            (
                "rows = (await db.execute(select(Book).order_by(Book.id)"
                ".options(joinedload(Book.author)))).scalars().all()"
            ),
        ),
        (
            "/async/run-sync",
            (
                "return [book.author.name for book in session.scalars(select(Book)"
                ".order_by(Book.id).options(joinedload(Book.author)))]"
            ),
        ),
    ],
)
def test_an_asynchronous_session_is_explained(on_postgresql: Store, path: str, added: str) -> None:
    """What a coroutine awaits for each row is found, and changed where its statement is made."""
    finding = on_postgresql.only(path)

    assert finding.confidence is Confidence.PROVED
    assert finding.proof is not None
    assert (finding.proof.statements_before, finding.proof.statements_after) == (25, 1)
    assert on_postgresql.added(path)[-1] == added


@pytest.mark.parametrize("path", ["/async/books", "/async/run-sync"])
def test_an_asynchronous_session_holds_up_nothing(on_postgresql: Store, path: str) -> None:
    """Its statements are awaited, those of a function that run_sync() is given too."""
    kinds = {finding.kind for finding in on_postgresql.of(path).findings}

    assert Kind.BLOCKS not in kinds


def test_a_page_about_one_object_is_explained(on_postgresql: Store) -> None:
    """The relation of a single object has the change that it has on SQLite."""
    assert "options=[selectinload(models.Tag.books)" in on_postgresql.added("/tags/1")[-1]


def test_lazy_loading_without_a_greenlet_is_told(on_postgresql: Store) -> None:
    """What an AsyncSession cannot load lazily is an error of the project's, with its reason."""
    with pytest.raises(ServerError, match=r"MissingGreenlet\W+greenlet_spawn has not been called"):
        explained(on_postgresql.project, ["/async/lazy"])


@pytest.mark.parametrize("path", ["/writes", "/async/writes"])
def test_a_write_is_refused_told_and_undone(on_postgresql: Store, path: str) -> None:
    """The read-only transaction refuses a write; it is let through, seen, and rolled back."""
    finding = on_postgresql.only(path)

    assert finding.kind is Kind.WRITES
    assert finding.statement is not None
    assert finding.statement.startswith("INSERT INTO visit")


def test_nothing_is_written(on_postgresql: Store, database: Database) -> None:
    """After all requests, those with a commit too, the table of visits is as empty as before."""
    assert on_postgresql.explanation.requests
    dsn = conninfo_to_dict(database.dsn)
    with connect(
        " ".join(f"{k}={v}" for k, v in {**dsn, "dbname": "explained_store"}.items())
    ) as c:
        row = c.execute("SELECT count(*) FROM visit").fetchone()

    assert row is not None
    assert row[0] == 0
