"""A change is proved, refused, or left open, by what running it shows."""

import pytest

from explain.conftest import Shop
from explain.shop_project import SHORT, explained
from rowpath.explain.values import Confidence, Sameness

PATHS = (
    "/api/books/",
    "/altered/",
    "/altered-behind/",
    "/dearer/",
    "/union/",
    "/union-in-pieces/",
    "/random/",
    "/now/",
    "/of-a-set/",
)


@pytest.mark.parametrize("path", ["/altered/", "/altered-behind/"])
def test_a_change_that_alters_the_answer_is_refused(shop: Shop, path: str) -> None:
    """No change is given where the answer is another with it, and it is said."""
    finding = shop.only(path)

    assert (finding.confidence, finding.edits) == (Confidence.ADVICE, ())
    assert finding.reason == "with it the answer is another"


def test_a_change_that_adds_statements_is_refused(shop: Shop) -> None:
    """No change is given where the request sends more statements with it."""
    finding = shop.only("/dearer/")

    assert (finding.confidence, finding.edits) == (Confidence.ADVICE, ())
    assert finding.reason == "it sends no fewer statements: 49 after 25"


def test_a_change_that_django_refuses_is_told(shop: Shop) -> None:
    """Of a union in pieces, which is neither joined nor followed, the reason is Django's own."""
    finding = shop.only("/union-in-pieces/")

    assert finding.confidence is Confidence.ADVICE
    assert "NotSupportedError: Calling QuerySet.select_related() after union()" in str(
        finding.reason
    )


def test_another_form_is_tried_where_django_refuses_the_first(shop: Shop) -> None:
    """A union is joined to nothing, and may be followed."""
    finding = shop.only("/union/")

    assert finding.confidence is Confidence.PROVED
    assert [edit.text for edit in finding.edits] == ['.prefetch_related("author")']


def test_an_answer_that_cannot_be_compared_leaves_an_estimate(shop: Shop) -> None:
    """Where two answers to the same request differ too much, the change is no proved one."""
    finding = shop.only("/random/")

    assert finding.confidence is Confidence.ESTIMATED
    assert finding.proof is not None
    assert not finding.proof.same_answer
    assert not set(finding.edits) & set(shop.explanation.edits)


def test_what_differs_from_request_to_request_is_masked(shop: Shop) -> None:
    """An answer with the time of day is compared without it, and that is said."""
    proof = shop.only("/now/").proof

    assert proof is not None
    assert (proof.sameness, proof.same_answer) == (Sameness.MASKED, True)


def test_what_stands_in_the_order_of_a_set_is_compared(shop: Shop) -> None:
    """The processes without and with the change share the order in which sets have strings."""
    proof = shop.only("/of-a-set/").proof

    assert proof is not None
    assert proof.sameness is Sameness.BYTES


def test_a_proof_counts_the_statements(shop: Shop) -> None:
    """The proof of the books' list says how many statements there were and are."""
    proof = shop.only("/api/books/").proof

    assert proof is not None
    assert (proof.statements_before, proof.statements_after) == (42, 4)
    assert proof.sameness is Sameness.BYTES


def test_nothing_is_written(shop: Shop) -> None:
    """Not a file of the project is other than before, nor is there a compiled one."""
    sources = sorted(shop.project.folder.rglob("*.py"))

    assert 'order_by("id")\n        )' in (shop.project.folder / "shop/api.py").read_text()
    assert sources
    assert not list(shop.project.folder.rglob("api*.pyc"))


def test_a_timed_proof_has_a_ratio_with_its_interval(shop: Shop) -> None:
    """The time with the change is a share of that without, by blocks of both."""
    (request,) = explained(shop.project, ["/property/"], timing=SHORT).requests
    (finding,) = request.findings

    assert finding.proof is not None
    assert finding.proof.ratio is not None
    assert finding.proof.ratio.high < 1
