"""A run tests itself: by baselines that are measured twice, and by what went on meanwhile."""

from dataclasses import replace

import pytest
from test_analysis import LISTS, SOURCES, VERSIONS, fill, planned

from rowpath.lab.analysis import experiment_record
from rowpath.lab.gates import (
    GENERATOR,
    Bounds,
    clone_gate,
    clones_gate,
    control_gate,
    gates_of,
    is_note,
    mend,
    support,
)
from rowpath.lab.judging import judged
from rowpath.lab.measures import (
    AUTOVACUUMS,
    CHECKPOINTS,
    LITTLES_LAW,
    OTHER_CPU,
    SLOT,
    STEAL,
    Quantity,
)
from rowpath.lab.plan import Cell, Control
from rowpath.lab.record import ExperimentRecord, GateRecord
from rowpath.lab.results import Results
from rowpath.stats.interval import Interval

STAGE = planned()
TEN_MILLION = {"products": 10_000_000}
BLOCKS = 10


def results_with(
    clone: float = 1.0,
    slowed: float = 1.05,
    noise: float = 0.002,
    around: dict[Quantity, float] | None = None,
) -> Results:
    """Return a run whose controls take so many times as long as their baseline."""
    results = Results()
    fill(STAGE, results, BLOCKS, noise)
    results.orders[STAGE] = [STAGE.timed] * BLOCKS
    times = {Control.CLONE: clone, Control.SLOWED: slowed}
    for cell in STAGE.timed:
        factor = 1.0 if cell.control is None else times[cell.control]
        for block, slot in enumerate(results.slots[cell]):
            figures = {quantity: value * factor for quantity, value in slot.figures.items()}
            results.slots[cell][block] = replace(slot, figures=figures | (around or {}))
    return results


def record_of(results: Results, held: dict[str, int] | None = None) -> ExperimentRecord:
    return experiment_record(LISTS, [STAGE], results, VERSIONS, SOURCES, held=held or TEN_MILLION)


def gate(record: ExperimentRecord, name: str) -> GateRecord:
    [found] = [each for each in gates_of(record) if each.name == name]
    return found


def test_a_stage_measures_a_baseline_again_and_once_more_with_a_delay() -> None:
    """Both are slots of each block, of the baseline that needs no sorted table."""
    controls = {cell.control: cell for cell in STAGE.controls}

    assert set(controls) == set(Control)
    assert {cell.original for cell in STAGE.controls} <= set(STAGE.cells)
    assert {cell.variant.name for cell in STAGE.controls} == {LISTS.groups[0].baseline}
    assert all(cell.conditions.uses_index for cell in STAGE.controls)
    assert set(STAGE.controls) <= set(STAGE.timed)
    assert len({str(cell) for cell in STAGE.timed}) == len(STAGE.timed)


def test_a_quiet_run_passes_all_gates() -> None:
    """The clone is the same, the delay is found, nobody else was at work."""
    around = {OTHER_CPU: 0.03, STEAL: 0.0, CHECKPOINTS: 0.0, AUTOVACUUMS: 0.0}

    gates = gates_of(record_of(results_with(around=around)))

    names = ["clone", "control", "other_work", "steal", "undisturbed"]
    assert [each.name for each in gates] == names
    assert all(each.passed for each in gates)
    verdicts = {claim.verdict for claim in record_of(results_with(around=around)).claims}
    assert "not judged" not in verdicts


def test_a_clone_that_differs_takes_all_verdicts() -> None:
    """What is not different was seen as different, so any other difference may be none."""
    record = record_of(results_with(clone=1.06))

    assert not gate(record, "clone").passed
    assert {claim.verdict for claim in record.claims} == {"not judged"}
    assert all("came to 1.0" in claim.withheld for claim in record.claims)


def test_a_clone_that_is_a_little_off_widens_the_band() -> None:
    """A ratio within what identical variants differ by is no difference."""
    record = record_of(results_with(clone=1.03, noise=0.02))
    off = gate(record, "clone").value - 1

    bands = {support(record, gates_of(record), each).null_band for each in record.comparisons}

    assert off > 0.02
    assert [*bands] == [pytest.approx(off)]


def baseline_of(cell: Cell) -> Cell:
    return next(
        each
        for each in STAGE.cells
        if each.variant.name == LISTS.groups[0].baseline and each.conditions == cell.conditions
    )


