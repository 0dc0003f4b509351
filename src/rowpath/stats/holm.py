"""Holm's correction: what a p-value is worth among others."""

from collections.abc import Sequence
from itertools import accumulate


def holm(p_values: Sequence[float]) -> tuple[float, ...]:
    """Return the p-values of one family, adjusted by Holm's method, in the order given.

    Calling different whatever has an adjusted value of at most a keeps the chance of one or more
    false calls in the family at most a, however the comparisons depend on one another; here they
    share a baseline (Holm 1979). ValueError for a value outside 0 to 1.
    """
    wrong = [value for value in p_values if not 0 <= value <= 1]
    if wrong:
        msg = f"p-values must be between 0 and 1: {wrong}"
        raise ValueError(msg)
    order = sorted(range(len(p_values)), key=lambda index: p_values[index])
    multiplied = ((len(order) - step) * p_values[index] for step, index in enumerate(order))
    adjusted = dict(zip(order, accumulate(multiplied, max), strict=True))
    return tuple(min(1.0, adjusted[index]) for index in range(len(p_values)))
