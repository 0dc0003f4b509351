"""The CPU time that other processes have used."""

import sys
import time
from collections.abc import Iterable

import psutil

# Linux derives the id of a process's CPU clock from its pid (clock_getcpuclockid(3), glibc's
# sysdeps/unix/sysv/linux/clock_getcpuclockid.c); it counts nanoseconds over all threads, where
# /proc/<pid>/stat counts ticks of 10 ms.
_CPUCLOCK_SCHED = 2


def cpu_s(pids: Iterable[int]) -> float:
    """Return the CPU time in seconds that the processes have used since they began.

    psutil.NoSuchProcess where one of them has ended.
    """
    return sum(_process_cpu_s(pid) for pid in pids)


def _process_cpu_s(pid: int) -> float:
    if sys.platform != "linux":
        times = psutil.Process(pid).cpu_times()
        return times.user + times.system
    try:
        return time.clock_gettime(~pid << 3 | _CPUCLOCK_SCHED)
    except OSError as error:
        raise psutil.NoSuchProcess(pid) from error
