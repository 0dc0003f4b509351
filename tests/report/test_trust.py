"""What a run showed of itself is told: first where it failed, and in a table in any case."""

from dataclasses import replace

from report_runs import whole_run
from rich.console import Console

from rowpath.lab.record import (
    AgainRecord,
    ControlRecord,
    GateRecord,
    OrderRecord,
    Run,
)
from rowpath.report import trust
from rowpath.report.findings import findings
from rowpath.report.html import render
from rowpath.report.terminal import summary
from rowpath.stats.interval import Interval

STAGE = "lists, 1,000 rows"
ONE = "one request at a time"


def gate(name: str, *, passed: bool, invalidates: bool, withholds: str, text: str) -> GateRecord:
    return GateRecord(
        name=name,
        stage=STAGE,
        measure="",
        passed=passed,
        value=0.6,
        bound=0.25,
        withholds=withholds,
        invalidates=invalidates,
        text=text,
    )


BUSY = gate(
    "other_work",
    passed=False,
    invalidates=True,
    withholds="verdicts",
    text="Other processes used 60% of the machine's processors <b>meanwhile</b>.",
)
BLIND = gate("control", passed=False, invalidates=False, withholds="absence", text="Not found.")


def run_with(*gates: GateRecord) -> Run:
    """Return a run whose first stage has these gates, a clone, and a slot measured again."""
    run = whole_run()
    first, *others = run.experiments
    clone = ControlRecord(
        kind="clone",
        stage=STAGE,
        slot="drf-objects (controlled, 1,000 rows) clone",
        measure=ONE,
        quantity="time",
        blocks=6,
        ratio=Interval(estimate=1.013, low=0.96, high=1.07),
        samples_ms=(),
        figures=(),
    )
    again = AgainRecord(block=2, slot="drf-objects (controlled, 1,000 rows)", reason="a checkpoint")
    slots = tuple(variant.slot for variant in first.variants)
    order = OrderRecord(stage=STAGE, blocks=(slots,), done=True, again=(again,))
    record = replace(first, controls=(clone,), orders=(order,))
    return replace(run, experiments=(record, *others), gates=gates, valid=False)


def printed(run: Run) -> str:
    console = Console(width=100)
    with console.capture() as capture:
        console.print(summary(run))
    return " ".join(capture.get().split())


def test_a_run_that_is_not_valid_says_so_before_its_verdicts() -> None:
    """In the terminal's summary and on the page, with what failed and where."""
    run = run_with(BUSY)

    said = "This run is not valid where it failed its own tests"
    assert printed(run).startswith(said)
    assert f"{STAGE}: Other processes used 60%" in printed(run)
    html = render(run)
    assert html.index(said) < html.index('id="verdicts"')
    assert "<b>meanwhile" not in html


def test_a_slowdown_that_could_have_been_missed_is_told_and_makes_nothing_invalid() -> None:
    """It takes from the run only what rests on the absence of a difference."""
    run = run_with(BLIND)

    assert trust.failures(run) == ()
    assert "could have been missed in 1 of 1 stages (lists, 1,000 rows)" in printed(run)


def control_at(stage: str) -> GateRecord:
    found = gate("control", passed=True, invalidates=False, withholds="absence", text="Found.")
    return replace(found, stage=stage)


def test_a_delay_that_was_added_is_told_from_one_that_is_computed() -> None:
    """Only in an experiment's first stage, of requests one at a time, is one really waited."""
    run = run_with(control_at(STAGE), control_at("lists, 10,000 rows"))
    first, *others = run.experiments
    slowed = replace(first.controls[0], kind="slowed")
    added = replace(first, controls=(*first.controls, slowed))
    both = replace(run, experiments=(added, *others))

    said = "A change of 5% would have been found in each of 2 stages: "
    assert f"{said}that is computed, from what the baseline" in printed(run)
    assert f"{said}in 1 a delay was added, and found; elsewhere that is computed" in printed(both)
    alone = replace(both, gates=(control_at(STAGE),))
    assert "in each of 1 stages: a delay was added, and found." in printed(alone)


def test_a_note_is_told_and_is_no_failure() -> None:
    """What a gate saw that takes nothing stands among the sentences, not in the column."""
    noted = replace(BUSY, invalidates=False, withholds="nothing")
    run = run_with(noted)

    [line] = trust.stages(run)
    assert line.failed == ()
    assert trust.failures(run) == ()
    assert "Other processes used 60%" in printed(run)


def test_what_a_failure_may_come_of_is_told_once() -> None:
    """However many stages it failed in."""
    again = replace(BUSY, stage="lists, 10,000 rows")

    *seen, then = trust.failures(run_with(BUSY, again))

    assert len(seen) == 2
    assert then == "Measure again when the machine has less else to do."


def test_each_stage_has_a_line_with_what_it_showed() -> None:
    """The clone's ratio, the shares, how many slots were measured again, what failed."""
    [line] = trust.stages(run_with(BUSY, BLIND))

    assert line.stage == STAGE
    assert line.clones == ("\N{MULTIPLICATION SIGN}1.01 0.96\N{EN DASH}1.07",)
    assert line.other_work == "60.0%"
    assert line.again == 1
    assert line.failed == ("other work", "control")
    assert "1.01 0.96" in render(run_with(BUSY, BLIND))
    assert "1 slot measured again, by rules fixed beforehand: a checkpoint (1)." in printed(
        run_with(BLIND)
    )


def test_a_run_of_before_says_nothing_of_it() -> None:
    """Until schema 3 no run tested itself."""
    run = whole_run()

    assert run.gates == ()
    assert (trust.failures(run), trust.summary(run), trust.stages(run)) == ((), (), ())
    assert 'id="trust"' not in render(run)


def test_nothing_is_found_where_a_gate_takes_the_verdicts() -> None:
    """What stands at the top of the page rests on the run's own tests as the verdicts do."""
    valid = replace(run_with(), valid=True)
    withheld = replace(run_with(replace(BUSY, invalidates=False)), valid=True)

    of_all = {each.experiment for each in findings(valid)}

    assert "lists" in of_all
    assert {each.experiment for each in findings(withheld)} == of_all - {"lists"}
    assert findings(run_with(BUSY)) == ()
