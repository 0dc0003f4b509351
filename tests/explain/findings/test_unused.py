"""Eager loading that nobody reads, and statements that are asked again."""

import pytest

from explain.conftest import Shop
from explain.shop_project import explained
from rowpath.explain.changes.edits import diff
from rowpath.explain.project_of import ProjectOf
from rowpath.explain.values import Confidence, Kind

CHANGES = {
    "/unread-join/": '+    books = Book.objects.all().order_by("id")',
    "/unread-prefetch/": '+    books = Book.objects.order_by("id").prefetch_related("tags")',
    "/unread-commented/": '-        "reviews",  # of each book',
    "/unread-inner/": (
        '+    books = Prefetch("books", queryset=Book.objects.all().order_by("id"))'
    ),
    "/unread-behind/": '+    books = Book.objects.select_related("author").order_by("id")',
}
SILENT = ("/is-cached/", "/empty/", "/once/", "/behind/", "/api/lazy/")
PATHS = (*CHANGES, *SILENT, "/again/")


@pytest.mark.parametrize("path", CHANGES)
def test_what_nobody_reads_is_found_with_the_change(shop: Shop, path: str) -> None:
    """A relation that is joined or prefetched, and not asked for, is left out of the chain."""
    finding = shop.only(path)
    lines = diff(finding.edits, shop.explanation.root, context=0).splitlines()

    assert (finding.kind, finding.confidence) == (Kind.UNUSED, Confidence.PROVED)
    assert CHANGES[path] in lines


@pytest.mark.parametrize("path", [*CHANGES, *SILENT])
def test_the_repaired_form_has_no_unused_loading(repaired: Shop, path: str) -> None:
    """Nothing is found any more once git has applied the diff."""
    assert [each for each in repaired.of(path).findings if each.kind is Kind.UNUSED] == []


@pytest.mark.parametrize("path", ["/is-cached/", "/empty/"])
def test_what_is_asked_for_is_no_finding(shop: Shop, path: str) -> None:
    """A relation without rows is read all the same, and an answer that changes speaks against."""
    assert shop.of(path).findings == ()


def test_a_comment_of_what_is_left_out_goes_with_it(shop: Shop) -> None:
    """What stands above it and behind it speaks of nothing else."""
    finding = shop.only("/unread-commented/")
    lines = diff(finding.edits, shop.explanation.root, context=0).splitlines()

    assert lines[3:] == ["-        # For the stars,", '-        "reviews",  # of each book']


def test_a_prefetch_is_a_statement_less(shop: Shop) -> None:
    """The proof has the statements before and after."""
    proof = shop.only("/unread-prefetch/").proof

    assert proof is not None
    assert (proof.statements_before, proof.statements_after, proof.same_answer) == (3, 2, True)


def test_a_view_that_was_not_asked_may_read_it(shop: Shop) -> None:
    """Of code that another view shares it is noted only that the list does not read it."""
    lazy = shop.of("/api/lazy/")

    assert lazy.findings == ()
    assert lazy.notes == (
        (
            "author is joined with the rows and not read here; LazyViewSet.retrieve may read it "
            "and was not asked (--routes asks all)"
        ),
    )


def test_what_another_request_reads_is_used(project: ProjectOf) -> None:
    """With the other view in the run there is nothing to say."""
    found = explained(project, ("/api/lazy/", "/api/lazy/1/"))

    assert [(each.findings, each.notes) for each in found.requests] == [((), ()), ((), ())]


def test_the_same_statement_with_the_same_values_is_found(shop: Shop) -> None:
    """The line that asks again is told, and the others that ask the same."""
    finding = shop.only("/again/")

    assert (finding.kind, finding.confidence) == (Kind.SAME, Confidence.ADVICE)
    assert (finding.statements, finding.of_statements) == (2, 4)
    assert finding.place is not None
    assert finding.place.function == "how_many"
    assert [reader.text for reader in finding.readers] == ["again"]


def test_other_values_and_what_is_asked_after_a_write_are_silent(shop: Shop) -> None:
    """Nothing is the same but the statement's text, or the table has changed."""
    assert [each.kind for each in shop.of("/once/").findings] == [Kind.WRITES]
