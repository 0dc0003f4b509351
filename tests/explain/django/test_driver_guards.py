"""A driver's own connection, behind Django's: what it writes leaves nothing."""

import psycopg
import pytest

from explain.conftest import Shop
from explain.shop_project import visits
from rowpath.errors import AnswerError
from rowpath.explain.project_of import ProjectOf
from rowpath.explain.session import Wanted, explain
from rowpath.explain.values import Explained, Request
from rowpath.lab.database import Database

PATHS: tuple[str, ...] = ()


def asked(project: ProjectOf, way: str, method: str) -> Explained:
    request = Request(path=f"/by-driver/{way}/", method=method)
    (found,) = explain(Wanted(requests=(request,)), project, None, lambda _: None).requests
    return found


@pytest.mark.parametrize(
    ("way", "method", "does"),
    [
        ("committed", "POST", "commits"),
        ("committed", "GET", "writes"),
        ("committed-by-text", "POST", "commits"),
        ("after-rollback", "POST", "commits"),
        ("after-rollback", "GET", "writes"),
        ("by-script", "POST", "commits"),
        ("swallowed", "POST", "commits"),
    ],
)
def test_sqlite_refuses_what_its_driver_commits(
    project: ProjectOf, way: str, method: str, does: str
) -> None:
    """The request is not explained, with that reason, and nothing of it is left."""
    with pytest.raises(AnswerError, match=f"it {does} by the driver's connection, behind Django's"):
        asked(project, way, method)

    assert visits(str(project.folder / "shop.sqlite3"), "shop_visit") == 0


@pytest.mark.parametrize(
    ("way", "method", "does"),
    [
        ("committed", "POST", "commits"),
        ("committed", "GET", "writes"),
        ("committed-by-text", "POST", "commits"),
        ("after-rollback", "POST", "writes"),
        ("after-rollback", "GET", "writes"),
        ("in-autocommit", "POST", "writes"),
        ("in-autocommit", "GET", "writes"),
    ],
)
def test_postgresql_refuses_what_its_driver_commits(
    on_postgresql: Shop, database: Database, way: str, method: str, does: str
) -> None:
    """Also behind a rollback, and where each statement is to commit itself."""
    with pytest.raises(AnswerError, match=f"it {does} by the driver's connection, behind Django's"):
        asked(on_postgresql.project, way, method)

    with psycopg.connect(database.dsn, dbname="test_driver_guards") as connection:
        assert connection.execute("SELECT count(*) FROM shop_visit").fetchone() == (0,)


def test_a_commit_that_fails_unseen_leaves_nothing(on_postgresql: Shop, database: Database) -> None:
    """PostgreSQL has rolled the transaction back by then."""
    asked(on_postgresql.project, "swallowed", "POST")

    with psycopg.connect(database.dsn, dbname="test_driver_guards") as connection:
        assert connection.execute("SELECT count(*) FROM shop_visit").fetchone() == (0,)
