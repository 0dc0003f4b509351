"""What a run will do is decided before it begins."""

from collections.abc import Iterable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rowpath.errors import UsageError
from rowpath.lab.applications import App, Running
from rowpath.lab.conditions import AS_TOLD, CONTROLLED, NAMED, Conditions
from rowpath.lab.experiment import (
    WHOLE_TABLE,
    Answer,
    Endpoint,
    ExpectedError,
    Experiment,
    Group,
    Request,
    Requirement,
    SameAnswer,
    Shape,
    Timing,
    Variant,
)
from rowpath.lab.measures import ManyUsers
from rowpath.lab.plan import Control, Stage, Stock, chosen, slot_order, stages
from rowpath.lab.profile import PROFILES, Profile, profile_named

ANSWER = Answer(shape=Shape.ROWS, expected="SELECT low_price FROM product LIMIT %(rows)s")
ASKED = Endpoint(app=App.DJANGO, code=())
BOTH = NAMED
UNORDERED = replace(CONTROLLED, django_orders=False)


def variant(name: str, **changes: object) -> Variant:
    plain = Variant(name=name, title=name, asks=ASKED, expects=ANSWER, conditions=BOTH)
    return replace(plain, **changes)  # type: ignore[arg-type]  # any field may change


def group(**changes: object) -> Group:
    plain = Group(
        name="g",
        baseline="a",
        variants=(variant("a"), variant("b"), variant("c", conditions=(CONTROLLED,))),
        of="product",
        sizes=(10, 100),
        thorough_sizes=(1000,),
    )
    return replace(plain, **changes)  # type: ignore[arg-type]  # any field may change


def experiment(*groups: Group, name: str = "lists") -> Experiment:
    return Experiment(name=name, section="1", question="?", groups=groups or (group(),))


def stock(rows: int = 1_000, **versions: str) -> Stock:
    return Stock(tables={"product": rows, "fight": 50}, versions=versions)


def rows_of(planned: Iterable[Stage]) -> list[list[int]]:
    """The sizes of the groups in each stage."""
    return [[comparison.rows for comparison in stage.comparisons] for stage in planned]


QUICK = profile_named("quick")
THOROUGH = profile_named("thorough")


def test_every_variant_is_planned_in_each_of_its_setups() -> None:
    """A stage holds one cell for each variant and each set-up that the variant has."""
    first, _second = stages([experiment()], QUICK, stock=stock())

    assert [(cell.variant.name, str(cell.conditions)) for cell in first.cells] == [
        ("a", "as-told"),
        ("a", "controlled"),
        ("b", "as-told"),
        ("b", "controlled"),
        ("c", "controlled"),
    ]


def test_thorough_adds_sizes_and_variants() -> None:
    """Only the thorough profile runs the largest sizes and the variants kept for it."""
    value = experiment(group(variants=(variant("a"), variant("b", thorough_only=True))))

    quick = stages([value], QUICK, stock=stock())
    thorough = stages([value], THOROUGH, stock=stock())

    assert rows_of(quick) == [[10], [100]]
    assert {cell.variant.name for cell in quick[0].cells} == {"a"}
    assert rows_of(thorough) == [[10], [100], [1000]]
    assert {cell.variant.name for cell in thorough[0].cells} == {"a", "b"}


def test_sizes_beyond_a_small_table_are_left_out() -> None:
    """A table smaller than every declared size is answered whole."""
    assert rows_of(stages([experiment()], QUICK, stock=stock(50))) == [[10]]
    assert rows_of(stages([experiment()], QUICK, stock=stock(5))) == [[5]]


def test_sizes_that_are_asked_for_replace_the_declared_ones() -> None:
    """Sizes from the command line hold for every experiment that has sizes, each once."""
    whole = experiment(group(sizes=(WHOLE_TABLE,)), name="lazy")

    planned = stages([experiment(), whole], QUICK, stock=stock(), sizes=(7, 9, 7))

    assert all(cell.whole is (cell.rows == 1000) for stage in planned for cell in stage.cells)
    assert [str(stage) for stage in planned] == [
        "lists, 7 rows",
        "lists, 9 rows",
        "lazy, 1,000 rows",
    ]


def test_a_size_beyond_the_table_is_refused_with_both_numbers() -> None:
    """A size that the table cannot fill is found before anything starts."""
    with pytest.raises(UsageError, match=r"2,000 rows: the table product has 1,000"):
        stages([experiment()], QUICK, stock=stock(), sizes=(2000,))


def test_any_size_from_one_row_to_the_whole_table_may_be_asked_for() -> None:
    """None at all may not."""
    assert rows_of(stages([experiment()], QUICK, stock=stock(), sizes=(1, 1_000))) == [[1], [1000]]
    with pytest.raises(UsageError, match="Cannot answer 0 rows"):
        stages([experiment()], QUICK, stock=stock(), sizes=(0,))


