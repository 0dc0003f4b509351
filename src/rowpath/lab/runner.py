"""The one place that joins the effects: servers, requests, checks and clocks, in planned order."""

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic
from typing import Protocol

from rowpath.lab.analysis import narrow_enough
from rowpath.lab.fleet import Fleet, Site, fleet
from rowpath.lab.observe import Observer
from rowpath.lab.plan import Cell, Stage, slot_order
from rowpath.lab.profile import Profile
from rowpath.lab.reference import reference
from rowpath.lab.results import Results
from rowpath.lab.slots import measure_slot


class Listener(Protocol):
    """Who is told how a run goes."""

    def step(self, text: str, cell: Cell | None = None) -> None:
        """Hear what runs from now on, and with which cell."""

    def stage_done(self, stage: Stage) -> None:
        """Hear that all of a stage is in the results."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Everything that a run needs besides its results."""

    stages: Sequence[Stage]
    profile: Profile
    seed: int
    site: Site


def execute(plan: Plan, results: Results, listener: Listener) -> None:
    """Measure all stages of `plan` into `results`, which hold what was measured at any end.

    AnswerError where a variant does not answer what it must, before it is timed; ServerError
    where an application does not start or breaks off.
    """
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="rowpath-traces-")))
        table = stack.enter_context(reference(plan.site.dsn))
        observer = Observer(reference=table, trace_folder=folder)
        listener.step("starting the servers")
        cells = chain.from_iterable(stage.cells for stage in plan.stages)
        traced = stack.enter_context(fleet(cells, plan.site, trace_folder=folder))
        for stage in plan.stages:
            _observe(stage, traced, observer, results, listener)
            _measure(stage, plan, results, listener)
            listener.stage_done(stage)


def _observe(
    stage: Stage, traced: Fleet, observer: Observer, results: Results, listener: Listener
) -> None:
    for cell in stage.cells:
        listener.step(f"{stage}: checking", cell)
        results.observations[cell] = observer.observe(cell, traced.server_for(cell))


def _measure(stage: Stage, plan: Plan, results: Results, listener: Listener) -> None:
    """Time the stage's blocks, each on servers of its own, so that a restart's luck is in it."""
    profile = plan.profile
    deadline = monotonic() + profile.stage_s
    for block in range(profile.blocks if stage.timed else 0):
        with fleet(stage.timed, plan.site) as servers:
            for cell in slot_order(stage, seed=plan.seed, block=block):
                listener.step(f"{stage}: block {block + 1} of {profile.blocks}", cell)
                slot = measure_slot(cell, servers.server_for(cell), slot_s=profile.slot_s)
                results.slots[cell].append(slot)
        late = monotonic() > deadline
        if block + 1 >= profile.floor and (late or _precise(stage, profile, results)):
            return


def _precise(stage: Stage, profile: Profile, results: Results) -> bool:
    """Return whether the one rule that looks at intervals says stop; see docs/statistics.md."""
    bound = profile.half_width
    return bound is not None and narrow_enough(stage, results, bound)
