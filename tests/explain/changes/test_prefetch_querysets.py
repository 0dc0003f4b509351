"""Prefetches with a queryset that joins what is behind many rows."""

from pathlib import Path

import pytest

from explain.made import AUTHOR, TAGS
from rowpath.explain.changes.edits import applied
from rowpath.explain.changes.insertion_points import Point
from rowpath.explain.changes.prefetch_querysets import edits
from rowpath.explain.trails import Hop, Model, Owner, Scope, Span, Way
from rowpath.explain.trails import Path as Relation

BOOKS = Hop(
    name="books",
    way=Way.MANY,
    model=Model(owner=Owner(module="shop.models", name="Book"), manager="objects"),
)


def changed(folder: Path, expression: str, paths: list[Relation]) -> str:
    """The last line of a module that has the expression, with the change at its end."""
    file = folder / "module.py"
    line = f"authors = {expression}"
    file.write_text(f"from django.db import models\nfrom shop.models import Author, Book\n{line}\n")
    span = Span(
        file=str(file),
        function="f",
        scope=Scope.BODY,
        line=3,
        column=10,
        end_line=3,
        end_column=len(line),
        is_direct=True,
    )
    point = Point(file=str(file), line=3, column=len(line), function="f", span=span)
    made = edits(point, [point], paths)
    return applied(file.read_bytes(), made).decode().splitlines()[-1]


@pytest.mark.parametrize(
    ("expression", "paths", "expected"),
    [
        (
            "Author.objects.all()",
            [(BOOKS,), (BOOKS, *AUTHOR)],
            (
                'authors = Author.objects.all().prefetch_related(models.Prefetch("books", '
                'queryset=Book.objects.select_related("author")))'
            ),
        ),
        (
            'Author.objects.prefetch_related("books").all()',
            [(BOOKS, *AUTHOR)],
            (
                'authors = Author.objects.prefetch_related(models.Prefetch("books", '
                'queryset=Book.objects.select_related("author"))).all()'
            ),
        ),
        (
            'Author.objects.prefetch_related("profile", "books__tags")',
            [(BOOKS, *AUTHOR), AUTHOR],
            (
                'authors = Author.objects.prefetch_related("profile", models.Prefetch("books", '
                'queryset=Book.objects.select_related("author")), "books__tags")'
                '.select_related("author")'
            ),
        ),
    ],
)
def test_the_change_joins_what_is_behind_many(
    tmp_path: Path, expression: str, paths: list[Relation], expected: str
) -> None:
    """A new prefetch has a queryset; one that is there gets it; what passes it stands behind."""
    assert changed(tmp_path, expression, paths) == expected


def test_many_behind_many_need_no_queryset(tmp_path: Path) -> None:
    """Where no single row is behind many there is no such change."""
    line = 'authors = Author.objects.prefetch_related("books")'

    assert changed(tmp_path, line.removeprefix("authors = "), [(BOOKS, *TAGS)]) == line
