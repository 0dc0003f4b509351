"""A slot of many requests at once, driven by Locust, on a server without any instrument."""

from urllib.parse import urlencode

from rowpath.lab.load.engine import Driver, run_load
from rowpath.lab.load.figures import Figures, limits, settled, whole
from rowpath.lab.load.plan import LoadPlan, Local, Target
from rowpath.lab.load.results import LoadResult
from rowpath.lab.measures import (
    CPU,
    MEDIAN_LATENCY,
    P95_LATENCY,
    THROUGHPUT,
    AtRate,
    Load,
)
from rowpath.lab.measuring.asking import OK, ask, failure
from rowpath.lab.measuring.client import connected
from rowpath.lab.measuring.cpu_clock import cpu_s
from rowpath.lab.measuring.memory_peak import forget_peaks, peaks
from rowpath.lab.measuring.warming import fill
from rowpath.lab.plan import Cell
from rowpath.lab.results import Observation, Slot
from rowpath.lab.servers.fleet import Fleet
from rowpath.lab.servers.server import Server

ALL_ANSWERED_WITHIN_S = 60.0
MORE_GENERATORS = 2
"""So many processes ask where one was the limit."""


def measure_load(  # noqa: PLR0913 one parameter a matter of the slot's
    cell: Cell,
    measure: Load,
    fleet: Fleet,
    asking: Driver,
    seen: Observation,
    *,
    load_s: float,
) -> Slot:
    """Return what a slot of `load_s` seconds or more under such a load came to.

    ServerError where a request fails or its answer has another length than the one that was `seen`
    and verified, where a worker ends, and where the generator was the limit.
    """
    server = fleet.server_for(cell)
    pids = server.worker_pids()
    fill(cell, server)
    with connected(server.url) as client:
        ask(client, cell.warm_up, server)
    forget_peaks(pids)
    before_s = cpu_s(pids)
    plan = _plan(cell, measure, server, seen, load_s=load_s, generators=0)
    # A process of its own wakes up more exactly when a request is due.
    result = run_load(plan, by=None if isinstance(measure, AtRate) else asking)
    if any(limits(result)) and measure.users >= MORE_GENERATORS:
        before_s = cpu_s(pids)
        plan = _plan(cell, measure, server, seen, load_s=load_s, generators=MORE_GENERATORS)
        result = run_load(plan)
    if server.worker_pids() != pids:
        raise failure(cell, server, "a worker ended in the middle")
    used_s, memory = cpu_s(pids) - before_s, peaks(pids)
    _check(cell, server, result)
    at_rate = isinstance(measure, AtRate)
    found = whole(result, result.total) if at_rate else settled(result)
    p50_s, p95_s = _seconds(cell, server, found)
    figures = {
        THROUGHPUT: found.requests_per_s,
        MEDIAN_LATENCY: p50_s,
        P95_LATENCY: p95_s,
        CPU: used_s / result.total.requests,
    } | memory
    return Slot(figures={each: figures[each] for each in measure.quantities if each in figures})


def _plan(  # noqa: PLR0913 one parameter a matter of the load's
    cell: Cell,
    measure: Load,
    server: Server,
    seen: Observation,
    *,
    load_s: float,
    generators: int,
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
        role=Local(workers=generators),
    )


def _check(cell: Cell, server: Server, result: LoadResult) -> None:
    if result.total.failures:
        reasons = ", ".join(f"{count} x {why}" for why, count in result.total.failures.items())
        raise failure(
            cell, server, f"of {result.total.requests:,} requests under load some failed: {reasons}"
        )
    if (limit := next(limits(result), None)) is not None:
        told = limit.partition(".")[0]
        raise failure(cell, server, f"{told}, also with {MORE_GENERATORS} processes that ask")


def _seconds(cell: Cell, server: Server, found: Figures) -> tuple[float, float]:
    if found.p50_ms is None or found.p95_ms is None:
        raise failure(cell, server, "no request was answered under load")
    return found.p50_ms / 1000, found.p95_ms / 1000
