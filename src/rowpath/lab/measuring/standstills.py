"""How often this process stood still: a request that was on its way then took no such time.

Who is stopped (Ctrl-Z, a debugger, whatever sends SIGSTOP) hears SIGCONT when it goes on. A machine
that was suspended has a clock that counts on and one that does not: Linux's CLOCK_BOOTTIME and
CLOCK_MONOTONIC. Neither can be mistaken for a server that is slow.
"""

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import current_thread, main_thread
from types import FrameType

LEAST_SUSPENDED_S = 0.1
"""The two clocks are read one after the other: less than this is the time between."""


class _Standstills:
    """Counts what has stopped this process, which is one thing for all that is measured in it."""

    def __init__(self) -> None:
        self._continued = 0
        self._suspensions = 0
        self._suspended_s = _suspended_s()

    def hear(self, _number: int, _frame: FrameType | None) -> None:
        """Count that this process was stopped and goes on."""
        self._continued += 1

    def count(self) -> int:
        """Return how often it stood still until now."""
        suspended_s = _suspended_s()
        if suspended_s - self._suspended_s > LEAST_SUSPENDED_S:
            self._suspensions += 1
            self._suspended_s = suspended_s
        return self._continued + self._suspensions


def _suspended_s() -> float:
    """Return for how long the machine was suspended since it began; 0 where nobody tells."""
    if not hasattr(time, "CLOCK_BOOTTIME"):
        return 0.0
    return time.clock_gettime(time.CLOCK_BOOTTIME) - time.clock_gettime(time.CLOCK_MONOTONIC)


_STANDSTILLS = _Standstills()


def standstills() -> int:
    """Return how often this process was seen to stand still, as far as it is `noticed`."""
    return _STANDSTILLS.count()


@contextmanager
def noticed() -> Iterator[None]:
    """Notice, until the end of the block, that this process was stopped and goes on.

    Signals are the main thread's: in another one only what suspends the machine is noticed.
    """
    if current_thread() is not main_thread():
        yield
        return
    before = signal.signal(signal.SIGCONT, _STANDSTILLS.hear)
    try:
        yield
    finally:
        signal.signal(signal.SIGCONT, before)
