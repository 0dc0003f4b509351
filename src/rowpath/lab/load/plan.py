"""What a load asks for, of whom, how hard and for how long: values, and their form as an order.

The process that drives Locust reads the order, and so do workers on other machines, to which the
master sends it. So this module needs the standard library alone.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

DEFAULT_TIMEOUT_S = 30.0
LEAST_GRACE_S = 5.0
MOST_ANSWER_BYTES = 256 * 2**20
"""The lab's largest answers, of a million rows, have 200 MB."""
MASTER_PORT = 5557
"""Locust's own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A request that is sent again and again.

    `expects_status` is the only status that is no failure, None any from 200 to 399;
    `expects_bytes` likewise the body's size as it comes over the wire, None any. A target of
    `weight` 2 is asked twice as often as one of 1. `name` is what it is told by, the URL unless
    another is given.
    """

    url: str
    method: str = "GET"
    headers: tuple[tuple[str, str], ...] = ()
    cookies: tuple[tuple[str, str], ...] = ()
    body: str | None = None
    name: str = ""
    weight: int = 1
    expects_status: int | None = None
    expects_bytes: int | None = None

    @property
    def label(self) -> str:
        """The name that it is told by."""
        return self.name or self.url


@dataclass(frozen=True, slots=True, kw_only=True)
class Local:
    """One machine alone: one process for 0 `workers`, else a master of its own and so many."""

    workers: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Master:
    """Leads workers of this and of other machines, which come by Locust's own protocol.

    The load begins when `expects` of them are there. So many as `workers` are started here.
    """

    expects: int
    workers: int = 0
    host: str = "*"
    port: int = MASTER_PORT
    waits_s: float = 300.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Worker:
    """Asks what a master says, for one load.

    It asks hosts that are not this machine only if `may_leave_loopback`. A `locustfile` must be
    the same that the master has.
    """

    master_host: str
    master_port: int = MASTER_PORT
    may_leave_loopback: bool = False
    locustfile: Path | None = None
    waits_s: float = 300.0


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadPlan:
    """A load: closed loop by `users` who each ask anew when they were answered, or open loop.

    With a `rate` (requests per second, of all targets together) requests arrive by chance, as from
    independent people (a Poisson process that the `seed` decides), whether or not those before were
    answered; `users` is then the most that may be on their way at once. Targets are asked in turn.

    Users are started at `spawn_rate` a second, None all at once. The load lasts `run_time_s` from
    the first user on. What is on its way then is waited for, for `grace_s` at most; what has
    no answer after that or after `timeout_s` is a failure, as is an answer of more than
    `most_bytes`. With a `locustfile` of the user's own its users decide what is asked, of `host`.
    """

    targets: tuple[Target, ...]
    users: int
    run_time_s: float
    spawn_rate: float | None = None
    rate: float | None = None
    seed: int = 1
    timeout_s: float = DEFAULT_TIMEOUT_S
    grace_s: float | None = None
    most_bytes: int = MOST_ANSWER_BYTES
    role: Local | Master = Local()
    locustfile: Path | None = None
    host: str | None = None
    may_leave_loopback: bool = False

    @property
    def generators(self) -> int:
        """How many processes ask."""
        return self.role.expects if isinstance(self.role, Master) else max(1, self.role.workers)

    @property
    def ramp_s(self) -> float:
        """How long it takes, from the first users on, until all are there.

        Locust starts as many as the rate says at once, and so many more each second.
        """
        if self.spawn_rate is None:
            return 0.0
        at_once = max(1, int(self.spawn_rate))
        if self.spawn_rate < 1:
            return (self.users - 1) / self.spawn_rate
        return float(-(-self.users // at_once) - 1)

    @property
    def drains_s(self) -> float:
        """How long to wait at the end for what is on its way."""
        if self.grace_s is not None:
            return self.grace_s
        return min(self.timeout_s, max(LEAST_GRACE_S, self.run_time_s))

    def order(self) -> dict[str, Any]:
        """Return what a process that asks has to know, as JSON has it."""
        return {
            "targets": [asdict(target) for target in self.targets],
            "users": self.users,
            "spawn_rate": self.spawn_rate or self.users,
            "run_time_s": self.run_time_s,
            "rate": self.rate,
            "seed": self.seed,
            "timeout_s": self.timeout_s,
            "grace_s": self.drains_s,
            "most_bytes": self.most_bytes,
            "generators": self.generators,
            "host": self.host,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What one process has to ask: a plan as it came, with which of the processes it is."""

    targets: tuple[Target, ...]
    run_time_s: float
    rate: float | None
    seed: int
    timeout_s: float
    grace_s: float
    most_bytes: int
    generators: int
    host: str | None
    place: int = 0

    @classmethod
    def read(cls, content: Mapping[str, Any], place: int = 0) -> Self:
        """Return the order that JSON or a master's message holds."""
        targets = tuple(
            Target(
                **each | {"headers": _pairs(each["headers"]), "cookies": _pairs(each["cookies"])}
            )
            for each in content["targets"]
        )
        fields = {name: content[name] for name in content if name not in _OF_MASTER}
        return cls(targets=targets, place=place, **fields)


_OF_MASTER = frozenset({"targets", "users", "spawn_rate"})
"""What is no plain field of an order, or what Locust itself tells its workers."""


def _pairs(pairs: list[list[str]]) -> tuple[tuple[str, str], ...]:
    return tuple((name, value) for name, value in pairs)
