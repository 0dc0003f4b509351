"""Rows that are loaded for their key alone, which the row that leads to them has."""

import pytest

from explain.conftest import Shop
from rowpath.explain.changes.edits import diff
from rowpath.explain.values import Confidence, Kind

CHANGES = {
    "/keys/": [
        "+        rows.append(book.author_id)",
        '+        rows.append(f"by {book.author_id}")',
    ],
    "/compared/": [
        "+    return answer([book.title, book.author_id == first.pk] for book in books)"
    ],
    "/api/keys/": [
        '+    by = serializers.IntegerField(source="author_id")',
        "+    author_id = serializers.IntegerField()",
    ],
}
JOINED = ("/named/", "/compared-otherwise/")
PATHS = (*CHANGES, *JOINED)


@pytest.mark.parametrize("path", CHANGES)
def test_a_key_is_read_without_its_row(shop: Shop, path: str) -> None:
    """Each line that reads the key is changed to read the column, and that is proved."""
    finding = shop.only(path)
    lines = diff(finding.edits, shop.explanation.root, context=0).splitlines()

    assert (finding.kind, finding.confidence) == (Kind.KEY, Confidence.PROVED)
    assert finding.title == "1 statement for every Book, for a key that it has"
    assert [line for line in lines if line.startswith("+    ")] == CHANGES[path]


@pytest.mark.parametrize("path", PATHS)
def test_the_repaired_form_is_silent(repaired: Shop, path: str) -> None:
    """Nothing is found any more once git has applied the diff."""
    assert repaired.of(path).findings == ()


def test_a_row_that_more_is_read_of_is_joined(shop: Shop) -> None:
    """Where another line reads the name, the row is loaded with the others."""
    finding = shop.only("/named/")

    assert (finding.kind, finding.confidence) == (Kind.RELATION, Confidence.PROVED)


def test_a_comparison_that_comes_out_otherwise_is_refused(shop: Shop) -> None:
    """Of rows of two models, equal keys do not make them equal: the rows are joined instead."""
    finding = shop.only("/compared-otherwise/")

    assert (finding.kind, finding.confidence) == (Kind.RELATION, Confidence.PROVED)
