"""Races that were kept, read back, and computed again from their samples."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import chain

from rowpath.lab.gates import OTHER_WORK
from rowpath.lab.integrity import MOST_BLOCKS, twice, without_zone
from rowpath.lab.load.plan import Target
from rowpath.lab.measures import SURROUNDINGS
from rowpath.lab.plan import Control
from rowpath.lab.race.judging import judge
from rowpath.lab.race.record import (
    SCHEMA_VERSION,
    EntrantRecord,
    RaceControlRecord,
    RaceRun,
    from_json,
)
from rowpath.lab.race.results import Results, Slot
from rowpath.lab.race.values import FEWEST_ENTRANTS, Entrant, Lane, RacePlan
from rowpath.lab.runs import Form, Kind

_AROUND = {quantity.name: quantity for quantity in SURROUNDINGS}


def computed_again(run: RaceRun) -> RaceRun:
    """Return the race as it follows from its samples; what was only seen stays as it is.

    ValueError or ArithmeticError where nothing follows.
    """
    judged = judge(results_of(run))
    return replace(
        run,
        valid=judged.valid,
        null_band=judged.null_band,
        gates=judged.gates,
        entrants=judged.entrants,
        comparisons=judged.comparisons,
        controls=judged.controls,
    )


def results_of(run: RaceRun) -> Results:
    """Return what was measured in a race, as its file has it."""
    racers = {
        each.name: Entrant(
            name=each.name,
            target=Target(url=each.url, method=each.method),
            requests=tuple(Target(url=one.path, method=one.method) for one in run.requests),
            revision=each.revision,
        )
        for each in run.entrants
    }
    plan = RacePlan(entrants=tuple(racers.values()), seed=run.seed, users=run.users)
    baseline = plan.baseline
    # The machine was looked at before anything was asked, and its gate has what was seen.
    other_cpu = next((gate.value for gate in run.gates if gate.name == OTHER_WORK), 0.0)
    results = Results(plan=plan, other_cpu=other_cpu, blocks=run.blocks)
    for each in run.entrants:
        lane = Lane(entrant=racers[each.name])
        results.slots[lane] = list(_slots(run, lane, each))
    for control in run.controls:
        lane = Lane(entrant=baseline, control=Control(control.kind))
        results.slots[lane] = list(_slots(run, lane, control))
    for each in run.entrants:
        results.sizes_bytes[racers[each.name]] = each.bytes
        if each.failed is not None:
            results.fallen[racers[each.name]] = each.failed
    return results


def _slots(run: RaceRun, lane: Lane, kept: EntrantRecord | RaceControlRecord) -> Iterator[Slot]:
    around = {_AROUND[each.quantity]: each.blocks for each in run.around if each.slot == str(lane)}
    for number, block in enumerate(kept.samples_ms):
        # How long a slot took for each answer under load is seen, and follows from no sample.
        per_answer_s = kept.values_ms[number] / 1000 if run.users > 1 else None
        yield Slot(
            samples_s=tuple(sample / 1000 for sample in block),
            around={quantity: blocks[number] for quantity, blocks in around.items()},
            requests=len(run.requests) or 1,
            per_answer_s=per_answer_s,
        )


def _flaw(run: RaceRun) -> str:
    return next(chain(without_zone([run.started_at]), _of_entrants(run), _of_slots(run)), "")


def _of_entrants(run: RaceRun) -> Iterator[str]:
    if len(run.entrants) < FEWEST_ENTRANTS:
        yield f"it has {len(run.entrants)} entrants"
    if (name := twice(each.name for each in run.entrants)) is not None:
        yield f"it has the entrant {name!r} twice"
    kinds = [each.kind for each in run.controls]
    if sorted(kinds) != sorted(Control):
        yield f"it has the controls {', '.join(kinds) or 'none'}"


def _of_slots(run: RaceRun) -> Iterator[str]:
    slots = {each.name: each.samples_ms for each in run.entrants}
    slots |= {f"{run.entrants[0].name} ({each.kind})": each.samples_ms for each in run.controls}
    for name, samples_ms in slots.items():
        if len(samples_ms) > MOST_BLOCKS:
            yield f"{name} has more than {MOST_BLOCKS} blocks"
        if not all(samples_ms):
            yield f"{name} has a block without samples"
        if any(sample <= 0 for block in samples_ms for sample in block):
            yield f"{name} has a time that is not above 0"
    yield from _of_values(run)
    for each in run.around:
        if each.quantity not in _AROUND or len(each.blocks) != len(slots.get(each.slot, ())):
            yield f"what went on around {each.slot} ({each.quantity}) is not of its blocks"


def _of_values(run: RaceRun) -> Iterator[str]:
    if run.users < 1:
        yield f"it has {run.users} users"
    kept = [(each.name, each.samples_ms, each.values_ms) for each in run.entrants]
    kept += [(each.kind, each.samples_ms, each.values_ms) for each in run.controls]
    for name, samples_ms, values_ms in kept:
        if run.users > 1 and len(values_ms) != len(samples_ms):
            yield f"{name} has {len(values_ms)} values for {len(samples_ms)} blocks"
        if any(value <= 0 for value in values_ms):
            yield f"{name} has a value that is not above 0"
        if any(len(block) < len(run.requests) for block in samples_ms):
            yield f"{name} has a block without all of its requests"


RACE = Form(kind=Kind.RACE, oldest=1, newest=SCHEMA_VERSION, value=from_json, flaw=_flaw)
