"""Raw results become intervals, ratios and verdicts; what was not measured is not made up."""

from collections import defaultdict
from dataclasses import replace
from math import prod
from random import Random

import pytest

from rowpath.capture.trace import Place, Statement, Trace
from rowpath.lab.analysis import experiment_record, narrow_enough
from rowpath.lab.applications import App
from rowpath.lab.conditions import NAMED
from rowpath.lab.experiment import Claim, ExpectedError, Experiment, Requirement, Timing, Variant
from rowpath.lab.experiments import EXPERIMENTS
from rowpath.lab.experiments.fourteen import FACTORS
from rowpath.lab.experiments.users import USERS
from rowpath.lab.judging import judged
from rowpath.lab.measures import CPU, MEDIAN_LATENCY, P95_LATENCY, THROUGHPUT, TIME
from rowpath.lab.plan import Stage, Stock, stages
from rowpath.lab.profile import profile_named
from rowpath.lab.record import ComparisonRecord, ExperimentRecord, TimeRecord
from rowpath.lab.results import Observation, Results, Slot
from rowpath.stats.interval import Interval

LISTS = {experiment.name: experiment for experiment in EXPERIMENTS}["lists"]
[GROUP] = LISTS.groups
VERSIONS = {"django": "5.2.19"}
TWICE = Claim(
    text="twice as long",
    section="0",
    variant=LISTS.variants[1].name,
    baseline=GROUP.baseline,
    rows=1_000,
    ratio=2.0,
)
STOCK = Stock(tables={"product": 1_000}, versions=VERSIONS)
QUICK = profile_named("quick")
SOURCES = defaultdict[Variant, str](lambda: "def view(): ...")
STATEMENT = Statement(text="SELECT 1", duration_s=0.002, rows=10, plan="Result")
SEEN = Observation(
    duration_s=0.5,
    cpu_s=0.1,
    size_bytes=1000,
    gzip_bytes=100,
    trace=Trace(
        statements=(STATEMENT, STATEMENT), peak_bytes=3 << 20, resident_bytes=1 << 20, error=None
    ),
)


def planned(experiment: Experiment = LISTS) -> Stage:
    return stages([experiment], QUICK, stock=STOCK)[0]


def fill(stage: Stage, results: Results, blocks: int, noise: float = 0.01) -> None:
    """Fill the ledger: the n-th variant takes n times the first one's time, with some noise."""
    random = Random(7)
    order = list(dict.fromkeys(cell.variant.name for cell in stage.cells))
    for cell in stage.cells:
        results.observations[cell] = SEEN
    for _ in range(blocks):
        for cell in stage.timed:
            time_s = (order.index(cell.variant.name) + 1) * random.gauss(1, noise)
            results.slots[cell].append(
                Slot(figures={TIME: time_s, CPU: time_s / 2}, samples_s=(time_s, time_s))
            )


def record_of(blocks: int, stage: Stage | None = None) -> ExperimentRecord:
    stage, results = stage or planned(), Results()
    fill(stage, results, blocks)
    return experiment_record(stage.experiment, [stage], results, VERSIONS, SOURCES)


def test_ratios_are_taken_against_the_baseline_of_the_same_setup() -> None:
    """Every variant but the baseline is compared once in each of its set-ups."""
    record = record_of(blocks=6)

    ratios = {
        (c.variant, c.setup): c.ratio.estimate
        for c in record.comparisons
        if c.baseline == GROUP.baseline and c.ratio
    }
    names = [variant.name for variant in LISTS.variants]
    assert set(ratios) == {(name, str(setup)) for name in names[1:] for setup in NAMED}
    for (name, _setup), ratio in ratios.items():
        assert ratio == pytest.approx(names.index(name) + 1, rel=0.05)


def test_below_six_blocks_there_is_no_interval_and_no_verdict() -> None:
    """A run that was ended early keeps its samples and claims nothing."""
    record = record_of(blocks=5)

    assert all(len(variant.samples_ms) == 5 for variant in record.variants)
    assert {variant.time_ms for variant in record.variants} == {None}
    assert {(each.ratio, each.p_holm) for each in record.comparisons} == {(None, None)}
    assert {claim.verdict for claim in record.claims} == {"inconclusive"}


