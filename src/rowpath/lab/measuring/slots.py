"""The timed pass: a slot of requests, one at a time, on a server without any instrument."""

from statistics import median
from time import monotonic, perf_counter

from rowpath.lab.measures import CPU, TIME
from rowpath.lab.measuring.asking import accompanied, ask, failure, time_s, watched
from rowpath.lab.measuring.client import Response, connected
from rowpath.lab.measuring.cpu_clock import cpu_s
from rowpath.lab.measuring.memory_peak import forget_peaks, peaks
from rowpath.lab.measuring.warming import fill
from rowpath.lab.plan import SLOWED_BY, Cell, Control
from rowpath.lab.results import Observation, Slot
from rowpath.lab.servers.fleet import Fleet
from rowpath.lab.servers.server import Answering


def measure_slot(cell: Cell, fleet: Fleet, seen: Observation, *, slot_s: float) -> Slot:
    """Return the response times of a slot that lasts `slot_s` seconds or one request.

    ServerError where a request fails, where a worker ends, and where an answer has another length
    than the one that was `seen` and verified; all of this holds for the cell's companion too.
    """
    server, beside = fleet.server_for(cell), fleet.server_beside(cell)
    fill(cell, server)
    pids_beside = beside.worker_pids() if beside else ()
    samples_s: list[float] = []
    own_cpu_s: list[float] = []
    with watched(cell, server) as pids, connected(server.url) as client:
        with accompanied(cell.warm_up, beside) as company:
            ask(client, cell.warm_up, server, company.headers)
        has_peaks = bool(pids) and forget_peaks(pids)
        cpu_before_s = cpu_s(pids)
        deadline = monotonic() + slot_s
        while not samples_s or monotonic() < deadline:
            with accompanied(cell, beside) as company:
                response = ask(client, cell, server, company.headers)
            samples_s.append(_controlled(cell, time_s(cell, server, response)))
            if response.own_cpu_s is not None:
                own_cpu_s.append(response.own_cpu_s)
            _check_length(cell, server, response, seen.size_bytes)
            if beside and cell.beside and company.response:
                _check_length(cell.beside, beside, company.response, seen.beside_bytes)
        if beside and cell.beside and beside.worker_pids() != pids_beside:
            raise failure(cell.beside, beside, "a worker ended in the middle")
        used_s = sum(own_cpu_s) if own_cpu_s else cpu_s(pids) - cpu_before_s
        # A server that ran before us may be of processes that we do not know.
        cpu = {CPU: used_s / len(samples_s)} if pids else {}
        memory = peaks(pids) if has_peaks else {}
    figures = {TIME: median(samples_s)} | cpu | memory
    return Slot(figures=figures, samples_s=tuple(samples_s))


def _controlled(cell: Cell, took_s: float) -> float:
    """Return how long a request took, with what its control adds: a delay that is really waited."""
    return slowed(took_s) if cell.control is Control.SLOWED else took_s


def slowed(took_s: float) -> float:
    """Return how long a request took with 5% more, which is waited for here."""
    started = perf_counter()
    while (waited_s := perf_counter() - started) < SLOWED_BY * took_s:
        pass  # a sleep would be longer than it says, by as much as a short request takes
    return took_s + waited_s


def _check_length(cell: Cell, server: Answering, response: Response, verified_bytes: int) -> None:
    if cell.is_ordered and len(response.body) != verified_bytes:
        raise failure(
            cell,
            server,
            f"an answer has {len(response.body):,} bytes, the verified one had {verified_bytes:,}",
        )
