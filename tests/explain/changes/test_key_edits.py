"""The text by which a line reads a key and not its row."""

from pathlib import Path

import pytest

from rowpath.explain.changes.edits import applied
from rowpath.explain.changes.key_edits import Line, edits
from rowpath.explain.trails import Key

KEY = Key(column="author_id", target="id", is_required=True)
NULLABLE = Key(column="author_id", target="id", is_required=False)


def changed(folder: Path, line: str, key: Key, *, is_field: bool) -> str:
    file = folder / "module.py"
    file.write_text(f"{line}\n")
    made = edits(Line(file=str(file), line=1, is_field=is_field), "author", key)
    return applied(file.read_bytes(), made).decode().strip()


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("x = book.author.pk", "x = book.author_id"),
        ("x = review.book.author.id", "x = review.book.author_id"),
        ("x = book.author == user", "x = book.author_id == user.pk"),
        ("x = request.user != book.author", "x = request.user.pk != book.author_id"),
        ("x = a.author == b.author", "x = a.author_id == b.author_id"),
        ("x = book.author is None", "x = book.author_id is None"),
        ("x = book.author.name", "x = book.author.name"),
        ("x = book.author in authors", "x = book.author in authors"),
        ("x = book.author == (a or b)", "x = book.author == (a or b)"),
    ],
)
def test_code_reads_the_column(tmp_path: Path, line: str, expected: str) -> None:
    """Keys and comparisons are rewritten, and nothing else is."""
    assert changed(tmp_path, line, KEY, is_field=False) == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("x = book.author == user", "x = book.author == user"),
        ("x = book.author is not None", "x = book.author_id is not None"),
        ("x = book.author.pk", "x = book.author_id"),
    ],
)
def test_a_column_with_nulls_is_compared_with_none_alone(
    tmp_path: Path, line: str, expected: str
) -> None:
    """NULL would be equal to the key of a user who is nobody."""
    assert changed(tmp_path, line, NULLABLE, is_field=False) == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ('by = Field(source="author.pk")', 'by = Field(source="author_id")'),
        ('by = Field(source="book.author.id")', 'by = Field(source="book.author_id")'),
        ('author_id = Field(source="author.id")', "author_id = Field()"),
        (
            'author_id = Field(label="a", source="author.id")',
            'author_id = Field(label="a", source="author.id")',
        ),
        ('by = Field(source="author.name")', 'by = Field(source="author.name")'),
    ],
)
def test_a_field_has_the_column_for_its_source(tmp_path: Path, line: str, expected: str) -> None:
    """A source that ends with the key is rewritten, and left out where it is the field's name."""
    assert changed(tmp_path, line, KEY, is_field=True) == expected
