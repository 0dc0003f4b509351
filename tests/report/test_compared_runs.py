"""What two runs of the lab say of what both measured."""

import json
from dataclasses import replace

import pytest
from report_runs import whole_run

from rowpath.errors import UsageError
from rowpath.lab.comparing.comparison import Change, ChangeVerdict, Comparison, Kind, compare
from rowpath.lab.comparing.measured import measured
from rowpath.lab.record import FigureRecord, GateRecord, Run
from rowpath.report.compare.data import to_bench_json

FILES = ("old.json", "new.json")


def compared(old: Run, new: Run) -> Comparison:
    return compare(old, new, files=FILES)


def ratios(comparison: Comparison) -> list[Change]:
    return [each for each in comparison.changes if each.kind is Kind.RATIO]


def lab(*, factor: float = 1.0, better: str = "less") -> Run:
    """Return a run of the lab, one of whose variants has its figures times a factor."""
    run = whole_run()
    experiment = next(each for each in run.experiments if each.name == "lists")
    baseline = experiment.groups[0].baseline

    def figured(name: str) -> FigureRecord:
        by = 1.0 if name == baseline else factor
        blocks = tuple(by * (0.01 + 0.00001 * block) for block in range(6))
        quantity = experiment.groups[0].compares
        return FigureRecord(
            quantity=quantity, unit="s", better=better, over_blocks=None, blocks=blocks
        )

    variants = tuple(
        replace(each, figures=(figured(each.name),))
        for each in experiment.variants
        if each.rows == experiment.variants[0].rows and each.setup == experiment.variants[0].setup
    )
    return replace(run, gates=(), experiments=(replace(experiment, variants=variants),))


def test_runs_of_the_lab_are_compared_by_their_groups_quantity() -> None:
    """Each variant with its baseline, on the same dataset."""
    comparison = compared(lab(), lab(factor=1.2))

    changed = ratios(comparison)
    assert changed
    assert {each.verdict for each in changed} == {ChangeVerdict.REGRESSION}
    assert {each.family for each in changed} == {"lists"}


def test_where_more_is_better_more_is_an_improvement() -> None:
    """The quantity says which way is better; for what draws benchmarks it is turned over."""
    comparison = compared(lab(better="more"), lab(factor=1.2, better="more"))

    changed = ratios(comparison)
    assert {each.verdict for each in changed} == {ChangeVerdict.IMPROVEMENT}
    drawn = json.loads(to_bench_json(replace(comparison, changes=tuple(changed))))
    assert [each["value"] for each in drawn] == pytest.approx([1 / 1.2] * len(changed), rel=0.001)
    for entry, each in zip(drawn, changed, strict=True):
        low, high = map(float, entry["range"].split(" to "))
        assert each.change is not None
        assert (low, high) == pytest.approx((1 / each.change.high, 1 / each.change.low), abs=1e-4)


def test_another_dataset_is_not_compared() -> None:
    """The fingerprint tells, not the name."""
    old = lab()
    built = tuple(replace(each, checksum="other") for each in old.datasets)

    with pytest.raises(UsageError, match=r"dataset: products, .*, then products, .*other"):
        compared(old, replace(old, datasets=built))


def test_a_gate_of_a_stage_withholds_its_experiments_verdicts() -> None:
    """Also where the run as a whole is valid."""
    gate = GateRecord(
        name="clone",
        stage="lists, 1,000 rows",
        measure="",
        passed=False,
        value=1.1,
        bound=1.02,
        withholds="verdicts",
        invalidates=False,
        text="The clone differs.",
    )

    comparison = compared(lab(), replace(lab(factor=1.2), gates=(gate,)))

    assert {each.verdict for each in comparison.changes} == {ChangeVerdict.NOT_JUDGED}
    assert {each.withheld for each in comparison.changes} == {"The clone differs."}


def test_a_run_without_figures_is_measured_by_its_samples() -> None:
    """As runs of schema 2 were, in milliseconds."""
    run = whole_run()
    old = replace(
        run,
        experiments=tuple(
            replace(each, variants=tuple(replace(variant, figures=()) for variant in each.variants))
            for each in run.experiments
        ),
    )

    seen = [each for each in measured(old) if each.quantity == "time" and each.blocks]

    assert seen
    assert {each.unit for each in seen} == {"s"}
    variant = next(each for each in old.experiments[0].variants if each.samples_ms)
    first = next(each for each in seen if each.name == f"{variant.group}: {variant.slot}")
    middle = sorted(variant.samples_ms[0])[len(variant.samples_ms[0]) // 2]
    assert first.blocks[0] == pytest.approx(middle / 1_000, rel=0.2)
