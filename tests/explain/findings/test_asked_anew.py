"""Relations that are prefetched, and asked anew for each row."""

import pytest

from explain.conftest import Shop
from rowpath.explain.changes.edits import diff
from rowpath.explain.values import Confidence, Kind

CHANGES = {
    "/anew/": (
        "+        good = sum(1 for row in book.reviews.all() "
        'if (row.stars > 1) and (row.text == "-"))'
    ),
    "/anew-in-order/": (
        "+        [review.stars for review in sorted(book.reviews.all(), "
        "key=lambda row: row.stars, reverse=True)[:2]] for book in books"
    ),
    "/anew-first/": (
        "+    return answer(min(book.tags.all(), key=lambda row: row.id, default=None).name "
        "for book in books)"
    ),
    "/anew-columns/": (
        "+    return answer(list([row.name for row in book.tags.all()]) for book in books)"
    ),
    "/anew-there/": (
        "+        any((not (row.stars == 2)) and (row.id in [1, 2]) "
        "for row in book.reviews.all()) for book in books"
    ),
}
ADVICE = ("/anew-altered/", "/anew-by-variable/", "/anew-in-template/")
PATHS = (*CHANGES, *ADVICE, "/api/anew/", "/counted/")


@pytest.mark.parametrize("path", CHANGES)
def test_rows_that_are_there_are_asked_in_python(shop: Shop, path: str) -> None:
    """A statement for each row is one over the rows that the prefetch has, and it is proved."""
    finding = shop.only(path)
    lines = diff(finding.edits, shop.explanation.root, context=0).splitlines()

    assert (finding.kind, finding.confidence) == (Kind.ANEW, Confidence.PROVED)
    assert CHANGES[path] in lines
    assert finding.proof is not None
    assert (finding.proof.statements_before, finding.proof.statements_after) == (26, 2)


def test_method_fields_of_a_serializer_are_changed_where_they_ask(shop: Shop) -> None:
    """Each line is a finding of its own, and both changes stand in the diff."""
    lines = [
        line
        for finding in shop.of("/api/anew/").findings
        for line in diff(finding.edits, shop.explanation.root, context=0).splitlines()
    ]

    assert "+        return any(row.stars >= 2 for row in book.reviews.all())" in lines
    assert (
        "+        review = max(book.reviews.all(), key=lambda row: row.id, default=None)" in lines
    )


@pytest.mark.parametrize("path", [*CHANGES, "/api/anew/"])
def test_the_repaired_form_is_silent(repaired: Shop, path: str) -> None:
    """Nothing is found any more once git has applied the diff."""
    assert repaired.of(path).findings == ()


@pytest.mark.parametrize("path", ADVICE)
def test_what_python_may_answer_otherwise_is_advice(shop: Shop, path: str) -> None:
    """A change that alters the answer is refused; a variable and a template get none."""
    finding = shop.only(path)

    assert (finding.kind, finding.confidence) == (Kind.ANEW, Confidence.ADVICE)
    assert finding.edits == ()


def test_the_refused_change_says_why(shop: Shop) -> None:
    """The reason is that of the proof."""
    assert shop.only("/anew-altered/").reason == "with it the answer is another"


def test_what_others_pay_for_the_change_is_said(shop: Shop) -> None:
    """A line that is come to without the prefetch loads more by it."""
    assert shop.only("/anew/").advice == (
        "Who comes to this line without the prefetch then loads all rows of reviews."
    )


def test_a_relation_that_nobody_prefetched_is_none(shop: Shop) -> None:
    """It is counted for each row, which is another finding."""
    assert shop.only("/counted/").kind is Kind.REPEATED
