"""A race's life: executed, and a RaceRun at whatever end."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from time import monotonic

from rowpath import __version__
from rowpath.lab.host import machine
from rowpath.lab.interruptions import told
from rowpath.lab.race.judging import around_slots, cut_slots, judge
from rowpath.lab.race.measuring import Listener, race
from rowpath.lab.race.record import (
    SCHEMA_VERSION,
    RaceEnvironmentRecord,
    RaceRun,
    RequestRecord,
)
from rowpath.lab.race.results import Results
from rowpath.lab.race.values import RacePlan, path_in


class Race:
    """One race, from before it begins until all of it is told."""

    def __init__(self, plan: RacePlan) -> None:
        self.plan = plan
        self.results = Results(plan=plan)
        self._environment = RaceEnvironmentRecord(**asdict(machine()))
        self._started_at = datetime.now(UTC)
        self._started = monotonic()

    def execute(self, listener: Listener) -> None:
        """Measure all that is planned. Raises as `measuring.race` does."""
        race(self.plan, self.results, listener)

    @contextmanager
    def kept(self, keep: Callable[[RaceRun], None]) -> Iterator[None]:
        """Give `keep` what was measured at the end of the block, whatever ends it."""
        stopped: str | None = None
        try:
            yield
        except BaseException as error:
            stopped = told(error)
            raise
        finally:
            if self.results.orders:
                keep(self.run(stopped))

    def run(self, stopped: str | None = None) -> RaceRun:
        """Return what was measured so far as a value; `stopped` says why that is not all."""
        judged, plan, results = judge(self.results), self.plan, self.results
        return RaceRun(
            schema_version=SCHEMA_VERSION,
            rowpath=__version__,
            started_at=self._started_at,
            duration_s=monotonic() - self._started,
            stopped=stopped or _ended(results),
            seed=plan.seed,
            profile=plan.profile.name,
            precision=plan.precision,
            slot_s=plan.profile.slot_s,
            blocks=results.blocks,
            valid=judged.valid,
            null_band=judged.null_band,
            gates=judged.gates,
            entrants=judged.entrants,
            comparisons=judged.comparisons,
            controls=judged.controls,
            orders=tuple(tuple(map(str, order)) for order in results.orders),
            again=tuple(results.again),
            cut=cut_slots(results),
            around=around_slots(results),
            ignored=tuple(sorted(plan.ignored)),
            answers_may_differ=plan.may_differ,
            environment=self._environment,
            users=plan.users,
            requests=tuple(
                RequestRecord(method=target.method, path=path_in(target))
                for target in plan.baseline.requests
            ),
            restarted=any(entrant.launch is not None for entrant in plan.entrants),
        )


def _ended(results: Results) -> str | None:
    """Return why a race was over before its time, None if it was not."""
    plan = results.plan
    if plan.baseline in results.fallen:
        return f"{plan.baseline.name} fell out, with which all others are compared."
    if all(entrant in results.fallen for entrant in plan.others):
        return f"All but {plan.baseline.name} fell out."
    return None
