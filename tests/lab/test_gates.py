"""A run tests itself: by baselines that are measured twice, and by what went on meanwhile."""

from dataclasses import replace

import pytest
from test_analysis import LISTS, QUICK, SOURCES, STOCK, VERSIONS, fill, planned

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
    run_gates,
    support,
    valid,
)
from rowpath.lab.judging import judged
from rowpath.lab.measures import (
    AUTOVACUUMS,
    CHECKPOINTS,
    LITTLES_LAW,
    OTHER_CPU,
    SLOT,
    STEAL,
    TIME,
    Quantity,
)
from rowpath.lab.plan import Cell, Control, stages
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
    blocks: int = BLOCKS,
) -> Results:
    """Return a run whose controls take so many times as long as their baseline."""
    results = Results()
    fill(STAGE, results, blocks, noise)
    results.orders[STAGE] = [STAGE.timed] * blocks
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


def test_of_several_clones_the_one_that_is_furthest_off_counts() -> None:
    """Whichever of them is the first: 4% are what identical variants differ by, not 3%."""
    record = record_of(results_with())
    off = [
        replace(each, ratio=Interval(estimate=estimate, low=0.9, high=1.1))
        for each in record.controls
        if each.kind == Control.CLONE
        for estimate in (1.03, 1.04, 1 / 1.035)
    ]

    for controls in (off, off[::-1]):
        told = replace(record, controls=tuple(controls))
        rests_on = support(told, gates_of(told), told.comparisons[0])
        assert rests_on.null_band == pytest.approx(0.04)


@pytest.mark.parametrize("held", [0, 1])
def test_a_comparison_rests_on_its_own_stage(held: int) -> None:
    """A clone that differs at one size takes the verdicts at that size alone."""
    sizes = (100, 1_000)
    group = replace(LISTS.groups[0], sizes=sizes)
    own = stages([replace(LISTS, groups=(group,))], QUICK, stock=STOCK)
    results = Results()
    for stage in own:
        fill(stage, results, BLOCKS, noise=0.002)
        results.orders[stage] = [stage.timed] * BLOCKS
        is_off = stage is not own[held]
        for cell in stage.controls:
            results.slots[cell] = [
                replace(slot, figures={TIME: slot.figures[TIME] * (1.06 if is_off else 1.0)})
                for slot in results.slots[cell]
            ]

    record = experiment_record(LISTS, own, results, VERSIONS, SOURCES)

    gates = gates_of(record)
    rests_on = {each.rows: support(record, gates, each) for each in record.comparisons}
    assert set(rests_on) == set(sizes)
    assert {rows for rows, each in rests_on.items() if not each.withheld} == {sizes[held]}


@pytest.mark.parametrize(
    ("ratio", "passed", "more"),
    [
        (Interval(estimate=1.01, low=0.985, high=1.04), True, "."),
        (
            Interval(estimate=1.06, low=1.045, high=1.08),
            False,
            ": what is not different was seen as different.",
        ),
    ],
)
def test_a_clone_is_told_with_its_interval(ratio: Interval, *, passed: bool, more: str) -> None:
    """And with the bound that it is held against."""
    told = clone_gate(ratio)

    assert (told.passed, told.value, told.bound) == (passed, ratio.estimate, 1.02)
    assert not told.invalidates
    assert told.text == (
        "The baseline, measured twice in each block, came to "
        f"{ratio.estimate:.3f} ({ratio.low:.3f} to {ratio.high:.3f}) of itself{more}"
    )
    assert clone_gate(ratio, band=0.05).passed


@pytest.mark.parametrize(
    ("clone", "slowed", "value"),
    [
        ((0.96, 1.0), None, 0.96 * 1.05),
        ((0.95, 1.0), None, 0.95 * 1.05),
        ((0.99, 1.04), None, 1.05 / 1.04),
        ((0.99, 1.06), None, 1.05 / 1.06),
        ((0.90, 1.0), (1.03, 1.07), 1.03),
        ((0.99, 1.0), (0.98, 1.07), 0.98),
        ((0.99, 1.0), (1.0, 1.07), 1.0),
        ((0.99, 1.04), (1.03, 1.07), 1.05 / 1.04),
    ],
)
def test_a_control_has_the_nearer_of_two_bounds(
    clone: tuple[float, float], slowed: tuple[float, float] | None, value: float
) -> None:
    """Of 5% more, as it was waited or would be by the clone, and of 5% less: both beyond 1."""
    low, high = clone
    found = None if slowed is None else Interval(estimate=1.05, low=slowed[0], high=slowed[1])

    told = control_gate(Interval(estimate=1.0, low=low, high=high), found)

    assert told.value == pytest.approx(value)
    assert told.bound == 1.0
    assert told.passed is (value > 1)
    assert told.text.startswith("A change of 5% would" if value > 1 else "A change of 5% could")


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


