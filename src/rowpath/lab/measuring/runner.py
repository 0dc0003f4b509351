"""The one place that joins the effects: servers, requests, checks and clocks, in planned order."""

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic
from typing import Protocol

from rowpath.lab.analysis import narrow_enough
from rowpath.lab.answers.reference import reference
from rowpath.lab.disturbances import MOST_TRIES, disturbance
from rowpath.lab.experiment import Figure, Timing
from rowpath.lab.forecast import Forecast
from rowpath.lab.load.engine import Driver, driver
from rowpath.lab.measures import Load
from rowpath.lab.measuring.observe import Observer
from rowpath.lab.measuring.observe_own import OwnObserver
from rowpath.lab.measuring.slots import measure_slot
from rowpath.lab.measuring.standstills import noticed
from rowpath.lab.measuring.surroundings import Surroundings, surroundings
from rowpath.lab.measuring.under_load import NotHeldError, measure_load
from rowpath.lab.plan import Cell, Comparison, Stage, slot_order
from rowpath.lab.profile import Profile
from rowpath.lab.record import AgainRecord
from rowpath.lab.results import Observation, Results, Slot
from rowpath.lab.servers.fleet import Fleet, Site, fleet

SEED_STEP = 1_000_003
"""From block to block: the variants of a block meet the same arrivals, each block meets others."""


class Listener(Protocol):
    """Who is told how a run goes."""

    def step(self, text: str, cell: Cell | None = None) -> None:
        """Hear what runs from now on, and with which cell."""

    def stage_done(self, stage: Stage) -> None:
        """Hear that all of a stage is in the results."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Everything that a run needs besides its results.

    `table_rows` are those of the table that a request without an index sorts.
    """

    stages: Sequence[Stage]
    profile: Profile
    seed: int
    site: Site
    table_rows: int = 0

    def forecast(self, results: Results) -> Forecast:
        """Return what tells how long the run takes from these results on."""
        return Forecast(self.stages, self.profile, results, table_rows=self.table_rows)


def execute(plan: Plan, results: Results, listener: Listener) -> None:
    """Measure all stages of `plan` into `results`, which hold what was measured at any end.

    What they hold already, of a run that goes on, is not measured again.
    The first stage is checked and measured at once, so that its table is there soon. Then every
    variant is checked at its experiment's first size before anything else is timed, and at every
    other size before that size is. AnswerError where a variant does not answer what it must;
    ServerError where an application does not start or breaks off.
    """
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="rowpath-traces-")))
        table = stack.enter_context(reference(plan.site.dsn)) if plan.site.dsn else None
        around = stack.enter_context(surroundings(plan.site.dsn))
        stack.enter_context(noticed())
        observer = OwnObserver() if table is None else Observer(table, folder)
        tracing = Tracing(plan.site, folder, observer, results, listener)
        for number, stage in enumerate(plan.stages):
            if stage not in results.done:
                tracing.observe(stage)
                _measure(stage, plan, results, listener, around)
                results.done.add(stage)
            listener.stage_done(stage)
            if number == 0:
                for other in _first_of_each_experiment(plan.stages):
                    tracing.observe(other, only_blocks=True)


def _first_of_each_experiment(stages: Sequence[Stage]) -> Sequence[Stage]:
    first = {stage.experiment.name: stage for stage in reversed(stages)}
    return [stage for stage in stages if first[stage.experiment.name] is stage]


