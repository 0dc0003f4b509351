"""Applications that do not start, and paths that do not answer: told with what to do."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from explain.shop_project import explained
from explain.store import Store, copied
from rowpath.errors import AnswerError, RowpathError, ServerError, UsageError
from rowpath.explain.project_of import ProjectOf, application_in
from rowpath.explain.values import Kind

PATHS = ("/writes",)
REFUSED = {
    "/nope": (AnswerError, "Cannot explain /nope: it answers 404."),
    "/private": (AnswerError, "Cannot explain /private: it answers 401. Send what it asks for"),
    "/fails": (ServerError, "ZeroDivisionError: division by zero"),
    "/moved": (AnswerError, "it answers 307 and leads to /books. Send what it asks for"),
    "/stream": (AnswerError, "Cannot explain /stream: its answer is longer than"),
}
UNSTARTED = {
    "store.unstarted:app": (ServerError, "RuntimeError: no such queue"),
    "store.plain:app": (UsageError, "it maps no class with SQLAlchemy's ORM"),
}


@pytest.mark.parametrize("path", REFUSED)
def test_a_path_without_an_answer_is_told_in_a_line(store_project: ProjectOf, path: str) -> None:
    """A path that is not there, is closed, fails or does not end is told with what to do."""
    kind, message = REFUSED[path]

    with pytest.raises(kind) as raised:
        explained(store_project, [path])

    assert message in str(raised.value)


@pytest.mark.parametrize("app", UNSTARTED)
def test_an_application_that_does_not_start_is_told_in_a_line(
    store_project: ProjectOf, app: str
) -> None:
    """What is not there, is no application or fails in its start-up is told with what to do."""
    kind, message = UNSTARTED[app]

    with pytest.raises(kind) as raised:
        explained(application_in(store_project.folder, app), ["/"])

    assert message in str(raised.value)


def test_a_database_without_tables_is_told(tmp_path: Path) -> None:
    """An application whose database has no tables is told so."""
    with pytest.raises(RowpathError, match="no such table: book"):
        explained(copied(tmp_path / "store"), ["/books"])


def test_a_get_that_writes_is_told_and_leaves_nothing(store: Store) -> None:
    """A write that is refused is a finding with its line; once let through it is rolled back."""
    finding = store.only("/writes")
    with closing(sqlite3.connect(store.project.folder / "store.sqlite3")) as connection:
        visits = connection.execute("SELECT count(*) FROM visit").fetchone()

    assert (finding.kind, visits) == (Kind.WRITES, (0,))
    assert finding.place is not None
    assert finding.place.function == "writes"


def test_users_are_the_applications_own(store_project: ProjectOf) -> None:
    """Nobody can be logged in by name; what to send instead is said."""
    with pytest.raises(UsageError, match="Send what it asks for, like --header"):
        explained(store_project, ["/books"], user="ada")
