"""The experiments on relations, serializers, cached querysets and aggregates: sections 4 and 7."""

from collections import Counter

import pytest

from rowpath.lab.applications import App
from rowpath.lab.conditions import CONTROLLED
from rowpath.lab.experiment import Data, Experiment, Group, Variant
from rowpath.lab.experiments import EXPERIMENTS
from rowpath.lab.experiments.aggregates import AGGREGATES
from rowpath.lab.experiments.cached_queryset import CACHED_QUERYSET
from rowpath.lab.experiments.relations import RELATIONS
from rowpath.lab.experiments.serializers import SERIALIZERS
from rowpath.lab.source import source_of

OURS = (RELATIONS, SERIALIZERS, CACHED_QUERYSET, AGGREGATES)
GROUPS = [(experiment, group) for experiment in OURS for group in experiment.groups]
VARIANTS = [(experiment, variant) for experiment in OURS for variant in experiment.variants]
NAMED_GROUPS = pytest.mark.parametrize(
    ("experiment", "group"), GROUPS, ids=[f"{one.name}-{two.name}" for one, two in GROUPS]
)
NAMED_VARIANTS = pytest.mark.parametrize(
    ("experiment", "variant"), VARIANTS, ids=[variant.name for _, variant in VARIANTS]
)

# What the talk's slides write, in our spelling, and the variant that does it.
WRITTEN = [
    (RELATIONS, "fk-select-related", '.select_related("character__profession", "fight__report")'),
    (RELATIONS, "fk-select-related-only", '"fight__report__is_cm"'),
    (RELATIONS, "fk-select-related-only-id", '.select_related("fight").only("id").first()'),
    (RELATIONS, "fk-values", '"character__profession__description"'),
    (RELATIONS, "fk-sqlalchemy-joinedload", "joinedload(PlayerFight.character)"),
    (SERIALIZERS, "list-values", 'source="boss__title"'),
    (SERIALIZERS, "list-values", "default_timezone=UTC"),
    (SERIALIZERS, "detail-objects", 'source="boss.title"'),
    (SERIALIZERS, "detail-objects", 'source="report.report_name"'),
    (AGGREGATES, "sum-aggregate", ".aggregate("),
    (AGGREGATES, "grouping-annotate", ".annotate("),
]
# The calls that ask PostgreSQL again though the rows are there, as statements a row.
ASKS_AGAIN = {
    "count-evaluated": 0,
    "count-prefetched": 0,
    "exists-evaluated": 0,
    "exists-prefetched": 0,
    "filter-evaluated": 1,
    "filter-prefetched": 1,
    "first-evaluated": 1,
    "first-evaluated-ordered": 0,
    "first-prefetched": 1,
    "first-prefetched-ordered": 0,
}


def test_the_talks_times_of_select_related_are_told() -> None:
    """Section 4.1 says 975 ms without it and 600 ms with it."""
    (size,) = RELATIONS.groups[0].sizes

    told = {variant.name: variant.told for variant in RELATIONS.variants if variant.told}

    assert {
        name: [(one.rows, one.time_s) for one in entries] for name, entries in told.items()
    } == {
        "fk-lazy": [(size, 0.975)],
        "fk-select-related": [(size, 0.600)],
    }


def test_the_talks_gain_of_select_related_is_the_only_claim() -> None:
    """It prints “+40%” for a time that is less by 38%; sections 4.3 and 7 print no figure."""
    (claim,) = [claim for experiment in OURS for claim in experiment.claims]

    assert "“+40%”" in claim.text
    assert (claim.section, claim.variant, claim.baseline) == (
        "4.1",
        "fk-select-related",
        "fk-lazy",
    )
    assert claim.ratio == pytest.approx(1 - 0.40, abs=0.02)


@pytest.mark.parametrize(
    ("experiment", "name", "written"), WRITTEN, ids=[f"{two}-{three}" for _, two, three in WRITTEN]
)
def test_a_variant_shows_what_the_talk_writes(
    experiment: Experiment, name: str, written: str
) -> None:
    """The report's code for a technique is that technique."""
    assert "".join(written.split()) in "".join(source_of(experiment.variant(name)).split())


