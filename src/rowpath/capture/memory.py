"""The resident memory of this process, and its peak from a moment that we choose."""

import ctypes
import gc
import resource
import sys
from functools import cache
from pathlib import Path

_CLEAR_REFS = Path("/proc/self/clear_refs")
OWN_STATUS = Path("/proc/self/status")
RESET_PEAK = "5"
"""What sets VmHWM back to the present resident size (proc_pid_clear_refs(5), Linux 4.0)."""


def reset_peak() -> None:
    """Begin a new peak: collect garbage, give free memory back to the system, forget the old peak.

    Where the C library has no malloc_trim (musl, macOS) free memory stays with the process. On
    macOS the old peak cannot be forgotten, so `peak_bytes` is that of the process's whole life.
    """
    gc.collect()
    _malloc_trim()
    if sys.platform == "linux":
        _CLEAR_REFS.write_text(RESET_PEAK)


def peak_bytes() -> int:
    """Return the most resident memory since `reset_peak`; on macOS since the process began."""
    if sys.platform == "linux":
        return status_bytes("VmHWM")
    # Bytes on macOS (getrusage(2) there); Linux would say kilobytes.
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def resident_bytes() -> int:
    """Return the resident memory now; on macOS the most so far, from which `peak_bytes` grows."""
    if sys.platform == "linux":
        return status_bytes("VmRSS")
    return peak_bytes()


def status_bytes(field: str, status: Path = OWN_STATUS) -> int:
    """Return a field of proc_pid_status(5) that is told in kB; LookupError where there is none."""
    for line in status.read_text().splitlines():
        name, _, value = line.partition(":")
        if name == field:
            return int(value.removesuffix("kB")) * 1024
    raise LookupError(f"{status} has no {field}")


@cache
def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None)


def _malloc_trim() -> None:
    trim = getattr(_libc(), "malloc_trim", None)
    if trim is not None:
        trim(ctypes.c_size_t(0))
