"""The text by which a database adds up and counts what Python does row by row."""

import ast
from pathlib import Path

import pytest

from rowpath.explain.changes.aggregate_edits import Aggregated, aggregated
from rowpath.explain.changes.edits import applied
from rowpath.explain.trails import Columns, Scope, Span

COLUMNS = Columns(
    key="id",
    is_ordered=False,
    names=frozenset({"id", "stars", "is_new", "name", "price"}),
    truths=frozenset({"is_new"}),
    summed=frozenset({"id", "stars"}),
    compared=frozenset({"id", "stars", "is_new", "price"}),
    equal=frozenset({"id", "stars", "is_new", "price", "name"}),
)


def found(folder: Path, expression: str, told: str) -> tuple[Aggregated | None, Path]:
    """What is found of an expression, where Python tells so much of it."""
    file = folder / "module.py"
    line = f"x = {expression}"
    file.write_text(f"from shop.models import Book\n{line}\n")
    begin = line.index(told)
    span = Span(
        file=str(file),
        function="f",
        scope=Scope.FUNCTION,
        line=2,
        column=begin,
        end_line=2,
        end_column=begin + len(told),
        is_direct=True,
    )
    return aggregated(span, COLUMNS), file


@pytest.mark.parametrize(
    ("expression", "told", "expected"),
    [
        (
            "sum(r.stars for r in a.b)",
            "a.b",
            'a.b.aggregate(total=Sum("stars", default=0))["total"]',
        ),
        (
            "sum([r.stars for r in rows() if r.is_new])",
            "[r.stars for r in rows() if r.is_new]",
            'rows().filter(is_new=True).aggregate(total=Sum("stars", default=0))["total"]',
        ),
        (
            "max((r.price for r in rows), default=None)",
            "rows",
            'rows.aggregate(largest=Max("price"))["largest"]',
        ),
        (
            "min((r.stars for r in rows), default=-1)",
            "rows",
            'rows.aggregate(smallest=Min("stars", default=-1))["smallest"]',
        ),
        ("len([r for r in rows if r.stars >= 2])", "rows", "rows.filter(stars__gte=2).count()"),
        ("len(list(rows))", "list(rows)", "rows.count()"),
        ("sum(1 for r in rows if r.name == 'a')", "rows", "rows.filter(name='a').count()"),
        ("sum(r.is_new for r in rows)", "rows", "rows.filter(is_new=True).count()"),
        (
            "any(not r.is_new and r.stars < 2 for r in rows)",
            "rows",
            "rows.filter(is_new=False, stars__lt=2).exists()",
        ),
    ],
)
def test_what_means_the_same_in_the_database_is_asked_there(
    tmp_path: Path, expression: str, told: str, expected: str
) -> None:
    """Sums of integers, the largest with a default, numbers, and whether there is any."""
    what, file = found(tmp_path, expression, told)
    text = applied(file.read_bytes(), what.edits if what else ()).decode()

    ast.parse(text)
    assert text.splitlines()[-1] == f"x = {expected}"
    assert ("from django.db.models import " in text) == ("aggregate" in expected)


@pytest.mark.parametrize(
    ("expression", "column"),
    [
        ("sum(r.price for r in rows)", "price"),
        ("max(r.stars for r in rows)", "stars"),
        ("max((r.stars for r in rows), default=least)", "stars"),
        ("Counter(r.name for r in rows)", "name"),
        ("sum(r.stars for r in rows if r.name > 'a')", "stars"),
    ],
)
def test_what_may_come_out_otherwise_has_no_change(
    tmp_path: Path, expression: str, column: str
) -> None:
    """Sums that are rounded, no rows at all, orders of texts and of what is counted."""
    what, _ = found(tmp_path, expression, "rows")

    assert what is not None
    assert (what.column, what.edits) == (column, ())


@pytest.mark.parametrize(
    "expression",
    [
        "sum(r.stars * 2 for r in rows)",
        "sum(r.total() for r in rows)",
        "sum(r.imprint for r in rows)",
        "sum(s.stars for r in rows for s in r.all())",
        "any(r.imprint for r in rows)",
        "len([r for r in rows if r.stars > least])",
        "[r.stars for r in rows]",
        "sorted(r.stars for r in rows)",
        "sum((r.stars for r in rows), 5)",
        "sum(r.stars for r in a or rows)",
        "sum(r.stars for r in a) + len([r.stars for r in rows if r.x])",
    ],
)
def test_what_only_python_can_do_is_left(tmp_path: Path, expression: str) -> None:
    """Calculations, methods, properties, loops within loops, and lists."""
    what, _ = found(tmp_path, expression, "a or rows" if "a or rows" in expression else "rows")

    assert what is None