def test_a_run_that_does_not_find_the_delay_shows_no_absence() -> None:
    """What it would call refuted for want of a difference is inconclusive; the rest stands."""
    same = replace(LISTS.claims[0], variant="drf-values", rows=1_000, ratio=0.5)
    other = replace(same, variant="drf-no-serializer", ratio=3.0)
    experiment = replace(LISTS, claims=(same, other))
    results = results_with(slowed=1.0, noise=0.002)
    for cell in STAGE.timed:
        if cell.variant.name == "drf-values":
            results.slots[cell] = list(results.slots[baseline_of(cell)])
    record = record_of(results)

    verdicts = {each.variant: each.verdict for each in judged(record, experiment, None, {})}

    assert not gate(record, "control").passed
    assert not gate(record, "control").invalidates
    assert verdicts["drf-values"] == "inconclusive"
    assert verdicts["drf-no-serializer"] in {"confirmed", "direction only"}


@pytest.mark.parametrize(
    ("around", "name"),
    [
        ({OTHER_CPU: 0.6}, "other_work"),
        ({STEAL: 0.2}, "steal"),
        ({CHECKPOINTS: 1.0, AUTOVACUUMS: 0.0}, "undisturbed"),
        ({CHECKPOINTS: 0.0, AUTOVACUUMS: 2.0}, "undisturbed"),
    ],
    ids=["a busy machine", "a busy host", "checkpoints", "vacuums"],
)
def test_a_disturbed_run_is_not_valid_and_judges_nothing(
    around: dict[Quantity, float], name: str
) -> None:
    """It says by what it was disturbed, and how much."""
    record = record_of(results_with(around=around))

    failed = gate(record, name)
    assert not failed.passed
    assert failed.invalidates
    assert failed.value > failed.bound
    assert {claim.verdict for claim in record.claims} == {"not judged"}
    assert all(failed.text in claim.withheld for claim in record.claims)


def test_a_change_to_either_side_must_be_found() -> None:
    """A clone that is a little slower hides a gain of 5%, as one that is quicker hides a loss."""
    slower = record_of(results_with(clone=1.04, slowed=1.09, noise=0.02))

    assert not gate(slower, "control").passed


SAME = Interval(estimate=1.0, low=0.999, high=1.001)
WIDE = Interval(estimate=1.0, low=0.9, high=1.1)
LATER = Interval(estimate=1.05, low=1.049, high=1.051)


@pytest.mark.parametrize(
    ("clone", "slowed", "was_waited", "says"),
    [
        (SAME, LATER, True, "A change of 5% would be found: with a delay of 5%"),
        (SAME, LATER, False, "A change of 5% would stand out: the baseline, measured again"),
        (SAME, None, True, "A change of 5% would stand out: the baseline, measured again"),
        (SAME, SAME, True, "could be missed: with a delay of 5%"),
        (WIDE, WIDE, True, "could be missed: with a delay of 5%"),
        (WIDE, None, True, "could be missed: the baseline, measured again"),
    ],
)
def test_a_control_says_whether_a_delay_was_waited_or_is_computed(
    clone: Interval,
    slowed: Interval | None,
    was_waited: bool,  # noqa: FBT001 a parameter of the test
    says: str,
) -> None:
    """What was counted as more is not told as something that was there and was found."""
    told = control_gate(clone, slowed, was_waited=was_waited)

    assert says in told.text
    assert ("computed, no delay was added" in told.text) is (told.passed and "stand out" in says)


def test_a_control_that_fails_says_what_was_seen_and_blames_nobody_for_it() -> None:
    """A delay that did not come through is not noise, and noise may be the endpoint's own."""
    swallowed = control_gate(SAME, SAME).text
    noisy = control_gate(WIDE, WIDE).text
    other = control_gate(Interval(estimate=1.1, low=1.09, high=1.11), LATER).text

    assert "came to 1.000 (0.999 to 1.001) of itself. The delay did not come through" in swallowed
    assert "A server that answers at moments of its own" in swallowed
    assert "scatter" not in swallowed
    assert "scatter too much, be it by the machine or by what is measured itself" in noisy
    assert "come through" not in noisy
    assert "It differs from itself, be it by the machine or by what is measured itself" in other


def test_what_a_gate_cannot_know_it_does_not_say() -> None:
    """Times that differ may be the endpoint's; a share of the machine's processors is not."""
    differs = clone_gate(Interval(estimate=1.2, low=1.1, high=1.3))
    around = {OTHER_CPU: 0.6, STEAL: 0.2, CHECKPOINTS: 1.0, AUTOVACUUMS: 0.0}
    gates = gates_of(record_of(results_with(around=around)))
    of_machine = [each for each in gates if not each.passed]

    assert "or of what is measured itself" in mend(differs)
    assert mend(replace(differs, name="clones")) == mend(differs)
    assert {each.name for each in of_machine} == {"other_work", "steal", "undisturbed"}
    assert not any("server" in mend(each) for each in of_machine)
    assert "on a quiet machine too" in mend(replace(of_machine[0], name=GENERATOR))