def controls_of(stage: Stage) -> list[tuple[str, str, Control | None]]:
    return [(each.variant.name, str(each.conditions), each.control) for each in stage.controls]


def test_a_delay_is_added_in_the_first_stage_of_an_experiment_alone() -> None:
    """The clone is in each; both are of the baseline under the conditions that use an index."""
    clone, slowed = (("a", "controlled", control) for control in Control)

    first, second = stages([experiment()], QUICK, stock=stock())

    assert controls_of(first) == [clone, slowed]
    assert controls_of(second) == [clone]


def test_where_many_users_ask_no_delay_is_added() -> None:
    """They wait for one another, so nobody knows what one would come to."""
    crowded = group(measure=ManyUsers(users=3))

    first, _ = stages([experiment(crowded)], QUICK, stock=stock())

    assert controls_of(first) == [("a", "controlled", Control.CLONE)]


def test_a_baseline_that_nothing_is_compared_with_has_no_controls() -> None:
    """Nor one that is not timed."""
    alone = group(variants=(variant("a"),))
    once = group(variants=(variant("a", timing=Timing.ONCE), variant("b")))

    for each in (alone, once):
        assert controls_of(stages([experiment(each)], QUICK, stock=stock())[0]) == []


def test_a_group_knows_its_baseline() -> None:
    """Wherever it stands among the variants."""
    first, _ = stages([experiment(group(baseline="b"))], QUICK, stock=stock())

    assert [each.baseline.name for each in first.comparisons] == ["b"]


def test_a_request_says_how_many_rows_it_is_for_unless_it_is_for_all() -> None:
    """Of one of the user's own they stand in its path, if anywhere."""
    own = Running(name="shop", url="http://127.0.0.1:8000")
    sized = stages([experiment()], QUICK, stock=stock())[0].cells[0]
    asks = Request(app=own, path="/{rows}")

    assert sized.params == {"rows": 10}
    assert replace(sized, whole=True).params == {}
    assert replace(sized, variant=variant("a", asks=asks)).params == {}


@pytest.mark.parametrize(
    ("expects", "conditions", "is_ordered"),
    [
        (ANSWER, AS_TOLD, True),
        (replace(ANSWER, any_of="product"), AS_TOLD, AS_TOLD.django_orders),
        (replace(ANSWER, any_of="product"), UNORDERED, False),
        (ANSWER, UNORDERED, True),
        (replace(ANSWER, any_of="product"), CONTROLLED, True),
        (SameAnswer(), UNORDERED, True),
        (SameAnswer(ignored=("id",)), CONTROLLED, False),
    ],
)
def test_an_answer_is_decided_where_its_rows_are(
    expects: Answer | SameAnswer, conditions: Conditions, *, is_ordered: bool
) -> None:
    """Any rows of a table will do only where no order is named; ignored fields may be any."""
    cell = stages([experiment()], QUICK, stock=stock())[0].cells[0]

    cell = replace(cell, variant=variant("a", expects=expects), conditions=conditions)

    assert cell.is_ordered is is_ordered


def test_groups_are_measured_side_by_side_each_at_its_own_sizes() -> None:
    """The first sizes of all groups make the first stage, and a group may have no second one."""
    fights = group(name="h", of="fight", sizes=(20,), variants=(variant("d"), variant("e")))

    first, second = stages([experiment(group(), fights)], QUICK, stock=stock())

    assert rows_of([first, second]) == [[10, 20], [100]]
    assert str(first) == "lists, 10 to 20 rows"
    assert [cell.path for cell in first.cells[-2:]] == ["/lists/e", "/lists/e"]


def test_a_variant_whose_requirement_is_not_met_is_left_out() -> None:
    """A technique of Django 6.1 is not tried on 5.2, and is on 6.1.3 and 7.0."""
    new = variant("b", needs=Requirement(package="django", version="6.1"))
    value = experiment(group(variants=(variant("a"), new)))

    named = {
        version: {
            cell.variant.name
            for cell in stages([value], QUICK, stock=stock(django=version))[0].cells
        }
        for version in ("5.2.19", "6.1", "6.1.3", "7.0rc1")
    }

    assert named.pop("5.2.19") == {"a"}
    assert set(map(frozenset, named.values())) == {frozenset({"a", "b"})}


def test_a_variant_that_is_expected_to_fail_is_not_timed() -> None:
    """It is seen to fail once, and has no slot in any block."""
    fails = variant("b", expects=ExpectedError(kind="FieldError", message="no", reason="because"))

    [stage] = stages(
        [experiment(group(sizes=(10,), variants=(variant("a"), fails)))], QUICK, stock=stock()
    )

    assert {cell.variant.name for cell in stage.cells} == {"a", "b"}
    assert {cell.variant.name for cell in stage.timed} == {"a"}