def test_a_variant_that_was_never_observed_has_no_record() -> None:
    """What the run did not reach is not in the record at all."""
    stage, results = planned(), Results()
    fill(stage, results, blocks=0)
    left_out = stage.cells[-1]
    del results.observations[left_out]

    record = experiment_record(LISTS, [stage], results, VERSIONS, SOURCES)

    assert len(record.variants) == len(stage.cells) - 1
    assert record.comparisons == ()


def test_a_block_that_was_not_finished_does_not_count() -> None:
    """Pairs are made only of blocks in which both variants had their slot."""
    stage, results = planned(), Results()
    fill(stage, results, blocks=6)
    results.slots[stage.timed[0]].append(Slot(figures={TIME: 99.0, CPU: 1.0}, samples_s=(99.0,)))

    record = experiment_record(LISTS, [stage], results, VERSIONS, SOURCES)

    assert {comparison.blocks for comparison in record.comparisons} == {6}


def test_a_claim_is_judged_in_every_setup_in_which_it_was_measured() -> None:
    """As told and controlled are two judgements of one claim."""
    experiment = replace(LISTS, claims=(TWICE,))

    record = record_of(6, planned(experiment))

    assert [(c.setup, c.verdict) for c in record.claims] == [
        ("as-told", "confirmed"),
        ("controlled", "confirmed"),
    ]


def test_a_claim_in_percent_is_judged_by_both_readings() -> None:
    """50% slower is 1.5 times the time, or half of what was done in it: twice the time."""
    claim = replace(TWICE, faster_by=-0.5, ratio=1.5)

    told = record_of(6, planned(replace(LISTS, claims=(claim,)))).claims[0]

    assert (told.read_as, told.claimed_ratio) == ("time", 1.5)
    assert told.other_ratio == pytest.approx(2.0)
    assert (told.verdict, told.other_verdict) == ("direction only", "confirmed")


def test_a_claim_of_a_rate_in_percent_has_both_readings_as_rates() -> None:
    """37.5% of the talk's requests per second is what their times differ by: 1.6 times as many."""
    claim = next(each for each in USERS.claims if each.faster_by == 0.375)
    comparison = ComparisonRecord(
        variant=claim.variant,
        baseline=claim.baseline,
        setup="as-told",
        rows=claim.rows,
        quantity="requests_per_s",
        blocks=6,
        ratio=Interval(estimate=1.37, low=1.36, high=1.39),
        p_holm=0.03,
    )
    record = replace(record_of(0), comparisons=(comparison,))

    [told] = judged(record, replace(USERS, claims=(claim,)), 10_000_000, {})

    assert told.read_as == "time"
    assert told.claimed_ratio == pytest.approx(1.6)
    assert told.other_ratio == pytest.approx(1.375)
    assert (told.verdict, told.other_verdict) == ("confirmed", "confirmed")


def test_a_claim_in_figures_alone_has_one_reading() -> None:
    """Nothing is made up of a claim that never spoke of percent."""
    told = record_of(6, planned(replace(LISTS, claims=(TWICE,)))).claims[0]

    assert (told.read_as, told.other_ratio, told.other_verdict) == ("", None, "")


def test_a_claim_that_is_not_judged_is_so_by_both_readings() -> None:
    """What cannot bear a verdict can bear no other one."""
    claim = replace(TWICE, faster_by=-0.5, ratio=1.5)
    stage, results = planned(replace(LISTS, claims=(claim,))), Results()
    fill(stage, results, blocks=6)
    held = {"products": 20_000}

    told = experiment_record(
        stage.experiment, [stage], results, VERSIONS, SOURCES, held=held
    ).claims[0]

    assert (told.verdict, told.other_verdict) == ("not judged", "not judged")


