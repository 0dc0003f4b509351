"""A run that was interrupted goes on: what of its file counts, and whether new blocks can join it.

What joins is held to be the same: seed, profile, dataset, versions, the machine, the code of each
variant and the order of each block. Whole blocks are kept as they are. A block that was cut is
measured again, whole and in the same order, and what it had is kept in the file.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest
from pathlib import Path

from rowpath.capture.trace import Trace
from rowpath.errors import ResumeError
from rowpath.lab.circumstances import AskedRecord, DatasetRecord, EnvironmentRecord
from rowpath.lab.experiment import Variant
from rowpath.lab.measures import Better, Quantity
from rowpath.lab.plan import Cell, Stage, slot_order
from rowpath.lab.record import (
    CutBlockRecord,
    CutSlotRecord,
    MeasuredRecord,
    OrderRecord,
    Run,
    VariantRecord,
)
from rowpath.lab.results import Observation, Results, Slot

MIB = 1 << 20
_MOST_DIFFERENCES = 5
_SAME = ("cpu", "cores", "kernel", "python", "postgresql")
"""Of the environment, besides packages and settings: memory and load are never quite the same."""


def interrupted(run: Run, path: Path) -> AskedRecord:
    """Return what a run was asked for; ResumeError where there is nothing to go on with."""
    if run.stopped is None:
        raise ResumeError(
            f"Cannot resume {path}: that run is whole. Measure anew without --resume."
        )
    if run.asked is None:
        raise ResumeError(
            f"Cannot resume {path}: its schema {run.schema_version} does not say what the run was "
            "asked for. Measure anew without --resume."
        )
    return run.asked


def refuse(differences: Sequence[str]) -> None:
    """ResumeError that names the differences, where there are any."""
    if not differences:
        return
    told = list(differences[:_MOST_DIFFERENCES])
    if len(differences) > len(told):
        told.append(f"and {len(differences) - len(told)} more")
    raise ResumeError(
        f"Cannot resume the run: its blocks cannot be joined with new ones, since "
        f"{'; '.join(told)}. Run it as it was begun, or measure anew without --resume."
    )


def other_surroundings(run: Run, version: str, now: EnvironmentRecord) -> tuple[str, ...]:
    """Return in what the machine and the software are no longer what the run had."""
    then = run.environment
    pairs = [("rowpath", run.rowpath, version)]
    pairs += [(name, str(getattr(then, name)), str(getattr(now, name))) for name in _SAME]
    for old, new in ((then.packages, now.packages), (then.settings, now.settings)):
        names = dict.fromkeys((*old, *new))
        pairs += [(name, old.get(name, "not there"), new.get(name, "not there")) for name in names]
    return tuple(other(*pair) for pair in pairs if pair[1] != pair[2])


def other_data(run: Run, now: Sequence[DatasetRecord]) -> tuple[str, ...]:
    """Return in what the rows are no longer those of the run."""
    then = {dataset.name: dataset for dataset in run.datasets}
    return tuple(
        other(f"the {what} of {new.name}", str(getattr(old, what)), str(getattr(new, what)))
        for new in now
        if (old := then.get(new.name)) is not None
        for what in ("rows", "seed", "form", "checksum")
        if getattr(old, what) != getattr(new, what)
    )


def other(what: str, then: str, now: str) -> str:
    """Return a difference in words."""
    return f"{what} was {then} and is now {now}"


def resumed(run: Run, stages: Sequence[Stage], sources: Mapping[Variant, str]) -> Results:
    """Return the results that a run's file holds, as far as they count for `stages`.

    `sources` has the code of each variant. ResumeError where what was measured is not what is
    planned: other variants, other code, another order of the slots.
    """
    results = Results()
    refuse(tuple(_strangers(run, stages)))
    cells = {(stage.experiment.name, str(cell)): cell for stage in stages for cell in stage.cells}
    controls = {
        (stage.experiment.name, str(cell)): cell for stage in stages for cell in stage.controls
    }
    for experiment in run.experiments:
        for record in experiment.variants:
            cell = cells[experiment.name, record.slot]
            if record.code != sources[cell.variant]:
                refuse((f"the code of {cell.variant.name} has changed",))
            results.recorded[cell] = record
            results.observations[cell] = _observation(record)
            results.slots[cell] = _slots(record) if cell.variant.is_timed else []
        for control in experiment.controls:
            results.slots[controls[experiment.name, control.slot]] = _slots(control)
    orders = {
        (experiment.name, order.stage): order
        for experiment in run.experiments
        for order in experiment.orders
    }
    for stage in stages:
        order = orders.get((stage.experiment.name, str(stage)))
        if order is not None:
            _take_up(stage, order, run.seed, results)
    return results


def _strangers(run: Run, stages: Sequence[Stage]) -> Iterator[str]:
    """Yield what was measured and is not planned."""
    planned = {
        (stage.experiment.name, str(cell))
        for stage in stages
        for cell in (*stage.cells, *stage.controls)
    }
    for experiment in run.experiments:
        measured: Sequence[MeasuredRecord] = (*experiment.variants, *experiment.controls)
        for record in measured:
            if (experiment.name, record.slot) not in planned:
                yield f"{record.slot} of {experiment.name} is no longer measured"


def _take_up(stage: Stage, order: OrderRecord, seed: int, results: Results) -> None:
    """Put a stage's whole blocks into the results, and aside what was cut."""
    for block, recorded in enumerate(order.blocks):
        planned = slot_order(stage, seed=seed, block=block)
        if tuple(map(str, planned)) != recorded:
            refuse((f"block {block + 1} of {stage} had {_first_difference(recorded, planned)}",))
        results.orders[stage].append(planned)
    whole = min((len(results.slots[cell]) for cell in stage.timed), default=0)
    beyond = [(cell, slot) for cell in stage.timed for slot in results.slots[cell][whole:]]
    results.cut[stage] = order.cut
    results.again[stage] = [each for each in order.again if each.block < whole]
    if beyond:
        results.cut[stage] += (CutBlockRecord(block=whole, slots=tuple(map(_cut, beyond))),)
    for cell in stage.timed:
        del results.slots[cell][whole:]
    del results.orders[stage][whole:]
    results.spent_s[stage] = order.spent_s
    if order.done:
        results.done.add(stage)


