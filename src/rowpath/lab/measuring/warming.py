"""Fills the caches of a server's workers, and counts what each of them answers from its own."""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from time import monotonic

from rowpath.lab.measuring.asking import ask
from rowpath.lab.measuring.client import connected
from rowpath.lab.plan import Cell
from rowpath.lab.results import CacheWorker
from rowpath.lab.servers.server import Server

AT_ONCE = 8
"""Twice as many as there are workers, so that none of them is left out for long."""
REQUESTS = 200
LASTS_S = 1.5
"""Longer than the entries live that expire in an experiment."""
AT_LAST_S = 30.0


def warmed(cell: Cell, server: Server) -> tuple[CacheWorker, ...]:
    """Ask for a cell until each worker has answered, and often enough for a hit rate.

    ServerError where an answer fails. A worker that never has its turn is left out after 30 s.
    """
    workers = len(server.worker_pids())
    started = monotonic()
    asked: Counter[str] = Counter()
    hits: Counter[str] = Counter()
    with ThreadPoolExecutor(max_workers=AT_ONCE) as pool:
        while not _is_enough(asked, workers, monotonic() - started):
            for told in pool.map(lambda _: list(_asked(cell, server)), range(AT_ONCE)):
                asked.update(pid for pid, _ in told)
                hits.update(pid for pid, how in told if how == "hit")
    return tuple(CacheWorker(requests=asked[pid], hits=hits[pid]) for pid in sorted(asked, key=int))


def _is_enough(asked: Counter[str], workers: int, passed_s: float) -> bool:
    if passed_s > AT_LAST_S:
        return True
    return len(asked) >= workers and asked.total() >= REQUESTS and passed_s > LASTS_S


def _asked(cell: Cell, server: Server) -> Iterator[tuple[str, str]]:
    """Yield which worker answered, and whether it had to make its answer, a few times."""
    with connected(server.url) as client:
        for _ in range(AT_ONCE):
            pid, _, how = (ask(client, cell, server).cache or "0 miss").partition(" ")
            yield pid, how
