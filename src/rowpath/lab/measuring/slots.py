"""The timed pass: a slot of requests, one at a time, on a server without any instrument."""

from dataclasses import replace
from time import monotonic

from rowpath.lab.measuring.asking import accompanied, ask, failure
from rowpath.lab.measuring.client import connected
from rowpath.lab.measuring.cpu_clock import cpu_s
from rowpath.lab.measuring.results import Observation, Slot
from rowpath.lab.plan import Cell
from rowpath.lab.profile import WARM_UP_ROWS
from rowpath.lab.servers.fleet import Fleet


def measure_slot(cell: Cell, fleet: Fleet, seen: Observation, *, slot_s: float) -> Slot:
    """Return the response times of a slot that lasts `slot_s` seconds or one request.

    ServerError where a request fails, where a worker ends, and where an answer has another length
    than the one that was `seen` and verified.
    """
    server, beside = fleet.server_for(cell), fleet.server_beside(cell)
    pids = server.worker_pids()
    samples_s: list[float] = []
    own_cpu_s: list[float] = []
    with connected(server.url) as client:
        warm_up = replace(cell, rows=min(cell.rows, WARM_UP_ROWS))
        with accompanied(warm_up, beside):
            ask(client, warm_up, server)
        cpu_before_s = cpu_s(pids)
        deadline = monotonic() + slot_s
        while not samples_s or monotonic() < deadline:
            with accompanied(cell, beside):
                response = ask(client, cell, server)
            samples_s.append(response.duration_s)
            if response.cpu_s is not None:
                own_cpu_s.append(response.cpu_s)
            if cell.is_ordered and len(response.body) != seen.size_bytes:
                raise failure(
                    cell,
                    server,
                    f"an answer has {len(response.body):,} bytes, the verified one had "
                    f"{seen.size_bytes:,}",
                )
        if server.worker_pids() != pids:
            raise failure(cell, server, "a worker ended in the middle")
        used_s = sum(own_cpu_s) if own_cpu_s else cpu_s(pids) - cpu_before_s
    return Slot(samples_s=tuple(samples_s), cpu_s=used_s / len(samples_s))
