"""Statements that grow with the rows, and that no relation explains."""

from explain.conftest import Shop
from rowpath.explain.values import Confidence, Finding, Kind

PATHS = ("/lookup/", "/filtered/", "/counted/", "/filtered-and-counted/")


def place(finding: Finding) -> tuple[str, int]:
    assert finding.place is not None
    return finding.place.function, finding.place.line


def test_a_get_in_a_loop_is_told_by_its_line(shop: Shop) -> None:
    """A lookup for each row is advice with the line that asks, and no change."""
    finding = shop.only("/lookup/")

    assert (finding.kind, finding.confidence) == (Kind.REPEATED, Confidence.ADVICE)
    assert place(finding)[0] == "lookup"
    assert finding.statements == 24
    assert finding.edits == ()


def test_a_relation_that_is_filtered_for_each_row_is_no_case_for_a_prefetch(shop: Shop) -> None:
    """A filter on a relation is told with the relation's name, and no prefetch of it is run."""
    finding = shop.only("/filtered/")

    assert (finding.kind, finding.paths) == (Kind.REPEATED, ("reviews",))


def test_a_relation_that_is_counted_for_each_row_is_not_loaded_instead(shop: Shop) -> None:
    """Where only a number is wanted, loading the rows is not proposed."""
    finding = shop.only("/counted/")

    assert (finding.kind, finding.edits) == (Kind.REPEATED, ())


def test_of_several_statements_each_grows_by_itself(shop: Shop) -> None:
    """What is told of one is its own growth, not that of all which the answer sends."""
    [filtered, counted] = shop.of("/filtered-and-counted/").findings

    assert filtered.growth is not None
    assert counted.growth is not None
    assert (filtered.growth.per_row, counted.growth.per_row) == (1.0, 1.0)