@NAMED_GROUPS
def test_a_group_compares_with_one_of_its_own(experiment: Experiment, group: Group) -> None:
    """The baseline stands first among the variants, is timed, and needs no newer package."""
    baseline = group.variants[0]

    assert baseline.name == group.baseline
    assert baseline.is_timed
    assert baseline.needs is None
    assert group.question or len(experiment.groups) == 1


@NAMED_GROUPS
def test_a_group_has_one_size_at_which_it_is_measured(experiment: Experiment, group: Group) -> None:
    """One size is what these experiments need: their slowest variant takes about a second there."""
    assert len(group.sizes) == 1
    assert experiment.data is Data.LOGS
    assert group.of in {"fight", "player_fight"}


def test_no_two_variants_share_a_name_or_a_view() -> None:
    """What a report shows under a name is not another's code."""
    names = Counter(variant.name for experiment in EXPERIMENTS for variant in experiment.variants)
    views = Counter((variant.app, variant.asks.code[0]) for _, variant in VARIANTS)

    assert [name for _, variant in VARIANTS if names[name := variant.name] > 1] == []
    assert max(views.values()) == 1


@NAMED_VARIANTS
def test_a_view_is_answered_where_its_experiment_says(
    experiment: Experiment, variant: Variant
) -> None:
    """FastAPI's endpoint is routed under the variant's own name; Django's path is made of it."""
    if variant.app is App.FASTAPI:
        assert f'@router.get("/{variant.name}"' in source_of(variant)
    assert experiment.path(variant) == f"/{experiment.name}/{variant.name}"


def test_the_logs_have_one_set_up() -> None:
    """They have every index that Django makes, and no figure here speaks of another set-up."""
    assert {variant.conditions for _, variant in VARIANTS} == {(CONTROLLED,)}


def test_an_expected_error_says_why_and_what_to_do() -> None:
    """The talk's error, and that of the mode that forbids a fetch."""
    failing = {variant.name: variant.fails for _, variant in VARIANTS if variant.fails is not None}

    assert {name: fails.kind for name, fails in failing.items()} == {
        "fk-fetch-raise": "django.core.exceptions.FieldFetchBlocked",
        "fk-select-related-only-id": "django.core.exceptions.FieldError",
    }
    assert all("name the " in fails.reason for fails in failing.values())


def test_only_fetch_modes_need_a_newer_version() -> None:
    """Django has them since 6.1."""
    needing = {variant.name: variant.needs for _, variant in VARIANTS if variant.needs is not None}

    assert set(needing) == {"fk-fetch-peers", "fk-fetch-raise"}
    assert all(needs.met_by({"django": "6.1.3"}) for needs in needing.values())
    assert not any(needs.met_by({"django": "5.2.19"}) for needs in needing.values())


@pytest.mark.parametrize(("name", "asks"), ASKS_AGAIN.items())
def test_a_call_on_rows_that_are_there_asks_again_or_not(name: str, asks: int) -> None:
    """What the talk warns of is true of filter(), and of first() where there is no order."""
    variant = CACHED_QUERYSET.variant(name)
    reads_them_per_row = 0 if name.removesuffix("-ordered").endswith("-prefetched") else 1

    assert variant.statements_per_row == reads_them_per_row + asks


@pytest.mark.parametrize("rows", [1, 250, 251, 500, 501, 625, 5_000, 5_001, 20_000, 1_000_000])
def test_selectinload_of_foreign_keys_has_an_honest_bound(rows: int) -> None:
    """One statement for the rows, one for all nine professions, one for 500 of each of the others.

    No more characters than rows can be asked for; ten rows share a fight, and so its report.
    """
    fights = -(-rows // 10)
    at_most = 1 + 1 + -(-rows // 500) + 2 * -(-fights // 500)

    assert RELATIONS.variant("fk-sqlalchemy-selectinload").declared_statements(rows) >= at_most


def test_a_session_holds_each_object_once() -> None:
    """So that SQLAlchemy's lazy relations may send fewer statements than Django's, never more."""
    lazy, django = RELATIONS.variant("fk-sqlalchemy-lazy"), RELATIONS.variant("fk-lazy")

    assert lazy.statements_at_most
    assert lazy.declared_statements(300) == django.declared_statements(300) == 1_201
