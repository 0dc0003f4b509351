"""The ratio of two variants measured in the same blocks, with its exact interval.

The method is that of Hodges and Lehmann (1963) with Tukey's interval, on the logarithms of the
ratios: Hollander, Wolfe and Chicken 2014, sections 3.2 and 3.3. The interval needs independent
blocks, and ln ratios that are symmetric about their centre; docs/statistics.md says when they are.
"""

from collections.abc import Sequence
from math import exp, isfinite, log
from statistics import median

from rowpath.stats.interval import Interval
from rowpath.stats.signed_rank import critical_rank, p_value, walsh_averages

LN_DIGITS = 12
"""Decimal places of a ln ratio: what ties in the times (6 / 4 and 3 / 2) must tie in the logs."""


def ratio_interval(variant: Sequence[float], baseline: Sequence[float]) -> Interval | None:
    """Return variant / baseline with its interval, from one time a block of each.

    `variant[i]` and `baseline[i]` are of the same block, in any one unit of time. None for fewer
    than six blocks, which cannot have a 95% interval. ValueError for unequal lengths, or a time
    that is not a positive, finite number.
    """
    ln_ratios = _ln_ratios(variant, baseline)
    cut = critical_rank(len(ln_ratios))
    if cut is None:
        return None
    averages = walsh_averages(ln_ratios)
    return Interval(
        estimate=exp(median(averages)),
        low=exp(averages[cut]),
        high=exp(averages[-1 - cut]),
    )


def ratio_p_value(variant: Sequence[float], baseline: Sequence[float]) -> float:
    """Return the exact two-sided p-value of "variant and baseline take the same time".

    At most 0.05 exactly when `ratio_interval` excludes 1. Arguments and errors as there; with
    fewer than six blocks the p-value is above 0.05 whatever was measured.
    """
    return p_value(_ln_ratios(variant, baseline))


def _ln_ratios(variant: Sequence[float], baseline: Sequence[float]) -> list[float]:
    """Return ln(variant / baseline) of each block, exactly negated when the two are exchanged."""
    if len(variant) != len(baseline):
        msg = f"Blocks come in pairs: {len(variant)} of the variant, {len(baseline)} of the other"
        raise ValueError(msg)
    wrong = [time for time in (*variant, *baseline) if not (isfinite(time) and time > 0)]
    if wrong:
        msg = f"Times must be positive and finite: {wrong}"
        raise ValueError(msg)
    return [
        round(log(time) - log(reference), LN_DIGITS)
        for time, reference in zip(variant, baseline, strict=True)
    ]
