"""A run keeps its rules: checked first, stopped by rule, ended workers told."""

from collections import Counter, defaultdict
from dataclasses import replace
from pathlib import Path
from statistics import median

import psycopg
import pytest

from conftest import PRODUCTS
from rowpath.errors import AnswerError
from rowpath.lab.answers.reference import reference
from rowpath.lab.answers.verify import Difference
from rowpath.lab.conditions import CONTROLLED
from rowpath.lab.database import Database
from rowpath.lab.disturbances import MOST_TRIES
from rowpath.lab.experiment import Experiment, Timing, Variant
from rowpath.lab.experiments import EXPERIMENTS
from rowpath.lab.measures import TIME
from rowpath.lab.measuring import asking, runner, slots
from rowpath.lab.measuring.client import Response
from rowpath.lab.measuring.observe import Observer
from rowpath.lab.measuring.slots import measure_slot
from rowpath.lab.plan import Cell, Control, Stage, Stock, stages
from rowpath.lab.profile import Profile, profile_named
from rowpath.lab.record import NUMBER_OF_ROWS
from rowpath.lab.results import Observation, Results, Slot
from rowpath.lab.servers.fleet import Fleet, Site, fleet
from rowpath.lab.servers.server import Answering

NAMED = {each.name: each for each in EXPERIMENTS}
QUICK = profile_named("quick")
STOCK = Stock(tables={"product": PRODUCTS}, versions={})
ROWS = 20


class Silent:
    """A listener that keeps what it hears."""

    def __init__(self) -> None:
        self.steps: list[str] = []
        self.done: list[Stage] = []

    def step(self, text: str, cell: Cell | None = None) -> None:
        del cell
        self.steps.append(text)

    def stage_done(self, stage: Stage) -> None:
        self.done.append(stage)


def plan_of(experiment: Experiment, profile: Profile, site: Site) -> runner.Plan:
    planned = stages([experiment], profile, stock=STOCK, sizes=[ROWS])
    return runner.Plan(stages=planned, profile=profile, seed=1, site=site)


@pytest.fixture
def site(products: Database, tmp_path: Path) -> Site:
    return Site(dsn=products.dsn, logs=tmp_path)


def only(experiment: Experiment, *names: str) -> Experiment:
    variants = tuple(
        replace(variant, conditions=(CONTROLLED,))
        for variant in experiment.variants
        if variant.name in names
    )
    return in_one_group(experiment, *variants)


def in_one_group(experiment: Experiment, *variants: Variant) -> Experiment:
    [group] = experiment.groups
    group = replace(group, variants=variants, baseline=variants[0].name)
    return replace(experiment, groups=(group,), claims=())


def test_a_variant_that_answers_other_rows_fails_the_run_before_anything_is_timed(
    site: Site,
) -> None:
    """A view that answers rows where none are declared ends the run with the difference."""
    fields = only(NAMED["fields"], "all", "values")
    none = "SELECT low_price, high_price FROM product WHERE %(rows)s < 0"
    answer = replace(fields.variant("values").answer, expected=none)
    wrong = replace(fields.variant("values"), expects=answer)
    results = Results()

    with pytest.raises(AnswerError, match="the table gives 0 rows, the answer has 20"):
        runner.execute(
            plan_of(in_one_group(fields, fields.variants[0], wrong), QUICK, site),
            results,
            Silent(),
        )

    assert not results.slots


@pytest.mark.parametrize(
    ("profile", "blocks"),
    [
        (replace(QUICK, blocks=3, floor=2, slot_s=0.01, stage_s=0.0), 2),
        (replace(QUICK, blocks=3, floor=2, slot_s=0.01), 3),
        (replace(QUICK, blocks=8, floor=6, slot_s=0.01, half_width=100.0), 6),
        (replace(QUICK, blocks=7, floor=6, slot_s=0.01, half_width=0.0), 7),
    ],
    ids=["out of time", "to the end", "precise enough", "never precise"],
)
def test_a_stage_stops_by_its_rules_and_never_before_the_fewest_blocks(
    profile: Profile, blocks: int, site: Site
) -> None:
    """Time and precision may end a stage from its fewest blocks on; else it measures all."""
    results, listener = Results(), Silent()

    runner.execute(
        plan_of(only(NAMED["fields"], "all", "values"), profile, site), results, listener
    )

    assert {len(slots) for slots in results.slots.values()} == {blocks}
    [stage] = listener.done
    assert len(results.orders[stage]) == blocks
    log = (site.logs / "django-controlled.log").read_text()
    assert log.count("Booting worker") == blocks  # each has servers of its own


def test_the_first_stage_is_timed_before_the_other_experiments_are_checked(site: Site) -> None:
    """The first table is there soon, and a defect of another experiment before its long work."""
    fields, lists = only(NAMED["fields"], "all"), only(NAMED["lists"], "drf-values")
    planned = stages([fields, lists], QUICK, stock=STOCK, sizes=[ROWS])
    profile, listener = replace(QUICK, blocks=2, floor=2, slot_s=0.01), Silent()

    runner.execute(
        runner.Plan(stages=planned, profile=profile, seed=1, site=site), Results(), listener
    )

    assert list(dict.fromkeys(listener.steps)) == [
        f"fields, {ROWS} rows: checking",
        f"fields, {ROWS} rows: block 1 of 2",
        f"fields, {ROWS} rows: block 2 of 2",
        f"lists, {ROWS} rows: checking",
        f"lists, {ROWS} rows: block 1 of 2",
        f"lists, {ROWS} rows: block 2 of 2",
    ]


