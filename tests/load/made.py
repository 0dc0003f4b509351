"""Results made of given times, and what workers tell, for what is computed of them."""

from base64 import b64encode
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rowpath.lab.load.ledger import ROW
from rowpath.lab.load.plan import LoadPlan, Target
from rowpath.lab.load.results import Generator, LoadResult, TargetResult, UsersSeen

URL = "http://127.0.0.1:8000/rows"
AT = 1_800_000_000.0


def target(
    started_s: Sequence[float],
    took_s: Sequence[float],
    *,
    intended_s: Sequence[float] | None = None,
    reasons: Sequence[str] = (),
    name: str = URL,
) -> TargetResult:
    """Requests that started at these times and took so long; reasons are those of the first."""
    started = np.array(started_s, float)
    order = np.argsort(started + np.array(took_s, float), kind="stable")
    failed = np.array([place < len(reasons) for place in range(len(started))], bool)
    return TargetResult(
        method="GET",
        name=name,
        intended_s=(started if intended_s is None else np.array(intended_s, float))[order],
        started_s=started[order],
        ended_s=(started + np.array(took_s, float))[order],
        failed=failed[order],
        size_bytes=np.full(len(started), 100),
        failures=Counter(reasons),
        statuses={200: len(started)},
    )


def result(*targets: TargetResult, cpu_share: float = 0.1, **fields: object) -> LoadResult:
    """A load of two users for ten seconds, unless said otherwise."""
    of_plan = {"users": 2, "run_time_s": 10.0, "spawn_rate": None, "rate": None}
    given = {name: fields.pop(name) for name in tuple(fields) if name in of_plan}
    chosen = LoadPlan(
        targets=tuple(Target(url=each.name) for each in targets),
        **of_plan | given,  # type: ignore[arg-type]
    )
    whole: dict[str, object] = {
        "started_at": AT,
        "duration_s": chosen.run_time_s,
        "ramp_s": chosen.ramp_s,
        "users": tuple(
            UsersSeen(at_s=second + 0.5, users=chosen.users)
            for second in range(int(chosen.run_time_s))
        ),
        "generators": (Generator(name="local", cpu_share=cpu_share),),
    }
    total = targets[0] if len(targets) == 1 else joined(targets)
    return LoadResult(plan=chosen, targets=targets, total=total, **whole | fields)  # type: ignore[arg-type]


def joined(targets: Sequence[TargetResult]) -> TargetResult:
    """All requests of several targets."""
    order = np.argsort(np.concatenate([each.ended_s for each in targets]), kind="stable")
    failures: Counter[str] = Counter()
    for each in targets:
        failures.update(each.failures)
    return TargetResult(
        method="",
        name="all",
        intended_s=np.concatenate([each.intended_s for each in targets])[order],
        started_s=np.concatenate([each.started_s for each in targets])[order],
        ended_s=np.concatenate([each.ended_s for each in targets])[order],
        failed=np.concatenate([each.failed for each in targets])[order],
        size_bytes=np.concatenate([each.size_bytes for each in targets])[order],
        failures=failures,
        statuses={},
    )


def told(
    rows: NDArray[np.void],
    *,
    names: Sequence[str],
    worker: str = "local",
    reasons: Sequence[str] = (),
    due: int | None = None,
) -> dict[str, Any]:
    """What a worker tells when it has ended."""
    return {
        "worker": worker,
        "rows": b64encode(rows.tobytes()).decode(),
        "names": [["GET", name] for name in names],
        "reasons": list(reasons),
        "at_s": 1.0,
        "cpu_s": 0.5,
        "users": 1,
        "users_at_s": 0.5,
        "is_last": True,
        "due": due,
    }


def row_of(*times_s: tuple[float, float]) -> NDArray[np.void]:
    """Rows of requests, each with when it was due and when it ended."""
    rows = np.zeros(len(times_s), ROW)
    rows["intended_s"], rows["ended_s"] = np.array(times_s).T
    return rows
