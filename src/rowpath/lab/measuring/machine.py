"""What the machine's processors did between two moments, as far as the system tells it.

The system counts CPU in ticks of 10 ms. In a slot of a tenth of a second a tick is a tenth of a
processor, so of short slots only the mean over many says something.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

import psutil

from rowpath.lab.measures import OTHER_CPU, PRESSURE, STANDSTILLS, STEAL, Quantity
from rowpath.lab.measuring.standstills import standstills

PRESSURE_FILE = Path("/proc/pressure/cpu")


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What the system has counted until a moment, in seconds; None where it does not tell it."""

    at_s: float
    busy_s: float
    steal_s: float | None
    pressure_s: float | None
    standstills: int = 0


def look() -> Look:
    """Return what is counted until now."""
    busy_s, steal_s = _all_processors_s()
    return Look(
        at_s=monotonic(),
        busy_s=busy_s,
        steal_s=steal_s,
        pressure_s=_pressure_s(),
        standstills=standstills(),
    )


def span_s(before: Look, after: Look) -> float:
    """Return how long it was between two looks, and never 0."""
    return max(after.at_s - before.at_s, 1e-9)


def between(before: Look, after: Look, *, own_s: float) -> Mapping[Quantity, float]:
    """Return what went on between two looks; `own_s` is the CPU of what is no other work.

    A quantity that this system does not tell is not in it: steal and pressure are Linux's.
    """
    cores = os.cpu_count() or 1
    lasted_s = span_s(before, after)
    # Not cut off at 0: what a tick gives to one of two slots it takes from the other.
    found = {OTHER_CPU: (after.busy_s - before.busy_s - own_s) / (cores * lasted_s)}
    if before.steal_s is not None and after.steal_s is not None:
        found[STEAL] = (after.steal_s - before.steal_s) / (cores * lasted_s)
    if before.pressure_s is not None and after.pressure_s is not None:
        found[PRESSURE] = (after.pressure_s - before.pressure_s) / lasted_s
    found[STANDSTILLS] = after.standstills - before.standstills
    return found


def _all_processors_s() -> tuple[float, float | None]:
    """Return for how long all processors were busy since the machine began, and were stolen.

    Linux counts a guest's time as its user's.
    """
    times = psutil.cpu_times()
    told = {name: float(getattr(times, name)) for name in times._fields}
    busy_s = sum(told.get(name, 0.0) for name in ("user", "nice", "system", "irq", "softirq"))
    return busy_s, told.get("steal")


def _pressure_s() -> float | None:
    """Return for how long some process has waited for a processor (Linux's PSI), if told."""
    try:
        some = PRESSURE_FILE.read_text(encoding="ascii").splitlines()[0]
    except (OSError, IndexError):  # an older kernel, or one that has it turned off
        return None
    return int(some.rpartition("total=")[2]) / 1e6
