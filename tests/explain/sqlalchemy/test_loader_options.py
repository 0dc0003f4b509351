"""The text of a change in SQLAlchemy's words, and where it does not go."""

from dataclasses import replace
from pathlib import Path

import pytest

from explain.made import span
from rowpath.explain.changes.edits import applied
from rowpath.explain.changes.insertion_points import points
from rowpath.explain.sqlalchemy.loader_options import column_edits, edits
from rowpath.explain.trails import Hop, Owner, Trail, Way

BOOK, AUTHOR = (Owner(module="shop.models", name=name) for name in ("Book", "Author"))
BOOKS = Hop(name="books", way=Way.MANY, owner=AUTHOR)
WRITER = Hop(name="author", way=Way.ONE, owner=BOOK)
TAGS = Hop(name="tags", way=Way.MANY, owner=BOOK)
BLURB = Hop(name="blurb", way=Way.COLUMN, owner=BOOK)
IMPORTS = (
    "from sqlalchemy.orm import joinedload, selectinload, undefer\nfrom m import Author, Book\n"
)


def trail_in(file: Path, expression: str) -> Trail:
    """The trail of a statement that stands on the third line of a file."""
    file.write_text(f"{IMPORTS}{expression}\n")
    made = replace(span(3, file=str(file)), column=0, end_column=len(expression))
    return Trail(model="shop.models.Author", steps=((made,),))


@pytest.mark.parametrize(
    ("expression", "paths", "changed"),
    [
        (
            "select(Book)",
            [(WRITER,), (TAGS,)],
            "select(Book).options(joinedload(Book.author), selectinload(Book.tags))",
        ),
        (
            "db.query(Author)",
            [(BOOKS,), (BOOKS, TAGS)],
            "db.query(Author).options(selectinload(Author.books).selectinload(Book.tags))",
        ),
        (
            "select(Author)",
            [(BOOKS, WRITER), (BOOKS, TAGS)],
            (
                "select(Author).options(selectinload(Author.books)"
                ".options(joinedload(Book.author), selectinload(Book.tags)))"
            ),
        ),
        (
            "select(Author).options(selectinload(Author.books))",
            [(BOOKS, TAGS)],
            "select(Author).options(selectinload(Author.books).selectinload(Book.tags))",
        ),
        (
            "select(Author).join(Author.books).options(contains_eager(Author.books))",
            [(BOOKS, TAGS)],
            (
                "select(Author).join(Author.books)"
                ".options(contains_eager(Author.books).selectinload(Book.tags))"
            ),
        ),
        (
            "db.get(Author, 1)",
            [(BOOKS, TAGS)],
            "db.get(Author, 1, options=[selectinload(Author.books).selectinload(Book.tags)])",
        ),
    ],
)
def test_relations_are_loaded_by_one_tree_of_options(
    tmp_path: Path, expression: str, paths: list[tuple[Hop, ...]], changed: str
) -> None:
    """What leads to one row is joined, the rest selected, each behind what it hangs on."""
    trail = trail_in(tmp_path / "views.py", expression)
    (point,) = points(trail, None)

    first = next(edits(trail, point, paths))

    assert applied(Path(point.file).read_bytes(), first).decode() == f"{IMPORTS}{changed}\n"


def test_the_second_choice_joins_nothing(tmp_path: Path) -> None:
    """Where a join is refused, a statement of its own is tried."""
    trail = trail_in(tmp_path / "views.py", "select(Book)")
    (point,) = points(trail, None)

    _, second = edits(trail, point, [(WRITER,)])

    assert second[0].text == ".options(selectinload(Book.author))"


@pytest.mark.parametrize("expression", ["select(self.model)", "db.get(Author, 1, options=[a])"])
def test_code_that_serves_other_classes_is_not_changed(tmp_path: Path, expression: str) -> None:
    """A statement of any class's must not name one's attributes; options are not said twice."""
    trail = trail_in(tmp_path / "views.py", expression)
    (point,) = points(trail, None)

    assert list(edits(trail, point, [(BOOKS,)])) == []


@pytest.mark.parametrize(
    ("expression", "changed"),
    [
        ("select(Book)", "select(Book).options(undefer(Book.blurb))"),
        (
            "select(Book).options(load_only(Book.id))",
            "select(Book).options(load_only(Book.id, Book.blurb))",
        ),
    ],
)
def test_a_column_is_added_to_what_is_loaded(tmp_path: Path, expression: str, changed: str) -> None:
    """A column that is left out by its mapping is undeferred, by a `load_only` added to it."""
    trail = trail_in(tmp_path / "views.py", expression)
    (point,) = points(trail, None)

    made = column_edits(trail, point, [(BLURB,)])

    assert applied(Path(point.file).read_bytes(), made).decode() == f"{IMPORTS}{changed}\n"
