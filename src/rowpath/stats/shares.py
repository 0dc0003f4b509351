"""What share of a ratio each of some changes has, where what one brings depends on the others.

A ratio between two set-ups that differ in several things is shared out by Shapley's rule (1953):
each thing gets the mean, over all orders in which the things could be changed one after another, of
what its own change brought. The shares of ln ratios add up to the whole, exactly and in every
block, whatever depends on what.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from math import factorial, isfinite, log
from statistics import median

from rowpath.stats.interval import Interval
from rowpath.stats.signed_rank import critical_rank, walsh_averages

Changed = frozenset[str]


def corners(factors: Sequence[str]) -> Iterator[Changed]:
    """Yield each set of factors that may be changed, from none to all."""
    for size in range(len(factors) + 1):
        yield from map(frozenset, combinations(factors, size))


def ln_contributions(figures: Mapping[Changed, float], factors: Sequence[str]) -> dict[str, float]:
    """Return what each factor adds to ln(figure with all changed / figure with none changed).

    `figures` has a positive figure for each corner of `factors`. ValueError where one lacks or is
    not positive and finite.
    """
    logs = {corner: _ln(figures, corner) for corner in corners(factors)}
    return {factor: _contribution(logs, factor, factors) for factor in factors}


def _ln(figures: Mapping[Changed, float], corner: Changed) -> float:
    figure = figures.get(corner, 0.0)
    if not (isfinite(figure) and figure > 0):
        msg = f"There is no positive figure for {sorted(corner)}: {figure}"
        raise ValueError(msg)
    return log(figure)


def _contribution(logs: Mapping[Changed, float], factor: str, factors: Sequence[str]) -> float:
    others = [each for each in factors if each != factor]
    whole = factorial(len(factors))
    return sum(
        factorial(len(before))
        * factorial(len(others) - len(before))
        / whole
        * (logs[before | {factor}] - logs[before])
        for before in corners(others)
    )


def centre_interval(values: Iterable[float]) -> Interval | None:
    """Return the centre of values of blocks with its interval, by the method of the ratio's.

    Hodges and Lehmann's estimate with Tukey's interval; None for fewer than six.
    """
    known = list(values)
    cut = critical_rank(len(known))
    if cut is None:
        return None
    averages = walsh_averages(known)
    return Interval(estimate=median(averages), low=averages[cut], high=averages[-1 - cut])
