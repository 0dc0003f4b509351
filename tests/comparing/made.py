"""Races and runs of the lab that were made up, to be compared."""

from collections.abc import Sequence

from race.made import NOISE, results
from rowpath.lab.race.record import RaceRun
from rowpath.lab.race.session import Race


def race(
    *ratios: float, scatter: Sequence[float] = NOISE, clone: float = 1.0, slowed: float = 1.05
) -> RaceRun:
    """Return a race of A, of 10 ms, with others that take these ratios of its time."""
    raced = results(*ratios, scatter=scatter, clone=clone, slowed=slowed)
    made = Race(raced.plan)
    made.results = raced
    return made.run()
