"""The median of absolute times, with an interval that assumes nothing of their distribution.

Times of blocks lean to the right: a disturbance makes a block slower, never faster. So the
symmetry that the ratio's interval rests on cannot be had here, and the order statistics take its
place: the number of samples below the true median is binomial(n, 1/2) whatever their distribution
(Thompson 1936; Hollander, Wolfe and Chicken 2014, section 3.6).
"""

from collections.abc import Sequence
from math import comb, isfinite
from statistics import median

from rowpath.stats.interval import CONFIDENCE, Interval


def critical_count(size: int, confidence: float = CONFIDENCE) -> int | None:
    """Return how many of the sorted samples an interval of `confidence` cuts at each end.

    It is the largest k with 2 P(B <= k) <= 1 - confidence, where B is binomial(size, 1/2). None
    where even the whole range has less than that confidence, as at 95% with fewer than six.
    """
    patterns, cut = 0, None
    for below in range(size + 1):
        patterns += comb(size, below)
        if 2 * patterns / (1 << size) > 1 - confidence:
            break
        cut = below
    return cut


def median_interval(samples: Sequence[float]) -> Interval | None:
    """Return the median of the samples with its interval, in their unit.

    Exact for a continuous distribution, conservative for one with ties. None for fewer than six
    samples. ValueError for a sample that is not finite.
    """
    if not all(map(isfinite, samples)):
        msg = f"Samples must be finite: {list(samples)}"
        raise ValueError(msg)
    cut = critical_count(len(samples))
    if cut is None:
        return None
    ordered = sorted(samples)
    return Interval(estimate=median(ordered), low=ordered[cut], high=ordered[-1 - cut])
