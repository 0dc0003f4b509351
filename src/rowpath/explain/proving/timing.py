"""How long a request takes with a change and without, asked in turn, with no recorder on."""

from dataclasses import dataclass, replace
from math import ceil
from random import Random
from statistics import median
from time import monotonic

from rowpath.explain.asking.process import ProjectProcess
from rowpath.explain.messages import Ask, Watch
from rowpath.stats.interval import Interval
from rowpath.stats.precision import precise_enough
from rowpath.stats.ratio import ratio_interval
from rowpath.stats.signed_rank import MINIMUM_BLOCKS

SLOT_S = 0.03
"""What one turn should last: a single request of a millisecond says little."""
MOST_REQUESTS = 15


class Purse:
    """What all timing of a run may take: one change takes half of what is left at the most."""

    def __init__(self, whole_s: float) -> None:
        self._left_s = whole_s

    def share_s(self, wanted_s: float) -> float:
        """Return how much of what is wanted there is."""
        return min(wanted_s, self._left_s / 2)

    def spend(self, spent_s: float) -> None:
        """Take what a timing took, which its fewest blocks may make more than its share."""
        self._left_s = max(0.0, self._left_s - spent_s)


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """How long to time: blocks of one turn each, until the ratio is precise or time is up.

    `budget_s` is of one change; with a `purse` it is no more than its share of that.
    """

    most_blocks: int = 30
    budget_s: float = 8.0
    seed: int = 1
    purse: Purse | None = None


def ratio_of(
    today: ProjectProcess, changed: ProjectProcess, ask: Ask, timing: Timing
) -> Interval | None:
    """Return the time with the change / the time without, interleaved in random order."""
    random = Random(timing.seed)
    once = replace(ask, watch=Watch.NOTHING, limit=None)
    for process in (today, changed):
        duration_s = median(process.ask(replace(once, times=3)).durations_s)
    requests = min(MOST_REQUESTS, max(1, ceil(SLOT_S / duration_s)))
    order = replace(once, times=requests)
    times: dict[bool, list[float]] = {False: [], True: []}
    started = monotonic()
    budget_s = timing.purse.share_s(timing.budget_s) if timing.purse else timing.budget_s
    interval: Interval | None = None
    for block in range(max(timing.most_blocks, MINIMUM_BLOCKS)):
        for is_changed in random.sample((False, True), 2):
            process = changed if is_changed else today
            times[is_changed].append(median(process.ask(order).durations_s))
        if block + 1 < MINIMUM_BLOCKS:
            continue
        interval = ratio_interval(times[True], times[False])
        if precise_enough([interval]) or monotonic() - started > budget_s:
            break
    if timing.purse:
        timing.purse.spend(monotonic() - started)
    return interval