@pytest.mark.parametrize(
    ("version", "differs"),
    [
        ("5.2.19", ("The talk measured with django 3.2.13; this run has 5.2.19.",)),
        ("3.2.13", ()),
    ],
)
def test_a_claim_says_where_its_versions_are_not_the_runs(
    version: str, differs: tuple[str, ...]
) -> None:
    """The verdict is given, since it is what the run is for, and says so."""
    stage, results = planned(replace(LISTS, claims=(TWICE,))), Results()
    fill(stage, results, blocks=6)

    record = experiment_record(
        stage.experiment, [stage], results, {"django": version}, SOURCES, held=None
    )

    assert {claim.differs for claim in record.claims} == {differs}
    assert {claim.verdict for claim in record.claims} == {"confirmed"}


def test_a_claim_of_one_framework_says_nothing_of_the_versions_of_another() -> None:
    """The talk shows no version of what its FastAPI lists are made with."""
    own = [each.name for each in LISTS.variants if each.application is App.FASTAPI]
    claim = replace(TWICE, variant=own[1], baseline=own[0], ratio=1.5)

    record = record_of(6, planned(replace(LISTS, claims=(claim,))))

    assert {each.differs for each in record.claims} == {()}


def test_a_statement_is_told_with_its_duplicates_and_its_places() -> None:
    """Lines that sent it are counted, in the order of the first time."""
    stage, results = planned(), Results()
    fill(stage, results, 0)
    first, second = (
        Place(file="views.py", line=line, function="get", code="list(rows)") for line in (9, 4)
    )
    sent = [
        replace(STATEMENT, values=values, place=place)
        for values, place in (("1", first), ("1", second), ("2", first), ("3", None))
    ]
    seen = replace(SEEN, trace=Trace(statements=tuple(sent), peak_bytes=1))
    results.observations[stage.cells[0]] = seen

    record = experiment_record(LISTS, [stage], results, VERSIONS, SOURCES).variants[0]

    assert (record.sql_statements, record.sql_similar, record.sql_duplicates) == (4, 4, 2)
    (statement,) = record.statements
    assert statement.duplicates == 2
    assert [(place.line, place.count) for place in statement.places] == [(9, 2), (4, 1)]


def test_statements_with_one_text_are_told_once() -> None:
    """A statement that was sent twice is one entry with its number, time and rows."""
    [statement] = record_of(blocks=6).variants[0].statements

    assert (statement.text, statement.count, statement.rows) == ("SELECT 1", 2, 20)
    assert statement.duration_ms == pytest.approx(4)
    assert statement.plan == "Result"


def test_growth_is_what_the_peak_adds_to_what_was_there() -> None:
    """Of 3 MiB at the peak, 1 MiB was the worker's before the request."""
    variant = record_of(blocks=6).variants[0]

    assert (variant.peak_mib, variant.grown_mib) == (3, 2)


def test_all_times_of_a_record_are_in_milliseconds() -> None:
    """The same second is 1,000 of them wherever it stands: of clocks, of CPU, of SQL, of the talk.

    The first variant's requests take 1 s, its CPU half of that; the traced one took 0.5 s, and its
    two statements 2 ms each.
    """
    stage, results = planned(), Results()
    fill(stage, results, blocks=6, noise=0.0)
    record = experiment_record(LISTS, [stage], results, VERSIONS, SOURCES)
    first = record.variants[0]
    [told] = [each for each in LISTS.variants[0].told if each.rows == first.rows]

    assert first.samples_ms == ((1_000.0, 1_000.0),) * 6
    assert first.time_ms == TimeRecord(median=1_000.0, low=1_000.0, high=1_000.0)
    assert (first.cpu_ms, first.samples_cpu_ms) == (500.0, (500.0,) * 6)
    assert first.observed_ms == 500.0
    assert first.sql_ms == pytest.approx(4.0)
    assert sum(each.duration_ms for each in first.statements) == pytest.approx(4.0)
    assert told.time_s is not None
    assert first.told_ms == told.time_s * 1_000
    assert {each.quantity: each.blocks for each in first.figures}["time"] == (1.0,) * 6


