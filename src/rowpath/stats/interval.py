"""An estimate with its interval: the value that all of rowpath's figures are."""

from dataclasses import dataclass

CONFIDENCE = 0.95
"""The confidence that every interval of rowpath has at least, where its assumption holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """A point estimate and its 95% confidence interval, in the unit of what was estimated."""

    estimate: float
    low: float
    high: float

    def __post_init__(self) -> None:
        """Refuse an interval that does not hold its own estimate."""
        if not self.low <= self.estimate <= self.high:
            msg = f"{self.low} <= {self.estimate} <= {self.high} does not hold"
            raise ValueError(msg)
