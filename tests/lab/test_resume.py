"""A run's file gives back the results that it was made from, as far as they count."""

from collections import defaultdict
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_analysis import LISTS, QUICK, SEEN, SOURCES, STOCK, VERSIONS, fill, planned

from rowpath.errors import ResumeError
from rowpath.lab.analysis import experiment_record
from rowpath.lab.circumstances import AskedRecord, DatasetRecord, EnvironmentRecord
from rowpath.lab.experiments.users import USERS
from rowpath.lab.measures import CPU, TIME
from rowpath.lab.plan import Stage, slot_order, stages
from rowpath.lab.record import SCHEMA_VERSION, AgainRecord, Run, from_json, to_json
from rowpath.lab.results import Results, Slot
from rowpath.lab.resume import (
    interrupted,
    other_data,
    other_surroundings,
    refuse,
    resumed,
    seconds,
)

SEED = 1
HERE = EnvironmentRecord(
    cpu="a processor",
    cores=2,
    memory_bytes=1 << 30,
    kernel="Linux",
    python="CPython 3.11",
    postgresql="18",
    packages=VERSIONS,
    settings={},
    load_average=(0.0, 0.0, 0.0),
)
ROWS = DatasetRecord(
    name="products",
    rows=1_000,
    seed=SEED,
    form=1,
    checksum="0",
    size_bytes=1,
    built_s=1,
    reused=True,
)


def measured(stage: Stage, blocks: int) -> Results:
    """Return results with some whole blocks in the order of the seed."""
    results = Results()
    fill(stage, results, blocks)
    for block in range(blocks):
        results.orders[stage].append(slot_order(stage, seed=SEED, block=block))
        results.spent_s[stage] += 1.5
    return results


def written(stage: Stage, results: Results) -> Run:
    """Return the run as it is read back from its file."""
    record = experiment_record(stage.experiment, [stage], results, VERSIONS, SOURCES)
    run = Run(
        schema_version=SCHEMA_VERSION,
        rowpath="1",
        started_at=datetime.now(UTC),
        duration_s=1,
        stopped="It was ended.",
        seed=SEED,
        profile="quick",
        workers=1,
        environment=HERE,
        dataset=ROWS,
        datasets=(ROWS,),
        experiments=(record,),
        asked=AskedRecord(experiments=("lists",), sizes=()),
    )
    return from_json(to_json(run))


@settings(max_examples=1_000)
@given(st.floats(min_value=0, max_value=1e6, allow_nan=False))
def test_milliseconds_of_a_file_come_back_to_the_last_bit(time_s: float) -> None:
    """What is measured in seconds and written in milliseconds is written the same again."""
    assert seconds(time_s * 1000) * 1000 == time_s * 1000


@pytest.mark.parametrize("blocks", [0, 1, 7])
def test_what_a_file_holds_is_recorded_as_it_was(blocks: int) -> None:
    """Results that are read back give the very record that they were read from."""
    stage = planned()
    run = written(stage, measured(stage, blocks))

    results = resumed(run, [stage], SOURCES)

    [record] = run.experiments
    assert experiment_record(LISTS, [stage], results, VERSIONS, SOURCES) == record


def test_a_block_that_was_cut_is_set_aside_with_what_it_had() -> None:
    """Whole blocks count; the slot that one variant had beyond them is kept and does not."""
    stage = planned()
    results = measured(stage, 3)
    order = slot_order(stage, seed=SEED, block=3)
    results.orders[stage].append(order)
    results.slots[order[0]].append(Slot(figures={TIME: 2.0, CPU: 1.0}, samples_s=(2.0, 2.0)))

    again = resumed(written(stage, results), [stage], SOURCES)

    assert {len(again.slots[cell]) for cell in stage.timed} == {3}
    assert again.orders[stage] == results.orders[stage][:3]
    [cut] = again.cut[stage]
    assert cut.block == 3
    [slot] = cut.slots
    assert (slot.slot, slot.samples_ms) == (str(order[0]), (2000.0, 2000.0))
    assert slot.figures == {"time": 2.0, "cpu": 1.0}


def test_blocks_that_were_cut_before_stay_in_the_file() -> None:
    """A run that is interrupted twice keeps what both interruptions cut."""
    stage = planned()
    results = measured(stage, 1)
    for number in (1, 2):
        order = slot_order(stage, seed=SEED, block=len(results.orders[stage]))
        results.orders[stage].append(order)
        results.slots[order[0]].append(Slot(figures={TIME: 2.0, CPU: 1.0}, samples_s=(2.0,)))
        results = resumed(written(stage, results), [stage], SOURCES)
        assert len(results.cut[stage]) == number


def test_a_stage_that_ended_by_its_rule_is_done() -> None:
    """It is known from the file, as is how long the blocks of a stage took."""
    stage = planned()
    results = measured(stage, 6)
    results.done.add(stage)

    again = resumed(written(stage, results), [stage], SOURCES)

    assert again.done == {stage}
    assert again.spent_s[stage] == pytest.approx(9)


def test_a_variant_whose_code_has_changed_is_refused() -> None:
    """Blocks of two techniques cannot be joined under one name."""
    stage = planned()
    run = written(stage, measured(stage, 1))

    with pytest.raises(ResumeError, match="the code of drf-objects has changed"):
        resumed(run, [stage], defaultdict(lambda: "def other(): ..."))


def test_blocks_of_another_seed_are_refused() -> None:
    """The order of each block in the file must be the one that the seed gives."""
    stage = planned()
    run = replace(written(stage, measured(stage, 1)), seed=SEED + 1)
    was, now = (slot_order(stage, seed=seed, block=0) for seed in (SEED, SEED + 1))
    old, new = next(pair for pair in zip(was, now, strict=True) if pair[0] != pair[1])

    with pytest.raises(ResumeError) as raised:
        resumed(run, [stage], SOURCES)

    assert f"block 1 of lists, 1,000 rows had {old} where there is {new} now" in str(raised.value)


