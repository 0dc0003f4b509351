from fractions import Fraction
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rowpath.stats.chance import most_by_chance


def more_than(failing: int, tests: int, level: Fraction) -> Fraction:
    """Return the exact probability that more fail, added up from the other end."""
    return sum(
        (
            comb(tests, number) * level**number * (1 - level) ** (tests - number)
            for number in range(failing + 1, tests + 1)
        ),
        start=Fraction(0),
    )


@given(tests=st.integers(1, 60), percent=st.integers(1, 50))
def test_more_than_chance_explains_is_as_rare_as_one_test(tests: int, percent: int) -> None:
    """One fewer would not be: it is the exact quantile of the binomial distribution."""
    level = Fraction(percent, 100)

    most = most_by_chance(tests, float(level))

    assert more_than(most, tests, level) <= level
    assert most == 0 or more_than(most - 1, tests, level) > level


@pytest.mark.parametrize(("tests", "most"), [(1, 0), (2, 1), (22, 3)])
def test_of_many_tests_some_fail(tests: int, most: int) -> None:
    """A single one may not."""
    assert most_by_chance(tests, 0.05) == most
