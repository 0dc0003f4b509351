"""Wilcoxon's signed-rank statistic: its exact null distribution, and what follows from it.

T is the sum of the ranks of the positive differences, or, which is the same, the number of
positive Walsh averages (d_i + d_j) / 2, i <= j. With n differences symmetric about 0 every one of
the 2^n patterns of signs is equally likely, so T is distributed as the sum of a random subset of
1..n. Counting subsets gives that distribution without approximation.

**Zeros and ties.** A Walsh average of exactly 0 counts on both sides, that is, every zero and every
tie is broken against rejection. The textbook's rule (drop zeros, midranks: Hollander, Wolfe and
Chicken 2014, section 3.1) makes the level approximate, and dropping zeros can make a sample
significant by moving it towards the null (Pratt 1959). Breaking ties at random is exact; breaking
them all the worst way gives no smaller a p-value, hence a level of at most the nominal one for any
symmetric distribution, continuous or not. It is also the only rule under which the test rejects
exactly when the interval made of Walsh averages excludes 0, so a report never contradicts itself.
Times in nanoseconds hardly ever tie, so the caution costs nothing in practice.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from functools import cache
from itertools import accumulate, combinations_with_replacement, count
from math import isfinite

from rowpath.stats.interval import CONFIDENCE

MINIMUM_BLOCKS = 6
"""The fewest differences that can have a 95% interval: 2 / 2^6 = 3.1%, but 2 / 2^5 = 6.3%."""


@cache
def _cumulative_counts(size: int) -> tuple[int, ...]:
    """Return for each t from 0 to size (size + 1) / 2 how many patterns of signs give T <= t."""
    counts = [1] + [0] * (size * (size + 1) // 2)
    for rank in range(1, size + 1):
        for total in range(len(counts) - 1, rank - 1, -1):
            counts[total] += counts[total - rank]
    return tuple(accumulate(counts))


def lower_tail(size: int, statistic: int) -> float:
    """Return P(T <= statistic) for `size` differences, 0 <= statistic <= size (size + 1) / 2."""
    return _cumulative_counts(size)[statistic] / (1 << size)


@cache
def critical_rank(size: int, confidence: float = CONFIDENCE) -> int | None:
    """Return how many of the sorted Walsh averages an interval of `confidence` cuts at each end.

    It is the largest t with 2 P(T <= t) <= 1 - confidence, the tables' two-sided critical value
    (Hollander, Wolfe and Chicken 2014, section 3.3). None where even the whole range of the
    averages has less than that confidence, as it has at 95% with fewer than MINIMUM_BLOCKS.
    """
    if not 0 < confidence < 1:
        msg = f"0 < confidence < 1 does not hold for {confidence}"
        raise ValueError(msg)
    rejected = sum(
        2 * patterns / (1 << size) <= 1 - confidence for patterns in _cumulative_counts(size)
    )
    return rejected - 1 if rejected else None


def minimum_blocks(comparisons: int, confidence: float = CONFIDENCE) -> int:
    """Return the fewest blocks with which a family of `comparisons` can show any difference.

    With fewer, the smallest p-value that exists, 2 / 2^blocks, is above 1 - confidence once Holm
    has multiplied it by the number of comparisons, whatever was measured.
    """
    if comparisons < 1:
        msg = f"A family has at least one comparison, not {comparisons}"
        raise ValueError(msg)
    return next(n for n in count() if comparisons * 2 / (1 << n) <= 1 - confidence)


def walsh_averages(differences: Sequence[float]) -> list[float]:
    """Return the averages of all pairs of differences, each with itself too, in ascending order."""
    pairs = combinations_with_replacement(differences, 2)
    return sorted((first + second) / 2 for first, second in pairs)


def p_value(differences: Sequence[float]) -> float:
    """Return the exact two-sided p-value of "the differences are symmetric about 0".

    It is below 1 - c exactly when the interval of confidence c excludes 0. ValueError for a
    difference that is not finite.
    """
    if not all(map(isfinite, differences)):
        msg = f"Differences must be finite: {list(differences)}"
        raise ValueError(msg)
    averages = walsh_averages(differences)
    not_above = bisect_right(averages, 0)
    not_below = len(averages) - bisect_left(averages, 0)
    return min(1.0, 2 * lower_tail(len(differences), min(not_above, not_below)))
