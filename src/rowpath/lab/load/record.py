"""A load's result as the JSON that is written of it."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from rowpath import __version__
from rowpath.lab.load.figures import Figures, limits, littles_law, offered_by, steady, whole
from rowpath.lab.load.results import LoadResult, TargetResult
from rowpath.lab.load.timeline import steps

SCHEMA_VERSION = 1
DIGITS = 6


def to_json(result: LoadResult, failed_thresholds: Sequence[str]) -> bytes:
    """Return the result as JSON, each URL with its figures; `holds` is false where they do not."""
    plan = result.plan
    refused = list(limits(result))
    law, offered = littles_law(result), offered_by(result)
    content = {
        "schema_version": SCHEMA_VERSION,
        "rowpath": __version__,
        "started_at": datetime.fromtimestamp(result.started_at, UTC).isoformat(),
        "duration_s": result.duration_s,
        "ramp_s": result.ramp_s,
        "run_time_s": plan.run_time_s,
        "users": plan.users,
        "spawn_rate": plan.spawn_rate,
        "rate": plan.rate,
        "seed": plan.seed,
        "stopped": result.stopped,
        "holds": not refused and result.stopped is None,
        "refused": refused,
        "failed_thresholds": list(failed_thresholds),
        "littles_law": None if law is None else {**asdict(law), "holds": law.holds},
        "offered": None if offered is None else asdict(offered),
        "generators": [asdict(each) for each in result.generators],
        "urls": [_of_target(result, target) for target in result.targets],
        "total": _of_target(result, result.total),
        "timeline": [asdict(step) for step in steps(result, result.total)],
    }
    text = json.dumps(_rounded(content), indent=1, ensure_ascii=False, allow_nan=False)
    return f"{text}\n".encode()


def _of_target(result: LoadResult, target: TargetResult) -> dict[str, Any]:
    return {
        "url": target.name,
        "method": target.method,
        **_of_figures(whole(result, target)),
        "generator_cpu_share": result.generator_cpu_share,
        "statuses": {str(status): count for status, count in target.statuses.items()},
        "failure_reasons": dict(target.failures),
        "steady": _of_figures(steady(result, target)) if result.ramp_s else None,
    }


def _of_figures(figures: Figures) -> dict[str, Any]:
    names = {"least_ms": "min_ms", "most_ms": "max_ms"}
    return {names.get(name, name): value for name, value in asdict(figures).items()}


def _rounded(value: Any) -> Any:  # noqa: ANN401 whatever JSON has
    if isinstance(value, float):
        return round(value, DIGITS)
    if isinstance(value, dict):
        return {name: _rounded(each) for name, each in value.items()}
    return [_rounded(each) for each in value] if isinstance(value, list) else value
