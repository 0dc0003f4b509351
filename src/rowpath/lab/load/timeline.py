"""A load over time: what ended in each second."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil

import numpy as np

from rowpath.lab.load.figures import percentile
from rowpath.lab.load.results import LoadResult, TargetResult

MOST_STEPS = 600
"""Longer loads are told in longer steps: a chart has no more room."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What ended from `at_s` until the next step, by the second; times None where nothing did."""

    at_s: float
    span_s: float
    users: int
    requests: int
    failures: int
    p50_ms: float | None
    p95_ms: float | None

    @property
    def requests_per_s(self) -> float:
        """How many ended a second."""
        return self.requests / self.span_s

    @property
    def failures_per_s(self) -> float:
        """How many of them had failed."""
        return self.failures / self.span_s


def step_s(result: LoadResult) -> int:
    """Return the whole seconds that a step lasts: one, unless there would be too many."""
    return max(1, ceil(result.duration_s / MOST_STEPS))


def steps(result: LoadResult, target: TargetResult) -> Iterator[Step]:
    """Yield each step of the run time; what ended after it is in none.

    Where the run time is no whole number of steps, the last one is shorter.
    """
    length_s = step_s(result)
    count = ceil(result.duration_s / length_s - 1e-9)
    bounds = [float(number * length_s) for number in range(count)] + [result.duration_s]
    places = np.searchsorted(target.ended_s, bounds)
    for number in range(count):
        chosen = slice(places[number], places[number + 1])
        latency_ms = target.latency_s[chosen] * 1_000
        middle_s = (bounds[number] + bounds[number + 1]) / 2
        yield Step(
            at_s=bounds[number],
            span_s=bounds[number + 1] - bounds[number],
            users=users_at(result, middle_s),
            requests=len(latency_ms),
            failures=int(target.failed[chosen].sum()),
            p50_ms=percentile(latency_ms, 50),
            p95_ms=percentile(latency_ms, 95),
        )


def users_at(result: LoadResult, at_s: float) -> int:
    """Return how many users were seen last before a time."""
    seen = [each for each in result.users if each.at_s <= at_s]
    return max(seen, key=lambda each: each.at_s).users if seen else 0
