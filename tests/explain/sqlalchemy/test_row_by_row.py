"""Relations and columns that are loaded row by row, in the forms that applications write them."""

import pytest

from explain.store import Store
from rowpath.explain.values import Confidence, Kind

ORM = "from sqlalchemy.orm import Session, joinedload, selectinload"
SILENT = ("/repaired", "/detail", "/few", "/shared")
CHANGES = {
    "/books": (
        "author, author.publisher, reviews, tags",
        ORM,
        (
            "return db.scalars(select(Book).order_by(Book.id)"
            ".options(joinedload(Book.author).joinedload(Author.publisher), "
            "selectinload(Book.reviews), selectinload(Book.tags))).all()"
        ),
    ),
    "/crud": (
        "author, author.publisher",
        "from sqlalchemy.orm import Session, joinedload",
        (
            "return db.query(models.Book).order_by(models.Book.id).offset(skip).limit(limit)"
            ".options(joinedload(models.Book.author).joinedload(models.Author.publisher)).all()"
        ),
    ),
    "/tags/1": (
        "author",
        "from sqlalchemy.orm import Session, joinedload, selectinload",
        (
            "return db.get(models.Tag, tag_id, "
            "options=[selectinload(models.Tag.books).joinedload(models.Book.author)])"
        ),
    ),
    "/helper": (
        "tags",
        "statement = crud.with_text().options(selectinload(Book.tags))",
    ),
    "/deferred": (
        "text",
        "from sqlalchemy.orm import Session, selectinload, undefer",
        "statement = select(Book).order_by(Book.id).options(undefer(Book.text))",
    ),
    "/behind": (
        "books.tags",
        (
            "statement = select(Author).options(selectinload(Author.books)"
            ".selectinload(Book.tags)).order_by(Author.id)"
        ),
    ),
}
ADVICE = ("/repository", "/lookup", "/counted", "/columns")
PATHS = (*CHANGES, *SILENT, *ADVICE)


@pytest.mark.parametrize("path", CHANGES)
def test_what_is_loaded_row_by_row_is_found_with_the_exact_change(store: Store, path: str) -> None:
    """A path that loads row by row has one finding, whose change with its imports is proved."""
    finding = store.only(path)

    assert finding.confidence is Confidence.PROVED
    assert (", ".join(finding.paths), *store.added(path)) == CHANGES[path]


@pytest.mark.parametrize("path", CHANGES)
def test_the_repaired_form_is_silent(repaired_store: Store, path: str) -> None:
    """Nothing is found of a path any more once git has applied the diff."""
    assert repaired_store.of(path).findings == ()


@pytest.mark.parametrize("path", SILENT)
def test_what_does_not_grow_is_silent(store: Store, path: str) -> None:
    """Eager loading, a single row's relations, and a list of three rows are no finding."""
    assert store.of(path).findings == ()


def test_a_statement_that_no_relation_explains_is_advice(store: Store) -> None:
    """What a loop asks for by itself is told with its line, and with what would ask once."""
    findings = [store.only(path) for path in ("/lookup", "/counted")]

    assert [(each.kind, each.confidence) for each in findings] == [
        (Kind.REPEATED, Confidence.ADVICE),
        (Kind.REPEATED, Confidence.ADVICE),
    ]
    # SQLAlchemy 2.0 names each column of a session.get() once more.
    assert [(each.statement or "").partition(" FROM ")[2] for each in findings] == [
        "author WHERE author.id = ?",
        "review WHERE review.book_id = ?",
    ]
    assert all(each.advice is not None and "select(...)" in each.advice for each in findings)


def test_a_list_of_columns_is_a_list(store: Store) -> None:
    """What a loop asks for each row of columns grows with these rows."""
    finding = store.only("/columns")

    assert finding.title == "the same statement 1 time for every Book"
    assert finding.growth is not None
    assert finding.growth.rows == (6, 12, 24)


def test_code_that_many_classes_share_is_not_changed(store: Store) -> None:
    """A `select(self.model)` has no attribute of one class written into it."""
    finding = store.only("/repository")

    assert (finding.kind, finding.paths, finding.edits) == (Kind.RELATION, ("author",), ())
    assert finding.place is not None
    assert finding.place.function == "Repository.all"
    assert finding.reason == (
        "there is no line of the project's that asks for this class, and for no other"
    )


def test_readers_are_the_fields_of_the_response_model(store: Store) -> None:
    """Where Pydantic reads, the reader is the model's field, with the line that declares it."""
    readers = [(reader.text, reader.line) for reader in store.only("/books").readers]

    assert readers == [
        ("BookOut.author", 27),
        ("AuthorOut.publisher", 14),
        ("BookOut.tags", 28),
        ("BookOut.reviews", 29),
    ]


def test_a_property_is_a_reader(store: Store) -> None:
    """Where a property of the mapped class reads, the reader is its line."""
    (reader,) = store.only("/crud").readers

    assert reader.text == "Book.imprint"


def test_growth_is_measured_by_longer_pages(store: Store) -> None:
    """A page that a LIMIT cuts is doubled as far as there are rows, any other list is halved."""
    growths = [store.only(path).growth for path in ("/crud", "/books")]

    assert [growth.rows for growth in growths if growth is not None] == [(8, 16, 24), (6, 12, 24)]


def test_a_list_too_short_to_be_measured_is_told(store: Store) -> None:
    """Of a relation that three rows load it is said that they are too few."""
    (note,) = store.of("/few").notes

    assert note == (
        "author of store.models.Book: loaded more than once for 3 rows, too few to measure growth; "
        "4 are needed"
    )


def test_rows_that_many_share_are_told(store: Store) -> None:
    """Of a relation that a session loads once for each row it leads to it is said so."""
    (note,) = store.of("/shared").notes

    assert note == (
        "country of store.models.Author: loaded 3 times, once for each row that it leads to, which "
        "does not grow with the list"
    )


def test_phases_share_out_the_time(store: Store) -> None:
    """A response model's time is shared out among the phases of SQLAlchemy and FastAPI."""
    names = {phase.name for phase in store.of("/books").phases}

    assert {"SQL", "fetching", "instances", "building SQL", "view", "middleware"} <= names
    assert {"dependencies", "validation and serialisation"} <= names
