"""What a record tells in figures: of which blocks, under which conditions, by which quantity."""

from collections import Counter
from dataclasses import replace

import pytest
from test_analysis import (
    GROUP,
    LISTS,
    QUICK,
    SEEN,
    SOURCES,
    STATEMENT,
    STOCK,
    TWICE,
    VERSIONS,
    fill,
    planned,
    record_of,
)

from rowpath.capture.trace import Trace
from rowpath.lab.analysis import experiment_record
from rowpath.lab.conditions import NAMED
from rowpath.lab.experiment import Timing
from rowpath.lab.measures import CPU, STEAL, THROUGHPUT, TIME
from rowpath.lab.plan import stages
from rowpath.lab.record import TimeRecord
from rowpath.lab.results import Results, Slot


def test_p_values_are_corrected_over_what_is_compared_under_the_same_conditions() -> None:
    """Six blocks that are all on one side have 2 in 64, times the comparisons of their family."""
    record = record_of(blocks=6)

    families = Counter((each.setup, each.quantity) for each in record.comparisons)
    assert len(families) > 1
    for each in record.comparisons:
        family = families[each.setup, each.quantity]
        assert family > 1
        assert each.p_holm == pytest.approx(family * 2 / 64)


def test_what_was_not_measured_on_both_sides_is_not_compared() -> None:
    """A block that ends after the baseline's slot leaves nothing to hold against it."""
    stage, results = planned(), Results()
    fill(stage, results, blocks=1)
    for cell in stage.timed:
        if cell.variant.name != GROUP.baseline:
            del results.slots[cell]

    record = experiment_record(LISTS, [stage], results, VERSIONS, SOURCES)

    assert record.comparisons == ()
    assert record.dataset == "products"
    assert {each.quantity for each in record.controls} == {"time"}


def test_a_time_has_the_interval_of_its_blocks() -> None:
    """With six blocks that is their whole range, of figures and of single requests alike."""
    stage, results = planned(), Results()
    fill(stage, results, blocks=0)
    for cell in stage.timed:
        results.slots[cell] = [
            Slot(figures={TIME: float(block), CPU: block / 4}, samples_s=(float(block),))
            for block in (6, 1, 4, 2, 5, 3)
        ]

    first = experiment_record(LISTS, [stage], results, VERSIONS, SOURCES).variants[0]

    assert first.time_ms == TimeRecord(median=3_500.0, low=1_000.0, high=6_000.0)
    assert {each.quantity: each.over_blocks for each in first.figures} == {
        "time": TimeRecord(median=3.5, low=1.0, high=6.0),
        "cpu": TimeRecord(median=0.875, low=0.25, high=1.5),
    }
    assert first.cpu_ms == 875.0


def test_a_statement_that_was_sent_once_has_its_own_plan() -> None:
    """And of one that was sent again it is the first one's."""
    again = replace(STATEMENT, text="SELECT 2", plan="Sort")
    sent = (STATEMENT, again, replace(again, plan="Hash"))
    stage, results = planned(), Results()
    fill(stage, results, blocks=0)
    results.observations[stage.cells[0]] = replace(SEEN, trace=Trace(statements=sent, peak_bytes=1))

    record = experiment_record(LISTS, [stage], results, VERSIONS, SOURCES).variants[0]

    assert [(each.count, each.plan) for each in record.statements] == [(1, "Result"), (2, "Sort")]


def test_what_is_observed_once_where_nobody_tells_the_cpu_has_none() -> None:
    """Its time is known all the same."""
    once = replace(LISTS.variants[1], timing=Timing.ONCE)
    group = replace(GROUP, variants=(LISTS.variants[0], once))
    stage, results = planned(replace(LISTS, groups=(group,), claims=())), Results()
    for cell in stage.cells:
        results.observations[cell] = replace(SEEN, cpu_s=None)

    record = experiment_record(stage.experiment, [stage], results, VERSIONS, SOURCES)

    seen = next(each for each in record.variants if each.name == once.name)
    assert (seen.samples_ms, seen.cpu_ms, seen.samples_cpu_ms) == (((500.0,),), None, ())


def test_what_a_claim_speaks_of_is_compared_at_its_size_alone() -> None:
    """Its quantity is not the first of its group's; one that the group does not measure is none.

    The second variant takes twice the first one's time, and here three times its CPU.
    """
    of_cpu = replace(TWICE, quantity=CPU, ratio=3.0)
    of_rate = replace(TWICE, quantity=THROUGHPUT)
    group = replace(GROUP, sizes=(100, 1_000))
    experiment = replace(LISTS, groups=(group,), claims=(of_cpu, of_rate))
    own, results = stages([experiment], QUICK, stock=STOCK), Results()
    for stage in own:
        fill(stage, results, blocks=6)
        for cell in stage.timed:
            if cell.variant.name == TWICE.variant:
                results.slots[cell] = [
                    replace(slot, figures={**slot.figures, CPU: slot.figures[CPU] * 1.5})
                    for slot in results.slots[cell]
                ]

    record = experiment_record(experiment, own, results, VERSIONS, SOURCES)

    others = [each for each in record.comparisons if each.quantity != "time"]
    assert [(each.quantity, each.variant, each.setup, each.rows) for each in others] == [
        ("cpu", TWICE.variant, str(setup), 1_000) for setup in NAMED
    ]
    assert {each.rows for each in record.comparisons if each.quantity == "time"} == {100, 1_000}
    assert [(each.quantity, each.verdict) for each in record.claims] == [("cpu", "confirmed")] * 2


def test_a_quantity_that_a_slot_lacks_has_no_figure() -> None:
    """Of a system that told it of all other slots: half a series of blocks would be no series."""
    stage, results = planned(), Results()
    fill(stage, results, blocks=6)
    first, second, *_ = stage.timed
    for cell, told in ((first, 6), (second, 5)):
        slots = results.slots[cell]
        for block in range(told):
            slots[block] = replace(slots[block], figures={**slots[block].figures, STEAL: 0.25})

    variants = experiment_record(LISTS, [stage], results, VERSIONS, SOURCES).variants

    steal = {
        (each.name, each.setup): [one.blocks for one in each.figures if one.quantity == "steal"]
        for each in variants
    }
    assert steal[first.variant.name, str(first.conditions)] == [(0.25,) * 6]
    assert steal[second.variant.name, str(second.conditions)] == []


def test_a_stage_tells_its_orders_its_end_and_its_time() -> None:
    """A stage that was not reached has none of it: no block, no second."""
    group = replace(GROUP, sizes=(100, 1_000))
    experiment = replace(LISTS, groups=(group,))
    own, results = stages([experiment], QUICK, stock=STOCK), Results()
    first, second = own
    fill(first, results, blocks=1)
    results.orders[first] = [first.timed]
    results.spent_s[first] = 12.5
    results.done.add(first)

    orders = experiment_record(experiment, own, results, VERSIONS, SOURCES).orders

    assert [(each.stage, each.done, each.spent_s) for each in orders] == [
        (str(first), True, 12.5),
        (str(second), False, 0.0),
    ]
    assert [each.blocks for each in orders] == [(tuple(map(str, first.timed)),), ()]
