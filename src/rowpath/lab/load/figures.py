"""What raw requests come to: rates, percentiles, Little's law, and whether the figures hold."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil

import numpy as np
from numpy.typing import NDArray

from rowpath.lab.load.plan import Master
from rowpath.lab.load.results import Floats, LoadResult, TargetResult
from rowpath.lab.measures import LITTLES_LAW_WITHIN

LEAST_ABOVE = 10
"""Of fewer requests above a high percentile, one stall more or less would be another figure."""
P99_FROM_REQUESTS = 100 * LEAST_ABOVE
MOST_CPU_SHARE = 0.8
"""Beyond it a process that asks is late itself: what it measures is its own waiting, too."""
MOST_MISSED = 0.02
MISSED_AT_ITS_END = 1
"""Whoever arrives last may find the time over: of fewer than 50 one says nothing of the rate."""
ROUNDS_TO_CHECK = 3
"""Of fewer requests for each user, the one of each that is on its way is too much of all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What the requests of one target came to, in all or in a part of the load.

    A percentile is None where there are too few requests for it. Failures count in all of them:
    a request that ended without an answer has kept its sender waiting as well, and so has one that
    an open loop could not even send: a percentile that falls among these is None.
    """

    requests: int
    failures: int
    requests_per_s: float
    failures_per_s: float
    p50_ms: float | None
    p90_ms: float | None
    p95_ms: float | None
    p99_ms: float | None
    mean_ms: float | None
    least_ms: float | None
    most_ms: float | None
    mean_bytes: float | None

    @property
    def failed_share(self) -> float:
        """The share of requests that failed, 0 where there was none."""
        return self.failures / self.requests if self.requests else 0.0


def figures(target: TargetResult, from_s: float, until_s: float) -> Figures:
    """Return the figures of the requests that started from one time until another.

    The rate counts the requests that ended in this time, over all of it: what waits in a queue at
    the end is no work that was done.
    """
    chosen = (target.started_s >= from_s) & (target.started_s < until_s)
    return _figures(target, chosen, from_s, until_s, span_s=until_s - from_s)


def settled(result: LoadResult) -> Figures:
    """Return the figures of a closed loop from when each user had been answered once.

    Before that the users come to a server that has nothing to do, and the first of them is served
    as if it were alone. Each user's first request is left out. The rate is over the time from an
    end to an end, so that it does not matter where the load's time is cut off: 4 users and 2
    seconds a request are 2 requests a second, though a fifth second brings none. Where nothing else
    ended in the load's time, what ended after it counts.
    """
    total = result.total
    if not total.requests:
        return whole(result, total)
    first = np.argsort(total.started_s, kind="stable")[: result.plan.users]
    chosen = np.ones(total.requests, dtype=bool)
    chosen[first] = False
    from_s = float(total.ended_s[first].max())
    later = total.ended_s[chosen]
    if not (later > from_s).any():
        # Nobody asked again in time: the first round is nearly all that there is.
        until_s = float(total.ended_s.max())
        everything = np.ones(total.requests, dtype=bool)
        return _figures(total, everything, 0.0, until_s, span_s=until_s)
    until_s = result.duration_s
    if not ((later > from_s) & (later <= until_s)).any():
        until_s = float(later.max())
    last_s = float(total.ended_s[total.ended_s <= until_s].max())
    return _figures(total, chosen, from_s, until_s, span_s=last_s - from_s)


def _figures(
    target: TargetResult,
    chosen: NDArray[np.bool_],
    from_s: float,
    until_s: float,
    *,
    span_s: float,
) -> Figures:
    failed = target.failed[chosen]
    latency_ms = target.latency_s[chosen] * 1_000
    ended = (target.ended_s > from_s) & (target.ended_s <= until_s)
    return Figures(
        requests=int(chosen.sum()),
        failures=int(failed.sum()),
        requests_per_s=float(ended.sum()) / span_s if span_s > 0 else 0.0,
        failures_per_s=float((ended & target.failed).sum()) / span_s if span_s > 0 else 0.0,
        p50_ms=percentile(latency_ms, 50, target.unsent),
        p90_ms=percentile(latency_ms, 90, target.unsent),
        p95_ms=percentile(latency_ms, 95, target.unsent),
        p99_ms=percentile(latency_ms, 99, target.unsent),
        mean_ms=float(latency_ms.mean()) if len(latency_ms) else None,
        least_ms=float(latency_ms.min()) if len(latency_ms) else None,
        most_ms=float(latency_ms.max()) if len(latency_ms) else None,
        mean_bytes=float(target.size_bytes[chosen].mean()) if len(latency_ms) else None,
    )


def whole(result: LoadResult, target: TargetResult) -> Figures:
    """Return a target's figures over the whole load, the start of the users included."""
    return figures(target, 0.0, result.duration_s)


