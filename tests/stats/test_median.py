from math import log, nan
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom  # type: ignore[import-untyped]  # scipy ships no types

from rowpath.stats.median import critical_count, median_interval


@pytest.mark.parametrize("size", range(1, 60))
def test_cut_is_the_sign_tests_critical_value(size: int) -> None:
    """The samples cut at each end are as many as the binomial distribution allows, no fewer."""
    cut = critical_count(size, 0.95)

    next_cut = 0 if cut is None else cut + 1
    assert cut is None or 2 * binom.cdf(cut, size, 0.5) <= 0.05
    assert 2 * binom.cdf(next_cut, size, 0.5) > 0.05


def test_an_interval_may_have_exactly_its_confidence() -> None:
    """Two samples hold the median between them in half of all cases."""
    assert critical_count(2, 0.5) == 0


@pytest.mark.parametrize(("size", "low"), [(6, 1), (8, 1), (9, 2), (11, 2), (12, 3), (20, 6)])
def test_bounds_are_the_order_statistics_of_the_tables(size: int, low: int) -> None:
    """The bounds are the samples of the printed ranks from either end, the estimate the median."""
    interval = median_interval(range(1, size + 1))

    assert interval is not None
    assert (interval.low, interval.high) == (low, size + 1 - low)
    assert interval.estimate == (size + 1) / 2


@pytest.mark.parametrize("size", range(6))
def test_fewer_than_six_samples_have_no_interval(size: int) -> None:
    """Fewer than six samples cannot have a 95% interval, so there is none."""
    assert median_interval([1.0] * size) is None


@given(st.lists(st.floats(-1e9, 1e9), min_size=6, max_size=30), st.randoms(use_true_random=False))
def test_order_of_samples_does_not_matter(samples: list[float], random: Random) -> None:
    """The same samples in another order give the same interval."""
    shuffled = list(samples)
    random.shuffle(shuffled)

    assert median_interval(shuffled) == median_interval(samples)


@pytest.mark.parametrize("size", [6, 10, 20])
def test_interval_covers_the_median_of_a_skewed_distribution(size: int) -> None:
    """With times that lean far to the right the coverage is what the binomial promises."""
    random = Random(7)
    runs = 4_000
    cut = critical_count(size, 0.95)
    assert cut is not None
    promised = 1 - 2 * binom.cdf(cut, size, 0.5)

    intervals = [median_interval([random.expovariate(1) for _ in range(size)]) for _ in range(runs)]
    covered = sum(one is not None and one.low <= log(2) <= one.high for one in intervals)

    error = (promised * (1 - promised) / runs) ** 0.5
    assert covered / runs == pytest.approx(promised, abs=4 * error)


def test_samples_are_numbers() -> None:
    """A sample that is not finite is refused, not sorted."""
    with pytest.raises(ValueError, match="must be finite"):
        median_interval([1.0] * 6 + [nan])
