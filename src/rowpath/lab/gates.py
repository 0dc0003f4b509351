"""What a run must show of itself before its numbers are believed, from its record alone. Pure.

The clone, the baseline measured once more, is what nobody can argue with: where it differs from
the baseline, any other variant may differ for the same reason. The rest says why that might be.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from statistics import fmean

from rowpath.lab.measures import (
    AUTOVACUUMS,
    CHECKPOINTS,
    LITTLES_LAW,
    LITTLES_LAW_WITHIN,
    OTHER_CPU,
    SLOT,
    STEAL,
    Quantity,
)
from rowpath.lab.plan import SLOWED_BY, Control
from rowpath.lab.record import (
    ComparisonRecord,
    ControlRecord,
    ExperimentRecord,
    FigureRecord,
    GateRecord,
    MeasuredRecord,
    OrderRecord,
)
from rowpath.stats.chance import most_by_chance
from rowpath.stats.interval import CONFIDENCE, Interval
from rowpath.stats.verdict import NULL_BAND, beyond, wider_band


class Withheld(StrEnum):
    """What a gate that failed takes from what it speaks of."""

    VERDICTS = "verdicts"
    ABSENCE = "absence"
    """The verdicts that there is no difference."""
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What a run can bear: bands for its clones, shares of all processors, a share of slots.

    `clone` is how far one may be from its baseline, `clones` from where more than chance explains
    must not be.
    """

    clone: float = NULL_BAND
    clones: float = 0.0
    other_cpu: float = 0.25
    steal: float = 0.05
    disturbed: float = 0.05


