"""What is compared of a run: each thing with its blocks, its unit, and what it can bear."""

from dataclasses import replace
from statistics import median

import pytest

from comparing.made import race
from kept.made import lab_run
from rowpath.lab.comparing.measured import Measured, measured
from rowpath.lab.gates import Withheld
from rowpath.lab.plan import Control
from rowpath.lab.race.record import RaceRun
from rowpath.lab.record import ControlRecord, GateRecord, Run, VariantRecord
from rowpath.stats.interval import Interval

RUN = lab_run("lists", "users")
LISTS, USERS = RUN.experiments
ONE_BY_ONE = LISTS.groups[0].measure
SETUP = "controlled"


def with_variants(run: Run, *variants: VariantRecord) -> Run:
    first, *others = run.experiments
    return replace(run, experiments=(replace(first, variants=variants), *others))


def with_controls(*controls: ControlRecord) -> Run:
    return replace(RUN, experiments=(replace(LISTS, controls=controls), USERS))


def of_lists(run: Run) -> list[Measured]:
    return [each for each in measured(run) if each.family == "lists"]


def control(kind: Control, estimate: float) -> ControlRecord:
    [found] = [each for each in LISTS.controls if each.kind == kind]
    return replace(found, ratio=Interval(estimate=estimate, low=0.5, high=2.0))


def with_sample(run: RaceRun, place: int, first_ms: float) -> RaceRun:
    """Return a race in whose first block an entrant's only time was another."""
    entrants = list(run.entrants)
    own = entrants[place]
    entrants[place] = replace(own, samples_ms=((first_ms,), *own.samples_ms[1:]))
    return replace(run, entrants=tuple(entrants))


def test_a_variant_is_compared_by_what_its_group_compares() -> None:
    """In that quantity's unit, and by its better way: a time, or what many users were given."""
    for experiment, quantity, unit, better in (
        (LISTS, "time", "s", "less"),
        (USERS, "requests_per_s", "1/s", "more"),
    ):
        own = [each for each in measured(RUN) if each.family == experiment.name]
        blocks = [
            next(one.blocks for one in each.figures if one.quantity == quantity)
            for each in experiment.variants
        ]

        assert [each.blocks for each in own] == blocks
        assert {(each.quantity, each.unit, each.better) for each in own} == {
            (quantity, unit, better)
        }


def test_a_variant_has_the_ratios_to_the_baseline_of_its_own_setup() -> None:
    """Block by block; a baseline is compared with nothing in its run."""
    variants = {f"lists: {each.slot}": each for each in LISTS.variants}
    own = of_lists(RUN)

    assert [each.name for each in own] == list(variants)
    for each in own:
        variant = variants[each.name]
        baseline = next(
            other
            for other in own
            if variants[other.name].setup == variant.setup and not other.baseline
        )
        is_baseline = variant.name == LISTS.groups[0].baseline
        assert each.baseline == ("" if is_baseline else LISTS.groups[0].baseline)
        assert each.ratios == (
            ()
            if is_baseline
            else tuple(one / of for one, of in zip(each.blocks, baseline.blocks, strict=True))
        )


def test_without_its_baseline_a_variant_is_not_compared() -> None:
    """Nor is one of a group that the run does not describe."""
    baselines = [each for each in LISTS.variants if each.name == LISTS.groups[0].baseline]
    others = [each for each in LISTS.variants if each not in baselines]
    without_groups = replace(RUN, experiments=(replace(LISTS, groups=()), USERS))

    assert of_lists(with_variants(RUN, *others)) == []
    assert of_lists(without_groups) == []
    assert [each.baseline for each in of_lists(with_variants(RUN, *baselines))] == ["", ""]


def test_a_file_without_figures_has_the_times_of_its_samples() -> None:
    """They are in milliseconds there; of users' rates such a file has nothing."""
    before = [replace(each, figures=()) for each in LISTS.variants]
    of_users = replace(USERS, variants=tuple(replace(e, figures=()) for e in USERS.variants))
    own = of_lists(with_variants(RUN, *before))

    assert [each.blocks for each in own] == [
        tuple(median(block) / 1_000 for block in each.samples_ms) for each in before
    ]
    assert {each.unit for each in own} == {"s"}
    users = measured(replace(RUN, experiments=(of_users,)))
    assert {each.blocks for each in users} == {()}


