"""Columns that nobody reads, priced by what the database says that it sends."""

import pytest

from explain.conftest import Shop
from rowpath.explain.changes.edits import diff
from rowpath.explain.findings.narrowed import Volumes, is_worth_it
from rowpath.explain.values import Confidence, Kind
from rowpath.stats.interval import Interval

CHANGES = {
    "/titles/": (
        '+    return answer(book.title for book in Book.objects.order_by("id").only("title"))'
    ),
    "/joined-titles/": (
        '+    books = Book.objects.select_related("author").order_by("id")'
        '.only("title", "author__name")'
    ),
    "/inner-titles/": (
        '+    books = Prefetch("books", queryset=Book.objects.order_by("id").only("title"))'
    ),
    "/api/titles/": '+    queryset = Book.objects.order_by("id").only("title")',
}
SILENT = ("/whole/", "/api/books/", "/defer/", "/api/lazy/")
PATHS = (*CHANGES, *SILENT)
WIDTH = "2000"


@pytest.mark.parametrize("path", CHANGES)
def test_only_names_what_is_read(on_postgresql: Shop, path: str) -> None:
    """Wide rows of which a column is read have that one alone, and it is proved."""
    finding = on_postgresql.only(path)
    lines = diff(finding.edits, on_postgresql.explanation.root, context=0).splitlines()

    assert (finding.kind, finding.confidence) == (Kind.UNREAD, Confidence.PROVED)
    assert CHANGES[path] in lines


@pytest.mark.parametrize("path", PATHS)
def test_the_repaired_form_has_none(repaired_on_postgresql: Shop, path: str) -> None:
    """Nothing goes unread any more once git has applied the diff."""
    kinds = [finding.kind for finding in repaired_on_postgresql.of(path).findings]

    assert Kind.UNREAD not in kinds


@pytest.mark.parametrize("path", SILENT)
def test_what_may_be_read_is_silent(on_postgresql: Shop, path: str) -> None:
    """Rows that are taken whole, views that others share, and columns that are named already."""
    kinds = [finding.kind for finding in on_postgresql.of(path).findings]

    assert Kind.UNREAD not in kinds


def test_what_the_database_sends_is_told(on_postgresql: Shop) -> None:
    """The advice has the volumes, by PostgreSQL's own account."""
    advice = on_postgresql.only("/titles/").advice

    assert advice == "The database sends 1 kB instead of 357 kB."


@pytest.mark.parametrize(
    ("ratio", "before_kb", "after_kb", "expected"),
    [
        (Interval(estimate=0.8, low=0.7, high=0.9), None, None, True),
        (Interval(estimate=0.9, low=0.7, high=1.1), None, None, False),
        (Interval(estimate=0.9, low=0.7, high=1.1), 100, 20, True),
        (None, 100, 20, True),
        (None, 100, 95, False),
        (None, 7, 0, False),
        (None, None, None, False),
    ],
)
def test_what_is_worth_it(
    ratio: Interval | None, before_kb: int | None, after_kb: int | None, *, expected: bool
) -> None:
    """It is less time by the whole interval, or much less from the database."""
    assert is_worth_it(ratio, Volumes(before_kb=before_kb, after_kb=after_kb)) is expected