BOUNDS = Bounds()
GENERATOR = "generator"
OTHER_WORK = "other_work"
_OF_TIMES = (
    "It may come of the machine, whose other work was uneven, or of what is measured itself: a "
    "server whose caches, memory or background work change meanwhile. Measure again; if it stays "
    "so, look at the server."
)
_MENDS: Mapping[str, str] = {
    "clone": _OF_TIMES,
    "clones": _OF_TIMES,
    GENERATOR: (
        "It times its own waiting, on a quiet machine too. Ask with fewer users, or for less at "
        "once, or with several processes, as `rowpath load` does."
    ),
    OTHER_WORK: "Measure again when the machine has less else to do.",
    "steal": "Measure again when the host has less else to do, or on another one.",
    "undisturbed": "Measure again when the database has nothing else to do.",
}
_NOWHERE = "\N{EN DASH}"
"""No stage's name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Support:
    """What the verdicts on some comparisons can rest on.

    `null_band` is what identical variants were seen to differ by, NULL_BAND at least. Where not
    `sees`, a difference of 5% could have been missed, or nobody looked. `withheld` says why there
    can be no verdict, empty where there can.
    """

    null_band: float
    sees: bool
    withheld: str


def clones_gate(
    controls: Iterable[ControlRecord], *, band: float = BOUNDS.clones
) -> GateRecord | None:
    """Return whether more clones are beyond the band than chance explains; None of none.

    The interval of one that is the same excludes 1 in 1 of 20 runs at the most, so of many some
    do: more than chance explains are those that would come in fewer than 1 of 20 runs.
    """
    ratios = [each.ratio for each in controls if each.kind == Control.CLONE and each.ratio]
    if not ratios:
        return None
    differ = sum(beyond(ratio, band) for ratio in ratios)
    bound = most_by_chance(len(ratios), 1 - CONFIDENCE)
    passed = differ <= bound
    text = f"{differ} of {len(ratios)} baselines, measured twice, differ from themselves"
    return GateRecord(
        name="clones",
        stage="",
        measure="",
        passed=passed,
        value=differ,
        bound=bound,
        withholds=Withheld.NOTHING,
        invalidates=True,
        text=f"{text}." if passed else f"{text}, and chance explains {bound}.",
    )


def run_gates(records: Sequence[ExperimentRecord]) -> tuple[GateRecord, ...]:
    """Return the gates of a whole run: that of its clones first, then those of each experiment."""
    gates = tuple(gate for record in records for gate in gates_of(record))
    controls = (each for record in records for each in record.controls)
    clones = clones_gate(controls, band=BOUNDS.clones)
    return gates if clones is None else (clones, *gates)


def gates_of(record: ExperimentRecord, bounds: Bounds | None = None) -> tuple[GateRecord, ...]:
    """Return the gates of an experiment, stage by stage, as far as it was measured.

    `bounds` are BOUNDS where none are given.
    """
    return tuple(_gates(record, bounds or BOUNDS))


def valid(gates: Iterable[GateRecord]) -> bool:
    """Return whether none failed that invalidates."""
    return not invalidating(gates)


def invalidating(gates: Iterable[GateRecord]) -> list[GateRecord]:
    """Return those that failed and for which a run is not valid."""
    return [gate for gate in gates if gate.invalidates and not gate.passed]


def is_note(gate: GateRecord) -> bool:
    """Return whether a gate that did not pass takes nothing: it is told, and nothing has failed."""
    return not gate.passed and not gate.invalidates and gate.withholds == Withheld.NOTHING


def mend(gate: GateRecord) -> str:
    """Return what the failure of a gate may come of, and what to do, in sentences.

    A gate that looks at the machine names the machine; one that looks at times alone cannot know
    whether machine or endpoint made them.
    """
    return _MENDS.get(gate.name, "Measure again.")


def support(
    record: ExperimentRecord, gates: Iterable[GateRecord], comparison: ComparisonRecord
) -> Support:
    """Return what the verdict on a comparison can rest on, by the `gates` of its experiment."""
    stage, measure = _place(record, comparison)
    failed = [
        gate
        for gate in gates
        if not gate.passed and gate.stage == stage and gate.measure in {"", measure}
    ]
    bands = [
        wider_band(each.ratio)
        for each in record.controls
        if each.kind == Control.CLONE and (each.stage, each.measure) == (stage, measure)
        if each.ratio is not None
    ]
    return Support(
        null_band=max(bands, default=NULL_BAND),
        sees=bool(bands) and all(gate.withholds != Withheld.ABSENCE for gate in failed),
        withheld=" ".join(gate.text for gate in failed if gate.withholds == Withheld.VERDICTS),
    )


def _place(record: ExperimentRecord, comparison: ComparisonRecord) -> tuple[str, str]:
    """Return the stage and the measure of a comparison, as far as the record knows them."""
    place = (comparison.variant, comparison.setup, comparison.rows)
    for variant in record.variants:
        if (variant.name, variant.setup, variant.rows) == place:
            measure = record.group(variant.group).measure
            for order in record.orders:
                if order.blocks and variant.slot in order.blocks[0]:
                    return order.stage, measure
    return _NOWHERE, _NOWHERE


def _gates(record: ExperimentRecord, bounds: Bounds) -> Iterator[GateRecord]:
    for order in record.orders:
        controls = [each for each in record.controls if each.stage == order.stage]
        for clone in controls:
            if clone.kind == Control.CLONE and clone.ratio is not None:
                stage, measure = clone.stage, clone.measure
                yield clone_gate(clone.ratio, band=bounds.clone, stage=stage, measure=measure)
                slowed = _slowed(controls, clone)
                yield control_gate(clone.ratio, slowed, stage=stage, measure=measure)
        if order.blocks:
            slots = _slots(record, order.blocks[0])
            yield from _other_work_gates(order.stage, slots, bounds, is_own=not record.dataset)
            yield from _machine_gates(order.stage, slots, bounds)
            yield from _law_gates(record, order, bounds)


def _slowed(controls: Iterable[ControlRecord], clone: ControlRecord) -> Interval | None:
    """Return what the run found of the delay that was added by the same measure, if any was."""
    slowed = (each for each in controls if each.kind == Control.SLOWED)
    return next((each.ratio for each in slowed if each.measure == clone.measure), None)


def clone_gate(
    ratio: Interval, *, band: float = BOUNDS.clone, stage: str = "", measure: str = ""
) -> GateRecord:
    """Return whether a baseline that was measured twice, by this ratio, is like itself."""
    passed = not beyond(ratio, band)
    text = f"The baseline, measured twice in each block, came to {_of_itself(ratio)}"
    more = "." if passed else ": what is not different was seen as different."
    return GateRecord(
        name="clone",
        stage=stage,
        measure=measure,
        passed=passed,
        value=ratio.estimate,
        bound=1 + band,
        withholds=Withheld.VERDICTS,
        invalidates=False,
        text=text + more,
    )


def control_gate(
    clone: Interval,
    slowed: Interval | None,
    *,
    was_waited: bool = True,
    stage: str = "",
    measure: str = "",
) -> GateRecord:
    """Return whether 5% more and 5% less are found: what was not waited, by the clone's interval.

    `slowed` is what came of 5% more: where it `was_waited`, of a delay that was really there; else
    of times that were counted as so much more. None is for the clone's own, counted so. The value
    is the smaller of the two bounds that must lie beyond 1.
    """
    more = _times(clone, 1 + SLOWED_BY) if slowed is None else slowed
    less = (1 + SLOWED_BY) / clone.high
    value = min(more.low, less)
    was_waited = was_waited and slowed is not None
    return GateRecord(
        name="control",
        stage=stage,
        measure=measure,
        passed=value > 1,
        value=value,
        bound=1.0,
        withholds=Withheld.ABSENCE,
        invalidates=False,
        text=_of_control(clone, more, is_found=value > 1, was_waited=was_waited),
    )


def _of_control(clone: Interval, more: Interval, *, is_found: bool, was_waited: bool) -> str:
    """Return what a control showed, and where it failed what that may come of: not that it does."""
    change = f"A change of {SLOWED_BY:.0%}"
    if was_waited:
        seen = f"with a delay of {SLOWED_BY:.0%} the baseline came to {_of_itself(more)}"
        if is_found:
            return f"{change} would be found: {seen}."
    else:
        seen = (
            f"the baseline, measured again and counted as {SLOWED_BY:.0%} more, is "
            f"{_of_itself(more)}"
        )
        if is_found:
            return f"{change} would stand out: {seen}. That is computed, no delay was added."
    if was_waited and more.low <= 1 and more.high < 1 + SLOWED_BY:
        why = (
            "The delay did not come through. A server that answers at moments of its own, or works "
            "ahead while nobody asks, makes up for one; so may the machine, or chance."
        )
    else:
        seems = "It differs from itself" if beyond(clone, 0.0) else "The times scatter too much"
        why = (
            f"As it is it came to {_of_itself(clone)}. {seems}, be it by the machine or by what is "
            "measured itself."
        )
    return f"{change} could be missed: {seen}. {why}"


def _times(ratio: Interval, factor: float) -> Interval:
    return Interval(
        estimate=ratio.estimate * factor, low=ratio.low * factor, high=ratio.high * factor
    )


def _of_itself(ratio: Interval) -> str:
    return f"{ratio.estimate:.3f} ({ratio.low:.3f} to {ratio.high:.3f}) of itself"


def _other_work_gates(
    stage: str, slots: Sequence[Sequence[FigureRecord]], bounds: Bounds, *, is_own: bool
) -> Iterator[GateRecord]:
    """Yield whether others left the machine to a stage, where that is known.

    What applications of the user's own ask, a database of theirs above all, is others' work as far
    as anybody can see. It belongs to what is measured, so there it is told, and takes nothing.
    """
    share = _mean(slots, OTHER_CPU)
    if share is None:
        return
    others = "Other processes"
    if is_own:
        others += ", with whatever the applications ask among them,"
    seen = f"{others} used {max(0.0, share):.0%} of the machine's processors meanwhile"
    gate = machine_gate(OTHER_WORK, share, bounds.other_cpu, seen, stage=stage)
    yield gate if not is_own else as_note(gate, seen)


def as_note(gate: GateRecord, seen: str) -> GateRecord:
    """Return a gate of the machine that explains and takes nothing, whether it passed or not."""
    text = gate.text if gate.passed else f"{seen}: with less, smaller differences are seen."
    return replace(gate, withholds=Withheld.NOTHING, invalidates=False, text=text)


def _machine_gates(
    stage: str, slots: Sequence[Sequence[FigureRecord]], bounds: Bounds
) -> Iterator[GateRecord]:
    if (share := _mean(slots, STEAL)) is not None:
        yield steal_gate(share, bound=bounds.steal, stage=stage)
    own_work = list(zip(_all(slots, CHECKPOINTS), _all(slots, AUTOVACUUMS), strict=True))
    if own_work:
        share = sum(map(any, own_work)) / len(own_work)
        yield machine_gate(
            "undisturbed",
            share,
            bounds.disturbed,
            f"A checkpoint or a vacuum fell into {share:.0%} of the slots, though these were "
            "measured again",
            stage=stage,
        )


def steal_gate(share: float, *, bound: float = BOUNDS.steal, stage: str = "") -> GateRecord:
    """Return whether the host took too much of the processors, by its share of their time."""
    return machine_gate(
        "steal", share, bound, f"The host took {share:.1%} of the processors", stage=stage
    )


def machine_gate(
    name: str, value: float, bound: float, text: str, *, stage: str = ""
) -> GateRecord:
    """Return whether a share kept to its bound; one that did not makes the run not valid.

    `text` says what was seen, as a sentence without its full stop.
    """
    passed = value <= bound
    return GateRecord(
        name=name,
        stage=stage,
        measure="",
        passed=passed,
        value=value,
        bound=bound,
        withholds=Withheld.VERDICTS,
        invalidates=True,
        text=f"{text}." if passed else f"{text}, over the {bound:.0%} that a run can bear.",
    )


def _law_gates(
    record: ExperimentRecord, order: OrderRecord, bounds: Bounds
) -> Iterator[GateRecord]:
    """Yield for each measure of many users whether Little's law holds in its slots."""
    own = set(order.blocks[0])
    off: dict[str, list[bool]] = {}
    measured: list[tuple[str, MeasuredRecord]] = [
        (record.group(each.group).measure, each) for each in record.variants
    ]
    measured += [(each.measure, each) for each in record.controls]
    for measure, each in measured:
        if each.slot in own:
            values = _all([each.figures], LITTLES_LAW)
            off.setdefault(measure, []).extend(value > LITTLES_LAW_WITHIN for value in values)
    for measure, slots in off.items():
        if slots:
            yield _law_gate(fmean(slots), bounds.disturbed, stage=order.stage, measure=measure)


