"""Races that were made up, for what is told of them."""

from collections.abc import Sequence
from statistics import median

from rowpath.lab.load.plan import Target
from rowpath.lab.measures import ASKING_CPU, STEAL
from rowpath.lab.plan import Control
from rowpath.lab.race.results import Results, Slot
from rowpath.lab.race.values import QUICK, Entrant, Lane, RacePlan

NOISE = (1.0, 1.001, 0.999, 1.0005, 0.9995, 1.0002)
"""What each block's slots are multiplied by, so that no two ratios tie."""


def entrant(name: str) -> Entrant:
    return Entrant(name=name, target=Target(url=f"http://127.0.0.1:8000/{name.lower()}"))


def results(  # noqa: PLR0913 one parameter for whatever a race can show
    *ratios: float,
    clone: float = 1.0,
    slowed: float = 1.05,
    scatter: Sequence[float] = NOISE,
    asking: float = 0.2,
    steal: float = 0.0,
    other_cpu: float = 0.0,
    users: int = 1,
) -> Results:
    """Return a race of A, of 10 ms, with others that take these ratios of its time.

    Several users are given answers so many times as often as one.
    """
    others = [entrant(name) for name in "BCDEFG"[: len(ratios)]]
    plan = RacePlan(entrants=(entrant("A"), *others), profile=QUICK, users=users)
    made = Results(plan=plan, other_cpu=other_cpu, blocks=len(scatter))
    factors = {
        Lane(entrant=plan.baseline, control=Control.CLONE): clone,
        Lane(entrant=plan.baseline, control=Control.SLOWED): slowed,
    } | {Lane(entrant=each): ratio for each, ratio in zip(others, ratios, strict=True)}
    around = {ASKING_CPU: asking, STEAL: steal}

    def slot(*samples_s: float) -> Slot:
        per_answer_s = median(samples_s) / users if users > 1 else None
        return Slot(samples_s=samples_s, around=around, per_answer_s=per_answer_s)

    made.slots[Lane(entrant=plan.baseline)] = [slot(0.01, 0.01, 0.012) for _ in scatter]
    for lane, factor in factors.items():
        made.slots[lane] = [slot(0.01 * factor * noise) for noise in scatter]
    made.orders += [plan.order(block) for block in range(len(scatter))]
    made.sizes_bytes |= dict.fromkeys(plan.entrants, 120)
    return made
