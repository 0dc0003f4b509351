"""What is found of an application whose sessions are all asynchronous, on PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from explain.store import Store, filled, in_postgresql, store_of
from rowpath.explain.project_of import ASGI
from rowpath.explain.values import Confidence, Kind
from rowpath.lab.database import Database

CHANGES = {
    "/async/crud": (
        "author, author.publisher",
        (
            "statement = select(models.Book).order_by(models.Book.id).offset(skip).limit(limit)"
            ".options(joinedload(models.Book.author).joinedload(models.Author.publisher))"
        ),
    ),
    "/async/tags/1": (
        "author",
        (
            "found = await db.get(Tag, tag_id, "
            "options=[selectinload(Tag.books).joinedload(Book.author)])"
        ),
    ),
    "/async/deferred": (
        "text",
        "found = await db.scalars(select(Book).order_by(Book.id).options(undefer(Book.text)))",
    ),
    "/async/behind": (
        "books.tags",
        (
            "statement = select(Author).options(selectinload(Author.books)"
            ".selectinload(Book.tags)).order_by(Author.id)"
        ),
    ),
    "/async/stream": (
        "tags",
        (
            "async for book in await db.stream_scalars(select(Book).order_by(Book.id)"
            ".options(selectinload(Book.tags)))"
        ),
    ),
}
ADVICE = ("/async/lookup", "/async/counted", "/async/refreshed")
SILENT = ("/async/model",)
PATHS = (*CHANGES, *ADVICE, "/async/again", *SILENT)


@pytest.fixture(scope="module")
def store(database: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """Paths of a store in a PostgreSQL of its own."""
    folder: Path = tmp_path_factory.mktemp("asynchronous") / "store"
    with in_postgresql(database, "asynchronous_store"):
        yield store_of(filled(folder), PATHS)


@pytest.mark.parametrize("path", CHANGES)
def test_what_is_awaited_row_by_row_has_its_exact_change(store: Store, path: str) -> None:
    """As by a session that is synchronous, whatever is awaited in between."""
    finding = store.only(path)

    assert finding.confidence is Confidence.PROVED
    assert (", ".join(finding.paths), store.added(path)[-1]) == CHANGES[path]


@pytest.mark.parametrize("path", CHANGES)
def test_the_repaired_form_is_silent(repaired_store: Store, path: str) -> None:
    """Nothing is found of a path any more once git has applied the diff."""
    assert repaired_store.of(path).findings == ()


@pytest.mark.parametrize("path", ADVICE)
def test_what_no_relation_explains_is_advice(store: Store, path: str) -> None:
    """A `get()`, a count or a `refresh()` in a loop is told with its line and what would help."""
    finding = store.only(path)

    assert (finding.kind, finding.advice) == (Kind.REPEATED, ASGI.ask_once)
    assert finding.place is not None
    assert finding.place.file.endswith("store/by_async.py")


def test_the_same_with_the_same_values_is_told(store: Store) -> None:
    """Two awaits of one function ask the same."""
    assert store.only("/async/again").kind is Kind.SAME


@pytest.mark.parametrize("path", SILENT)
def test_what_loads_at_once_is_silent(store: Store, path: str) -> None:
    """A response model whose relations are all there is no finding."""
    assert store.of(path).findings == ()
