"""The CPU that processes use over time, watched from outside while something runs."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import monotonic

import psutil

from rowpath.errors import ServerError
from rowpath.lab.measuring.cpu_clock import cpu_s
from rowpath.lab.measuring.looking import looking
from rowpath.lab.results import CpuLine

LOOK_EVERY_S = 0.05

Pids = Callable[[], Sequence[int]]
"""Says which processes are meant, as they are now: a server's may come and go."""


@dataclass(slots=True)
class _Watched:
    name: str
    pids: Pids
    last_s: dict[int, float] = field(default_factory=dict)
    share: list[float] = field(default_factory=list)
    is_hidden: bool = False

    def used_s(self) -> float:
        """Return the CPU used since the last look; all of what a process used that is new."""
        try:
            now = {pid: used for pid in self.pids() if (used := self._used_by(pid)) is not None}
        except (psutil.Error, OSError) as error:
            raise ServerError(
                f"Cannot watch the CPU of {self.name}: {type(error).__name__} ({error}). "
                "Run as a user who may see its processes."
            ) from error
        used_s = sum(used - self.last_s.get(pid, 0.0) for pid, used in now.items())
        # One that a look missed was there before, and is not new when it is seen again.
        self.last_s.update(now)
        return max(0.0, used_s)

    def _used_by(self, pid: int) -> float | None:
        try:
            return cpu_s([pid])
        except psutil.NoSuchProcess:  # it has ended
            return None
        except psutil.AccessDenied:  # macOS tells nothing of another user's process
            self.is_hidden = True
            return None


class Timeline:
    """Grows by a look now and then."""

    def __init__(self, processes: Mapping[str, Pids]) -> None:
        self._watched = [_Watched(name, pids) for name, pids in processes.items()]
        self._at_s: list[float] = []
        self._started = self._last = monotonic()
        for watched in self._watched:
            watched.used_s()

    def look(self) -> None:
        """Note what was used since the last look; ServerError where that cannot be seen."""
        now = monotonic()
        span_s = now - self._last
        if span_s <= 0:
            return
        self._last = now
        self._at_s.append(now - self._started)
        for watched in self._watched:
            watched.share.append(watched.used_s() / span_s)

    def lines(self) -> tuple[CpuLine, ...]:
        """Return what was seen, a line for each name; none of what the system does not show us."""
        return tuple(
            CpuLine(name=watched.name, at_s=tuple(self._at_s), share=tuple(watched.share))
            for watched in self._watched
            if not watched.is_hidden
        )


@contextmanager
def cpu_watched(processes: Mapping[str, Pids]) -> Iterator[Timeline]:
    """Yield a timeline of the named processes, which is whole when the block has ended.

    ServerError where the system does not let them be watched.
    """
    timeline = Timeline(processes)
    with looking(timeline.look, every_s=LOOK_EVERY_S):
        yield timeline
    timeline.look()