def _first_difference(recorded: Sequence[str], planned: Sequence[Cell]) -> str:
    for old, new in zip_longest(recorded, map(str, planned), fillvalue="nothing more"):
        if old != new:
            return f"{old} where there is {new} now"
    return "another order"


def _cut(measured: tuple[Cell, Slot]) -> CutSlotRecord:
    cell, slot = measured
    return CutSlotRecord(
        slot=str(cell),
        figures={quantity.name: figure for quantity, figure in slot.figures.items()},
        samples_ms=tuple(s * 1000 for s in slot.samples_s),
    )


def _observation(record: VariantRecord) -> Observation:
    """Return what a slot and the forecast need of an observation; the record keeps the rest."""
    peak, grown = int(record.peak_mib * MIB), int(record.grown_mib * MIB)
    return Observation(
        duration_s=seconds(record.observed_ms or 0.0),
        cpu_s=None,
        size_bytes=record.bytes,
        gzip_bytes=record.bytes_gzip,
        trace=Trace(statements=(), peak_bytes=peak, resident_bytes=peak - grown),
        outcome=record.outcome,
        beside_bytes=record.beside_bytes,
    )


def _slots(record: MeasuredRecord) -> list[Slot]:
    figures = {
        Quantity(name=each.quantity, unit=each.unit, better=Better(each.better)): each.blocks
        for each in record.figures
    }
    # Of many users there are no samples: each quantity has a number a block.
    samples = record.samples_ms or ((),) * max(map(len, figures.values()), default=0)
    return [
        Slot(
            figures={quantity: blocks[number] for quantity, blocks in figures.items()},
            samples_s=tuple(map(seconds, block)),
        )
        for number, block in enumerate(samples)
    ]


def seconds(ms: float) -> float:
    """Return a number of seconds that comes to exactly `ms` again, times 1000.

    That holds for milliseconds that were made of seconds. A step between two floats at `ms` is 512
    or 1024 steps at the seconds, so what was rounded off there moves the quotient by one step at
    the most, and the product of that is rounded to `ms` again.
    """
    return ms / 1000
