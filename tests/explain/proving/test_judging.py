"""What speaks against a change."""

from explain.made import observed, points
from rowpath.explain.proving.judging import growth_of, objection, slower
from rowpath.stats.interval import Interval

LIST, AUTHOR, PUBLISHER = "SELECT books", "SELECT author", "SELECT publisher"
TODAY = observed((LIST, 1), (AUTHOR, 8))
BEFORE = points(
    (4, observed((LIST, 1), (AUTHOR, 4))), (8, TODAY), (16, observed((LIST, 1), (AUTHOR, 16)))
)
GOOD = observed((LIST, 1))


def test_fewer_statements_that_do_not_grow_meet_no_objection() -> None:
    """A change after which one statement is left at every length is right."""
    assert objection(BEFORE, points((4, GOOD), (8, GOOD), (16, GOOD)), TODAY, GOOD) is None


def test_as_many_statements_are_an_objection() -> None:
    """A change that saves nothing is not to be made."""
    assert objection(BEFORE, BEFORE, TODAY, TODAY) == "it sends no fewer statements: 9 after 9"


def test_more_statements_at_another_length_are_an_objection() -> None:
    """A change that pays for a page and costs more for a longer one is not to be made."""
    long = observed((LIST, 1), (PUBLISHER, 40))

    assert objection(BEFORE, points((4, GOOD), (8, GOOD), (16, long)), TODAY, GOOD) == (
        "it sends more statements for another number of rows: 41 after 17"
    )


def test_another_statement_that_grows_is_an_objection() -> None:
    """No statement may begin to grow, though all in all fewer are sent."""
    after = points(*((rows, observed((LIST, 1), (PUBLISHER, rows // 2))) for rows in (4, 8, 16)))

    assert objection(BEFORE, after, TODAY, after[1].observed) == (
        f"a statement grows with the rows that did not: {PUBLISHER}"
    )


def test_only_an_interval_above_one_is_slower() -> None:
    """A change is refused for its time where the whole interval lies above 1."""
    assert slower(Interval(estimate=1.1, low=0.9, high=1.2)) is None
    assert slower(Interval(estimate=1.2, low=1.1, high=1.3)) == (
        "it takes 1.20 of the time (1.10 to 1.30)"
    )


def test_growth_is_that_between_the_two_longest_lists() -> None:
    """What is loaded at most once for each of few others grows ever less: the last slope counts."""
    capped = points((2, observed((LIST, 3))), (4, observed((LIST, 5))), (8, observed((LIST, 5))))

    assert growth_of(capped) == 0
