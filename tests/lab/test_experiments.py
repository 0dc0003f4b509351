"""The experiments are consistent, and hold every figure of the talk."""

import re
from collections import Counter

import pytest

from rowpath.lab.applications import App, optional_packages
from rowpath.lab.experiment import Claim, Data, Experiment, Group, Task
from rowpath.lab.experiments import EXPERIMENTS
from rowpath.lab.measures import THROUGHPUT
from rowpath.stats.readings import nearest, readings
from rowpath.stats.shares import corners

BY_NAME = {experiment.name: experiment for experiment in EXPERIMENTS}
VARIANTS = [variant for experiment in EXPERIMENTS for variant in experiment.variants]
GROUPS = [(experiment, group) for experiment in EXPERIMENTS for group in experiment.groups]
CLAIMS = [(experiment, claim) for experiment in EXPERIMENTS for claim in experiment.claims]

# The tables of 1.2 to 1.7: seconds by rows. "n/a" and what was not measured are absent.
TIMES_S = {
    "drf-objects": {1_000: 0.9, 10_000: 1.38, 100_000: 5.5, 1_000_000: 40},
    "drf-values": {1_000: 1.06, 10_000: 1.39, 100_000: 4.95, 1_000_000: 35},
    "drf-no-serializer": {1_000: 0.57, 10_000: 0.66, 100_000: 1.8, 1_000_000: 9.8},
    "fastapi-schema": {1_000: 0.065, 10_000: 0.63, 100_000: 6.2},
    "for-objects": {1_000: 0.57, 10_000: 0.69, 100_000: 2.25, 1_000_000: 14.5},
    "for-values": {1_000: 0.57, 10_000: 0.65, 100_000: 1.78, 1_000_000: 9.0},
    "for-fastapi": {},
}
# Requests per second, of the same tables, of 3.1, 6.2 and 7.
THROUGHPUTS = {
    "drf-objects": 3,
    "drf-no-serializer": 4.8,
    "fastapi-schema": 43,
    "all": 4.8,
    "only": 5.8,
    "only-one": 5.5,
    "values": 6.3,
    "sqlalchemy-load-only": 980,
    "dummy-async-many": 23,
    "tasks-as-told-many": 68,
    "no-cache": 25.6,
    "locmem": 560,
}
# Section, variant, rows, the relation as it is printed, and the ratio that it implies.
RELATIONS = [
    ("1.3", "drf-values", 1_000, "+17%", 1.17),
    ("1.3", "drf-values", 100_000, "-10%", 0.90),
    ("1.3", "drf-values", 1_000_000, "-12.5%", 0.875),
    ("1.4", "drf-no-serializer", 1_000, "-36.6%", 0.634),
    ("1.4", "drf-no-serializer", 1_000, "+37.5%", 1 / (1 - 0.375)),
    ("1.4", "drf-no-serializer", 1_000_000, "-75.5%", 0.245),
    ("1.5", "fastapi-schema", 1_000, "x14", 14),
    ("1.5", "fastapi-schema", 100_000, "+12%", 1.12),
    ("1.7", "for-values", 1_000_000, "-38%", 0.62),
    ("3.1", "only", 100, "+17%", 1 / (1 - 0.17)),
    ("3.1", "values", 100, "+8%", 1 / (1 - 0.08)),
    ("3.1", "values", 100, "+25%", 1 / (1 - 0.25)),
    ("6.2", "tasks-as-told-many", 250_000, "from 23 to 68", 68 / 23),
    ("7", "locmem", 250_000, "25.6 to 560", 560 / 25.6),
    ("7", "locmem", 250_000, "4.4 s to 240 ms", 0.24 / 4.4),
]


@pytest.mark.parametrize(("name", "times"), TIMES_S.items())
def test_every_time_of_the_tables_is_told(name: str, times: dict[int, float]) -> None:
    """The report shows the talk's own time beside each of ours."""
    told = BY_NAME["lists"].variant(name).told

    assert {entry.rows: entry.time_s for entry in told} == times


def test_every_throughput_is_told() -> None:
    """So are its requests per second."""
    told = {
        variant.name: entry.requests_per_s
        for variant in VARIANTS
        for entry in variant.told
        if entry.requests_per_s is not None
    }

    assert told == THROUGHPUTS


@pytest.mark.parametrize(("section", "variant", "rows", "printed", "ratio"), RELATIONS)
def test_every_relation_of_the_talk_is_a_claim(
    section: str, variant: str, rows: int, printed: str, ratio: float
) -> None:
    """The claim quotes the figure, and its ratio is what the figure says, rounding aside."""
    (claim,) = [
        claim
        for _, claim in CLAIMS
        if (claim.section, claim.variant, claim.rows) == (section, variant, rows)
        and printed in claim.text
    ]

    assert claim.ratio == pytest.approx(ratio, rel=0.03)


@pytest.mark.parametrize(("experiment", "claim"), CLAIMS, ids=lambda value: str(value)[:40])
def test_a_claim_speaks_of_what_is_measured(experiment: Experiment, claim: Claim) -> None:
    """Its variant, its baseline and its size are the experiment's, and both are timed."""
    pair = [experiment.variant(claim.variant), experiment.variant(claim.baseline)]

    for variant in pair:
        group = experiment.group_of(variant)
        assert claim.rows in group.sizes + group.thorough_sizes
        assert claim.quantity in group.measure.quantities
    assert all(variant.is_timed for variant in pair)
    assert set(pair[0].conditions) & set(pair[1].conditions)


