"""The most memory that other processes had resident from a moment on; Linux alone tells it."""

import sys
from collections.abc import Iterable
from pathlib import Path

from rowpath.capture.memory import RESET_PEAK, status_bytes
from rowpath.lab.measures import MEMORY, Quantity


def forget_peaks(pids: Iterable[int]) -> None:
    """Begin a new peak of each process; FileNotFoundError where one has ended."""
    if sys.platform == "linux":
        for pid in pids:
            Path(f"/proc/{pid}/clear_refs").write_text(RESET_PEAK)


def peaks(pids: Iterable[int]) -> dict[Quantity, float]:
    """Return the sum of the processes' peaks since these were forgotten; nothing if untold."""
    if sys.platform != "linux":
        return {}
    return {MEMORY: sum(status_bytes("VmHWM", Path(f"/proc/{pid}/status")) for pid in pids)}
