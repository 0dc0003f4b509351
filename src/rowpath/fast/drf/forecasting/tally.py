"""What stands in the way of a project's lists, and which one change would make how many fast."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from rowpath.fast.drf.forecasting.forecast import Forecast, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """One kind of blocker over all lists."""

    kind: str
    lists: int
    """How many lists have it."""
    unlocks: int
    """How many lists have nothing else."""


def tally(forecasts: Iterable[Forecast]) -> tuple[Count, ...]:
    """Count each kind of blocker, those first that alone are in the way of the most lists.

    A list of which not all could be looked for waits for nothing alone.
    """
    lists: Counter[str] = Counter()
    unlocks: Counter[str] = Counter()
    for one in forecasts:
        if one.verdict is not Verdict.FALLS_BACK:
            continue
        kinds = {blocker.kind for blocker in one.blockers}
        lists.update(kinds)
        if len(kinds) == 1 and one.has_all_blockers:
            unlocks.update(kinds)
    counts = (Count(kind=kind, lists=lists[kind], unlocks=unlocks[kind]) for kind in lists)
    return tuple(sorted(counts, key=lambda one: (-one.unlocks, -one.lists, one.kind)))
