"""The text by which a queryset is asked for a number or for its rows."""

import ast
from pathlib import Path

import pytest

from rowpath.explain.changes.edits import applied
from rowpath.explain.changes.number_edits import edit
from rowpath.explain.trails import Scope, Span


def changed(folder: Path, line: str, expression: str, method: str) -> str:
    """The line with its edit, where Python tells this expression, or all of the line."""
    file = folder / "module.py"
    file.write_text(f"{line}\n")
    begin = line.index(expression)
    span = Span(
        file=str(file),
        function="f",
        scope=Scope.FUNCTION,
        line=1,
        column=begin,
        end_line=1,
        end_column=begin + len(expression),
        is_direct=True,
    )
    made = edit(span, method)
    text = applied(file.read_bytes(), [made] if made else []).decode().strip()
    ast.parse(text)
    return text


@pytest.mark.parametrize(
    ("line", "expression", "method", "expected"),
    [
        ("x = books.count() + 1", "books.count()", "count", "x = len(books) + 1"),
        ("x = len(self.books)", "len(self.books)", "len", "x = self.books.count()"),
        ("x = len(a or b)", "len(a or b)", "len", "x = len(a or b)"),
        ("if books.exists(): pass", "books.exists()", "exists", "if books: pass"),
        ("x = books.exists()", "books.exists()", "exists", "x = bool(books)"),
        ("x = books.filter(a=1).count()", "books.filter(a=1)", "count", None),
        ("if books: pass", "books", "bool", "if books.exists(): pass"),
        ("if books: pass", "if books: pass", "bool", "if books.exists(): pass"),
        ("if not books: pass", "if not books: pass", "bool", "if not books.exists(): pass"),
        ("x = 1 if books else 2", "1 if books else 2", "bool", "x = 1 if books.exists() else 2"),
        ("x = not books", "not books", "bool", "x = not books.exists()"),
        ("x = bool(books)", "bool(books)", "bool", "x = books.exists()"),
        ("if a and books: pass", "if a and books: pass", "bool", None),
    ],
)
def test_the_expression_that_asked_is_rewritten(
    tmp_path: Path, line: str, expression: str, method: str, expected: str | None
) -> None:
    """Python 3.11 tells a test by its whole statement; of two in one, neither is changed."""
    assert changed(tmp_path, line, expression, method) == (expected or line)
