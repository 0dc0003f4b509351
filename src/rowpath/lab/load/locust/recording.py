"""What a process that asks has seen, raw: one row a request, with the process's own CPU.

Locust rounds response times into buckets and keeps those. Here each request is a row of its own,
handed over once a second, so that the process holds the rows of a second only.
"""

from dataclasses import dataclass, field
from struct import Struct
from time import perf_counter, process_time
from typing import Any, TypeVar

ROW = Struct("<HHHdddq")
"""Name, reason of the failure (0: none), status, intended start, start, end, bytes of the body.

Times are seconds since the load began in this process.
"""
MOST_NAMES = 1_000
MOST_REASONS = 200
REASON_CHARACTERS = 200
OTHERS = "others"

Key = TypeVar("Key")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request, and how it ended: `reason` is empty where it was no failure."""

    method: str
    name: str
    intended_s: float
    started_s: float
    ended_s: float
    status: int = 0
    size_bytes: int = 0
    reason: str = ""


@dataclass(slots=True)
class Recorder:
    """Keeps rows until they are taken. Its clock is the load's: 0 is when it began."""

    began: float = field(default_factory=perf_counter)
    began_cpu_s: float = field(default_factory=process_time)
    _rows: bytearray = field(default_factory=bytearray)
    _names: dict[tuple[str, str], int] = field(default_factory=dict)
    _reasons: dict[str, int] = field(default_factory=lambda: {"": 0})
    _told_names: int = 0
    _told_reasons: int = 1

    def now_s(self) -> float:
        """Return the seconds since the load began."""
        return perf_counter() - self.began

    def begin(self) -> None:
        """Let the load begin now."""
        self.began, self.began_cpu_s = perf_counter(), process_time()

    def add(self, asked: Asked) -> None:
        """Keep a request."""
        name = self._names.get((asked.method, asked.name))
        if name is None:
            name = _numbered(self._names, (asked.method, asked.name), MOST_NAMES, ("", OTHERS))
        reason = self._reasons.get(asked.reason)
        if reason is None:
            reason = _numbered(
                self._reasons, asked.reason[:REASON_CHARACTERS], MOST_REASONS, OTHERS
            )
        self._rows += ROW.pack(
            name,
            reason,
            asked.status,
            asked.intended_s,
            asked.started_s,
            asked.ended_s,
            asked.size_bytes,
        )

    def take(self) -> dict[str, Any]:
        """Return all that is new, and let go of it."""
        names, reasons = list(self._names), list(self._reasons)
        part = {
            "rows": bytes(self._rows),
            "names": [list(each) for each in names[self._told_names :]],
            "reasons": reasons[self._told_reasons :],
            "at_s": self.now_s(),
            "cpu_s": process_time() - self.began_cpu_s,
        }
        self._rows.clear()
        self._told_names, self._told_reasons = len(names), len(reasons)
        return part


def _numbered(numbers: dict[Key, int], key: Key, most: int, others: Key) -> int:
    """Return the number of a key, a new one for a new key, that of `others` when there are many."""
    chosen = key if key in numbers or len(numbers) < most else others
    return numbers.setdefault(chosen, len(numbers))
