"""Two independent runs of the same thing: how their values differ, with an exact interval.

The method is Mann and Whitney's rank-sum test with the interval and the estimate of Hodges and
Lehmann (1963) that go with it: Hollander, Wolfe and Chicken 2014, sections 4.1 to 4.3. It is used
on logarithms, where a shift is a ratio. The interval needs blocks that are independent within and
between the two runs, and distributions of one shape that differ in their place at most. In contrast
to the paired interval it asks for no symmetry.

**Ties** count on both sides, as in `signed_rank`: the test then rejects at most as often as it
says, and exactly where the interval excludes a ratio of 1.
"""

from collections.abc import Sequence
from functools import cache
from itertools import accumulate
from math import comb, exp, isfinite, log
from statistics import median

from rowpath.stats.interval import CONFIDENCE, Interval
from rowpath.stats.ratio import LN_DIGITS


@cache
def _cumulative_counts(first: int, second: int) -> tuple[int, ...]:
    """Return for each u from 0 to first * second how many of the orders have U <= u.

    The number of orders with U = u is the coefficient of q^u in the Gaussian binomial coefficient
    of first + second over first, the product of (1 - q^(second + i)) / (1 - q^i) for i to first.
    """
    most = first * second
    counts = [1] + [0] * most
    for i in range(1, first + 1):
        for u in range(most, second + i - 1, -1):
            counts[u] -= counts[u - second - i]
        for u in range(i, most + 1):
            counts[u] += counts[u - i]
    return tuple(accumulate(counts))


def rank_sum_tail(first: int, second: int, statistic: int) -> float:
    """Return P(U <= statistic) for samples of two sizes, 0 <= statistic <= first * second."""
    return _cumulative_counts(first, second)[statistic] / comb(first + second, first)


def critical_count(first: int, second: int, confidence: float = CONFIDENCE) -> int | None:
    """Return how many of the sorted differences an interval of `confidence` cuts at each end.

    It is the largest u with 2 P(U <= u) <= 1 - confidence. None where even the whole range has less
    than that confidence, as at 95% with three values against three.
    """
    if not 0 < confidence < 1:
        msg = f"0 < confidence < 1 does not hold for {confidence}"
        raise ValueError(msg)
    orders = comb(first + second, first)
    rejected = sum(
        2 * count / orders <= 1 - confidence for count in _cumulative_counts(first, second)
    )
    return rejected - 1 if rejected else None


def shift_ratio(new: Sequence[float], old: Sequence[float]) -> Interval | None:
    """Return new / old with its interval, from the values of the blocks of two independent runs.

    The values are of any one unit, or ratios; the numbers of blocks may differ. None for too few
    of them. ValueError for a value that is not positive and finite.
    """
    differences = _ln_differences(new, old)
    cut = critical_count(len(new), len(old))
    if cut is None:
        return None
    return Interval(
        estimate=exp(median(differences)),
        low=exp(differences[cut]),
        high=exp(differences[-1 - cut]),
    )


def shift_p_value(new: Sequence[float], old: Sequence[float]) -> float:
    """Return the exact two-sided p-value of "both runs measured the same".

    At most 0.05 exactly when `shift_ratio` excludes 1. Arguments and errors as there.
    """
    differences = _ln_differences(new, old)
    not_above = sum(difference <= 0 for difference in differences)
    not_below = sum(difference >= 0 for difference in differences)
    return min(1.0, 2 * rank_sum_tail(len(new), len(old), min(not_above, not_below)))


def _ln_differences(new: Sequence[float], old: Sequence[float]) -> list[float]:
    """Return the differences of all pairs of logarithms, one of each run, in ascending order."""
    wrong = [value for value in (*new, *old) if not (isfinite(value) and value > 0)]
    if wrong:
        msg = f"Values must be positive and finite: {wrong}"
        raise ValueError(msg)
    return sorted(round(log(one) - log(other), LN_DIGITS) for one in new for other in old)
