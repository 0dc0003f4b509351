"""Columns that a list of an application's loads, and that nobody reads, on PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from explain.store import Store, filled, in_postgresql, store_of
from rowpath.explain.values import Confidence, Kind
from rowpath.lab.database import Database

CHANGES = {
    "/narrow/titles": (
        "blurb, author_id of Book",
        (
            "return [book.title for book in db.scalars(select(Book).order_by(Book.id)"
            ".options(load_only(Book.title)))]"
        ),
    ),
    "/narrow/model": (
        "blurb, author_id of Book",
        "return db.query(Book).order_by(Book.id).options(load_only(Book.title)).all()",
    ),
    "/narrow/joined": (
        "blurb of Book; bio, publisher_id, country_id of Author",
        (
            "statement = select(Book).options(joinedload(Book.author).load_only(Author.name))"
            ".order_by(Book.id).options(defer(Book.blurb))"
        ),
    ),
    "/narrow/earlier": (
        "blurb, title of Book; bio, publisher_id of Author and 1 more column",
        (
            "return [book.author.name for book in db.scalars(statement.order_by(Book.id)"
            ".options(load_only(Book.author_id)))]"
        ),
    ),
    "/narrow/inner": (
        "blurb of Book; bio, name, publisher_id of Author and 2 more columns",
        (
            "statement = select(Author).options(selectinload(Author.books).load_only(Book.title))"
            ".order_by(Author.id).options(load_only(Author.id))"
        ),
    ),
    "/narrow/heavy": (
        "blurb of Book",
        (
            "return [(book.title, book.author_id) for book in db.scalars(select(Book)"
            ".order_by(Book.id).options(defer(Book.blurb)))]"
        ),
    ),
    "/narrow/keys": (
        "blurb, title, author_id of Book",
        (
            "return [book.id for book in db.scalars(select(Book).order_by(Book.id)"
            ".options(load_only(Book.id)))]"
        ),
    ),
    "/narrow/async": (
        "blurb, author_id of Book",
        (
            "return [book.title for book in await db.scalars(select(Book).order_by(Book.id)"
            ".options(load_only(Book.title)))]"
        ),
    ),
    "/narrow/by-key": (
        "blurb, title of Book",
        (
            "return [book.author.name for book in db.scalars(statement.order_by(Book.id)"
            ".options(load_only(Book.author_id)))]"
        ),
    ),
}
SILENT = (
    "/narrow/encoded",
    "/narrow/copied",
    "/narrow/written",
    "/narrow/chosen",
    "/narrow/deferred",
    "/narrow/raising",
    "/narrow/distinct",
)
ROW_BY_ROW = "/books"
BESIDE = {
    ROW_BY_ROW: Kind.RELATION,
    "/loaded/of-two": Kind.UNUSED,
    "/loaded/async": Kind.UNUSED,
}
PATHS = (*CHANGES, *SILENT, *BESIDE)


@pytest.fixture(scope="module")
def store(database: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """Paths of a store in a PostgreSQL of its own, whose rows are wide."""
    folder: Path = tmp_path_factory.mktemp("narrowed") / "store"
    with in_postgresql(database, "narrowed_store"), pytest.MonkeyPatch.context() as patched:
        patched.setenv("STORE_WIDTH", "2000")
        yield store_of(filled(folder), PATHS)


@pytest.mark.parametrize("path", CHANGES)
def test_what_nobody_reads_is_left_out(store: Store, path: str) -> None:
    """Wide rows of which little is read have that alone, by whatever names fewer columns."""
    finding = store.only(path)

    assert (finding.kind, finding.confidence) == (Kind.UNREAD, Confidence.PROVED)
    assert (finding.title.partition(":")[0], store.added(path)[-1]) == CHANGES[path]


def test_a_relation_is_narrowed_behind_its_loader(store: Store) -> None:
    """Also where another chain goes on from there."""
    added = store.added("/narrow/earlier")

    assert (
        "statement = select(Book).options(joinedload(Book.author).load_only(Author.name))" in added
    )


@pytest.mark.parametrize("path", [path for path in PATHS if path != ROW_BY_ROW])
def test_the_repaired_form_has_none(repaired_store: Store, path: str) -> None:
    """Nothing goes unread any more once git has applied the diff."""
    kinds = [finding.kind for finding in repaired_store.of(path).findings]

    assert Kind.UNREAD not in kinds


@pytest.mark.parametrize("path", SILENT)
def test_what_may_be_read_is_silent(store: Store, path: str) -> None:
    """Rows that are taken whole or written, and columns that the project names by itself."""
    kinds = [finding.kind for finding in store.of(path).findings]

    assert Kind.UNREAD not in kinds


def test_what_the_database_sends_is_told(store: Store) -> None:
    """The advice has the volumes, by PostgreSQL's own account."""
    advice = store.only("/narrow/titles").advice

    assert advice == "The database sends 1 kB instead of 48 kB."


@pytest.mark.parametrize("path", BESIDE)
def test_columns_go_unread_beside_other_findings(store: Store, path: str) -> None:
    """Both changes of one statement stand in the diff, each with what it brings."""
    findings = store.of(path).findings
    texts = {edit.text for edit in store.explanation.edits}

    assert [each.kind for each in findings] == [BESIDE[path], Kind.UNREAD]
    assert all(each.confidence is Confidence.PROVED for each in findings)
    assert ".options(load_only(Book.title))" in texts


@pytest.mark.parametrize("path", [path for path in BESIDE if path != ROW_BY_ROW])
def test_both_changes_together_leave_nothing(repaired_store: Store, path: str) -> None:
    """Neither cuts off what the other one added."""
    assert repaired_store.of(path).findings == ()


def test_what_a_change_joins_has_columns_of_its_own(repaired_store: Store) -> None:
    """Rows that came one by one come with the list now, and of these little is read as well."""
    finding = repaired_store.only(ROW_BY_ROW)

    assert finding.kind is Kind.UNREAD
    assert finding.title.startswith("bio, ")
