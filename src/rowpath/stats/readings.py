"""The two readings of "36% faster": of the time that is taken, and of what is done in a time."""

from collections.abc import Mapping
from enum import StrEnum
from math import isfinite, log


class Reading(StrEnum):
    """What a published percentage is a share of."""

    TIME = "time"
    """36% faster takes 36% less time: 0.64 of it."""
    RATE = "rate"
    """36% faster does 36% more in the same time: it takes 1 / 1.36 of the time."""


def readings(faster_by: float) -> Mapping[Reading, float]:
    """Return the time ratio that "faster by" such a share claims, by reading; below 0 is slower.

    A reading that no time ratio answers to is not in it: nothing takes 100% less time, or does 100%
    less. ValueError for a share that is not finite.
    """
    if not isfinite(faster_by):
        msg = f"A share is finite, not {faster_by}"
        raise ValueError(msg)
    found: dict[Reading, float] = {}
    if faster_by < 1:
        found[Reading.TIME] = 1 - faster_by
    if faster_by > -1:
        found[Reading.RATE] = 1 / (1 + faster_by)
    return found


def nearest(time_ratio: float, faster_by: float) -> Reading:
    """Return the reading of a percentage that comes nearest to a ratio of times.

    Published figures are rounded, so none is met exactly.
    """
    found = readings(faster_by)
    return min(found, key=lambda reading: abs(log(found[reading] / time_ratio)))
