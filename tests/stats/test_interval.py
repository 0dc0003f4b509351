from math import comb, inf, nan

import pytest

from rowpath.stats.interval import Interval
from rowpath.stats.median import median_interval


@pytest.mark.parametrize(
    ("low", "estimate", "high"),
    [(1.0, 3.0, 2.0), (1.0, 0.5, 2.0), (2.0, 1.5, 1.0), (2.0, 3.0, 1.0), (1.0, nan, 2.0)],
)
def test_an_interval_holds_its_estimate(low: float, estimate: float, high: float) -> None:
    """An interval whose estimate lies outside of it, on either side, cannot be made."""
    with pytest.raises(ValueError, match=f"^{low} <= {estimate} <= {high} does not hold$"):
        Interval(estimate=estimate, low=low, high=high)


@pytest.mark.parametrize(
    ("low", "estimate", "high"),
    [(1.0, 1.5, 2.0), (1.0, 1.0, 2.0), (1.0, 2.0, 2.0), (1.0, 1.0, 1.0), (1.0, 2.0, inf)],
)
def test_an_estimate_may_be_a_bound(low: float, estimate: float, high: float) -> None:
    """The bounds are inside, so an interval may also be of one point, or have no end."""
    made = Interval(estimate=estimate, low=low, high=high)

    assert (made.low, made.estimate, made.high) == (low, estimate, high)


@pytest.mark.parametrize("size", range(6, 60))
def test_an_interval_has_95_percent(size: int) -> None:
    """At least: counted over all the ways in which samples lie around their true median.

    The next narrower interval would have less.
    """
    interval = median_interval(range(size))
    assert interval is not None
    cut = int(interval.low)

    def covered(cut: int) -> float:
        return sum(comb(size, below) for below in range(cut + 1, size - cut)) / (1 << size)

    assert covered(cut) >= 0.95 > covered(cut + 1)