@dataclass(frozen=True, slots=True)
class Tracing:
    """The tracing pass of a run, on servers that carry the instruments and are never timed."""

    site: Site
    folder: Path
    observer: Observer | OwnObserver
    results: Results
    listener: Listener

    def observe(self, stage: Stage, *, only_blocks: bool = False) -> None:
        """Observe those of a stage's cells that were not yet, on fresh servers.

        A cell of a group that is about memory has servers of its own: a worker keeps what earlier
        requests freed, and would seem to need less for this one.
        """
        left = [
            (comparison, cell)
            for comparison in stage.comparisons
            # What others are held to is asked first.
            for cell in sorted(
                comparison.cells, key=lambda cell: cell.variant.name != comparison.group.baseline
            )
            if cell not in self.results.observations
            if cell.variant.timing is Timing.BLOCKS or not only_blocks
        ]
        alone = [each for each in left if each[0].group.leads is Figure.MEMORY]
        together = [each for each in left if each not in alone]
        for part in (together, *([each] for each in alone)):
            self._observe_on_one_fleet(stage, part)

    def _observe_on_one_fleet(self, stage: Stage, left: Sequence[tuple[Comparison, Cell]]) -> None:
        if not left:
            return
        self.listener.step(f"{stage}: checking")
        with fleet((cell for _, cell in left), self.site, trace_folder=self.folder) as servers:
            for comparison, cell in left:
                self.listener.step(f"{stage}: checking", cell)
                seen = self.observer.observe(cell, comparison.baseline, servers)
                self.results.observations[cell] = seen


def _measure(
    stage: Stage, plan: Plan, results: Results, listener: Listener, around: Surroundings
) -> None:
    """Time the stage's blocks, each on servers of its own, so that a restart's luck is in it."""
    profile = plan.profile
    whole = len(results.orders[stage])
    blocks = range(whole, profile.blocks) if stage.timed else range(0)
    allowed_s: float | None = None
    for block in blocks:
        if block >= profile.floor:
            if allowed_s is None:  # once the fewest blocks are no estimate any more
                allowed_s = plan.forecast(results).allowed_s(stage)
            if _may_stop(stage, profile, results, allowed_s):
                return
        started = monotonic()
        order = slot_order(stage, seed=plan.seed, block=block)
        results.orders[stage].append(order)
        with fleet(order, plan.site) as servers, driver() as asking:
            blocked = _Block(block, plan, servers, asking, around)
            for cell in order:
                listener.step(f"{stage}: block {block + 1} of {profile.blocks}", cell)
                seen = results.observations[cell.original]
                results.slots[cell].append(blocked.slot(cell, seen, results.again[stage]))
        results.spent_s[stage] += monotonic() - started


@dataclass(frozen=True, slots=True)
class _Block:
    """What the slots of a block are measured with."""

    number: int
    plan: Plan
    servers: Fleet
    asking: Driver
    around: Surroundings

    def slot(self, cell: Cell, seen: Observation, again: list[AgainRecord]) -> Slot:
        """Return a slot of the cell: the first that no rule sends back, or else the last.

        Each that is sent back is added to `again`. ServerError as `measure_slot` and
        `measure_load` raise it.
        """
        for _ in range(MOST_TRIES - 1):
            try:
                slot = self._watched(cell, seen)
            except NotHeldError as error:
                reason: str | None = error.reason
            else:
                reason = disturbance(slot.figures)
            if reason is None:
                return slot
            again.append(AgainRecord(block=self.number, slot=str(cell), reason=reason))
        return self._watched(cell, seen)

    def _watched(self, cell: Cell, seen: Observation) -> Slot:
        with self.around.watched() as seen_around:
            slot = self._measured(cell, seen)
        return replace(slot, figures={**slot.figures, **seen_around})

    def _measured(self, cell: Cell, seen: Observation) -> Slot:
        profile = self.plan.profile
        if isinstance(cell.measure, Load):
            seed = self.plan.seed + SEED_STEP * self.number
            return measure_load(
                cell,
                cell.measure,
                self.servers,
                self.asking,
                seen,
                load_s=profile.load_s,
                seed=seed,
            )
        return measure_slot(cell, self.servers, seen, slot_s=profile.slot_s)


def _may_stop(stage: Stage, profile: Profile, results: Results, allowed_s: float) -> bool:
    """Return whether the clock or the one rule on intervals says stop; see docs/statistics.md."""
    spent_s, blocks = results.spent_s[stage], len(results.orders[stage])
    if spent_s + spent_s / blocks > allowed_s:  # another one would end too late
        return True
    bound = profile.half_width
    return bound is not None and narrow_enough(stage, results, bound)
