"""What is measured, as values: quantities, and what a slot does to get them."""

from dataclasses import dataclass
from enum import StrEnum


class Better(StrEnum):
    """Which way a quantity is better."""

    LESS = "less"
    MORE = "more"


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """What is measured, by its name, in which unit, and which way it is better."""

    name: str
    unit: str
    better: Better


TIME = Quantity(name="time", unit="s", better=Better.LESS)
"""From before a request is sent to the last byte of its answer; a task's by its own clock."""
CPU = Quantity(name="cpu", unit="s", better=Better.LESS)
"""What the application's workers use of a processor for one request."""
MEMORY = Quantity(name="memory", unit="B", better=Better.LESS)
"""The peaks of the application's workers in a slot, added up: each had its own at its own moment.

Pages that they share count for each. Linux alone tells it of other processes: elsewhere no slot has
it.
"""
THROUGHPUT = Quantity(name="requests_per_s", unit="1/s", better=Better.MORE)
"""The answers that come in a second while many users ask."""
MEDIAN_LATENCY = Quantity(name="p50", unit="s", better=Better.LESS)
"""From before a request is sent, at a rate from when it was due, to the last byte of its answer.

Half take longer.
"""
P95_LATENCY = Quantity(name="p95", unit="s", better=Better.LESS)
"""So likewise: one in twenty takes longer."""

SLOT = Quantity(name="slot", unit="s", better=Better.LESS)
"""How long a slot lasted, warm-up and waiting for the last answers included."""
OTHER_CPU = Quantity(name="other_cpu", unit="share", better=Better.LESS)
"""What processes that are no part of the run used of all the machine's processors."""
STEAL = Quantity(name="steal", unit="share", better=Better.LESS)
"""What other machines of the same host took of these processors while something here was to run."""
PRESSURE = Quantity(name="cpu_pressure", unit="share", better=Better.LESS)
"""The share of the time in which some process of the machine waited for a processor."""
ASKING_CPU = Quantity(name="asking_cpu", unit="cores", better=Better.LESS)
"""What the processes that ask used."""
DATABASE_CPU = Quantity(name="database_cpu", unit="cores", better=Better.LESS)
"""What PostgreSQL used."""
CHECKPOINTS = Quantity(name="checkpoints", unit="1", better=Better.LESS)
"""How many checkpoints of the database began or ended."""
AUTOVACUUMS = Quantity(name="autovacuums", unit="1", better=Better.LESS)
"""How many tables the database vacuumed or analysed of itself, or was at it."""
LITTLES_LAW = Quantity(name="littles_law", unit="share", better=Better.LESS)
"""How far rate x time is from the users of a closed loop, as a share of them (Little 1961).

It is 0 where one request of each user, on its way when the time was over, explains it.
"""
LITTLES_LAW_WITHIN = 0.05
STANDSTILLS = Quantity(name="standstills", unit="1", better=Better.LESS)
"""How often the process that asks was stopped and went on, or the machine was suspended."""
SURROUNDINGS = (
    SLOT,
    OTHER_CPU,
    STEAL,
    PRESSURE,
    ASKING_CPU,
    DATABASE_CPU,
    CHECKPOINTS,
    AUTOVACUUMS,
    LITTLES_LAW,
    STANDSTILLS,
)
"""What goes on around a slot, as far as the system tells it; see docs/statistics.md."""

ROUNDS = 1.5
MOST_S = 20.0
"""A slot of many users is no longer than this, however slow what they ask for is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OneAtATime:
    """A slot asks for one answer after another, for as long as the profile says."""

    def __str__(self) -> str:
        """Return it as a reader says it."""
        return "one request at a time"

    @property
    def quantities(self) -> tuple[Quantity, ...]:
        """What it measures; the first is what is compared."""
        return (TIME, CPU, MEMORY)


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskClock:
    """A slot has one task after another done, each timed by its own clock: HTTP has no part."""

    def __str__(self) -> str:
        """Return it as a reader says it."""
        return "one task at a time, by its own clock"

    @property
    def quantities(self) -> tuple[Quantity, ...]:
        """What it measures; the first is what is compared."""
        return (TIME, CPU, MEMORY)


@dataclass(frozen=True, slots=True, kw_only=True)
class ManyUsers:
    """A slot has so many users ask at once, each again as soon as it is answered."""

    users: int

    def __str__(self) -> str:
        """Return it as a reader says it."""
        return f"{self.users} users at once, each asking anew when answered"

    def lasts_s(self, load_s: float, request_s: float, workers: int) -> float:
        """Return how long a slot lasts: `load_s`, or until each user was answered 1.5 times.

        Until each was answered once, the server is not as busy as it will be. `request_s` is what
        one request takes alone, of which each of `workers` has one at a time.
        """
        return max(load_s, min(ROUNDS * self._round_s(request_s, workers), MOST_S))

    def takes_s(self, load_s: float, request_s: float, workers: int) -> float:
        """Return how long it takes until also those are answered who asked when it was over."""
        lasts_s = self.lasts_s(load_s, request_s, workers)
        return lasts_s + self._round_s(request_s, workers)

    def _round_s(self, request_s: float, workers: int) -> float:
        return self.users * request_s / workers

    @property
    def quantities(self) -> tuple[Quantity, ...]:
        """What it measures; the first is what is compared."""
        return (THROUGHPUT, MEDIAN_LATENCY, P95_LATENCY, CPU, MEMORY)


@dataclass(frozen=True, slots=True, kw_only=True)
class AtRate:
    """A slot has requests arrive at random, so many a second, however long the answers take.

    It is the open loop of those who do not wait for one another: `users` are how many can be on
    their way at once, more than ever are. `least_s` is how long a slot lasts at least.
    """

    rate: float
    users: int
    least_s: float

    def __str__(self) -> str:
        """Return it as a reader says it."""
        return f"{self.rate:g} requests a second, arriving at random"

    def lasts_s(self, load_s: float, request_s: float, workers: int) -> float:
        """Return how long a slot lasts, `load_s` at least."""
        del request_s, workers
        return max(load_s, self.least_s)

    def takes_s(self, load_s: float, request_s: float, workers: int) -> float:
        """Return how long it takes until the last that arrived is answered."""
        return self.lasts_s(load_s, request_s, workers) + request_s

    @property
    def quantities(self) -> tuple[Quantity, ...]:
        """What it measures; the first is what is compared."""
        return (P95_LATENCY, MEDIAN_LATENCY, CPU, MEMORY)


Load = ManyUsers | AtRate
"""What Locust does."""
Measure = OneAtATime | TaskClock | Load