def test_a_variant_that_was_never_timed_when_traced_took_no_time_then() -> None:
    """Older files do not say how long the traced request took."""
    stage = planned()
    run = written(stage, measured(stage, 1))
    [experiment] = run.experiments
    variants = tuple(replace(each, observed_ms=None) for each in experiment.variants)
    run = replace(run, experiments=(replace(experiment, variants=variants),))

    again = resumed(run, [stage], SOURCES)

    assert {seen.duration_s for seen in again.observations.values()} == {0.0}


def test_a_run_that_ended_is_gone_on_with_by_what_it_was_asked_for() -> None:
    """One that is whole has nothing left; one that does not say what it was for cannot go on."""
    run = written(planned(), measured(planned(), 1))
    path = Path("run.json")

    assert interrupted(run, path) == AskedRecord(experiments=("lists",), sizes=())
    with pytest.raises(ResumeError, match=r"Cannot resume run\.json: that run is whole"):
        interrupted(replace(run, stopped=None), path)
    with pytest.raises(ResumeError, match=f"its schema {SCHEMA_VERSION} does not say what"):
        interrupted(replace(run, asked=None), path)


@pytest.mark.parametrize(
    ("number", "told"), [(1, "since d0. Run"), (5, "d3; d4. Run"), (7, "d4; and 2 more. Run")]
)
def test_of_many_differences_five_are_named(number: int, told: str) -> None:
    """The others are counted."""
    with pytest.raises(ResumeError, match=told):
        refuse([f"d{each}" for each in range(number)])


def test_without_a_difference_nothing_is_refused() -> None:
    """A run on the same machine, with the same software and rows, goes on."""
    run = written(planned(), measured(planned(), 1))
    busy = replace(HERE, memory_bytes=1 << 29, load_average=(9.0, 9.0, 9.0))

    refuse(())
    assert other_surroundings(run, run.rowpath, busy) == ()
    assert other_data(run, [ROWS]) == ()


def test_another_machine_or_software_is_told_with_both() -> None:
    """A package that one of the two lacks as well."""
    run = written(planned(), measured(planned(), 1))
    now = replace(
        HERE, cores=4, postgresql="17", packages={"orjson": "3.11"}, settings={"jit": "off"}
    )

    assert other_surroundings(run, "2", now) == (
        "rowpath was 1 and is now 2",
        "cores was 2 and is now 4",
        "postgresql was 18 and is now 17",
        "django was 5.2.19 and is now not there",
        "orjson was not there and is now 3.11",
        "jit was not there and is now off",
    )


def test_other_rows_are_told_by_what_is_another_in_them() -> None:
    """Of a dataset that the run did not have nothing can be another."""
    run = written(planned(), measured(planned(), 1))
    other = replace(ROWS, rows=2_000, checksum="1", size_bytes=2)

    assert other_data(run, [other, replace(ROWS, name="logs", rows=5)]) == (
        "the rows of products was 1000 and is now 2000",
        "the checksum of products was 0 and is now 1",
    )


def test_what_is_no_longer_planned_is_refused() -> None:
    """A slot that nobody measures now would have no new blocks beside its old ones."""
    stage = planned()
    run = written(stage, measured(stage, 1))
    [experiment] = run.experiments
    renamed = replace(experiment.variants[0], name="gone")
    variants = (renamed, *experiment.variants[1:])
    run = replace(run, experiments=(replace(experiment, variants=variants),))

    with pytest.raises(ResumeError, match=r"gone \(.*\) of lists is no longer measured"):
        resumed(run, [stage], SOURCES)


def test_slots_that_were_measured_again_count_with_their_blocks() -> None:
    """What was measured again in a block that was cut is of no block."""
    stage = planned()
    results = measured(stage, 2)
    results.again[stage] = [
        AgainRecord(block=block, slot=str(stage.timed[0]), reason="a checkpoint")
        for block in (0, 1, 2)
    ]

    again = resumed(written(stage, results), [stage], SOURCES)

    assert [each.block for each in again.again[stage]] == [0, 1]


def test_the_forecast_of_a_run_that_goes_on_has_what_was_observed() -> None:
    """The traced request's half a second, and its memory: it grew by 2 MiB, to 3."""
    stage = planned()

    again = resumed(written(stage, measured(stage, 1)), [stage], SOURCES)

    seen = again.observations[stage.cells[0]]
    assert seen.duration_s == 0.5
    assert (seen.trace.peak_bytes, seen.trace.grown_bytes) == (3 << 20, 2 << 20)
    assert (seen.size_bytes, seen.gzip_bytes, seen.cpu_s) == (1000, 100, None)


def test_slots_of_users_come_back_without_samples() -> None:
    """A number a block is all that there is of many users."""
    [stage] = stages([USERS], QUICK, stock=STOCK)
    results = Results()
    for cell in stage.cells:
        results.observations[cell] = SEEN
    for block in range(2):
        results.orders[stage].append(slot_order(stage, seed=SEED, block=block))
        for cell in stage.timed:
            figures = dict.fromkeys(cell.measure.quantities, 1.0 + block)
            results.slots[cell].append(Slot(figures=figures))

    again = resumed(written(stage, results), [stage], SOURCES)

    assert {cell: again.slots[cell] for cell in stage.timed} == dict(results.slots)
    assert {slot.samples_s for slots in again.slots.values() for slot in slots} == {()}
