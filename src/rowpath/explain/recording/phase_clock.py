"""Where time goes: phases that may hold one another, each counted without those it holds."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from time import perf_counter
from typing import Protocol

from rowpath.explain.values import Phase


class Clock(Protocol):
    """Is told of phases as they begin and end."""

    def phase(self, name: str) -> AbstractContextManager[None]:
        """Count the block's time for the phase `name`."""


class PhaseClock:
    """Counts the time of the innermost phase that runs."""

    def __init__(self, now: Callable[[], float] = perf_counter) -> None:
        self._now = now
        self._spent: dict[str, float] = {}
        self._running: list[str] = []
        self._since = 0.0

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """Count the block's time for the phase `name`, but for phases that begin within it."""
        self._turn()
        self._running.append(name)
        try:
            yield
        finally:
            self._turn()
            self._running.pop()

    def phases(self) -> tuple[Phase, ...]:
        """Return the phases so far, the longest first."""
        spent = sorted(self._spent.items(), key=lambda item: -item[1])
        return tuple(Phase(name=name, duration_s=duration_s) for name, duration_s in spent)

    def _turn(self) -> None:
        now = self._now()
        if self._running:
            name = self._running[-1]
            self._spent[name] = self._spent.get(name, 0.0) + now - self._since
        self._since = now

    def clear(self) -> None:
        """Forget all times."""
        self._spent.clear()


class ContextClock:
    """Passes phases on to the clock of the request that runs, in threads and coroutines alike."""

    def __init__(self) -> None:
        self._current: ContextVar[PhaseClock | None] = ContextVar("rowpath_clock", default=None)

    def phase(self, name: str) -> AbstractContextManager[None]:
        """Count the block's time for a phase of the request's; outside of one do nothing."""
        clock = self._current.get()
        return nullcontext() if clock is None else clock.phase(name)

    @contextmanager
    def counting(self) -> Iterator[PhaseClock]:
        """Yield the clock of what runs within the block."""
        clock = PhaseClock()
        token = self._current.set(clock)
        try:
            yield clock
        finally:
            self._current.reset(token)
