"""A race as a value: one JSON file that its verdicts can be computed from again.

Written and read by pydantic from these dataclasses alone, so the file has no second description.
Times are in milliseconds. What was sent with the requests, headers above all, is not in it: it may
be secret.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from pydantic import TypeAdapter

from rowpath.lab.record import AgainRecord, GateRecord, TimeRecord
from rowpath.stats.interval import Interval

SCHEMA_VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class EntrantRecord:
    """An endpoint: its times, a list a block, and why it fell out, None if it did not.

    `median_ms` is the median of the blocks' medians, None where too few blocks were measured for
    an interval. `bytes` is the size of its answer as it was sent, of its answers where several
    requests are asked. `values_ms` is what each block counts as, empty where that is the median of
    its samples. `latency_ms` is the median of the blocks' medians of the samples, of a race under
    load alone. `revision` is the commit that it ran, where the race checked one out.
    """

    name: str
    url: str
    method: str
    median_ms: TimeRecord | None
    samples_ms: tuple[tuple[float, ...], ...]
    bytes: int
    failed: str | None
    values_ms: tuple[float, ...] = ()
    latency_ms: TimeRecord | None = None
    revision: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestRecord:
    """One of several requests that each entrant was asked, in their order."""

    method: str
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RaceComparisonRecord:
    """An entrant against the first: the ratio of their times, and what that says.

    `ratio` is None where too few blocks were measured for an interval, `p_holm` the exact
    signed-rank p-value after Holm's correction over all comparisons. `withheld` says why there is
    no verdict, empty where there is one.
    """

    variant: str
    baseline: str
    quantity: str
    ratio: Interval | None
    blocks: int
    p_holm: float | None
    verdict: str
    withheld: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RaceControlRecord:
    """The first entrant as it was measured once more in each block.

    `kind` is `clone`, where nothing was different, or `slowed`, where 5% was waited after each
    answer. Under load nothing is waited: there it is what was measured times 1.05, in its
    `values_ms` alone, and the `samples_ms` are as they were measured.
    """

    kind: str
    ratio: Interval | None
    samples_ms: tuple[tuple[float, ...], ...]
    values_ms: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RaceCutRecord:
    """A slot that counts for nothing: its block was not finished, or its entrant fell out in it."""

    slot: str
    samples_ms: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AroundRecord:
    """What went on in the machine while an entrant or a control was timed, a value a block."""

    slot: str
    quantity: str
    unit: str
    blocks: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RaceEnvironmentRecord:
    """Where a race was run."""

    cpu: str
    cores: int
    kernel: str
    python: str
    load_average: tuple[float, float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class RaceRun:
    """One race. `stopped` says why one that is not complete ended, None for one that is.

    `gates` are what it tested itself by, and it is `valid` where none failed that invalidates.
    `null_band` is what identical endpoints were seen to differ by, 2% at least. `precision` is the
    half width that was asked for, None where the profile decided. `users` asked at once.
    `requests` are those of a file, empty where the URL alone is asked. Where it is `restarted`, the
    race started the servers itself, anew for each block.
    """

    schema_version: int
    rowpath: str
    started_at: datetime
    duration_s: float
    stopped: str | None
    seed: int
    profile: str
    precision: float | None
    slot_s: float
    blocks: int
    valid: bool
    null_band: float
    gates: tuple[GateRecord, ...]
    entrants: tuple[EntrantRecord, ...]
    comparisons: tuple[RaceComparisonRecord, ...]
    controls: tuple[RaceControlRecord, ...]
    orders: tuple[tuple[str, ...], ...]
    again: tuple[AgainRecord, ...]
    cut: tuple[RaceCutRecord, ...]
    around: tuple[AroundRecord, ...]
    ignored: tuple[str, ...]
    answers_may_differ: bool
    environment: RaceEnvironmentRecord
    users: int = 1
    requests: tuple[RequestRecord, ...] = ()
    restarted: bool = False


@cache  # not when it is imported: most commands read and write none, and it takes a while
def _adapter() -> TypeAdapter[RaceRun]:
    return TypeAdapter(RaceRun)


def to_json(run: RaceRun) -> bytes:
    """Return the race as UTF-8 JSON, indented for a reader."""
    return _adapter().dump_json(run, indent=1) + b"\n"


def from_json(text: bytes) -> RaceRun:
    """Return the race that `to_json` wrote; pydantic.ValidationError for anything else.

    Text in the place of a number is something else, too.
    """
    return _adapter().validate_json(text, strict=True)


def json_schema() -> dict[str, Any]:
    """Return the JSON schema of what `to_json` writes."""
    return _adapter().json_schema(mode="serialization")
