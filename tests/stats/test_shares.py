"""Shares of a ratio add up to it, and each has what its own change brings."""

from math import exp, log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rowpath.stats.shares import centre_interval, corners, ln_contributions

FACTORS = ("a", "b", "c")
CORNERS = list(corners(FACTORS))
positive = st.floats(min_value=1e-3, max_value=1e3)
figures = st.fixed_dictionaries(dict.fromkeys(CORNERS, positive))


def test_there_is_a_corner_for_each_set_of_factors() -> None:
    """Three factors have eight, from none to all."""
    assert len(CORNERS) == len(set(CORNERS)) == 8
    assert CORNERS[0] == frozenset()
    assert CORNERS[-1] == set(FACTORS)


@given(figures)
def test_contributions_add_up_to_the_whole(figures: dict[frozenset[str], float]) -> None:
    """Whatever depends on what, their sum is the ln ratio of the two ends."""
    whole = log(figures[frozenset(FACTORS)] / figures[frozenset()])

    assert sum(ln_contributions(figures, FACTORS).values()) == pytest.approx(whole, abs=1e-9)


@given(st.fixed_dictionaries(dict.fromkeys(FACTORS, positive)))
def test_what_depends_on_nothing_has_what_it_brings(brings: dict[str, float]) -> None:
    """Where each factor multiplies by its own number, that number is its contribution."""
    figures = {}
    for corner in CORNERS:
        figures[corner] = exp(sum(log(brings[factor]) for factor in corner))

    found = ln_contributions(figures, FACTORS)

    for factor in FACTORS:
        assert found[factor] == pytest.approx(log(brings[factor]), abs=1e-9)


def test_what_two_bring_together_only_is_shared_evenly() -> None:
    """Neither alone does anything, so neither has more of it than the other."""
    figures = {corner: 4.0 if {"a", "b"} <= corner else 1.0 for corner in CORNERS}

    found = ln_contributions(figures, FACTORS)

    assert found["a"] == found["b"] == pytest.approx(log(4) / 2)
    assert found["c"] == pytest.approx(0)


def test_a_corner_that_lacks_is_told() -> None:
    """Nothing is shared out of what was not measured."""
    with pytest.raises(ValueError, match=r"There is no positive figure for \['a', 'b'\]: 0\.0"):
        ln_contributions({c: 1.0 for c in CORNERS if c != {"a", "b"}}, FACTORS)


def test_the_centre_has_an_interval_from_six_blocks_on() -> None:
    """With six it is their whole range of averages, with fewer there is none."""
    values = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]

    interval = centre_interval(values)

    assert interval is not None
    assert (interval.estimate, interval.low, interval.high) == (3.5, 1.0, 6.0)
    assert centre_interval(values[:5]) is None


def test_the_centre_cuts_as_many_averages_at_each_end() -> None:
    """Of seven blocks two of the 28 averages: here 1 and 1.5 below, and 64 and 48 above."""
    interval = centre_interval([1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0])

    assert interval is not None
    assert (interval.estimate, interval.low, interval.high) == (14.0, 2.0, 40.0)