def _law_gate(share: float, bound: float, *, stage: str, measure: str) -> GateRecord:
    text = (
        f"In {share:.0%} of the slots rate x time is over {LITTLES_LAW_WITHIN:.0%} off the number "
        "of users (Little's law)"
    )
    return replace(
        machine_gate("littles_law", share, bound, text, stage=stage),
        measure=measure,
        invalidates=False,
    )


def _slots(record: ExperimentRecord, names: Sequence[str]) -> Sequence[Sequence[FigureRecord]]:
    """Return the figures of everything that was measured in the slots of these names."""
    own = set(names)
    measured: Sequence[MeasuredRecord] = (*record.variants, *record.controls)
    return [each.figures for each in measured if each.slot in own]


def _mean(slots: Iterable[Sequence[FigureRecord]], quantity: Quantity) -> float | None:
    """Return the mean of a quantity over the time of all slots; None where no slot has it."""
    values: list[float] = []
    lasted_s: list[float] = []
    for figures in slots:
        blocks = {figure.quantity: figure.blocks for figure in figures}
        if own := blocks.get(quantity.name):
            values += own
            lasted_s += blocks.get(SLOT.name, (1.0,) * len(own))
    return fmean(values, lasted_s) if values else None


def _all(slots: Iterable[Sequence[FigureRecord]], quantity: Quantity) -> Sequence[float]:
    """Return what a quantity came to in each of the slots that have it."""
    return [
        value
        for figures in slots
        for figure in figures
        if figure.quantity == quantity.name
        for value in figure.blocks
    ]
