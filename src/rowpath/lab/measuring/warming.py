"""Fills the caches of a server's workers, and counts what each of them answers from its own."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from time import monotonic

from rowpath.lab.conditions import CacheState
from rowpath.lab.measuring.asking import ask, failure
from rowpath.lab.measuring.client import connected
from rowpath.lab.plan import Cell
from rowpath.lab.results import CacheWorker
from rowpath.lab.servers.server import Answering

Told = tuple[int, str]
"""The worker process that answered, and `hit` or `miss`."""

AT_ONCE = 8
"""Twice as many as there are workers, so that none of them is left out for long."""
REQUESTS = 200
LASTS_S = 1.5
"""Longer than the entries live that expire in an experiment."""
AT_LAST_S = 30.0


def fill(cell: Cell, server: Answering) -> None:
    """Return when each worker has answered for a cell, and so has its answer in its cache.

    ServerError where an answer fails. Nothing is done where no cache is to be warm, and a worker
    that never has its turn is not waited for longer than 30 s.
    """
    if cell.conditions.cache is CacheState.WARM:
        _asked_until(cell, server, requests=1, lasts_s=0)


def hits_of_workers(cell: Cell, server: Answering) -> tuple[CacheWorker, ...]:
    """Return what each worker answered from a warm cache, of enough requests for a hit rate.

    Empty where no cache is to be warm. ServerError where an answer fails.
    """
    if cell.conditions.cache is not CacheState.WARM:
        return ()
    told = _asked_until(cell, server, requests=REQUESTS, lasts_s=LASTS_S)
    asked = Counter(pid for pid, _ in told)
    hits = Counter(pid for pid, how in told if how == "hit")
    return tuple(CacheWorker(requests=asked[pid], hits=hits[pid]) for pid in sorted(asked))


def _asked_until(cell: Cell, server: Answering, *, requests: int, lasts_s: float) -> list[Told]:
    """Return what is told by so many answers at least, over so long a time, of all workers."""
    workers = len(server.worker_pids())
    started = monotonic()
    told: list[Told] = []
    with ThreadPoolExecutor(max_workers=AT_ONCE) as pool:
        while True:
            told += pool.map(lambda _: _asked(cell, server), range(AT_ONCE))
            passed_s = monotonic() - started
            are_all_here = len({pid for pid, _ in told}) >= workers or passed_s > AT_LAST_S
            if are_all_here and len(told) >= requests and passed_s >= lasts_s:
                return told


def _asked(cell: Cell, server: Answering) -> Told:
    """Return which worker answered, and whether it had to make its answer."""
    with connected(server.url) as client:
        answer = ask(client, cell, server)
    if answer.cache is None:
        raise failure(cell, server, "the answer does not say whether it was cached")
    pid, how = answer.cache.split()
    return int(pid), how
