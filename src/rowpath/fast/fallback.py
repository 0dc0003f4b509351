"""Why a list is answered by the framework and not by the fast path."""

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True, kw_only=True)
class FallBack:
    """One reason, the serializer's field it is about, and the change that would let it compile."""

    reason: str
    field: str | None = None
    change: str | None = None
    always: bool = False
    """Whether it is so for any queryset."""
    in_vain: bool = False
    """Whether it was found late: a step raised what it should not, a statement was not sent."""

    def __str__(self) -> str:
        place = f"{self.field}: " if self.field else ""
        change = f" {self.change}" if self.change else ""
        return f"{place}{self.reason}.{change}"


class CannotCompileError(Exception):
    """A view, serializer or queryset that the fast path does not answer; it never leaves `fast`."""

    def __init__(
        self,
        reason: str,
        *,
        field: str | None = None,
        change: str | None = None,
        always: bool = False,
        in_vain: bool = False,
    ) -> None:
        self.fall_back = FallBack(
            reason=reason, field=field, change=change, always=always, in_vain=in_vain
        )
        super().__init__(str(self.fall_back))

    @classmethod
    def of(cls, fall_back: FallBack) -> "CannotCompileError":
        """Return the error that says `fall_back`."""
        return cls(
            fall_back.reason,
            field=fall_back.field,
            change=fall_back.change,
            always=fall_back.always,
            in_vain=fall_back.in_vain,
        )

    def within(self, field: str) -> "CannotCompileError":
        """Return the same reason, told as one of a nested serializer's `field`."""
        inner = self.fall_back
        name = field if inner.field is None else f"{field}.{inner.field}"
        return CannotCompileError.of(replace(inner, field=name))


class TheirsError(Exception):
    """What code of the project raised within a step of rowpath's own: `error` passes as it is."""

    def __init__(self, error: Exception) -> None:
        self.error = error
        super().__init__(str(error))
