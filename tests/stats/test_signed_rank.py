from itertools import product
from math import nan

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import wilcoxon  # type: ignore[import-untyped]  # scipy ships no types

from rowpath.stats.signed_rank import (
    MINIMUM_BLOCKS,
    critical_rank,
    lower_tail,
    minimum_blocks,
    p_value,
    walsh_averages,
)

# Two-sided critical values at 5%, as printed in the textbooks' tables.
CRITICAL_VALUES = {
    6: 0, 7: 2, 8: 3, 9: 5, 10: 8, 11: 10, 12: 13, 13: 17,
    14: 21, 15: 25, 16: 29, 17: 34, 18: 40, 19: 46, 20: 52,
}  # fmt: skip


@st.composite
def untied_differences(draw: st.DrawFn) -> list[int]:
    """Return 1..n in any order, each with any sign: every possible sample without ties."""
    ranks = draw(st.permutations(range(1, draw(st.integers(1, 15)) + 1)))
    return [rank * draw(st.sampled_from((-1, 1))) for rank in ranks]


@pytest.mark.parametrize(("size", "critical"), CRITICAL_VALUES.items())
def test_critical_ranks_are_those_of_the_tables(size: int, critical: int) -> None:
    """The critical rank at 95% is the printed two-sided critical value."""
    assert critical_rank(size, 0.95) == critical


def test_an_interval_may_have_exactly_its_confidence() -> None:
    """Of two differences the smallest and the largest have 50%: one pattern in four at each end."""
    assert critical_rank(2, 0.5) == 0


@pytest.mark.parametrize("size", range(MINIMUM_BLOCKS))
def test_fewer_than_six_have_no_interval(size: int) -> None:
    """With fewer than six differences no interval has 95% confidence."""
    assert critical_rank(size, 0.95) is None


@pytest.mark.parametrize("size", range(1, 10))
def test_lower_tail_counts_all_patterns_of_signs(size: int) -> None:
    """The tail of the null distribution is what counting every pattern of signs gives."""
    sums = [
        sum(rank for rank, positive in enumerate(pattern, start=1) if positive)
        for pattern in product((False, True), repeat=size)
    ]

    for statistic in range(size * (size + 1) // 2 + 1):
        counted = sum(total <= statistic for total in sums) / len(sums)
        assert lower_tail(size, statistic) == counted


@pytest.mark.parametrize("confidence", [0.0, 1.0, 95.0, nan])
def test_a_confidence_is_between_0_and_1(confidence: float) -> None:
    """A confidence that is no proportion is refused."""
    with pytest.raises(ValueError, match="0 < confidence < 1 does not hold"):
        critical_rank(10, confidence)


@given(untied_differences())
def test_p_value_equals_scipy(differences: list[int]) -> None:
    """Without ties the p-value is that of scipy's exact test."""
    expected = wilcoxon(differences, method="exact").pvalue

    assert p_value(differences) == pytest.approx(expected, rel=1e-12)


@settings(max_examples=60)
@given(st.lists(st.integers(0, 4), min_size=1, max_size=8))
def test_level_holds_with_zeros_and_ties(magnitudes: list[int]) -> None:
    """Over all patterns of signs, p <= v has a probability of at most v, whatever is tied."""
    values = [
        p_value([sign * size for sign, size in zip(signs, magnitudes, strict=True)])
        for signs in product((-1, 1), repeat=len(magnitudes))
    ]

    for value in set(values):
        assert sum(other <= value for other in values) / len(values) <= value


@given(st.lists(st.integers(-9, 9), min_size=6, max_size=12), st.integers(-20, 20))
def test_test_and_interval_agree(differences: list[int], doubled: int) -> None:
    """The test rejects a centre exactly when the interval excludes it, ties or not."""
    centre = doubled / 2
    averages = walsh_averages(differences)
    cut = critical_rank(len(differences), 0.95)

    rejected = p_value([difference - centre for difference in differences]) <= 0.05

    assert cut is not None
    assert rejected == (not averages[cut] <= centre <= averages[-1 - cut])


@given(st.lists(st.integers(-9, 9), max_size=12))
def test_p_value_has_no_side(differences: list[int]) -> None:
    """Exchanging the two sides leaves the p-value as it is."""
    assert p_value([-difference for difference in differences]) == p_value(differences)


@pytest.mark.parametrize("differences", [[], [0.0], [0.0] * 10])
def test_no_difference_is_no_evidence(differences: list[float]) -> None:
    """Where nothing differs, or nothing was measured, the p-value is 1."""
    assert p_value(differences) == 1


def test_p_value_refuses_what_is_no_number() -> None:
    """A difference that is not finite is refused, not ranked."""
    with pytest.raises(ValueError, match="must be finite"):
        p_value([1.0, nan])


@pytest.mark.parametrize(
    ("comparisons", "blocks"), [(1, 6), (2, 7), (3, 7), (4, 8), (6, 8), (12, 9), (25, 10), (26, 11)]
)
def test_a_family_needs_more_blocks(comparisons: int, blocks: int) -> None:
    """The fewest blocks are those whose smallest p-value, times the family, is at most 5%."""
    assert minimum_blocks(comparisons) == blocks


def test_a_smallest_p_value_may_be_exactly_what_is_asked_for() -> None:
    """Two blocks can have one of 2 in 4, and three, of two comparisons, twice 2 in 8: a half."""
    assert minimum_blocks(1, 0.5) == 2
    assert minimum_blocks(2, 0.5) == 3


def test_a_family_is_not_empty() -> None:
    """A family without comparisons is refused."""
    with pytest.raises(ValueError, match="at least one comparison, not 0"):
        minimum_blocks(0)
