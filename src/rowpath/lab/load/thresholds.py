"""Limits that a load has to keep, as `p95>200ms`: the condition under which it has failed."""

import operator
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from rowpath.errors import UsageError
from rowpath.lab.load.figures import P99_FROM_REQUESTS, percentile, whole
from rowpath.lab.load.results import LoadResult, TargetResult

_FORM = re.compile(
    r"\s*(?P<figure>[a-z_]+(?:\d+(?:\.\d+)?)?)\s*(?P<sign><=|>=|<|>)\s*"
    r"(?P<value>\d+(?:\.\d+)?)\s*(?P<unit>[a-zµ%/]*)\s*"
)
_SIGNS: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_MS = {"ms": 1.0, "s": 1_000.0, "us": 0.001, "µs": 0.001}
_TIMES = {"mean": "mean_ms", "avg": "mean_ms", "min": "least_ms", "max": "most_ms"}
_RATES = {
    "requests_per_s": "requests_per_s",
    "rps": "requests_per_s",
    "failures_per_s": "failures_per_s",
}
_MEDIANS = frozenset({"median", "med"})
_PERCENTILE = re.compile(r"p(\d+(?:\.\d+)?)")
EXAMPLES = "'p95>200ms', 'failures>1%' or 'requests_per_s<100'"


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """A condition under which a load has failed. `value` is in ms, in percent or a plain number."""

    text: str
    figure: str
    sign: str
    value: float
    unit: str

    def of(self, result: LoadResult, target: TargetResult) -> float | None:
        """Return the figure that is held against the value; None where there is none."""
        seen = whole(result, target)
        if percent := percent_of(self.figure):
            return percentile(target.latency_s * 1_000, percent, target.unsent)
        if self.figure in _TIMES:
            time_ms: float | None = getattr(seen, _TIMES[self.figure])
            return time_ms
        if self.figure in _RATES:
            rate: float = getattr(seen, _RATES[self.figure])
            return rate
        if self.figure == "requests":
            return seen.requests
        return seen.failed_share * 100 if self.unit == "%" else seen.failures


def threshold(text: str) -> Threshold:
    """Return the threshold that is written so; UsageError where it is none."""
    found = _FORM.fullmatch(text)
    if found is None:
        raise UsageError(f"Cannot read the threshold {text!r}. Write it like {EXAMPLES}.")
    figure, unit, value = found["figure"], found["unit"], float(found["value"])
    percent = percent_of(figure)
    if percent is not None and not 0 < percent < 100:  # noqa: PLR2004 percent
        raise UsageError(f"Cannot read the threshold {text!r}: there is no p{percent:g}.")
    if percent is not None or figure in _TIMES:
        if unit not in _MS:
            raise UsageError(
                f"Cannot read the threshold {text!r}: {figure} is a time. "
                f"Write its unit, as in '{figure}{found['sign']}{value:g}ms'."
            )
        value, unit = value * _MS[unit], "ms"
    elif figure in _RATES:
        _has_unit(text, figure, unit, {"", "/s"})
        unit = "/s"
    elif figure == "failures":
        _has_unit(text, figure, unit, {"", "%"})
    elif figure == "requests":
        _has_unit(text, figure, unit, {""})
    else:
        raise UsageError(
            f"Cannot read the threshold {text!r}: there is no figure {figure!r}. "
            f"Write it like {EXAMPLES}; there are mean, min and max as well."
        )
    return Threshold(text=text, figure=figure, sign=found["sign"], value=value, unit=unit)


def percent_of(figure: str) -> float | None:
    """Return which percentile a figure is, None where it is none."""
    if figure in _MEDIANS:
        return 50.0
    found = _PERCENTILE.fullmatch(figure)
    return float(found[1]) if found else None


def failed(result: LoadResult, thresholds: tuple[Threshold, ...]) -> Iterator[str]:
    """Yield a sentence for each target and threshold that it does not keep.

    One that cannot be judged is not kept: nobody would see that a check has checked nothing.
    """
    for target in result.targets:
        for each in thresholds:
            value = each.of(result, target)
            if value is None:
                yield (
                    f"{target.name}: {each.text} could not be judged, of {target.requests:,} "
                    f"requests there is no {each.figure} (p99 takes {P99_FROM_REQUESTS:,})."
                )
            elif _SIGNS[each.sign](value, each.value):
                unit = f" {each.unit}" if each.unit.isalpha() else each.unit
                yield f"{target.name}: {each.text}, it was {value:,.4g}{unit}."


def _has_unit(text: str, figure: str, unit: str, allowed: set[str]) -> None:
    if unit not in allowed:
        raise UsageError(
            f"Cannot read the threshold {text!r}: {figure} has no unit {unit!r}. "
            f"Write it like {EXAMPLES}."
        )
