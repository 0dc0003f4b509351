"""What the processes that ask have told so far, as it comes, and the result that it makes."""

from base64 import b64decode
from collections import Counter, deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from math import ceil
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rowpath.lab.load.figures import percentile
from rowpath.lab.load.plan import LoadPlan
from rowpath.lab.load.results import Generator, LoadResult, TargetResult, UsersSeen

ROW = np.dtype(
    [
        ("name", "<u2"),
        ("reason", "<u2"),
        ("status", "<u2"),
        ("intended_s", "<f8"),
        ("started_s", "<f8"),
        ("ended_s", "<f8"),
        ("size_bytes", "<i8"),
    ]
)
"""A row as `locust.recording.ROW` packs it; a test holds the two together."""
Rows = NDArray[np.void]

Name = tuple[str, str]


RECENT_S = 3.0
"""How far back what is told while a load runs looks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recent:
    """What ended of a target in the last seconds, as it is told while a load runs."""

    requests_per_s: float
    p50_ms: float | None
    p95_ms: float | None


@dataclass(slots=True)
class _Told:
    """What one process has told: its rows, and what its numbers mean."""

    rows: list[Rows] = field(default_factory=list)
    names: list[Name] = field(default_factory=list)
    reasons: list[str] = field(default_factory=lambda: [""])
    is_done: bool = False
    due: int | None = None
    looks: list[tuple[float, float]] = field(default_factory=list)
    """When, and the CPU seconds used until then."""
    users: list[tuple[float, int]] = field(default_factory=list)
    """When, and the users then."""


@dataclass(slots=True)
class Ledger:
    """Takes what processes tell, a frame at a time."""

    plan: LoadPlan
    told: dict[str, _Told] = field(default_factory=dict)
    lost: tuple[str, ...] = ()
    counts: dict[Name, tuple[int, int]] = field(default_factory=dict)
    """The requests of each target until now, and how many of them failed."""
    _recent: deque[tuple[float, str, Rows]] = field(default_factory=deque)

    def __post_init__(self) -> None:
        for target in self.plan.targets:
            self.counts[target.method, target.label] = (0, 0)

    def take(self, frame: dict[str, Any]) -> None:
        """Take a worker's part, whose names and reasons are numbers of its own."""
        told = self.told.setdefault(frame["worker"], _Told())
        told.names += [(method, name) for method, name in frame["names"]]
        told.reasons += frame["reasons"]
        told.looks.append((frame["at_s"], frame["cpu_s"]))
        told.users.append((frame["users_at_s"], frame["users"]))
        told.is_done, told.due = frame["is_last"], frame["due"]
        rows = np.frombuffer(b64decode(frame["rows"]), dtype=ROW)
        if len(rows):
            told.rows.append(rows)
        self._count(told, rows)
        self._recent.append((frame["at_s"], frame["worker"], rows))
        while self._recent[0][0] < self.at_s - RECENT_S:
            self._recent.popleft()

    def _count(self, told: _Told, rows: Rows) -> None:
        for number in np.unique(rows["name"]):
            chosen = rows[rows["name"] == number]
            requests, failures = self.counts.get(told.names[number], (0, 0))
            failed = int((chosen["reason"] > 0).sum())
            self.counts[told.names[number]] = (requests + len(chosen), failures + failed)

    def recent(self, name: Name) -> Recent:
        """Return what ended lately of a target."""
        until_s = self.at_s
        from_s = max(0.0, until_s - RECENT_S)
        parts = [
            rows[rows["name"] == told.names.index(name)]
            for _, worker, rows in self._recent
            if name in (told := self.told[worker]).names
        ]
        rows = np.concatenate(parts) if parts else np.empty(0, ROW)
        rows = rows[rows["ended_s"] >= from_s]
        latency_ms = (rows["ended_s"] - rows["intended_s"]) * 1_000
        return Recent(
            requests_per_s=len(rows) / (until_s - from_s) if until_s > from_s else 0.0,
            p50_ms=percentile(latency_ms, 50),
            p95_ms=percentile(latency_ms, 95),
        )

    @property
    def is_complete(self) -> bool:
        """Whether every worker has told all, or is known to be lost."""
        done = sum(told.is_done for told in self.told.values())
        return done + len(self.lost) >= self.plan.generators

    @property
    def at_s(self) -> float:
        """How far the load has come: the last time that any worker told of."""
        return max((told.looks[-1][0] for told in self.told.values() if told.looks), default=0.0)

    @property
    def users(self) -> int:
        """How many users there were when the workers last told."""
        return sum(told.users[-1][1] for told in self.told.values() if told.users)

    def result(self, started_at: float, stopped: str | None) -> LoadResult:
        """Return what all of it came to."""
        plan = self.plan
        duration_s = plan.run_time_s if stopped is None else min(plan.run_time_s, self.at_s)
        ramp_s = min(plan.ramp_s, duration_s)
        names = self._names()
        parts = list(self._parts(names))
        due = self._due()
        unsent = 0 if due is None else max(0, due - sum(len(rows) for _, (rows, _) in parts))
        targets = tuple(
            _target(
                name,
                [part for number, part in parts if number == place],
                ceil(unsent * self._weight_share(place)),
            )
            for place, name in enumerate(names)
        )
        return LoadResult(
            plan=plan,
            started_at=started_at,
            duration_s=duration_s,
            ramp_s=ramp_s,
            targets=targets,
            total=_target(("", "all"), [part for _, part in parts], unsent),
            users=tuple(self._users()),
            generators=tuple(
                Generator(name=worker, cpu_share=_share(told.looks, ramp_s, duration_s))
                for worker, told in sorted(self.told.items())
            ),
            lost_workers=self.lost,
            stopped=stopped,
            due=due,
        )

    def _weight_share(self, place: int) -> float:
        """Return the share that a planned target has of all requests; 0 of what users chose."""
        weights = [target.weight for target in self.plan.targets]
        return weights[place] / sum(weights) if place < len(weights) else 0.0

    def _due(self) -> int | None:
        """Return how many arrivals the workers drew; None where one has not told all."""
        due = [told.due for told in self.told.values()]
        is_whole = self.is_complete and not self.lost
        return sum(each or 0 for each in due) if is_whole and None not in due else None

    def _names(self) -> list[Name]:
        """Return what was asked: the plan's targets in their order, then what users chose."""
        planned = [(target.method, target.label) for target in self.plan.targets]
        told = [name for told in self.told.values() for name in told.names]
        return list(dict.fromkeys([*planned, *told]))

    def _parts(self, names: Sequence[Name]) -> Iterable[tuple[int, tuple[Rows, list[str]]]]:
        """Yield for each worker and name the rows, with the reasons that their numbers mean."""
        places = {name: place for place, name in enumerate(names)}
        for told in self.told.values():
            if not told.rows:
                continue
            rows = np.concatenate(told.rows)
            for number, name in enumerate(told.names):
                yield places[name], (rows[rows["name"] == number], told.reasons)

    def _users(self) -> Iterable[UsersSeen]:
        """Yield the users of all workers in the middle of each second that any of them told of."""
        for second in range(ceil(self.at_s)):
            middle_s = second + 0.5
            users = sum(_users_at(told.users, middle_s) for told in self.told.values())
            yield UsersSeen(at_s=middle_s, users=users)


