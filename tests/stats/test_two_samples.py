from itertools import combinations
from math import comb, inf, nan
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import mannwhitneyu  # type: ignore[import-untyped]  # scipy ships no types

from rowpath.stats.two_samples import critical_count, rank_sum_tail, shift_p_value, shift_ratio

# Two-sided critical values of U at 5%, as printed in the textbooks' tables.
CRITICAL_VALUES = {
    (4, 4): 0, (5, 5): 2, (6, 6): 5, (6, 10): 11, (8, 8): 13, (10, 10): 23, (20, 20): 127,
}  # fmt: skip
VALUES = st.floats(0.001, 1_000)
SAMPLES = st.lists(VALUES, min_size=4, max_size=12)
RUNS = 3_000
BLOCKS = 6


@pytest.mark.parametrize(("sizes", "critical"), CRITICAL_VALUES.items())
def test_critical_counts_are_those_of_the_tables(sizes: tuple[int, int], critical: int) -> None:
    """The critical count at 95% is the printed two-sided critical value."""
    assert critical_count(*sizes) == critical


def test_an_interval_may_have_exactly_its_confidence() -> None:
    """One value is the first, or the last, of four in half of all orders."""
    assert critical_count(1, 3, 0.5) == 0


@pytest.mark.parametrize(("first", "second"), [(3, 4), (4, 4), (5, 3)])
def test_the_distribution_is_that_of_all_orders(first: int, second: int) -> None:
    """Counting every order of the two samples gives the same tail."""
    places = range(first + second)
    sums = [sum(chosen) - first * (first - 1) // 2 for chosen in combinations(places, first)]

    for u in range(first * second + 1):
        expected = sum(each <= u for each in sums) / comb(first + second, first)
        assert rank_sum_tail(first, second, u) == pytest.approx(expected)


def test_too_few_values_have_no_interval() -> None:
    """Three against three cannot have 95% confidence; four against four can."""
    assert shift_ratio([1, 2, 3], [10, 20, 30]) is None
    assert shift_ratio([1, 2, 3, 4], [10, 20, 30, 40]) is not None


@given(st.lists(st.integers(1, 10_000), min_size=8, max_size=24, unique=True), st.integers(4, 4))
def test_p_values_are_scipys_where_nothing_ties(values: list[int], cut: int) -> None:
    """Without ties the p-value is that of the textbook's exact test."""
    new, old = values[:cut], values[cut:]

    expected = mannwhitneyu(new, old, alternative="two-sided", method="exact").pvalue

    assert shift_p_value(new, old) == pytest.approx(expected)


@given(SAMPLES, SAMPLES)
def test_the_test_rejects_where_the_interval_excludes_1(new: list[float], old: list[float]) -> None:
    """p-value and interval never contradict each other."""
    interval = shift_ratio(new, old)

    assert interval is not None
    assert (shift_p_value(new, old) <= 0.05) is not (interval.low <= 1 <= interval.high)


@given(SAMPLES, SAMPLES)
def test_exchanged_runs_have_the_reciprocal(new: list[float], old: list[float]) -> None:
    """Old over new is one over new over old, and has the same p-value."""
    there, back = shift_ratio(new, old), shift_ratio(old, new)

    assert there is not None
    assert back is not None
    assert back.estimate == pytest.approx(1 / there.estimate)
    assert (back.low, back.high) == pytest.approx((1 / there.high, 1 / there.low))
    assert shift_p_value(new, old) == shift_p_value(old, new)


@given(SAMPLES, st.sampled_from((0.001, 1_000)))
def test_units_do_not_matter(values: list[float], unit: float) -> None:
    """A run in another unit is off by that factor exactly, and so is its interval."""
    interval = shift_ratio([value * unit for value in values], values)

    assert interval is not None
    assert interval.estimate == pytest.approx(unit)


def test_intervals_hold_the_truth_as_often_as_they_say() -> None:
    """In simulated pairs of runs, with a tenth of the blocks disturbed, at least 94% do."""
    random = Random(13)

    def run(place: float) -> list[float]:
        scatter = [random.lognormvariate(0, 0.03) for _ in range(BLOCKS)]
        slower = [1 + random.expovariate(5) * (random.random() < 0.1) for _ in range(BLOCKS)]
        return [place * one * other for one, other in zip(scatter, slower, strict=True)]

    held = 0
    for _ in range(RUNS):
        interval = shift_ratio(run(1.1), run(1.0))
        assert interval is not None
        held += interval.low <= 1.1 <= interval.high

    assert held / RUNS > 0.94


@pytest.mark.parametrize("value", [0, -1, nan, inf])
def test_what_is_no_time_is_refused(value: float) -> None:
    """Values are positive and finite."""
    with pytest.raises(ValueError, match="must be positive and finite"):
        shift_ratio([value, 1, 2, 3], [1, 2, 3, 4])
    with pytest.raises(ValueError, match="must be positive and finite"):
        shift_p_value([1, 2, 3, 4], [value, 1, 2, 3])


@pytest.mark.parametrize("confidence", [0, 1, -0.1, 1.5])
def test_a_confidence_is_a_share(confidence: float) -> None:
    """Neither nothing nor certainty."""
    with pytest.raises(ValueError, match="0 < confidence < 1 does not hold"):
        critical_count(6, 6, confidence)
