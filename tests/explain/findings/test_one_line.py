"""What comes of one line is one finding, where one change serves it."""

import pytest

from explain.conftest import Shop
from rowpath.explain.changes.edits import diff
from rowpath.explain.values import Confidence, Kind

PATHS = ("/two-on-a-line/", "/counted-by-name/")


def test_relations_of_one_line_are_one_finding_with_one_change(shop: Shop) -> None:
    """Two lists that one line makes have both changes proved together."""
    finding = shop.only("/two-on-a-line/")

    assert (finding.kind, finding.confidence) == (Kind.RELATION, Confidence.PROVED)
    assert finding.title == "1 statement for every Book, and 1 statement for every Author"
    assert finding.paths == ("author", "publisher")
    assert finding.proof is not None
    assert finding.proof.statements_before == finding.statements + 2
    assert finding.proof.statements_after == 2


def test_the_change_of_both_is_in_the_diff(shop: Shop) -> None:
    """One line takes the place of one."""
    text = diff(shop.explanation.edits, shop.explanation.root, context=0)

    [added] = [line for line in text.splitlines() if line.startswith("+ ")]
    assert added.count(".select_related(") == 2


def test_statements_of_one_line_are_one_finding(shop: Shop) -> None:
    """A line that counts one relation after the other is told once, with what to do of each."""
    finding = shop.only("/counted-by-name/")

    assert (finding.kind, finding.paths) == (Kind.REPEATED, ("reviews",))
    assert finding.title == "2 statements for every Book, sent by one line"
    assert (finding.statements, len(finding.other_statements)) == (48, 1)
    assert finding.advice is not None
    assert "by annotate(Count(...))" in finding.advice  # of reviews
    assert "Ask once for all rows before the loop" in finding.advice  # of the table between
    assert finding.growth is not None
    assert finding.growth.per_row == pytest.approx(2)


def test_nothing_is_left_once_the_change_is_made(repaired: Shop) -> None:
    """The repaired line has no finding."""
    assert repaired.of("/two-on-a-line/").findings == ()