def test_a_thing_says_under_which_conditions_it_was_measured() -> None:
    """Its own dataset with all that makes it the same, how it was asked, and with what compared."""
    first = of_lists(RUN)[0]
    unknown = of_lists(replace(RUN, datasets=RUN.datasets[1:]))[0]

    assert first.conditions == {
        "dataset": "products, 10,000,000 rows, 5f2b9c0d",
        "measure": ONE_BY_ONE,
        "quantity": "time",
        "baseline": "drf-objects",
        "workers": "1",
    }
    assert unknown.conditions["dataset"] == "products, "


@pytest.mark.parametrize(
    ("controls", "band"),
    [
        ([(Control.CLONE, 1.04)], 0.04),
        ([(Control.CLONE, 1.03), (Control.CLONE, 1 / 1.05), (Control.CLONE, 1.04)], 0.05),
        ([(Control.CLONE, 1.001)], 0.02),
        ([(Control.SLOWED, 1.05)], 0.02),
        ([], 0.02),
    ],
)
def test_the_band_is_what_the_clones_of_the_run_were_off_by(
    controls: list[tuple[Control, float]], band: float
) -> None:
    """The widest of all that were asked in the same way, in each set-up and at each size."""
    run = with_controls(*(control(kind, estimate) for kind, estimate in controls))

    assert [each.null_band for each in of_lists(run)] == pytest.approx([band] * len(LISTS.variants))


def test_a_clone_that_says_nothing_of_a_thing_leaves_its_band() -> None:
    """One of another measure, and one of too few blocks for a ratio."""
    clone = control(Control.CLONE, 1.04)
    other = replace(clone, measure=USERS.groups[0].measure)
    run = with_controls(other, replace(clone, ratio=None))

    assert {each.null_band for each in of_lists(run)} == {0.02}


def gate(stage: str, measure: str, withholds: Withheld) -> GateRecord:
    return GateRecord(
        name="gate",
        stage=stage,
        measure=measure,
        passed=False,
        value=2.0,
        bound=1.0,
        withholds=withholds,
        invalidates=False,
        text="It failed.",
    )


@pytest.mark.parametrize(
    ("stage", "measure", "speaks"),
    [
        ("", "", True),
        ("lists, 1,000 rows", "", True),
        ("lists, 10 rows", ONE_BY_ONE, True),
        ("lists, 1,000 rows", "8 users", False),
        ("lists-of-others, 1,000 rows", "", False),
        ("users, 1,000 rows", "", False),
    ],
)
def test_a_gate_that_failed_speaks_of_its_experiment_and_measure(
    stage: str, measure: str, *, speaks: bool
) -> None:
    """At each size; one that passed speaks of nothing."""
    verdicts = gate(stage, measure, Withheld.VERDICTS)
    absence = gate(stage, measure, Withheld.ABSENCE)

    def told(*gates: GateRecord) -> set[tuple[str, bool]]:
        run = replace(RUN, gates=gates)
        return {(each.withheld, each.shows_absence) for each in of_lists(run)}

    assert told(verdicts) == {("It failed." if speaks else "", True)}
    assert told(absence) == {("", not speaks)}
    assert told(replace(verdicts, passed=True), replace(absence, passed=True)) == {("", True)}


def test_a_race_counts_in_seconds() -> None:
    """Its file has milliseconds: a block of 10, 10 and 12 is a hundredth of a second."""
    first, second = measured(race(2.0, scatter=(1.0,) * 6))

    assert (first.baseline, second.baseline) == ("", "A")
    assert (first.unit, first.blocks, first.ratios) == ("s", (0.01,) * 6, ())
    assert (second.unit, second.blocks, second.ratios) == ("s", (0.02,) * 6, (2.0,) * 6)


@pytest.mark.parametrize("place", [0, 1])
def test_a_block_that_took_no_time_has_no_ratio(place: int) -> None:
    """Neither of the baseline nor of what is compared with it: there is none of any block."""
    _, second = measured(with_sample(race(2.0), place, 0.0))

    assert len(second.blocks) == 6
    assert second.ratios == ()


def test_a_race_says_under_which_conditions_it_was_raced() -> None:
    """What was asked, by how many, which was the first, and what was not looked at in answers."""
    plain = race(1.0)
    ignoring = replace(plain, ignored=("z", "a"))

    conditions = [each.conditions for each in measured(plain)]

    assert [each["request"] for each in conditions] == ["GET /a", "GET /b"]
    assert [each["baseline"] for each in conditions] == ["A", "A"]
    assert [each["left out of answers"] for each in conditions] == ["nothing"] * 2
    assert measured(ignoring)[0].conditions["left out of answers"] == "a, z"
