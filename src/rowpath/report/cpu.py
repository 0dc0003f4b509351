"""The CPU of processes over time, made readable: means over equal steps, and each in a word."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from rowpath.lab.record import CpuLineRecord
from rowpath.report import figures

DATABASE = "PostgreSQL"
"""The name of the line that is no task."""
_MOST_STEPS = 80
"""More are closer than a phone's chart can tell apart."""
_LEAST_STEP_S = 0.1
"""Twice as long as the lab looks; the kernel counts in ticks of 10 ms, so shorter is noise."""
_NUMBERS = (1, 2, 5)
_BUSY_SHARE = 0.05
"""Of a core: below it a process waits."""
_EXACT_PERCENT = 9.95
"""Below it, whole percents are too coarse."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """The share of a core from `start_s` to `end_s`, in the mean."""

    start_s: float
    end_s: float
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """What a process used while everything ran: its mean share, and how long it was busy."""

    name: str
    share: float
    busy_s: float
    of_s: float

    def __str__(self) -> str:
        """Return it as a reader says it."""
        busy, whole = figures.duration(self.busy_s), figures.duration(self.of_s)
        return f"{self.name}: {percent(self.share)} of a core, busy {busy} of {whole}"


def tasks(lines: Iterable[CpuLineRecord]) -> tuple[str, ...]:
    """Return the names of the processes that did the work that was watched."""
    return tuple(figures.printable(line.name) for line in lines if line.name != DATABASE)


def title(lines: Iterable[CpuLineRecord]) -> str:
    """Return what lines show: `CPU while t1-loop and t2-loop run at once`."""
    *others, last = tasks(lines) or (DATABASE,)
    if not others:
        return f"CPU while {last} runs"
    return f"CPU while {', '.join(others)} and {last} run at once"


def span_s(lines: Iterable[CpuLineRecord]) -> float:
    """Return when the last look was, in seconds from the beginning."""
    return max((line.at_s[-1] for line in lines if line.at_s), default=0.0)


def step_s(whole_s: float) -> float:
    """Return the shortest step of 1, 2 or 5 times a power of ten that cuts `whole_s` few enough."""
    steps = (number * 10.0**power for power in range(-1, 9) for number in _NUMBERS)
    return next(step for step in steps if step >= max(_LEAST_STEP_S, whole_s / _MOST_STEPS))


def steps(line: CpuLineRecord, length_s: float) -> tuple[Step, ...]:
    """Return a line as means over steps of `length_s`, the last by up to half longer or shorter."""
    if not line.at_s:
        return ()
    ends = list(_multiples(length_s, until=line.at_s[-1]))
    used = [_used_s(line, end) for end in ends]
    return tuple(
        Step(start_s=start, end_s=end, share=(after - before) / (end - start))
        for (start, end), (before, after) in zip(pairwise(ends), pairwise(used), strict=True)
    )


def use(line: CpuLineRecord, *, of_s: float) -> Use:
    """Return what a process used in the `of_s` seconds that everything took."""
    parts = steps(line, step_s(of_s))
    return Use(
        name=figures.printable(line.name),
        share=sum(part.share * (part.end_s - part.start_s) for part in parts) / of_s,
        busy_s=sum(part.end_s - part.start_s for part in parts if part.share >= _BUSY_SHARE),
        of_s=of_s,
    )


def uses(lines: Sequence[CpuLineRecord]) -> tuple[Use, ...]:
    """Return what each process used; none where nothing was seen."""
    of_s = span_s(lines)
    return tuple(use(line, of_s=of_s) for line in lines) if of_s > 0 else ()


def percent(share: float) -> str:
    """Return a share of a core in percent, with a decimal where it is small."""
    value = share * 100
    return f"{value:.0f}%" if value == 0 or value >= _EXACT_PERCENT else f"{value:.1f}%"


def _multiples(length_s: float, *, until: float) -> Iterator[float]:
    yield 0.0
    number = 1
    # What is left at the end is too short for a mean of its own where it is less than half a step.
    while number * length_s < until - length_s / 2:
        yield number * length_s
        number += 1
    yield until


def _used_s(line: CpuLineRecord, at_s: float) -> float:
    """Return the CPU that a line used until `at_s`, each look's share being even."""
    place = bisect_left(line.at_s, at_s)
    edges = (0.0, *line.at_s[: place + 1])
    spans = [end - start for start, end in pairwise(edges)]
    if spans and edges[-1] > at_s:
        spans[-1] = at_s - edges[-2]
    return sum(span * share for span, share in zip(spans, line.share, strict=False))
