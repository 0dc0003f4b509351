"""The most memory that each of other processes had resident from a moment on, as Linux tells it."""

import sys
from collections.abc import Iterable
from pathlib import Path

import psutil

from rowpath.capture.memory import RESET_PEAK, status_bytes
from rowpath.lab.measures import MEMORY, Quantity


def forget_peaks(pids: Iterable[int]) -> bool:
    """Begin a new peak of each process, and return whether this system can do that.

    psutil.NoSuchProcess where one of them has ended.
    """
    if sys.platform != "linux":
        return False
    for pid in pids:
        try:
            Path(f"/proc/{pid}/clear_refs").write_text(RESET_PEAK)
        except (FileNotFoundError, ProcessLookupError) as error:
            raise psutil.NoSuchProcess(pid) from error
        except OSError:  # a kernel without it, or a sandbox that has it not written
            return False
    return True


def peaks(pids: Iterable[int]) -> dict[Quantity, float]:
    """Return the sum of the processes' peaks since these were forgotten.

    psutil.NoSuchProcess where one of them has ended.
    """
    return {MEMORY: sum(map(_peak_bytes, pids))}


def _peak_bytes(pid: int) -> int:
    try:
        return status_bytes("VmHWM", Path(f"/proc/{pid}/status"))
    except (FileNotFoundError, ProcessLookupError, LookupError) as error:  # LookupError: a zombie
        raise psutil.NoSuchProcess(pid) from error
