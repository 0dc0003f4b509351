"""Ends a process that grows beyond a limit, as the kernel does to one in a small container."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from threading import Event, Thread

import psutil

LOOK_EVERY_S = 0.05
"""Rows come at some 100 MB/s at most, so a process is ended within about 5 MB of its limit."""


class Watch:
    """What the watch over some processes has seen."""

    def __init__(self, limit_bytes: int) -> None:
        self.limit_bytes = limit_bytes
        self.ended_at_bytes: int | None = None
        """The resident memory of the process that was ended; None where none was."""


@contextmanager
def memory_limited(pids: Sequence[int], limit_bytes: int) -> Iterator[Watch]:
    """Kill each of the processes `pids` that holds more than `limit_bytes`, within the context."""
    watch = Watch(limit_bytes)
    over = Event()
    thread = Thread(target=_watch, args=(pids, watch, over), daemon=True)
    thread.start()
    try:
        yield watch
    finally:
        over.set()
        thread.join()


def _watch(pids: Sequence[int], watch: Watch, over: Event) -> None:
    processes = [psutil.Process(pid) for pid in pids]
    while processes and not over.is_set():
        for process in processes:
            try:
                resident = process.memory_info().rss
                if resident > watch.limit_bytes:
                    watch.ended_at_bytes = resident
                    process.kill()
            except psutil.NoSuchProcess:
                return
        over.wait(LOOK_EVERY_S)
