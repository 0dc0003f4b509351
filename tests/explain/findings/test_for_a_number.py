"""Rows that are loaded for a number, and numbers of rows that are loaded as well."""

import pytest

from explain.conftest import Shop
from rowpath.explain.changes.edits import diff
from rowpath.explain.values import Confidence, Kind

CHANGES = {
    "/count-then-list/": (Kind.COUNTED, "+    number = len(books)"),
    "/exists-then-list/": (Kind.COUNTED, "+    if not books:"),
    "/exists-in-answer/": (
        Kind.COUNTED,
        "+    return answer([bool(books), *(book.title for book in books)])",
    ),
    "/length/": (Kind.NUMBER, "+    return answer([books.count()])"),
    "/truth/": (Kind.NUMBER, "+    if books.exists():"),
    "/untruth/": (
        Kind.NUMBER,
        "+    return answer([not books.exists(), bool(Tag.objects.all())])",
    ),
}
SILENT = (
    "/length-then-list/",
    "/length-twice/",
    "/list-then-count/",
    "/count-then-page/",
    "/by-length-at-will/",
)
PATHS = (*CHANGES, *SILENT, "/count-in-template/")


@pytest.mark.parametrize("path", CHANGES)
def test_the_dearer_way_is_found_with_the_change(shop: Shop, path: str) -> None:
    """A number is taken from rows that are loaded, and none are loaded for a number."""
    finding = shop.only(path)
    lines = diff(finding.edits, shop.explanation.root, context=0).splitlines()

    assert finding.confidence is Confidence.PROVED
    assert finding.kind is CHANGES[path][0]
    assert CHANGES[path][1] in lines


@pytest.mark.parametrize("path", [*CHANGES, *SILENT])
def test_the_repaired_form_is_silent(repaired: Shop, path: str) -> None:
    """Nothing is found any more once git has applied the diff."""
    assert repaired.of(path).findings == ()


@pytest.mark.parametrize("path", SILENT)
def test_what_costs_no_more_is_silent(shop: Shop, path: str) -> None:
    """Rows that are read, loaded for two questions, or paged, and answers that would change."""
    assert shop.of(path).findings == ()


def test_a_count_in_a_template_is_advice(shop: Shop) -> None:
    """A template is not changed; its line is told."""
    finding = shop.only("/count-in-template/")
    (reader,) = finding.readers

    assert (finding.kind, finding.confidence) == (Kind.COUNTED, Confidence.ADVICE)
    assert (reader.text, reader.line) == ("{{ books.count }}", 1)


def test_rows_that_are_not_loaded_are_no_statement_less(shop: Shop) -> None:
    """The proof of a number counts rows, and that of a list statements."""
    counted, number = shop.only("/count-then-list/").proof, shop.only("/length/").proof

    assert counted is not None
    assert number is not None
    assert (counted.statements_before, counted.statements_after) == (2, 1)
    assert (number.statements_before, number.statements_after) == (1, 1)
