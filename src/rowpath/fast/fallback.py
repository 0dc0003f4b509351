"""Why a list is answered by the framework and not by the fast path."""

from dataclasses import dataclass, replace
from enum import Enum, auto


class Holds(Enum):
    """How long the framework answers for one reason before the fast path tries again."""

    REQUEST = auto()
    """For the request that met it."""
    PLAN_A_WHILE = auto()
    """For lists of the same plan: values could not be written, and others may be no better."""
    VIEW_A_WHILE = auto()
    """For the lists of the view: it was found late, so that trying has cost something."""
    PROCESS = auto()
    """For good: the serializer does not compile for any queryset."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FallBack:
    """One reason, the serializer's field it is about, and the change that would let it compile."""

    reason: str
    field: str | None = None
    change: str | None = None
    holds: Holds = Holds.REQUEST

    def __str__(self) -> str:
        place = f"{self.field}: " if self.field else ""
        change = f" {self.change}" if self.change else ""
        return f"{place}{self.reason}.{change}"


class CannotCompileError(Exception):
    """A view, serializer, queryset or row that the fast path does not answer.

    It leaves `fast` only out of a stream, where the framework can answer no more.
    """

    def __init__(
        self,
        reason: str,
        *,
        field: str | None = None,
        change: str | None = None,
        holds: Holds = Holds.REQUEST,
    ) -> None:
        self.fall_back = FallBack(reason=reason, field=field, change=change, holds=holds)
        super().__init__(str(self.fall_back))

    @classmethod
    def of(cls, fall_back: FallBack) -> "CannotCompileError":
        """Return the error that says `fall_back`."""
        return cls(
            fall_back.reason,
            field=fall_back.field,
            change=fall_back.change,
            holds=fall_back.holds,
        )

    def within(self, field: str) -> "CannotCompileError":
        """Return the same reason, told as one of a nested serializer's `field`."""
        inner = self.fall_back
        name = field if inner.field is None else f"{field}.{inner.field}"
        return CannotCompileError.of(replace(inner, field=name))

    def holding(self, holds: Holds) -> "CannotCompileError":
        """Return the same reason as one that holds as long as `holds` says."""
        return CannotCompileError.of(replace(self.fall_back, holds=holds))


class TheirsError(Exception):
    """What code of the project raised within a step of rowpath's own: `error` passes as it is."""

    def __init__(self, error: Exception) -> None:
        self.error = error
        super().__init__(str(error))
