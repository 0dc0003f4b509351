"""What a load came to, raw: every request with its times, and what the generators used."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rowpath.lab.load.plan import LoadPlan

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TargetResult:
    """All requests of one target, a place each in the arrays, in the order in which they ended.

    Times are seconds since the load began. `latency_s` counts from the *intended* start: what a
    request waited because those before it were slow is part of what its sender waited. In a closed
    loop a request starts when it is intended. `failures` counts the failures by their reasons.
    `unsent` of an open loop's requests were due while all users still waited for an answer, and
    were never sent.
    """

    method: str
    name: str
    intended_s: Floats
    started_s: Floats
    ended_s: Floats
    failed: NDArray[np.bool_]
    size_bytes: NDArray[np.int64]
    failures: Mapping[str, int]
    statuses: Mapping[int, int]
    unsent: int = 0

    @property
    def latency_s(self) -> Floats:
        """How long each took, from its intended start to the last byte of its answer."""
        return self.ended_s - self.intended_s

    @property
    def requests(self) -> int:
        """How many were sent."""
        return len(self.ended_s)


@dataclass(frozen=True, slots=True, kw_only=True)
class Generator:
    """A process that asked: its CPU as a share of one core while all users were there."""

    name: str
    cpu_share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class UsersSeen:
    """How many users there were at some time, in all processes together."""

    at_s: float
    users: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadResult:
    """A load that has ended.

    `started_at` is seconds since the epoch. `duration_s` is its run time, less where it was stopped
    before, of which `ramp_s` passed until all users were there. `total` holds the requests of all
    targets. `lost_workers` were there at the beginning and never handed over the last of what they
    recorded. `due` is how many requests an open loop was to send, by the arrivals that were drawn;
    None of a closed loop. `stopped` says why it ended early, None where it did not.
    """

    plan: LoadPlan
    started_at: float
    duration_s: float
    ramp_s: float
    targets: tuple[TargetResult, ...]
    total: TargetResult
    users: tuple[UsersSeen, ...]
    generators: tuple[Generator, ...]
    lost_workers: tuple[str, ...] = ()
    stopped: str | None = None
    due: int | None = None

    @property
    def generator_cpu_share(self) -> float:
        """The CPU share of the busiest process that asked: each has one thread, so 1 is all."""
        return max((each.cpu_share for each in self.generators), default=0.0)