@pytest.mark.parametrize(
    ("share", "told"),
    [
        (0.6, "used 60% of the machine's processors meanwhile, over the 25% that a run can bear."),
        (0.25, "used 25% of the machine's processors meanwhile."),
        (-0.125, "used 0% of the machine's processors meanwhile."),
    ],
)
def test_the_work_of_others_is_told_as_a_share(share: float, told: str) -> None:
    """A tick may be given to the slot before: less than nothing is told as nothing."""
    found = gate(record_of(results_with(around={OTHER_CPU: share, SLOT: 1.0})), "other_work")

    assert found.text == f"Other processes {told}"
    assert found.value == pytest.approx(share)


@pytest.mark.parametrize("other", [0.0, 2.0])
def test_a_slot_counts_as_disturbed_once(other: float) -> None:
    """By a checkpoint, a vacuum or both: here one slot of all."""
    results = results_with(around={CHECKPOINTS: 0.0, AUTOVACUUMS: 0.0})
    first = results.slots[STAGE.timed[0]]
    first[0] = replace(first[0], figures={**first[0].figures, CHECKPOINTS: 3.0, AUTOVACUUMS: other})

    found = gate(record_of(results), "undisturbed")

    assert found.passed
    assert found.value == pytest.approx(1 / sum(map(len, results.slots.values())))


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


@pytest.mark.parametrize(
    ("low", "high", "swallowed"),
    [(1.0, 1.01, True), (0.98, 1.049, True), (0.98, 1.05, False), (1.01, 1.04, False)],
)
def test_a_delay_came_through_if_any_of_it_is_seen(
    low: float, high: float, *, swallowed: bool
) -> None:
    """It did not where the whole of it is outside of the interval, and nothing at all is inside.

    The clone scatters so much that 5% less could be missed, whatever the delay shows.
    """
    slowed = Interval(estimate=(low + high) / 2, low=low, high=high)

    told = control_gate(Interval(estimate=1.0, low=0.94, high=1.06), slowed)

    assert not told.passed
    assert ("The delay did not come through" in told.text) is swallowed
    assert ("The times scatter too much" in told.text) is not swallowed


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


def test_what_is_slowed_is_no_clone() -> None:
    """That it differs from its baseline is what it is for; without a ratio a clone says nothing."""
    controls = record_of(results_with()).controls
    unknown = [replace(each, ratio=None) for each in controls]

    told = clones_gate(controls)

    assert told is not None
    assert told.text == "0 of 1 baselines, measured twice, differ from themselves."
    assert clones_gate(unknown) is None


def test_the_clones_of_all_experiments_come_first_and_make_a_run_invalid() -> None:
    """Of three experiments two have one that differs; no gate of a single one says that of it."""
    quiet, off = record_of(results_with()), record_of(results_with(clone=1.06))

    first, *others = run_gates([off, quiet, off])

    assert first.text == (
        "2 of 3 baselines, measured twice, differ from themselves, and chance explains 1."
    )
    assert others == [*gates_of(off), *gates_of(quiet), *gates_of(off)]
    assert [valid(gates) for gates in ([first], others, [first, *others])] == [False, True, False]
    assert valid(run_gates([quiet]))
    assert run_gates([replace(quiet, controls=(), orders=())]) == ()


def test_a_quiet_run_can_show_absence_and_one_that_is_blind_cannot() -> None:
    """By the gate of the delay alone: what makes the machine's fail takes all verdicts instead."""
    for record, sees in (
        (record_of(results_with()), True),
        (record_of(results_with(around={OTHER_CPU: 0.6})), True),
        (record_of(results_with(slowed=1.0)), False),
        (record_of(results_with(slowed=1.0, around={OTHER_CPU: 0.6})), False),
    ):
        rests_on = support(record, gates_of(record), record.comparisons[0])

        assert rests_on.sees is sees


def test_a_run_of_one_block_has_the_gates_of_its_slots() -> None:
    """However few they are: what disturbed them is told, of users too."""
    around = {OTHER_CPU: 0.6, STEAL: 0.01, CHECKPOINTS: 0.0, AUTOVACUUMS: 0.0, LITTLES_LAW: 0.5}
    results = results_with(around=around, blocks=1)

    record = record_of(results)

    gates = {each.name: each.value for each in gates_of(record)}
    assert gates == pytest.approx(
        {"other_work": 0.6, "steal": 0.01, "undisturbed": 0.0, "littles_law": 1.0}
    )
    assert "Other processes" in support(record, gates_of(record), record.comparisons[0]).withheld


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