def test_a_stage_that_was_cut_goes_on_with_its_next_block(site: Site) -> None:
    """Blocks and answers that the results hold are not measured again, nor is a whole stage."""
    plan = plan_of(
        only(NAMED["fields"], "all", "values"), replace(QUICK, blocks=3, slot_s=0.01), site
    )
    [stage] = plan.stages
    results, listener = Results(), Silent()
    runner.execute(replace(plan, profile=replace(plan.profile, blocks=2)), results, listener)
    seen, first = dict(results.observations), {c: list(s) for c, s in results.slots.items()}

    results.done.clear()
    runner.execute(plan, results, listener)
    whole = {cell: list(slots) for cell, slots in results.slots.items()}
    runner.execute(plan, results, listener)

    assert results.observations == seen
    assert all(results.observations[cell] is seen[cell] for cell in seen)
    assert {cell: slots[:2] for cell, slots in whole.items()} == first
    assert {len(slots) for slots in whole.values()} == {3}
    assert results.slots == whole
    assert listener.done == [stage] * 3


def test_an_answer_of_fewer_rows_than_the_baselines_is_told_so(site: Site, tmp_path: Path) -> None:
    """As many as it declares are right, and differ from what the baseline answers."""
    variant = NAMED["fields"].variant("all")
    cell = Cell(variant=variant, path="/fields/all", conditions=CONTROLLED, rows=ROWS)
    more = "SELECT low_price FROM product ORDER BY time_created LIMIT %(rows)s + 5"

    with fleet([cell], site, trace_folder=tmp_path) as servers, reference(site.dsn) as table:
        baseline = replace(variant, expects=replace(variant.answer, expected=more))
        seen = Observer(table, tmp_path).observe(cell, baseline, servers)

    assert seen.differences == (
        Difference(column=NUMBER_OF_ROWS, rows=5, baseline="25", variant="20"),
    )


def test_a_worker_beyond_its_memory_limit_is_an_outcome(site: Site) -> None:
    """A variant that may be ended by its limit is, and the run goes on with a sentence."""
    lazy = NAMED["lazy"]
    ended = replace(lazy.variant("read-list"), memory_limit_mib=1, thorough_only=False)
    experiment = in_one_group(lazy, lazy.variants[0], ended)
    profile = replace(QUICK, blocks=1, floor=1, slot_s=0.01)
    planned = stages([experiment], profile, stock=STOCK)
    results = Results()
    assert ended.timing is Timing.ONCE

    runner.execute(
        runner.Plan(stages=planned, profile=profile, seed=1, site=site), results, Silent()
    )

    outcomes = [seen.outcome for seen in results.observations.values() if seen.outcome]
    assert len(outcomes) == 1
    assert outcomes[0].startswith("The worker was ended at its limit of 1 MiB after ")


@pytest.mark.usefixtures("quiet_host")
def test_a_slot_that_a_checkpoint_falls_into_is_measured_again(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By a rule that was fixed beforehand, three times at the most, and each is told."""
    profile, results = replace(QUICK, blocks=1, floor=1, slot_s=0.01), Results()

    def with_checkpoints(cell: Cell, fleet: Fleet, seen: Observation, *, slot_s: float) -> Slot:
        with psycopg.connect(site.dsn, autocommit=True) as connection:
            # The server has counted one when it begins the next, at the latest.
            for _ in range(2):
                connection.execute("CHECKPOINT")
        return measure_slot(cell, fleet, seen, slot_s=slot_s)

    monkeypatch.setattr(runner, "measure_slot", with_checkpoints)
    runner.execute(
        plan_of(only(NAMED["fields"], "all", "values"), profile, site), results, Silent()
    )

    [again] = results.again.values()
    assert {each.reason for each in again} == {"the database began or ended a checkpoint"}
    assert {each.block for each in again} == {0}
    tries = Counter(each.slot for each in again)
    assert set(tries) == {str(cell) for cell in results.slots}
    assert set(tries.values()) == {MOST_TRIES - 1}
    assert all(len(slots) == 1 for slots in results.slots.values())


def test_a_positive_control_takes_longer_by_what_is_added(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Request by request, by the clock that takes the time; the clone takes what it takes."""
    taken_s: dict[Control | None, list[float]] = defaultdict(list)

    def time_s(cell: Cell, server: Answering, response: Response) -> float:
        took_s = asking.time_s(cell, server, response)
        taken_s[cell.control].append(took_s)
        return took_s

    monkeypatch.setattr(slots, "time_s", time_s)
    monkeypatch.setattr(slots, "SLOWED_BY", 3.0)
    profile, results = replace(QUICK, blocks=1, floor=1, slot_s=0.1), Results()

    runner.execute(
        plan_of(only(NAMED["fields"], "all", "values"), profile, site), results, Silent()
    )

    [clone], [slowed] = (
        next(slots for cell, slots in results.slots.items() if cell.control is control)
        for control in (Control.CLONE, Control.SLOWED)
    )
    # A slot that was measured again is the last one that was asked for.
    of_clone_s, of_slowed_s = (
        taken_s[control][-len(slot.samples_s) :]
        for control, slot in ((Control.CLONE, clone), (Control.SLOWED, slowed))
    )
    assert list(clone.samples_s) == of_clone_s
    asked = zip(slowed.samples_s, of_slowed_s, strict=True)
    assert all(sample_s >= 4 * took_s for sample_s, took_s in asked)
    assert slowed.figures[TIME] >= 4 * median(of_slowed_s)
