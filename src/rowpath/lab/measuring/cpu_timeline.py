"""The CPU that processes use over time, watched from outside while something runs."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event, Thread
from time import monotonic

import psutil

from rowpath.lab.measuring.cpu_clock import cpu_s

LOOK_EVERY_S = 0.05

Pids = Callable[[], Sequence[int]]
"""Says which processes are meant, as they are now: a server's may come and go."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CpuLine:
    """What some processes used: `share` of one core in the time that ends at `at_s`."""

    name: str
    at_s: tuple[float, ...]
    share: tuple[float, ...]


@dataclass(slots=True)
class _Watched:
    pids: Pids
    last_s: dict[int, float] = field(default_factory=dict)
    share: list[float] = field(default_factory=list)

    def used_s(self) -> float:
        """Return the CPU used since the last look; all of what a process used that is new."""
        now = {pid: used for pid in self.pids() if (used := _used_s(pid)) is not None}
        used_s = sum(used - self.last_s.get(pid, 0.0) for pid, used in now.items())
        self.last_s = now
        return used_s


class Timeline:
    """Grows by a look now and then."""

    def __init__(self, processes: Mapping[str, Pids]) -> None:
        self._watched = {name: _Watched(pids) for name, pids in processes.items()}
        self._at_s: list[float] = []
        self._started = self._last = monotonic()
        for watched in self._watched.values():
            watched.used_s()

    def look(self) -> None:
        """Note what was used since the last look."""
        now = monotonic()
        span_s = now - self._last
        if span_s <= 0:
            return
        self._last = now
        self._at_s.append(now - self._started)
        for watched in self._watched.values():
            watched.share.append(watched.used_s() / span_s)

    def lines(self) -> tuple[CpuLine, ...]:
        """Return what was seen, a line for each name."""
        return tuple(
            CpuLine(name=name, at_s=tuple(self._at_s), share=tuple(watched.share))
            for name, watched in self._watched.items()
        )


@contextmanager
def cpu_watched(processes: Mapping[str, Pids]) -> Iterator[Timeline]:
    """Yield a timeline of the named processes, which is whole when the block has ended."""
    timeline = Timeline(processes)
    over = Event()

    def watch() -> None:
        while not over.wait(LOOK_EVERY_S):
            timeline.look()

    thread = Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield timeline
    finally:
        over.set()
        thread.join()
        timeline.look()


def _used_s(pid: int) -> float | None:
    try:
        return cpu_s([pid])
    except psutil.Error:  # it has ended, or is not ours to see
        return None
