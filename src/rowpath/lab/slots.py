"""The timed pass: a slot of requests, one at a time, on a server without any instrument."""

from time import monotonic

from rowpath.lab.client import connected
from rowpath.lab.cpu_clock import cpu_s
from rowpath.lab.experiment import Setup
from rowpath.lab.observe import checked, size_params
from rowpath.lab.plan import Cell
from rowpath.lab.results import Slot
from rowpath.lab.server import Server

WARM_UP_ROWS = {Setup.AS_TOLD: 0, Setup.CONTROLLED: 1_000}
"""A warm-up brings connection, caches and code paths to life; it need not move all the rows.
As told, a single row costs the sort of the whole table, so there it asks for none."""


def measure_slot(cell: Cell, server: Server, *, slot_s: float) -> Slot:
    """Return the response times of a slot that lasts `slot_s` seconds or one request.

    ServerError where a request fails.
    """
    warm_up = {
        name: min(rows, WARM_UP_ROWS[cell.setup]) for name, rows in size_params(cell).items()
    }
    pids = server.worker_pids()
    samples_s: list[float] = []
    with connected(server.url) as client:
        checked(client.get(cell.variant.path, warm_up), cell, server)
        cpu_before_s = cpu_s(pids)
        deadline = monotonic() + slot_s
        while not samples_s or monotonic() < deadline:
            response = checked(client.get(cell.variant.path, size_params(cell)), cell, server)
            samples_s.append(response.duration_s)
        used_s = cpu_s(pids) - cpu_before_s
    return Slot(samples_s=tuple(samples_s), cpu_s=used_s / len(samples_s))
