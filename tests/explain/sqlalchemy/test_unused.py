"""Relations that an option loads with the rows, and that no request of a run reads."""

import pytest

from explain.shop_project import explained
from explain.store import Store
from rowpath.explain.project_of import ProjectOf
from rowpath.explain.values import Confidence, Kind

CHANGES = {
    "/loaded/one": ("tags", "statement = select(Book).order_by(Book.id)"),
    "/loaded/of-two": ("author.publisher, tags", ".options(joinedload(Book.author))"),
    "/loaded/behind": ("books.tags", "selectinload(Author.books),"),
    "/loaded/within": (
        "books.reviews",
        "selectinload(Author.books).options(subqueryload(Book.tags))",
    ),
    "/loaded/query": ("author", "return db.query(Book).order_by(Book.id).all()"),
    "/loaded/of-one-place": ("author", "statement = select(models.Book)"),
    "/loaded/repository": ("tags", "statement = select(Book).order_by(Book.id)"),
    "/loaded/declared": (
        "country, stalls",
        (
            "return [fair.name for fair in db.scalars(select(Fair).order_by(Fair.id)"
            ".options(lazyload(Fair.country), lazyload(Fair.stalls)))]"
        ),
    ),
    "/loaded/declared-and-named": (
        "visitors",
        "statement = select(Fair).options(selectinload(Fair.country))",
    ),
}
SILENT = (
    "/loaded/model",
    "/loaded/property",
    "/loaded/encoded",
    "/loaded/vars",
    "/loaded/pickled",
    "/loaded/inspected",
    "/loaded/empty",
    "/loaded/childless",
    "/loaded/shelf",
    "/loaded/routed",
    "/loaded/by-hand",
    "/loaded/raising",
    "/loaded/criteria",
    "/loaded/held",
    "/loaded/declared-and-read",
)
IN_STEPS = "/loaded/in-steps"
PATHS = (*CHANGES, IN_STEPS, *SILENT)


@pytest.mark.parametrize("path", CHANGES)
def test_what_nobody_reads_is_found_with_the_change(store: Store, path: str) -> None:
    """An option whose relation is not asked for is left out, or cut where that begins."""
    finding = store.only(path)

    assert (finding.kind, finding.confidence) == (Kind.UNUSED, Confidence.PROVED)
    assert (finding.title.partition(":")[0], store.added(path)[-1]) == CHANGES[path]


@pytest.mark.parametrize("path", PATHS)
def test_the_repaired_form_is_silent(repaired_store: Store, path: str) -> None:
    """Nothing is found any more once git has applied the diff."""
    assert repaired_store.of(path).findings == ()


@pytest.mark.parametrize("path", SILENT)
def test_what_may_be_read_is_silent(store: Store, path: str) -> None:
    """By a model, a property, the row as a whole, or code that another route may come by."""
    assert store.of(path).findings == ()


def test_a_step_that_only_loads_goes_as_a_whole(store: Store) -> None:
    """No `statement = statement` is left behind."""
    finding = store.only(IN_STEPS)
    (edit,) = finding.edits

    assert finding.confidence is Confidence.PROVED
    assert (edit.end_line - edit.line, edit.column, edit.end_column, edit.text) == (1, 0, 0, "")


def test_a_statement_less_is_told(store: Store) -> None:
    """The proof has the statements before and after."""
    finding = store.only("/loaded/one")

    assert finding.title == "tags: loaded with the rows, and not read by this request"
    assert finding.proof is not None
    assert (finding.proof.statements_before, finding.proof.statements_after) == (2, 1)


def test_several_requests_are_told_by_their_number(store_project: ProjectOf) -> None:
    """A finding that is of two requests says that none of them reads it."""
    of_two, _ = explained(store_project, ("/loaded/one", "/loaded/one?page=2")).requests
    (finding,) = of_two.findings

    assert finding.title == (
        "tags: loaded with the rows, and not read by any of the 2 requests that load it"
    )


def test_a_join_less_is_told(store: Store) -> None:
    """As many statements as before have fewer columns."""
    finding = store.only("/loaded/query")

    assert finding.advice == "As many statements as before, one of them with fewer columns."


def test_what_another_request_reads_is_used(store_project: ProjectOf) -> None:
    """What one request leaves unread is no finding of a run in which another reads it."""
    paths = ("/loaded/sometimes", "/loaded/sometimes?tags=1")
    (alone,) = explained(store_project, paths[:1]).requests

    assert [each.kind for each in alone.findings] == [Kind.UNUSED]
    assert [each.findings for each in explained(store_project, paths).requests] == [(), ()]


def test_a_mapping_that_loads_with_all_rows_is_told(store: Store) -> None:
    """The change is of one statement, and the advice says where it is said for all."""
    finding = store.only("/loaded/declared")

    assert finding.advice == (
        "A relationship(lazy=...) of Fair loads that with all rows; where no other list reads it, "
        "take it out there instead."
    )
