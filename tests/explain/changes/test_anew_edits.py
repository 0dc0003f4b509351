"""The text by which the rows of a prefetched relation are asked in Python."""

import ast
from dataclasses import replace
from pathlib import Path

import pytest

from rowpath.explain.changes.anew_edits import edits
from rowpath.explain.changes.edits import applied
from rowpath.explain.trails import Columns

UNORDERED = Columns(
    key="id",
    is_ordered=False,
    names=frozenset({"id", "stars", "is_new", "name", "nullable"}),
    truths=frozenset({"is_new"}),
    summed=frozenset({"id", "stars"}),
    compared=frozenset({"id", "stars", "is_new"}),
    equal=frozenset({"id", "stars", "is_new", "name"}),
)
ORDERED = replace(UNORDERED, is_ordered=True)


def changed(folder: Path, line: str, rows: Columns) -> str:
    """The line with its edits."""
    file = folder / "module.py"
    file.write_text(f"{line}\n")
    text = applied(file.read_bytes(), edits(str(file), 1, "reviews", rows)).decode().strip()
    ast.parse(text)
    return text


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("filter(is_new=True)", "[row for row in b.reviews.all() if row.is_new]"),
        ("filter(is_new=False)", "[row for row in b.reviews.all() if not row.is_new]"),
        ("filter(stars=-1).all()", "[row for row in b.reviews.all() if row.stars == -1]"),
        (
            "filter(name=Kind.NEW).count()",
            "sum(1 for row in b.reviews.all() if row.name == Kind.NEW)",
        ),
        ("filter(name__in=['a']).exists()", "any(row.name in ['a'] for row in b.reviews.all())"),
        (
            "filter(stars__lte=2).first()",
            (
                "min((row for row in b.reviews.all() if row.stars <= 2), "
                "key=lambda row: row.id, default=None)"
            ),
        ),
        ("last()", "max(b.reviews.all(), key=lambda row: row.id, default=None)"),
        (
            "order_by('-stars').last()",
            "min(b.reviews.all(), key=lambda row: row.stars, default=None)",
        ),
        ("order_by('pk')", "sorted(b.reviews.all(), key=lambda row: row.id)"),
        (
            "order_by('pk').values_list('name', flat=True)",
            "[row.name for row in sorted(b.reviews.all(), key=lambda row: row.id)]",
        ),
    ],
)
def test_what_means_the_same_in_python_is_written_so(
    tmp_path: Path, asked: str, expected: str
) -> None:
    """Filters by constants, an order by a column, and what takes one or a number of the rows."""
    assert changed(tmp_path, f"x = b.reviews.{asked}", UNORDERED) == f"x = {expected}"


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (
            "filter(stars=1).first()",
            "next((row for row in b.reviews.all() if row.stars == 1), None)",
        ),
        ("last()", "next(iter(reversed(b.reviews.all())), None)"),
    ],
)
def test_rows_in_an_order_of_their_own_keep_it(tmp_path: Path, asked: str, expected: str) -> None:
    """The first of them is the first that is there."""
    assert changed(tmp_path, f"x = b.reviews.{asked}", ORDERED) == f"x = {expected}"


@pytest.mark.parametrize(
    "asked",
    [
        "filter(stars='2')",
        "filter(stars=least)",
        "filter(stars=self.least())",
        "filter(name__gt='a')",
        "filter(name__icontains='a')",
        "filter(name=2)",
        "filter(nullable=1)",
        "filter(author__name='a')",
        "filter(Q(stars=1))",
        "filter(**wanted)",
        "filter(stars__in=wanted)",
        "filter(is_new__exact=True)",
        "exclude(stars=1, name='a')",
        "order_by('name')",
        "order_by('stars', 'id')",
        "order_by('?')",
        "values_list('name')",
        "values_list('stars', 'name', flat=True)",
        "values('name')",
        "distinct()",
        "get(stars=1)",
        "latest('stars')",
        "aggregate(Sum('stars'))",
        "filter(stars=1).get()",
    ],
)
def test_what_might_mean_something_else_is_left(tmp_path: Path, asked: str) -> None:
    """Texts that Django makes numbers of, values from elsewhere, NULLs, and orders of texts."""
    assert changed(tmp_path, f"x = b.reviews.{asked}", UNORDERED) == f"x = b.reviews.{asked}"


def test_one_expression_that_is_left_leaves_the_whole_line(tmp_path: Path) -> None:
    """Otherwise the line would still send a statement for each row."""
    line = "x = b.reviews.first(), b.reviews.filter(stars=least)"

    assert changed(tmp_path, line, UNORDERED) == line


def test_what_sends_no_statement_stays(tmp_path: Path) -> None:
    """The rows of a prefetch are counted without one."""
    line = "x = b.reviews.count() + len(b.reviews.all())"

    assert changed(tmp_path, line, UNORDERED) == line
