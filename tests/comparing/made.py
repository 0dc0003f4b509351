"""Races and runs of the lab that were made up, to be compared."""

from collections.abc import Sequence
from dataclasses import replace

from race.made import NOISE, results
from rowpath.lab.race.record import RaceRun
from rowpath.lab.race.session import Race


def race(
    *ratios: float,
    scatter: Sequence[float] = NOISE,
    clone: float = 1.0,
    slowed: float = 1.05,
    dragged: float = 1.0,
    users: int = 1,
) -> RaceRun:
    """Return a race of A, of 10 ms, with others that take these ratios of its time.

    In one of a slower hour each single time of all of them is `dragged` by one factor.
    """
    raced = results(*ratios, scatter=scatter, clone=clone, slowed=slowed, users=users)
    for slots in raced.slots.values():
        slots[:] = [
            replace(slot, samples_s=tuple(sample_s * dragged for sample_s in slot.samples_s))
            for slot in slots
        ]
    made = Race(raced.plan)
    made.results = raced
    return made.run()
