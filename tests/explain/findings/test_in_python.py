"""Rows that are loaded to be added up, compared or counted in Python."""

import pytest

from explain.conftest import Shop
from rowpath.explain.changes.edits import diff
from rowpath.explain.values import Confidence, Kind

CHANGES = {
    "/summed/": (
        '+    return answer([Review.objects.filter(text="-")'
        '.aggregate(total=Sum("stars", default=0))["total"]])'
    ),
    "/largest/": '+    return answer([reviews.aggregate(largest=Max("stars"))["largest"]])',
    "/listed-for-a-number/": "+    return answer([books.filter(is_published=True).count()])",
    "/any-of/": "+    return answer([Review.objects.all().filter(stars__gt=2).exists()])",
}
ADVICE = ("/counted-by-kind/", "/largest-of-none/")
SILENT = ("/summed-twice/", "/summed-at-will/", "/few-summed/", "/titles/")
PATHS = (*CHANGES, *ADVICE, *SILENT)


@pytest.mark.parametrize("path", CHANGES)
def test_the_database_is_asked_for_one_value(shop: Shop, path: str) -> None:
    """The number comes from the database, and it is proved with the import that it needs."""
    finding = shop.only(path)
    lines = diff(finding.edits, shop.explanation.root, context=0).splitlines()

    assert (finding.kind, finding.confidence) == (Kind.AGGREGATED, Confidence.PROVED)
    assert CHANGES[path] in lines
    is_imported = any(line.startswith("+from django.db.models import ") for line in lines)
    assert is_imported == ("aggregate" in CHANGES[path])


@pytest.mark.parametrize("path", [*CHANGES, *SILENT])
def test_the_repaired_form_is_silent(repaired: Shop, path: str) -> None:
    """Nothing is found any more once git has applied the diff."""
    assert repaired.of(path).findings == ()


@pytest.mark.parametrize("path", SILENT)
def test_rows_that_are_needed_or_few_are_silent(shop: Shop, path: str) -> None:
    """Rows that are read besides, nine of them, and an answer that would change."""
    assert shop.of(path).findings == ()


@pytest.mark.parametrize("path", ADVICE)
def test_what_the_database_may_answer_otherwise_is_advice(shop: Shop, path: str) -> None:
    """Numbers of each kind have another order, and the largest of no rows is an error."""
    finding = shop.only(path)

    assert (finding.kind, finding.confidence) == (Kind.AGGREGATED, Confidence.ADVICE)
    assert finding.edits == ()


def test_the_title_says_what_is_loaded_for_it(shop: Shop) -> None:
    """Which column, of how many rows, and what becomes of them."""
    assert shop.only("/summed/").title == (
        "stars of 72 rows of Review are loaded to be added up in Python"
    )
