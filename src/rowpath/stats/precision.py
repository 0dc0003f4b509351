"""How precisely a ratio is known, and the one rule by which measuring may stop early."""

from collections.abc import Iterable
from math import log

from rowpath.stats.interval import Interval

HALF_WIDTH_BOUND = 0.05
"""The half-width at which the default profile stops; docs/statistics.md has its cost."""


def half_width(interval: Interval) -> float:
    """Return half the width of a ratio's interval on the scale of natural logarithms.

    0.05 says that the bounds are a factor of e^0.05 = 1.051 to either side of their geometric
    middle. The interval's bounds must be positive.
    """
    return (log(interval.high) - log(interval.low)) / 2


def precise_enough(
    intervals: Iterable[Interval | None], *, bound: float = HALF_WIDTH_BOUND
) -> bool:
    """Return whether every interval exists and has a half-width of at most `bound`.

    Looks at the widths alone, never at where the intervals lie: stopping by where they lie makes
    false positives (Armitage, McPherson and Rowe 1969), stopping by their width hardly does (Chow
    and Robbins 1965).
    """
    return all(interval is not None and half_width(interval) <= bound for interval in intervals)