def test_what_is_observed_once_is_in_milliseconds_too() -> None:
    """Its only time is that of the traced request: half a second, and a tenth of CPU."""
    once = replace(LISTS.variants[1], timing=Timing.ONCE)
    group = replace(GROUP, variants=(LISTS.variants[0], once))
    stage, results = planned(replace(LISTS, groups=(group,), claims=())), Results()
    fill(stage, results, blocks=6)

    record = experiment_record(stage.experiment, [stage], results, VERSIONS, SOURCES)

    seen = next(each for each in record.variants if each.name == once.name)
    assert (seen.samples_ms, seen.cpu_ms, seen.samples_cpu_ms) == (((500.0,),), 100.0, (100.0,))


@pytest.mark.parametrize("timing", list(Timing))
def test_a_variant_that_fails_as_expected_has_an_outcome_and_no_time(timing: Timing) -> None:
    """Its record says how it ended; it is compared with nothing."""
    fails = replace(
        LISTS.variants[1],
        expects=ExpectedError(kind="FieldError", message="no", reason="because"),
        timing=timing,
    )
    group = replace(GROUP, variants=(LISTS.variants[0], fails))
    stage, results = planned(replace(LISTS, groups=(group,), claims=())), Results()
    fill(stage, results, blocks=6)
    for cell in stage.cells:
        if cell.variant is fails:
            results.observations[cell] = replace(SEEN, outcome="It fails")

    record = experiment_record(stage.experiment, [stage], results, VERSIONS, SOURCES)

    ended = [variant for variant in record.variants if variant.name == fails.name]
    assert {(each.outcome, each.time_ms, each.samples_ms) for each in ended} == {
        ("It fails", None, ())
    }
    assert {(each.cpu_ms, each.samples_cpu_ms) for each in ended} == {(None, ())}
    assert record.comparisons == ()


def test_a_variant_that_could_not_run_is_told_with_the_reason() -> None:
    """The record names the version that was wanted and the one that was there."""
    new = replace(LISTS.variants[1], needs=Requirement(package="django", version="6.1"))
    experiment = replace(
        LISTS, groups=(replace(GROUP, variants=(LISTS.variants[0], new)),), claims=()
    )

    record = record_of(6, planned(experiment))

    [left_out] = record.left_out
    assert left_out.variant == new.name
    assert left_out.reason == "it needs django 6.1, and this run has 5.2.19"
    assert {variant.name for variant in record.variants} == {LISTS.variants[0].name}


@pytest.mark.parametrize(("noise", "narrow"), [(0.001, True), (0.5, False)])
def test_narrow_enough_looks_at_every_ratio(noise: float, narrow: bool) -> None:  # noqa: FBT001 a table
    """Quiet blocks let a run stop early, noisy ones do not."""
    stage, results = planned(), Results()
    fill(stage, results, blocks=6, noise=noise)

    assert narrow_enough(stage, results, 0.05) is narrow


def test_a_ratio_is_shared_out_among_what_differs() -> None:
    """Each factor has what it multiplies the time by, and the shares add up to all of it."""
    fourteen = {experiment.name: experiment for experiment in EXPERIMENTS}["fourteen"]
    brings = dict(zip(FACTORS, (0.1, 0.5, 0.8), strict=True))
    group = fourteen.groups[0]
    assert group.explanation is not None
    changed = {
        (corner.variant, corner.conditions): corner.changed for corner in group.explanation.corners
    }
    [stage], results = stages([replace(fourteen, groups=(group,))], QUICK, stock=STOCK), Results()
    for cell in stage.cells:
        results.observations[cell] = SEEN
    for block in range(6):
        for cell in stage.timed:
            factors = changed.get((cell.variant.name, cell.conditions), frozenset())
            time_s = (1 + block / 10) * prod(brings[factor] for factor in factors)
            results.slots[cell].append(Slot(figures={TIME: time_s, CPU: 1.0}, samples_s=(1.0,)))

    [explanation] = experiment_record(fourteen, [stage], results, VERSIONS, SOURCES).explanations

    assert (explanation.blocks, explanation.quantity) == (6, "time")
    assert [frozenset(each.changed) for each in explanation.corners] == [
        each.changed for each in group.explanation.corners
    ]
    assert explanation.ratio.estimate == pytest.approx(0.1 * 0.5 * 0.8)
    assert {each.factor: each.ratio.estimate for each in explanation.shares} == pytest.approx(
        brings
    )
    assert sum(each.share.estimate for each in explanation.shares) == pytest.approx(1)


