"""What is said of a load in sentences, in the terminal and on the page alike."""

from collections.abc import Iterator

from rowpath.lab.load.figures import (
    P99_FROM_REQUESTS,
    littles_law,
    note_of,
    offered_by,
    steady,
)
from rowpath.lab.load.plan import LoadPlan
from rowpath.lab.load.results import LoadResult
from rowpath.report import figures


def asked(plan: LoadPlan) -> str:
    """Return how hard and how long was asked."""
    users = f"{plan.users:,} user{'s' if plan.users > 1 else ''}"
    lasting = figures.duration(plan.run_time_s)
    if plan.rate is not None:
        return (
            f"Open loop: {plan.rate:,g} requests/s arrive by chance (seed {plan.seed}), "
            f"at most {users} at once, for {lasting}"
        )
    spawned = f", {plan.spawn_rate:g} more each second" if plan.ramp_s else ""
    return f"Closed loop: {users}{spawned}, for {lasting}"


def sentences(result: LoadResult) -> Iterator[str]:
    """Yield what is to be known about the figures."""
    if result.plan.rate is not None:
        yield "Times count from when a request was due, so waiting for those before it is in them."
    if result.ramp_s:
        later = steady(result, result.total)
        if later.p50_ms is not None:
            yield (
                f"The first {figures.duration(result.ramp_s)} passed until all users were there. "
                f"From then on: {figures.significant(later.requests_per_s)} requests/s, median "
                f"{figures.time(later.p50_ms)}."
            )
    if 0 < result.total.requests < P99_FROM_REQUESTS:
        yield f"There is no p99 of fewer than {P99_FROM_REQUESTS:,} requests."
    offered = offered_by(result)
    if offered is not None:
        yield f"Offered: {offered.sent:,} of {offered.due:,} requests that were due in this time."
    law = littles_law(result)
    if law is not None:
        yield note_of(law)
    yield (
        f"The busiest process that asked used {result.generator_cpu_share:.0%} of a core "
        f"({len(result.generators)} asked)."
    )


def stopped(result: LoadResult) -> str | None:
    """Return why it ended early, as a sentence; None where it did not."""
    if result.stopped is None:
        return None
    return f"Stopped after {figures.duration(result.duration_s)}: {result.stopped}."
