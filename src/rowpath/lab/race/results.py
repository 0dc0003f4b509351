"""What a race has measured so far, raw."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from statistics import median

from rowpath.lab.measures import Quantity
from rowpath.lab.race.values import Entrant, Lane, RacePlan
from rowpath.lab.record import AgainRecord

DIGITS_OF_S = 12
"""A clock has nanoseconds, and the mean of a thousand short calls has less."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """The times of a slot's requests, and what went on in the machine meanwhile.

    One at a time they are in the order in which they were asked: one of each of the `requests`, and
    then again from the first. Under load `per_answer_s` is how long it took for each answer that
    was given, to whomever of the users.
    """

    samples_s: tuple[float, ...]
    around: Mapping[Quantity, float]
    requests: int = 1
    per_answer_s: float | None = None

    def __post_init__(self) -> None:
        """Take times as the file keeps them: what is told follows from it."""
        kept_s = tuple(round(sample_s, DIGITS_OF_S) for sample_s in self.samples_s)
        object.__setattr__(self, "samples_s", kept_s)
        if self.per_answer_s is not None:
            object.__setattr__(self, "per_answer_s", round(self.per_answer_s, DIGITS_OF_S))

    @property
    def value_s(self) -> float:
        """What the slot counts as: once through the requests, if each takes its median time.

        A median of all would say of different requests which of them stands in the middle.
        """
        if self.per_answer_s is not None:
            return self.per_answer_s
        return sum(median(self.samples_s[at :: self.requests]) for at in range(self.requests))


@dataclass(slots=True)
class Results:
    """What was measured so far, raw. Whoever measures writes into it, so that any end leaves it.

    `slots` are those of whole blocks, a lane's first slot in the first block and so on, until its
    entrant fell out; `current` are those of the block that is being measured. `cut` are those of a
    block that was not finished, or of an entrant that fell out in the middle of one; they count for
    nothing. `other_cpu` is the share of the processors that was busy before anything was asked.
    """

    plan: RacePlan
    other_cpu: float = 0.0
    answers: dict[Entrant, tuple[bytes, ...]] = field(default_factory=dict)
    sizes_bytes: dict[Entrant, int] = field(default_factory=dict)
    slots: dict[Lane, list[Slot]] = field(default_factory=lambda: defaultdict(list))
    current: dict[Lane, Slot] = field(default_factory=dict)
    cut: list[tuple[Lane, Slot]] = field(default_factory=list)
    orders: list[tuple[Lane, ...]] = field(default_factory=list)
    again: list[AgainRecord] = field(default_factory=list)
    fallen: dict[Entrant, str] = field(default_factory=dict)
    blocks: int = 0

    def values_s(self, lane: Lane) -> list[float]:
        """Return what each slot of a lane counts as, block by block."""
        return [slot.value_s for slot in self.slots.get(lane, [])]

    def paired_s(self, lane: Lane) -> tuple[list[float], list[float]]:
        """Return the values of a lane and those of the baseline, of the blocks that have both."""
        own, other = self.values_s(lane), self.values_s(Lane(entrant=self.plan.baseline))
        both = min(len(own), len(other))
        return own[:both], other[:both]
