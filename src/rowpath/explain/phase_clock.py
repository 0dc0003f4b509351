"""Where time goes: phases that may hold one another, each counted without those it holds."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import perf_counter

from rowpath.explain.values import Phase


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
