"""What a run will do is decided before it begins."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rowpath.errors import UsageError
from rowpath.lab.experiment import (
    WHOLE_TABLE,
    Answer,
    App,
    Experiment,
    Setup,
    Shape,
    Variant,
)
from rowpath.lab.plan import chosen, slot_order, stages
from rowpath.lab.profile import PROFILES, Profile, profile_named

ANSWER = Answer(shape=Shape.ROWS, columns=("low_price",))


def variant(name: str, **changes: object) -> Variant:
    plain = Variant(name=name, title=name, app=App.DJANGO, path=f"/{name}", code=(), answer=ANSWER)
    return replace(plain, **changes)  # type: ignore[arg-type]  # any field may change


def experiment(**changes: object) -> Experiment:
    plain = Experiment(
        name="lists",
        section="1",
        question="?",
        baseline="a",
        variants=(variant("a"), variant("b"), variant("c", setups=(Setup.CONTROLLED,))),
        sizes=(10, 100),
        thorough_sizes=(1000,),
    )
    return replace(plain, **changes)  # type: ignore[arg-type]  # any field may change


QUICK = profile_named("quick")
THOROUGH = profile_named("thorough")


def test_every_variant_is_planned_in_each_of_its_setups() -> None:
    """A stage holds one cell for each variant and each set-up that the variant has."""
    first, _second = stages([experiment()], QUICK, table_rows=1000)

    assert [(cell.variant.name, str(cell.setup)) for cell in first.cells] == [
        ("a", "as-told"),
        ("a", "controlled"),
        ("b", "as-told"),
        ("b", "controlled"),
        ("c", "controlled"),
    ]


def test_thorough_adds_sizes_and_variants() -> None:
    """Only the thorough profile runs the largest sizes and the variants kept for it."""
    value = experiment(variants=(variant("a"), variant("b", thorough_only=True)))

    quick = stages([value], QUICK, table_rows=1000)
    thorough = stages([value], THOROUGH, table_rows=1000)

    assert [stage.rows for stage in quick] == [10, 100]
    assert {cell.variant.name for cell in quick[0].cells} == {"a"}
    assert [stage.rows for stage in thorough] == [10, 100, 1000]
    assert {cell.variant.name for cell in thorough[0].cells} == {"a", "b"}


def test_sizes_beyond_a_small_table_are_left_out() -> None:
    """A table smaller than every declared size is answered whole."""
    assert [stage.rows for stage in stages([experiment()], QUICK, table_rows=50)] == [10]
    assert [stage.rows for stage in stages([experiment()], QUICK, table_rows=5)] == [5]


def test_sizes_that_are_asked_for_replace_the_declared_ones() -> None:
    """Sizes from the command line hold for every experiment that has sizes, each once."""
    whole = experiment(name="lazy", sizes=(WHOLE_TABLE,))

    planned = stages([experiment(), whole], QUICK, table_rows=1000, sizes=(7, 9, 7))

    assert all(cell.whole is (cell.rows == 1000) for stage in planned for cell in stage.cells)
    assert [(s.experiment.name, s.rows) for s in planned] == [
        ("lists", 7),
        ("lists", 9),
        ("lazy", 1000),
    ]


def test_a_size_beyond_the_table_is_refused_with_both_numbers() -> None:
    """A size that the table cannot fill is found before anything starts."""
    with pytest.raises(UsageError, match=r"2,000 rows: the table has 1,000"):
        stages([experiment()], QUICK, table_rows=1000, sizes=(2000,))


def test_an_unknown_experiment_is_refused_with_the_known_ones() -> None:
    """All unknown names are reported together with what there is."""
    with pytest.raises(UsageError, match=r"'x', 'y': no such experiment. Choose from: lists"):
        chosen(["x", "lists", "y"], [experiment()])


def test_no_names_choose_all_experiments_and_a_name_given_twice_runs_once() -> None:
    """`rowpath lab run` runs everything; names narrow it."""
    values = (experiment(), experiment(name="fields"))

    assert chosen([], values) == values
    assert chosen(["fields", "fields"], values) == values[1:]


@given(seed=st.integers(0, 2**63), block=st.integers(0, 20))
def test_a_block_is_a_permutation_decided_by_the_seed(seed: int, block: int) -> None:
    """Every timed cell has one slot in a block, in an order that the seed decides."""
    stage = stages([experiment()], QUICK, table_rows=1000)[0]

    order = slot_order(stage, seed=seed, block=block)

    assert order == slot_order(stage, seed=seed, block=block)
    assert sorted(order, key=repr) == sorted(stage.timed, key=repr)


def test_blocks_have_orders_of_their_own() -> None:
    """The order is drawn anew for each block, so that no variant keeps a place."""
    stage = stages([experiment()], QUICK, table_rows=1000)[0]

    assert len({slot_order(stage, seed=1, block=block) for block in range(20)}) > 10


def test_an_unknown_profile_is_refused_with_the_known_ones() -> None:
    """The message names the profile and what can be chosen."""
    with pytest.raises(UsageError, match=r"'slow': it is unknown. Choose one of: quick, default"):
        profile_named("slow")


@pytest.mark.parametrize("profile", PROFILES, ids=lambda profile: profile.name)
def test_every_profile_measures_enough_blocks_for_an_interval(profile: Profile) -> None:
    """No profile measures fewer blocks than the exact 95% interval needs."""
    assert profile.blocks >= profile.floor >= 6
