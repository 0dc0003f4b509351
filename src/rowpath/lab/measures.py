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


@dataclass(frozen=True, slots=True, kw_only=True)
class OneAtATime:
    """A slot asks for one answer after another, for as long as the profile says."""

    @property
    def quantities(self) -> tuple[Quantity, ...]:
        """What it measures; the first is what is compared."""
        return (TIME, CPU)


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskClock:
    """A slot has one task after another done, each timed by its own clock: HTTP has no part."""

    @property
    def quantities(self) -> tuple[Quantity, ...]:
        """What it measures; the first is what is compared."""
        return (TIME, CPU)


Measure = OneAtATime | TaskClock
