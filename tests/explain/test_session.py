"""A run of several requests: what is asked, what is kept back, what stands in the diff."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from explain.conftest import Shop
from explain.shop_project import SETTINGS, copied, explained
from rowpath.errors import AnswerError, DatabaseError, RowpathError, ServerError, UsageError
from rowpath.explain.changes.edits import diff
from rowpath.explain.project_of import ProjectOf
from rowpath.explain.values import Kind

PATHS = ("/api/books/", "/api/page/", "/api/strings/", "/writes/")
REFUSED = {
    "/nope/": (AnswerError, "Cannot explain /nope/: it answers 404."),
    "/private/": (AnswerError, "leads to /login/?next=/private/. Log in with --user NAME"),
    "/fails/": (ServerError, "ZeroDivisionError: division by zero"),
    "/commits/": (ServerError, "Cannot explain a request that sends 'COMMIT' itself"),
    "/stream/": (AnswerError, "Cannot explain /stream/: its answer is longer than"),
}
UNSTARTED = {
    "no.such": (UsageError, "Cannot import the settings no.such: there is no module no in"),
    "config.broken": (ServerError, "RuntimeError: no such day"),
    "config.production": (UsageError, "ALLOWED_HOSTS is empty"),
    "config.nowhere": (DatabaseError, "Cannot reach the database 'default': unable to open"),
}


def test_a_get_that_writes_is_told(shop: Shop) -> None:
    """A write that the read-only transaction refused is a finding with its line."""
    finding = shop.only("/writes/")

    assert finding.kind is Kind.WRITES
    assert finding.place is not None
    assert finding.place.function == "writes"


def test_a_get_that_writes_leaves_nothing(shop: Shop) -> None:
    """The row that such a GET counts is its own each time: what it wrote was rolled back."""
    again = explained(shop.project, ["/writes/"])

    assert again.requests[0].statements == shop.of("/writes/").statements == 2


def test_a_get_that_commits_by_a_statement_leaves_nothing(project: ProjectOf) -> None:
    """The statement is refused, and what came before it is rolled back."""
    with pytest.raises(ServerError):
        explained(project, ["/commits/"])

    with closing(sqlite3.connect(project.folder / "shop.sqlite3")) as database:
        left = database.execute("SELECT count(*) FROM shop_visit WHERE path = '/commits/'")
        assert left.fetchone() == (0,)


def test_phases_share_out_the_time(shop: Shop) -> None:
    """A DRF list's time is shared out among the phases of Django and DRF."""
    names = {phase.name for phase in shop.of("/api/books/").phases}

    assert {"SQL", "fetching", "instances", "building SQL", "serializer", "view"} <= names
    assert {"rendering", "middleware"} <= names


def test_the_diff_has_each_change_once(shop: Shop) -> None:
    """The diff has each change once, for `git apply` at the project's folder."""
    text = diff(shop.explanation.edits, shop.explanation.root)

    assert text.startswith("--- a/shop/api.py\n+++ b/shop/api.py\n@@ ")
    assert text.count('+    queryset = Book.objects.order_by("id").select_related("author")') == 2


def test_an_answer_that_each_process_gives_otherwise_holds_up_no_other_change(
    project: ProjectOf,
) -> None:
    """It cannot be compared with all changes, which is told; they stand together all the same."""
    paths = ["/helper/", "/api/strings/"]
    alone = explained(project, paths)
    beside = explained(project, [*paths, "/by-process/"])

    assert len({edit.file for edit in alone.edits}) > 1
    assert beside.edits == alone.edits
    assert [note for note in beside.notes if note.startswith("/by-process/ answers otherwise in")]


def test_a_user_is_logged_in_without_a_session(shop: Shop) -> None:
    """A page that needs a log-in answers as the user, and no session is written."""
    (request,) = explained(shop.project, ["/private/"], user="ada").requests

    assert request.statements == 1


def test_a_user_who_does_not_exist_is_told(shop: Shop) -> None:
    """A name that the database does not have is a mistake of usage."""
    with pytest.raises(UsageError, match="Cannot log in as 'bob': the database has no such user"):
        explained(shop.project, ["/private/"], user="bob")


@pytest.mark.parametrize("path", REFUSED)
def test_a_path_without_an_answer_is_told_in_a_line(shop: Shop, path: str) -> None:
    """A path that is not there, is closed, fails or does not end is told with what to do."""
    kind, message = REFUSED[path]

    with pytest.raises(kind) as raised:
        explained(shop.project, [path])

    assert message in str(raised.value)


@pytest.mark.parametrize("settings", UNSTARTED)
def test_a_project_that_does_not_start_is_told_in_a_line(shop: Shop, settings: str) -> None:
    """Settings that are not there, fail, or are not for here are told with what to do."""
    kind, message = UNSTARTED[settings]
    project = ProjectOf(folder=shop.project.folder, settings=settings)

    with pytest.raises(RowpathError) as raised:
        explained(project, ["/helper/"])

    assert isinstance(raised.value, kind)
    assert message in str(raised.value)


def test_a_database_without_tables_is_told(tmp_path: Path) -> None:
    """A project whose database was never migrated is told so."""
    project = ProjectOf(folder=copied(tmp_path / "shop"), settings=SETTINGS)

    with pytest.raises(RowpathError, match="no such table: shop_book"):
        explained(project, ["/helper/"])