def steady(result: LoadResult, target: TargetResult) -> Figures:
    """Return a target's figures from when all users were there."""
    return figures(target, result.ramp_s, result.duration_s)


def percentile(values: Floats, percent: float, beyond: int = 0) -> float | None:
    """Return the least value that so many percent of all are not above: one that was measured.

    `beyond` more values are known only to lie above all others; None where it is one of them. None
    of no values, and from the 99th on where fewer than ten of the values lie above it: for
    that one there must be 1,000.
    """
    number = len(values) + beyond
    above = number * (100 - percent) / 100
    if not len(values) or (percent >= 99 and above < LEAST_ABOVE - 1e-6):  # noqa: PLR2004 the 99th
        return None
    # So that 99.9% of 10,000 are 9,990, and not one more for how 0.999 is written in binary.
    rank = max(1, ceil(round(number * percent / 100, 6)))
    return float(np.partition(values, rank - 1)[rank - 1]) if rank <= len(values) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class LittlesLaw:
    """Users = rate x time (Little 1961), of a closed loop while all users were there."""

    users: int
    rate_times_time: float
    requests: int

    @property
    def holds(self) -> bool:
        """Whether the two are the same but for a few percent, or one request of each user."""
        return self.off <= LITTLES_LAW_WITHIN

    @property
    def off(self) -> float:
        """How far the two are apart, as a share of the users.

        It is 0 within one request of each user: that much is on its way where the time is cut off.
        """
        apart = abs(self.rate_times_time - self.users) / self.users
        return apart if apart > self.users / self.requests else 0.0


def littles_law(result: LoadResult) -> LittlesLaw | None:
    """Return both sides of the law; None for an open loop and for users of a Locust file.

    Those may wait between requests. Counted are the requests that ended while all users were there,
    so the rate is not made of the same sum as the users.
    """
    plan = result.plan
    if plan.rate is not None or plan.locustfile is not None:
        return None
    span_s = result.duration_s - result.ramp_s
    total = result.total
    ended = (total.ended_s >= result.ramp_s) & (total.ended_s < result.duration_s)
    if int(ended.sum()) < ROUNDS_TO_CHECK * plan.users:
        return None
    rate = float(ended.sum()) / span_s
    time_s = float((total.ended_s - total.started_s)[ended].mean())
    return LittlesLaw(users=plan.users, rate_times_time=rate * time_s, requests=int(ended.sum()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """What an open loop was to send in its time, and what it sent."""

    due: int
    sent: int

    @property
    def missed_share(self) -> float:
        """The share of what was due that was not sent while the load ran."""
        return (self.due - self.sent) / self.due if self.due else 0.0

    @property
    def was_kept(self) -> bool:
        """Whether the rate was offered, but for 2% or a single request."""
        return self.due - self.sent <= max(MISSED_AT_ITS_END, MOST_MISSED * self.due)


def offered_by(result: LoadResult) -> Offered | None:
    """Return what an open loop offered; None for a closed loop, and for one that was stopped."""
    if result.due is None:
        return None
    return Offered(due=result.due, sent=int((result.total.started_s < result.duration_s).sum()))


def limits(result: LoadResult) -> Iterator[str]:
    """Yield why the figures do not hold, each with what to do; nothing where they do."""
    share = result.generator_cpu_share
    if share > MOST_CPU_SHARE:
        yield (
            f"The generator was the limit: the process that asks used {share:.0%} of its core, and "
            f"over {MOST_CPU_SHARE:.0%} it measures its own waiting. {_more_workers(result)}"
        )
    offered = offered_by(result)
    if offered is not None and not offered.was_kept:
        yield (
            f"The rate was not offered: {offered.sent:,} of {offered.due:,} requests were sent in "
            f"time, {offered.missed_share:.1%} less. All {result.plan.users:,} users were waiting "
            "for answers: give a lower --rate, or more --users if the server can answer more at "
            "once."
        )
    if result.lost_workers:
        yield (
            f"{len(result.lost_workers)} of {result.plan.generators} workers were lost, with what "
            "they had measured. Look why they ended, and run again."
        )


def _more_workers(result: LoadResult) -> str:
    role = result.plan.role
    if isinstance(role, Master):
        return "Start more workers, on more machines."
    now = result.plan.generators
    return f"Ask with more processes (--workers {max(2, 2 * now)}), on more machines, or less."


def note_of(law: LittlesLaw) -> str:
    """Return what the law says of a load, as a sentence."""
    users, product = f"{law.users:,}", f"{law.rate_times_time:,.2f}"
    if law.holds:
        return f"Little's law holds: {users} users, rate x time = {product}."
    return (
        f"Little's law does not hold: {users} users, but rate x time = {product}. The users spent "
        "the rest of their time between requests, in the generator or in what had not ended."
    )