def test_what_runs_beside_a_cell_is_another_variant_of_the_experiment() -> None:
    """The companion is a cell of its own, told by its own name, and has nothing beside it."""
    pair = (variant("a", beside="b"), variant("b"))

    [stage] = stages([experiment(group(sizes=(10,), variants=pair))], QUICK, stock=stock())

    first, last = stage.cells[0], stage.cells[-1]
    assert first.beside is not None
    assert (first.beside.path, first.beside.variant.name) == ("/lists/b", "b")
    assert str(first.beside) == "b (as-told, 10 rows) beside a"
    assert first.beside.beside is last.beside is None
    assert str(last) == "b (controlled, 10 rows)"


def test_a_cell_of_another_size_has_a_companion_of_that_size() -> None:
    """A warm-up with few rows does not run beside all of them."""
    pair = (variant("a", beside="b"), variant("b"))
    [stage] = stages([experiment(group(sizes=(10,), variants=pair))], QUICK, stock=stock())

    small = stage.cells[0].sized(3)

    assert small.beside is not None
    assert (small.rows, small.beside.rows) == (3, 3)


def test_a_warm_up_has_few_rows_and_none_where_the_table_is_sorted_for_them() -> None:
    """It never has more than the cell itself, and asks for its number also where that is 0."""
    [stage] = stages([experiment(group(sizes=(100,)))], QUICK, stock=stock())
    as_told, controlled = (
        next(cell for cell in stage.cells if cell.conditions == conditions)
        for conditions in (AS_TOLD, CONTROLLED)
    )

    assert as_told.warm_up.params == {"rows": 0}
    assert controlled.warm_up.params == {"rows": 20}
    assert controlled.sized(3).warm_up.rows == 3


@pytest.mark.parametrize(("rows", "statements"), [(1, 8), (500, 1505), (501, 1509)])
def test_declared_statements_grow_with_rows_and_batches(rows: int, statements: int) -> None:
    """Some are always sent, some for each row, some for each batch of rows begun."""
    declared = variant("a", statements=4, statements_per_row=3, rows_per_statement=500)

    assert declared.declared_statements(rows) == statements


def test_an_unknown_experiment_is_refused_with_the_known_ones() -> None:
    """All unknown names are reported together with what there is."""
    with pytest.raises(UsageError, match=r"'x', 'y': no such experiment. Choose from: lists"):
        chosen(["x", "lists", "y"], [experiment()])


def test_a_name_given_twice_runs_once() -> None:
    """Names narrow a run, and keep their order."""
    values = (experiment(), experiment(name="fields"))

    assert chosen(["fields", "fields"], values) == values[1:]
    assert chosen(["fields", "lists"], values) == values[::-1]


def test_no_names_choose_the_whole_talk_in_its_order() -> None:
    """What is no part of the talk is left out; the others come as the talk's sections do."""
    sections = {
        "cache": "7",
        "ladder": "1.2",
        "fields": "3.1",
        "lists": "1.2-1.7",
        "users": "1.2 to",
    }
    values = tuple(
        replace(experiment(name=name), section=section, apart="alone" if name == "ladder" else "")
        for name, section in sections.items()
    )

    assert [each.name for each in chosen([], values)] == ["lists", "users", "fields", "cache"]
    assert [each.name for each in chosen(["ladder"], values)] == ["ladder"]


@given(seed=st.integers(0, 2**63), block=st.integers(0, 20))
def test_a_block_is_a_permutation_decided_by_the_seed(seed: int, block: int) -> None:
    """Every timed cell has one slot in a block, in an order that the seed decides."""
    stage = stages([experiment()], QUICK, stock=stock())[0]

    order = slot_order(stage, seed=seed, block=block)

    assert order == slot_order(stage, seed=seed, block=block)
    assert sorted(order, key=repr) == sorted(stage.timed, key=repr)


def test_blocks_have_orders_of_their_own() -> None:
    """The order is drawn anew for each block, so that no variant keeps a place."""
    stage = stages([experiment()], QUICK, stock=stock())[0]

    assert len({slot_order(stage, seed=1, block=block) for block in range(20)}) > 10


def test_an_unknown_profile_is_refused_with_the_known_ones() -> None:
    """The message names the profile and what can be chosen."""
    with pytest.raises(
        UsageError, match=r"'slow': it is unknown. Choose one of: quick, talk, default"
    ):
        profile_named("slow")


@pytest.mark.parametrize("profile", PROFILES, ids=lambda profile: profile.name)
def test_every_profile_measures_enough_blocks_for_an_interval(profile: Profile) -> None:
    """No profile measures fewer blocks than the exact 95% interval needs."""
    assert profile.blocks >= profile.floor >= 6