@pytest.mark.parametrize(("experiment", "claim"), CLAIMS, ids=lambda value: str(value)[:40])
def test_a_claim_is_what_its_figures_say(experiment: Experiment, claim: Claim) -> None:
    """The ratio is that of the told times or of the told requests per second."""
    variant, baseline = (
        next(entry for entry in experiment.variant(name).told if entry.rows == claim.rows)
        for name in (claim.variant, claim.baseline)
    )

    if claim.quantity is THROUGHPUT:
        assert baseline.requests_per_s is not None
        assert variant.requests_per_s is not None
        assert claim.ratio == variant.requests_per_s / baseline.requests_per_s
    else:
        assert baseline.time_s is not None
        assert variant.time_s is not None
        assert claim.ratio == variant.time_s / baseline.time_s


@pytest.mark.parametrize("claim", [claim for _, claim in CLAIMS], ids=lambda each: each.text)
def test_a_claim_in_percent_says_so_and_its_figures_are_one_of_the_readings(claim: Claim) -> None:
    """The percentage of its text is the one that it is judged by, to within how it is rounded."""
    printed = re.search(r"([+-][\d.]+)%”", claim.text)

    if printed is None:
        assert claim.faster_by is None
    else:
        assert claim.faster_by is not None
        assert abs(claim.faster_by) == pytest.approx(abs(float(printed[1])) / 100)
        time_ratio = 1 / claim.ratio if claim.quantity is THROUGHPUT else claim.ratio
        read_as = nearest(time_ratio, claim.faster_by)
        assert readings(claim.faster_by)[read_as] == pytest.approx(time_ratio, rel=0.06)


@pytest.mark.parametrize("experiment", EXPERIMENTS, ids=lambda experiment: experiment.name)
def test_names_are_unique(experiment: Experiment) -> None:
    """A variant is known by its name within the experiment, and so is a group."""
    names = Counter(variant.name for variant in experiment.variants)

    assert max(names.values()) == 1
    assert len({group.name for group in experiment.groups}) == len(experiment.groups)
    assert len(BY_NAME) == len(EXPERIMENTS)


@pytest.mark.parametrize(("experiment", "group"), GROUPS, ids=lambda value: value.name)
def test_a_group_is_compared_within_itself(experiment: Experiment, group: Group) -> None:
    """Its baseline is timed in every set-up that another of its variants has."""
    [baseline] = [variant for variant in group.variants if variant.name == group.baseline]

    assert baseline.is_timed
    assert all(set(variant.conditions) <= set(baseline.conditions) for variant in group.variants)
    assert group.question or len(experiment.groups) == 1


@pytest.mark.parametrize("experiment", EXPERIMENTS, ids=lambda experiment: experiment.name)
def test_what_runs_beside_a_variant_is_in_its_experiment(experiment: Experiment) -> None:
    """Two that run at once know one another, and are tasks: only these wait for one another."""
    for variant in experiment.variants:
        if variant.beside is not None:
            companion = experiment.variant(variant.beside)
            assert companion.app is variant.app
            assert isinstance(companion.asks, Task)
            assert isinstance(variant.asks, Task)


def test_both_applications_are_in_every_experiment_on_products() -> None:
    """The talk compares frameworks all along; what it looks inside with is Django's."""
    for experiment in EXPERIMENTS:
        if experiment.data is Data.PRODUCTS and experiment.name != "instruments":
            assert {variant.app for variant in experiment.variants} >= {App.DJANGO, App.FASTAPI}


def test_what_is_no_framework_of_the_talk_is_a_peer_that_may_be_missing() -> None:
    """The extra `lab` alone runs every variant of the talk's frameworks, and rowpath's own."""
    for variant in VARIANTS:
        package = variant.needs.package if variant.needs is not None else None
        own = {App.DJANGO, App.FASTAPI, App.RECORDER}
        assert (package in optional_packages()) is (variant.app not in own)


def test_what_has_no_limit_on_memory_is_bounded_by_itself() -> None:
    """Only the plain list of the whole table needs a limit, and it has one."""
    limited = [variant.name for variant in VARIANTS if variant.memory_limit_mib is not None]

    assert limited == ["read-list"]
    assert BY_NAME["lazy"].variant("read-list").thorough_only


@pytest.mark.parametrize(
    "group",
    [group for each in EXPERIMENTS for group in each.groups if group.explanation is not None],
    ids=lambda group: group.name,
)
def test_an_explanation_has_every_corner(group: Group) -> None:
    """Each set of its factors is answered once, by a variant of the group under its conditions."""
    explanation = group.explanation
    assert explanation is not None
    measured = {
        (variant.name, conditions)
        for variant in group.variants
        for conditions in variant.conditions
    }

    assert sorted(map(sorted, (each.changed for each in explanation.corners))) == sorted(
        map(sorted, corners(explanation.factors))
    )
    ends = [(each.variant, each.conditions) for each in explanation.corners]
    assert set(ends) <= measured
    assert len(set(ends)) == len(ends)