def test_each_step_is_compared_with_the_one_before_it() -> None:
    """The ratio of what has a change to what has all but it stands among the comparisons."""
    concurrency = {experiment.name: experiment for experiment in EXPERIMENTS}["concurrency"]
    [group] = [each for each in concurrency.groups if each.name == "one-user"]
    stock = Stock(tables={group.of: group.sizes[0]}, versions=VERSIONS)
    takes_s = {"async-orm": 2.0, "threads-one-at-a-time": 3.0, "threads-gathered": 1.5}
    [stage] = stages([replace(concurrency, groups=(group,))], QUICK, stock=stock)
    results = Results()
    for cell in stage.cells:
        results.observations[cell] = SEEN
    for block in range(6):
        for cell in stage.timed:
            time_s = takes_s.get(cell.variant.name, 1.0) * (1 + block / 10)
            results.slots[cell].append(Slot(figures={TIME: time_s, CPU: 1.0}, samples_s=(1.0,)))

    record = experiment_record(concurrency, [stage], results, VERSIONS, SOURCES)

    steps = next(each.steps for each in record.groups if each.name == "one-user")
    ratios = {
        (each.variant, each.baseline): each.ratio.estimate
        for each in record.comparisons
        if each.ratio is not None and each.setup == "uvicorn"
    }
    assert [ratios[step.variant, step.baseline] for step in steps][:3] == pytest.approx(
        [2.0, 1.5, 0.5]
    )
    assert {each.quantity for each in record.comparisons} == {"time"}


def test_nothing_is_shared_out_of_what_was_not_measured() -> None:
    """Without blocks enough for an interval there is no explanation, nor where a corner lacks."""
    fourteen = {experiment.name: experiment for experiment in EXPERIMENTS}["fourteen"]
    [stage], results = stages([fourteen], QUICK, stock=STOCK), Results()
    fill(stage, results, blocks=5)

    assert experiment_record(fourteen, [stage], results, VERSIONS, SOURCES).explanations == ()


def test_requests_per_second_are_compared_where_users_asked() -> None:
    """The ratio is of throughputs, so is the claim, and no time of single requests is made up."""
    users = {experiment.name: experiment for experiment in EXPERIMENTS}["users"]
    [stage], results = stages([users], QUICK, stock=STOCK), Results()
    rates = {"drf-objects": 10.0, "drf-no-serializer": 16.0}
    for cell in stage.cells:
        results.observations[cell] = SEEN
    for block in range(6):
        for cell in stage.timed:
            rate = rates.get(cell.variant.name, 50.0) * (1 + block / 100)
            figures = {THROUGHPUT: rate, MEDIAN_LATENCY: 4 / rate, P95_LATENCY: 5 / rate, CPU: 0.1}
            results.slots[cell].append(Slot(figures=figures))

    record = experiment_record(users, [stage], results, VERSIONS, SOURCES)

    claim = next(each for each in record.claims if each.variant == "drf-no-serializer")
    assert claim.quantity == "requests_per_s"
    assert claim.claimed_ratio == pytest.approx(1.6)
    assert claim.measured is not None
    assert claim.measured.estimate == pytest.approx(1.6)
    assert claim.verdict == "confirmed"
    variant = record.variants[0]
    assert (variant.time_ms, variant.samples_ms) == (None, ())
    assert [each.quantity for each in variant.figures] == ["requests_per_s", "p50", "p95", "cpu"]
    assert record.groups[0].compares == "requests_per_s"
    assert record.groups[0].measure == "2 users at once, each asking anew when answered"
