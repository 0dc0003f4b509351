"""A run's file gives back the results that it was made from, as far as they count."""

from collections import defaultdict
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_analysis import LISTS, SOURCES, VERSIONS, fill, planned

from rowpath.errors import ResumeError
from rowpath.lab.analysis import experiment_record
from rowpath.lab.circumstances import AskedRecord, DatasetRecord, EnvironmentRecord
from rowpath.lab.measures import CPU, TIME
from rowpath.lab.plan import Stage, slot_order
from rowpath.lab.record import SCHEMA_VERSION, Run, from_json, to_json
from rowpath.lab.results import Results, Slot
from rowpath.lab.resume import resumed, seconds

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

    with pytest.raises(ResumeError, match=r"block 1 of lists, 1,000 rows had .* where"):
        resumed(run, [stage], SOURCES)
