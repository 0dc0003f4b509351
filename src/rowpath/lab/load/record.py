"""A load's result as the JSON that is written of it: these dataclasses are its only description."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

from pydantic import TypeAdapter

from rowpath import __version__
from rowpath.lab.load.figures import Figures, limits, littles_law, offered_by, steady, whole
from rowpath.lab.load.results import LoadResult, TargetResult
from rowpath.lab.load.timeline import steps

SCHEMA_VERSION = 1
DIGITS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class LittlesLawRecord:
    """Users = rate x time, of a closed loop, and whether it holds."""

    users: int
    rate_times_time: float
    requests: int
    holds: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferedRecord:
    """What an open loop was to send in its time, and what it sent."""

    due: int
    sent: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GeneratorRecord:
    """A process that asked: its CPU as a share of one core while all users were there."""

    name: str
    cpu_share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class FiguresRecord:
    """What requests came to; a percentile is None where there are too few of them."""

    requests: int
    failures: int
    requests_per_s: float
    failures_per_s: float
    p50_ms: float | None
    p90_ms: float | None
    p95_ms: float | None
    p99_ms: float | None
    mean_ms: float | None
    min_ms: float | None
    max_ms: float | None
    mean_bytes: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetRecord:
    """A URL, or all together: figures of the whole load, and `steady` those with all users."""

    url: str
    method: str
    requests: int
    failures: int
    requests_per_s: float
    failures_per_s: float
    p50_ms: float | None
    p90_ms: float | None
    p95_ms: float | None
    p99_ms: float | None
    mean_ms: float | None
    min_ms: float | None
    max_ms: float | None
    mean_bytes: float | None
    generator_cpu_share: float
    statuses: dict[str, int]
    failure_reasons: dict[str, int]
    steady: FiguresRecord | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StepRecord:
    """What ended from `at_s` until the next step, by the second; times None where nothing did."""

    at_s: float
    span_s: float
    users: int
    requests: int
    failures: int
    p50_ms: float | None
    p95_ms: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadRecord:
    """One load. It `holds` where nothing is `refused` and it was not stopped before its time."""

    schema_version: int
    rowpath: str
    started_at: datetime
    duration_s: float
    ramp_s: float
    run_time_s: float
    users: int
    spawn_rate: float | None
    rate: float | None
    seed: int
    stopped: str | None
    holds: bool
    refused: tuple[str, ...]
    failed_thresholds: tuple[str, ...]
    littles_law: LittlesLawRecord | None
    offered: OfferedRecord | None
    generators: tuple[GeneratorRecord, ...]
    urls: tuple[TargetRecord, ...]
    total: TargetRecord
    timeline: tuple[StepRecord, ...]


@cache  # not when it is imported: most commands read and write none, and it takes a while
def _adapter() -> TypeAdapter[LoadRecord]:
    return TypeAdapter(LoadRecord)


def to_json(result: LoadResult, failed_thresholds: Sequence[str]) -> bytes:
    """Return the result as JSON, each URL with its figures; `holds` is false where they do not."""
    content = _adapter().dump_python(load_record(result, failed_thresholds), mode="json")
    text = json.dumps(_rounded(content), indent=1, ensure_ascii=False, allow_nan=False)
    return f"{text}\n".encode()


def json_schema() -> dict[str, Any]:
    """Return the JSON schema of what `to_json` writes."""
    return _adapter().json_schema(mode="serialization")


def load_record(result: LoadResult, failed_thresholds: Sequence[str]) -> LoadRecord:
    """Return the result as the value that is written."""
    plan = result.plan
    refused = tuple(limits(result))
    law, offered = littles_law(result), offered_by(result)
    return LoadRecord(
        schema_version=SCHEMA_VERSION,
        rowpath=__version__,
        started_at=datetime.fromtimestamp(result.started_at, UTC),
        duration_s=result.duration_s,
        ramp_s=result.ramp_s,
        run_time_s=plan.run_time_s,
        users=plan.users,
        spawn_rate=plan.spawn_rate,
        rate=plan.rate,
        seed=plan.seed,
        stopped=result.stopped,
        holds=not refused and result.stopped is None,
        refused=refused,
        failed_thresholds=tuple(failed_thresholds),
        littles_law=None if law is None else LittlesLawRecord(**asdict(law), holds=law.holds),
        offered=None if offered is None else OfferedRecord(**asdict(offered)),
        generators=tuple(GeneratorRecord(**asdict(each)) for each in result.generators),
        urls=tuple(_of_target(result, target) for target in result.targets),
        total=_of_target(result, result.total),
        timeline=tuple(StepRecord(**asdict(step)) for step in steps(result, result.total)),
    )


def _of_target(result: LoadResult, target: TargetResult) -> TargetRecord:
    return TargetRecord(
        url=target.name,
        method=target.method,
        **_of_figures(whole(result, target)),
        generator_cpu_share=result.generator_cpu_share,
        statuses={str(status): count for status, count in target.statuses.items()},
        failure_reasons=dict(target.failures),
        steady=FiguresRecord(**_of_figures(steady(result, target))) if result.ramp_s else None,
    )


def _of_figures(figures: Figures) -> dict[str, Any]:
    names = {"least_ms": "min_ms", "most_ms": "max_ms"}
    return {names.get(name, name): value for name, value in asdict(figures).items()}


def _rounded(value: Any) -> Any:  # noqa: ANN401 whatever JSON has
    if isinstance(value, float):
        return round(value, DIGITS)
    if isinstance(value, dict):
        return {name: _rounded(each) for name, each in value.items()}
    return [_rounded(each) for each in value] if isinstance(value, list) else value
