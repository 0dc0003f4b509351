"""A scale around some figures, where it has numbers, and how these are written."""

from collections.abc import Iterable
from math import ceil, floor

TIME_LABEL = (
    "datum.value >= 1000 ? format(datum.value / 1000, ',') + ' s' "
    ": datum.value >= 0.1 ? format(datum.value, '~') + ' ms' "
    ": format(datum.value * 1000, '~') + ' µs'"
)
"""Vega's expression for a number of milliseconds."""
RATIO_LABEL = "'\N{MULTIPLICATION SIGN}' + format(datum.value, '~')"

_MARGIN = 1.12
"""How far the scale goes on beyond the outermost figure, as a factor."""
_LEAST_TICKS = 2
"""With fewer, an axis has no scale."""
_MOST_TICKS = 10
"""With more, the powers of ten alone are clearer."""


def extent(values: Iterable[float | None], reference: float | None) -> tuple[float, float]:
    """Return the ends of a scale that holds all values, and `reference` if there is one."""
    known = [value for value in (*values, reference) if value is not None and value > 0]
    low, high = min(known) / _MARGIN, max(known) * _MARGIN
    while len(ticks(low, high)) < _LEAST_TICKS:
        low, high = low / _MARGIN, high * _MARGIN
    return low, high


def ticks(low: float, high: float) -> list[float]:
    """Return 1, 2 and 5 times the powers of ten from `low` to `high`, or the powers alone."""
    numbers = [(number, 10.0**power) for power in range(-9, 10) for number in (1, 2, 5)]
    inside = [(number, power) for number, power in numbers if low <= number * power <= high]
    if len(inside) > _MOST_TICKS:
        inside = [(number, power) for number, power in inside if number == 1]
    return [number * power for number, power in inside]


_STEPS = (1, 2, 5)
_FEW = 6
"""As many numbers fit along an axis on a phone."""


def even_ticks(low: float, high: float) -> list[float]:
    """Return multiples of 1, 2 or 5 times a power of ten from `low` to `high`, six at the most.

    Of a narrow scale, which has hardly a power of ten.
    """
    steps = (number * 10.0**power for power in range(-9, 10) for number in _STEPS)
    step = next(step for step in steps if (high - low) / step < _FEW)
    numbers = range(ceil(low / step), floor(high / step) + 1)
    return [round(number * step, 12) for number in numbers]
