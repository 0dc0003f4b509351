"""What a newcomer reads first is computed from the run, and not there where the run has it not."""

from dataclasses import replace

from report_runs import whole_run

from rowpath.lab.experiments import EXPERIMENTS
from rowpath.lab.record import ComparisonRecord, ExperimentRecord, Run
from rowpath.report.findings import MOST, SOUGHT, findings
from rowpath.report.html import render
from rowpath.stats.interval import Interval

NAMED = {each.name: each for each in EXPERIMENTS}


def interval(estimate: float, spread: float = 1.05) -> Interval:
    return Interval(estimate=estimate, low=estimate / spread, high=estimate * spread)


def compared(
    variant: str,
    baseline: str,
    ratio: Interval | None,
    *,
    setup: str = "controlled",
    rows: int = 10,
) -> ComparisonRecord:
    return ComparisonRecord(
        variant=variant,
        baseline=baseline,
        setup=setup,
        rows=rows,
        blocks=6,
        ratio=ratio,
        p_holm=None,
    )


def run_with(name: str, *comparisons: ComparisonRecord) -> Run:
    run = whole_run()
    record: ExperimentRecord = replace(run.experiments[0], name=name, comparisons=comparisons)
    return replace(run, experiments=(record,))


def test_what_is_sought_exists() -> None:
    """A finding of an experiment that is there names variants that it has."""
    for sought in SOUGHT:
        if sought.experiment in NAMED:
            names = {variant.name for variant in NAMED[sought.experiment].variants}
            assert {sought.variant, sought.baseline} <= names


def test_a_finding_has_the_figures_of_the_run() -> None:
    """25 times as fast is a ratio of 0.04, and both are shown."""
    run = run_with("relations", compared("fk-select-related", "fk-lazy", interval(0.04)))

    [finding] = findings(run)

    assert finding.headline.endswith("one joined query is 25 times as fast")
    assert finding.ratio.estimate == 0.04
    assert finding.compared == "fk-select-related against fk-lazy, 10 rows"


def test_what_shows_no_difference_or_the_other_way_is_no_finding() -> None:
    """Nothing is said that the run did not show."""
    for ratio in (interval(1.0), interval(1.5), None):
        assert (
            findings(run_with("relations", compared("fk-select-related", "fk-lazy", ratio))) == ()
        )


def test_a_finding_on_both_setups_needs_both() -> None:
    """What is said of the talk's set-up was measured in it, at the same rows."""
    controlled = compared("fastapi-schema", "drf-objects", interval(0.4), rows=1_000)
    told = replace(controlled, setup="as-told", ratio=interval(0.04))

    [finding] = findings(run_with("lists", controlled, told))

    assert "25 times as fast as DRF as told, and 2.5 times on equal terms" in finding.headline
    assert findings(run_with("lists", controlled)) == ()
    assert findings(run_with("lists", controlled, replace(told, rows=10))) == ()
    assert findings(run_with("lists", controlled, replace(told, ratio=interval(2.0)))) == ()


def test_there_are_five_at_most() -> None:
    """The first five of those that the run has."""
    run = whole_run()
    records = tuple(
        replace(
            run.experiments[0],
            name=sought.experiment,
            comparisons=tuple(
                compared(
                    sought.variant,
                    sought.baseline,
                    interval(0.1 if sought.less else 10),
                    setup=setup,
                    rows=sought.rows or 10,
                )
                for setup in {sought.setup, "as-told"}
            ),
        )
        for sought in SOUGHT
    )

    assert len(findings(replace(run, experiments=records))) == MOST


def test_a_run_without_findings_has_no_such_part() -> None:
    """The page then begins with the verdicts."""
    page = render(run_with("relations"))

    assert 'id="findings"' not in page
    assert 'href="#findings"' not in page