def test_others_work_is_a_note_where_applications_are_the_users_own() -> None:
    """A database of theirs is at work for what is measured, and nobody can tell it from others."""
    built_in = record_of(results_with(around={OTHER_CPU: 0.6}))
    own = replace(built_in, dataset="")

    noted = gate(own, "other_work")

    assert is_note(noted)
    assert (noted.passed, noted.value) == (False, gate(built_in, "other_work").value)
    assert "with whatever the applications ask among them, used 60%" in noted.text
    assert not is_note(gate(built_in, "other_work"))
    assert not is_note(gate(record_of(results_with(slowed=1.0)), "control"))


def test_long_slots_weigh_more() -> None:
    """A neighbour that fills a long slot is not made small by many short ones."""
    results = results_with(around={OTHER_CPU: 0.0, SLOT: 0.1})
    long = STAGE.timed[0]
    results.slots[long] = [
        replace(slot, figures={**slot.figures, OTHER_CPU: 0.9, SLOT: 20.0})
        for slot in results.slots[long]
    ]

    assert gate(record_of(results), "other_work").value > 0.8


def test_a_claim_on_another_table_is_not_judged() -> None:
    """The talk's claims are of ten million products; of twenty thousand nothing was claimed."""
    record = record_of(results_with(), held={"products": 20_000})

    assert {claim.verdict for claim in record.claims} == {"not judged"}
    assert all("10,000,000 rows; this one has 20,000" in each.withheld for each in record.claims)
    both = record_of(results_with(around={OTHER_CPU: 0.6}), held={"products": 20_000})
    assert all("Other processes" in each.withheld for each in both.claims)
    assert all("this one has 20,000" in each.withheld for each in both.claims)


def test_one_clone_of_many_may_differ_by_chance() -> None:
    """A run of many stages is not invalid for what one of twenty would do; one of one is."""
    [same] = [each for each in record_of(results_with()).controls if each.kind == Control.CLONE]
    other = replace(same, ratio=Interval(estimate=1.01, low=1.001, high=1.02))

    gates = [
        clones_gate(clones)
        for clones in ([same], [other], [other, *[same] * 20], [*[other] * 5, *[same] * 16])
    ]

    assert [each and each.passed for each in gates] == [True, False, True, False]
    assert clones_gate([]) is None


def test_a_stage_without_a_clone_shows_no_absence() -> None:
    """Where nobody looked, nothing is said to be absent."""
    record = replace(record_of(results_with()), controls=())

    assert not support(record, gates_of(record), record.comparisons[0]).sees


def test_bounds_can_be_others() -> None:
    """A gate is the bound that it was given."""
    record = record_of(results_with(around={OTHER_CPU: 0.03}))

    assert not all(each.passed for each in gates_of(record, Bounds(other_cpu=0.01)))


@pytest.mark.parametrize(("off", "passed"), [(0.05, True), (0.051, False)])
def test_littles_law_is_a_gate_of_what_many_users_measured(off: float, *, passed: bool) -> None:
    """Where it is off, so is a rate or a time: no claim is judged by that measure in that stage."""
    record = record_of(results_with(around={LITTLES_LAW: off}))

    law = gate(record, "littles_law")

    assert (law.passed, law.invalidates, law.bound) == (passed, False, 0.05)
    assert law.measure == record.groups[0].measure
    assert ({each.verdict for each in record.claims} == {"not judged"}) is not passed
    assert all("Little's law" in each.withheld for each in record.claims) is not passed


def test_littles_law_bears_a_slot_in_twenty() -> None:
    """What three tries did not better is counted: of 60 slots three are told and borne."""
    results = results_with(around={LITTLES_LAW: 0.0})
    names = list(results.slots)
    slots = sum(map(len, results.slots.values()))
    for number in range(slots // 20):
        cell = names[number % len(names)]
        block = number // len(names)
        slot = results.slots[cell][block]
        results.slots[cell][block] = replace(slot, figures={**slot.figures, LITTLES_LAW: 0.5})

    law = gate(record_of(results), "littles_law")

    assert law.passed
    assert 0 < law.value <= 0.05
