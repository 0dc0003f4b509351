"""How far a run can be believed, by the gates that it had to pass, in sentences and as a table."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rowpath.lab.gates import invalidating, is_note, mend
from rowpath.lab.plan import Control
from rowpath.lab.record import (
    JUDGED_ALIKE_SINCE,
    TESTS_ITSELF_SINCE,
    ControlRecord,
    ExperimentRecord,
    GateRecord,
    Run,
)
from rowpath.report import figures

_MOST_NAMED = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class StageTrust:
    """What the gates of a stage saw, for a line of a table; empty where nothing was seen."""

    stage: str
    clones: tuple[str, ...]
    control: tuple[str, ...]
    other_work: str
    steal: str
    again: int
    failed: tuple[str, ...]


def failed(run: Run) -> tuple[GateRecord, ...]:
    """Return the gates by which a run is not valid.

    What went on around it comes first, since the rest may come of that.
    """
    found = invalidating(run.gates)
    return tuple(sorted(found, key=lambda gate: not gate.stage))


def placed(gate: GateRecord) -> str:
    """Return what a gate saw, with where it looked."""
    return figures.printable(f"{gate.stage}: {gate.text}" if gate.stage else gate.text)


def failures(run: Run) -> tuple[str, ...]:
    """Return what each gate saw by which a run is not valid, and then what that may come of."""
    found = failed(run)
    return (*map(placed, found), *dict.fromkeys(map(mend, found)))


def summary(run: Run) -> tuple[str, ...]:
    """Return what the run's gates say in all, and what was measured again; of an old run, that.

    What makes it invalid is not among it: `failures` has that.
    """
    said = (*_rules(run), *_clones(run), *_controls(run), *_notes(run), *_again(run))
    return tuple(map(figures.printable, said))


def stages(run: Run) -> tuple[StageTrust, ...]:
    """Return what the gates of each stage saw, in the order of measuring."""
    return tuple(
        _stage(record, order.stage, [each for each in run.gates if each.stage == order.stage])
        for record in run.experiments
        for order in record.orders
        if any(each.stage == order.stage for each in run.gates)
    )


def _rules(run: Run) -> Iterator[str]:
    if run.schema_version < JUDGED_ALIKE_SINCE:
        yield f"Of a run of schema {run.schema_version} the verdicts are by the rules of today."
    if run.schema_version < TESTS_ITSELF_SINCE:
        yield "It did not test itself, so no verdict rests on the absence of a difference."


def _clones(run: Run) -> Iterator[str]:
    for gate in run.gates:
        if gate.name == "clones" and gate.passed:
            chance = f" Chance explains {gate.bound:.0f}." if gate.value else ""
            yield f"{gate.text}{chance}"
        elif gate.name == "clone" and not gate.passed:
            yield f"{gate.stage}: {gate.text} No claim is judged there."


def _controls(run: Run) -> Iterator[str]:
    controls = [gate for gate in run.gates if gate.name == "control"]
    blind = list(dict.fromkeys(gate.stage for gate in controls if not gate.passed))
    stages_of = dict.fromkeys(gate.stage for gate in controls)
    of = len(stages_of)
    if blind:
        more = f" and {len(blind) - _MOST_NAMED} more" if len(blind) > _MOST_NAMED else ""
        yield (
            f"A change of 5% could have been missed in {len(blind)} of {of} stages "
            f"({'; '.join(blind[:_MOST_NAMED])}{more}): no verdict there rests on the absence of a "
            "difference."
        )
    elif controls:
        waited = sum(stage in stages_of for stage in _with_a_delay(run))
        yield f"A change of 5% would have been found in each of {of} stages: {_how(waited, of)}."


def _notes(run: Run) -> Iterator[str]:
    yield from (placed(gate) for gate in run.gates if is_note(gate))


def _with_a_delay(run: Run) -> set[str]:
    """Return the stages in which a delay was really waited."""
    controls = (each for record in run.experiments for each in record.controls)
    return {each.stage for each in controls if each.kind == Control.SLOWED and each.ratio}


def _how(waited: int, of: int) -> str:
    computed = "that is computed, from what the baseline, measured twice, scatters by"
    if not waited:
        return computed
    if waited == of:
        return "a delay was added, and found"
    return f"in {waited} a delay was added, and found; elsewhere {computed}"


def _again(run: Run) -> Iterator[str]:
    reasons = Counter(
        again.reason
        for experiment in run.experiments
        for order in experiment.orders
        for again in order.again
    )
    if reasons:
        told = "; ".join(f"{reason} ({number})" for reason, number in reasons.most_common())
        slots = "slot" if reasons.total() == 1 else "slots"
        yield f"{reasons.total():,} {slots} measured again, by rules fixed beforehand: {told}."


def _stage(record: ExperimentRecord, stage: str, gates: Iterable[GateRecord]) -> StageTrust:
    clones = [each for each in record.controls if each.stage == stage and each.kind == "clone"]
    slowed = [each for each in record.controls if each.stage == stage and each.kind == "slowed"]
    values = {gate.name: gate.value for gate in gates}
    return StageTrust(
        stage=figures.printable(stage),
        clones=tuple(_ratio(each) for each in clones if each.ratio is not None),
        control=tuple(_ratio(each) for each in slowed if each.ratio is not None),
        other_work=_share(values.get("other_work")),
        steal=_share(values.get("steal")),
        again=sum(len(order.again) for order in record.orders if order.stage == stage),
        failed=tuple(
            dict.fromkeys(
                gate.name.replace("_", " ")
                for gate in gates
                if not gate.passed and not is_note(gate)
            )
        ),
    )


def _ratio(control: ControlRecord) -> str:
    ratio = control.ratio
    return "" if ratio is None else f"{figures.ratio(ratio.estimate)} {figures.ratio_range(ratio)}"


def _share(share: float | None) -> str:
    return "" if share is None else f"{max(0.0, share):.1%}"