def _users_at(seen: Sequence[tuple[float, int]], at_s: float) -> int:
    """Return how many users a worker had when it looked next to a time; it looked at least once."""
    return min(seen, key=lambda each: abs(each[0] - at_s))[1]


def _share(looks: Sequence[tuple[float, float]], from_s: float, until_s: float) -> float:
    """Return the CPU used as a share of one core between two times, as far as looks tell it."""
    seen = [(0.0, 0.0), *looks]
    first = min(seen, key=lambda look: abs(look[0] - from_s))
    last = min(seen, key=lambda look: abs(look[0] - until_s))
    span_s = last[0] - first[0]
    return (last[1] - first[1]) / span_s if span_s > 0 else 0.0


def _target(name: Name, parts: Sequence[tuple[Rows, list[str]]], unsent: int) -> TargetResult:
    rows = np.concatenate([part for part, _ in parts]) if parts else np.empty(0, ROW)
    failures: Counter[str] = Counter()
    for part, reasons in parts:
        for number, count in zip(*np.unique(part["reason"], return_counts=True), strict=True):
            if number:
                failures[reasons[number]] += int(count)
    rows = rows[np.argsort(rows["ended_s"], kind="stable")]
    statuses = zip(*np.unique(rows["status"], return_counts=True), strict=True)
    return TargetResult(
        method=name[0],
        name=name[1],
        intended_s=rows["intended_s"],
        started_s=rows["started_s"],
        ended_s=rows["ended_s"],
        failed=rows["reason"] > 0,
        size_bytes=rows["size_bytes"],
        failures=dict(failures.most_common()),
        statuses={int(status): int(count) for status, count in statuses},
        unsent=unsent,
    )
