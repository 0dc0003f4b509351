"""A slot of many requests at once, driven by Locust, on a server without any instrument."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from rowpath.errors import ServerError
from rowpath.lab.load.engine import Driver, run_load
from rowpath.lab.load.figures import Figures, limits, littles_law, settled, whole
from rowpath.lab.load.plan import LoadPlan, Local, Target
from rowpath.lab.load.results import LoadResult
from rowpath.lab.measures import (
    CPU,
    LITTLES_LAW,
    MEDIAN_LATENCY,
    P95_LATENCY,
    THROUGHPUT,
    AtRate,
    Load,
    Quantity,
)
from rowpath.lab.measuring.asking import OK, ask, failure, watched
from rowpath.lab.measuring.client import connected
from rowpath.lab.measuring.cpu_clock import cpu_s
from rowpath.lab.measuring.memory_peak import forget_peaks, peaks
from rowpath.lab.measuring.warming import fill
from rowpath.lab.plan import Cell
from rowpath.lab.results import Observation, Slot
from rowpath.lab.servers.fleet import Fleet
from rowpath.lab.servers.server import Answering

ALL_ANSWERED_WITHIN_S = 60.0
MORE_GENERATORS = 2
"""So many processes ask where one was the limit."""


class NotHeldError(ServerError):
    """A load whose figures do not hold: who asks was the limit, or a rate was missed.

    `reason` is a clause.
    """

    def __init__(self, error: ServerError, reason: str) -> None:
        super().__init__(str(error))
        self.reason = reason


@dataclass(frozen=True, slots=True, kw_only=True)
class _Loaded:
    """What a load came to, and what the workers used meanwhile."""

    result: LoadResult
    used_s: float
    memory: Mapping[Quantity, float]


def measure_load(  # noqa: PLR0913 one parameter a matter of the slot's
    cell: Cell,
    measure: Load,
    fleet: Fleet,
    asking: Driver,
    seen: Observation,
    *,
    load_s: float,
    seed: int,
) -> Slot:
    """Return what a slot of `load_s` seconds or more under such a load came to.

    `seed` decides when the requests of a rate arrive. Where the one process that asks was the limit
    of a closed loop, the slot is measured anew with more. ServerError where a request fails or its
    answer has another length than the one that was `seen` and verified, and where a worker ends;
    NotHeldError, which is one too, where the processes that ask were the limit, or a rate could not
    be kept.
    """
    server = fleet.server_for(cell)
    plan = _plan(cell, measure, server, seen, load_s=load_s, seed=seed)
    if isinstance(measure, AtRate):
        # A process of its own wakes up more exactly when a request is due.
        loaded = _under(plan, cell, server, None)
    else:
        loaded = _under(plan, cell, server, asking)
        if any(limits(loaded.result)) and measure.users >= MORE_GENERATORS:
            more = replace(plan, role=Local(workers=MORE_GENERATORS))
            loaded = _under(more, cell, server, None)
    result = loaded.result
    _check(cell, server, result)
    found = whole(result, result.total) if isinstance(measure, AtRate) else settled(result)
    p50_s, p95_s = _seconds(cell, server, found)
    figures = {
        THROUGHPUT: found.requests_per_s,
        MEDIAN_LATENCY: p50_s,
        P95_LATENCY: p95_s,
        CPU: loaded.used_s / result.total.requests,
        **loaded.memory,
    }
    kept = {each: figures[each] for each in measure.quantities if each in figures}
    if not isinstance(measure, AtRate):
        # Too few requests to hold against the law speak neither for it nor against it.
        law = littles_law(result)
        kept[LITTLES_LAW] = law.off if law is not None else 0.0
    return Slot(figures=kept)


def _under(plan: LoadPlan, cell: Cell, server: Answering, asking: Driver | None) -> _Loaded:
    """Do a load on a server that is warm, and see what its workers use meanwhile."""
    fill(cell, server)
    with connected(server.url) as client:
        ask(client, cell.warm_up, server)
    with watched(cell, server) as pids:
        has_peaks = forget_peaks(pids)
        before_s = cpu_s(pids)
        result = run_load(plan, by=asking)
        return _Loaded(
            result=result,
            used_s=cpu_s(pids) - before_s,
            memory=peaks(pids) if has_peaks else {},
        )


def _plan(  # noqa: PLR0913 one parameter a matter of the load's
    cell: Cell,
    measure: Load,
    server: Answering,
    seen: Observation,
    *,
    load_s: float,
    seed: int,
) -> LoadPlan:
    query = f"?{urlencode(cell.params)}" if cell.params else ""
    target = Target(
        url=f"{server.url}{cell.path}{query}",
        method=cell.variant.asks.method,
        expects_status=OK,
        expects_bytes=seen.size_bytes if cell.is_ordered else None,
        # As of one request at a time: gunicorn's sync workers keep no connection, others would.
        headers=(("Connection", "close"),),
    )
    workers = max(1, len(server.worker_pids()))
    # A slot may be shorter than the time that so many users wait for a slow page.
    return LoadPlan(
        targets=(target,),
        users=measure.users,
        rate=measure.rate if isinstance(measure, AtRate) else None,
        run_time_s=measure.lasts_s(load_s, seen.duration_s, workers),
        grace_s=ALL_ANSWERED_WITHIN_S,
        role=Local(workers=0),
        seed=seed,
    )


def _check(cell: Cell, server: Answering, result: LoadResult) -> None:
    if result.total.failures:
        reasons = ", ".join(f"{count} x {why}" for why, count in result.total.failures.items())
        raise failure(
            cell, server, f"of {result.total.requests:,} requests under load some failed: {reasons}"
        )
    if (limit := next(limits(result), None)) is not None:
        reason = limit.partition(". ")[0]
        raise NotHeldError(failure(cell, server, reason), reason[0].lower() + reason[1:])


def _seconds(cell: Cell, server: Answering, found: Figures) -> tuple[float, float]:
    if found.p50_ms is None or found.p95_ms is None:
        raise failure(
            cell,
            server,
            "too few requests were answered under load for a median and a 95th percentile",
        )
    return found.p50_ms / 1000, found.p95_ms / 1000
