"""How long a run still takes, and how a budget of time is shared out among its stages."""

from dataclasses import replace
from itertools import pairwise

import pytest
from test_analysis import GROUP, LISTS, QUICK, STOCK, fill, planned

from rowpath.lab.conditions import CONTROLLED
from rowpath.lab.experiment import Shape, Timing
from rowpath.lab.forecast import Forecast
from rowpath.lab.measures import AtRate, ManyUsers, Measure, OneAtATime
from rowpath.lab.plan import Stage, stages
from rowpath.lab.profile import Profile, profile_named
from rowpath.lab.results import Results

TALK = profile_named("talk")
BUDGET_S = 10_000.0


def several() -> tuple[Stage, ...]:
    """Return three stages: the same variants at three sizes."""
    experiment = replace(LISTS, groups=(replace(GROUP, sizes=(10, 100, 1_000)),))
    return stages([experiment], TALK, stock=STOCK)


def forecast(profile: Profile, results: Results, *planned: Stage) -> Forecast:
    return Forecast(planned, profile, results, table_rows=1_000)


def test_the_forecast_falls_as_the_work_is_done() -> None:
    """With every slot measured there is less to do, and with the last one nothing."""
    stage, results = planned(), Results()
    ahead = forecast(QUICK, results, stage)
    left = [ahead.remaining_s()]

    for blocks in (0, 3, 3):
        fill(stage, results, blocks)
        left.append(ahead.remaining_s())

    assert left[1] > left[2] > left[3] == 0


def test_the_forecast_drops_a_stage_that_stopped_early() -> None:
    """A stage that ended before its last block takes no more time."""
    stage, results = planned(), Results()
    ahead = forecast(QUICK, results, stage)
    fill(stage, results, blocks=2)

    results.done.add(stage)

    assert ahead.remaining_s() == 0


def test_the_forecast_knows_that_a_stage_has_a_limit_of_time() -> None:
    """Beyond the fewest blocks, no more are foreseen than the stage has time for."""
    stage, results = planned(), Results()
    fill(stage, results, blocks=0)
    hurried = replace(QUICK, blocks=100, stage_s=0.001)

    assert (
        forecast(hurried, results, stage).remaining_s()
        == forecast(QUICK, results, stage).remaining_s()
    )


def test_without_a_budget_a_stage_has_the_seconds_of_its_profile() -> None:
    """The default profile gives each stage the same."""
    default = profile_named("default")

    assert forecast(default, Results(), planned()).allowed_s(planned()) == default.stage_s


def test_a_budget_is_shared_out_in_equal_parts_beyond_the_fewest_blocks() -> None:
    """Each stage has what its own fewest blocks take, and as much more as any other."""
    own = several()
    profile = replace(TALK, budget_s=BUDGET_S)
    fewest_s = forecast(replace(profile, budget_s=0.0), Results(), *own)

    ahead = forecast(profile, Results(), *own)

    allowed = [ahead.allowed_s(stage) for stage in own]
    assert sum(allowed) == pytest.approx(BUDGET_S)
    spare = [ahead.allowed_s(stage) - fewest_s.allowed_s(stage) for stage in own]
    assert all(one == pytest.approx(other) for one, other in pairwise(spare))


def test_what_a_stage_did_not_use_falls_to_those_that_are_left() -> None:
    """A stage that was precise early leaves its part to the later ones."""
    own, results = several(), Results()
    ahead = forecast(replace(TALK, budget_s=BUDGET_S), results, *own)
    before_s = ahead.allowed_s(own[1])

    results.done.add(own[0])
    results.spent_s[own[0]] = 1.0

    assert ahead.allowed_s(own[1]) > before_s


def test_a_budget_that_is_spent_leaves_the_fewest_blocks() -> None:
    """On a slow machine a run takes longer than its budget, and has its intervals all the same."""
    own, results = several(), Results()
    ahead = forecast(replace(TALK, budget_s=1.0), results, *own)

    assert ahead.allowed_s(own[0]) == pytest.approx(
        forecast(replace(TALK, budget_s=0.0), results, *own).allowed_s(own[0])
    )
    assert ahead.remaining_s() > 1.0


def test_the_forecast_of_a_run_with_a_budget_is_no_longer_than_that() -> None:
    """All stages together take the budget at most where their fewest blocks fit into it."""
    own, results = several(), Results()
    for stage in own:
        fill(stage, results, blocks=0)
    fewest_s = forecast(replace(TALK, budget_s=0.0), results, *own).remaining_s()

    assert forecast(replace(TALK, budget_s=fewest_s + 7), results, *own).remaining_s() == (
        pytest.approx(fewest_s + 7)
    )


@pytest.mark.parametrize(
    ("measure", "quick_s", "sorting_s"),
    [
        (OneAtATime(), 0.5103, 0.51),
        (ManyUsers(users=2), 2.7, 2.7),
        (AtRate(rate=10.0, users=5, least_s=3.0), 4.2, 4.2),
    ],
)
def test_what_is_left_is_starts_and_slots(
    measure: Measure, quick_s: float, sorting_s: float
) -> None:
    """Two blocks of six are there, and each request took half a second.

    Each block starts servers, which takes 2 s. A slot of one request at a time has its warm-up as
    well: 10 ms, and 0.3 ms for 20 rows where nothing has to be sorted. Two users wait for 1.5
    rounds of a second each and the answers to a last one, and Locust takes 0.2 s; at a rate it
    lasts 3 s and a request, and Locust is started anew, in 0.7 s.
    """
    group = replace(GROUP, measure=measure)
    stage, results = planned(replace(LISTS, groups=(group,), claims=())), Results()
    fill(stage, results, blocks=2)
    quick = sum(cell.conditions.uses_index for cell in stage.timed)
    block_s = 2.0 + quick * quick_s + (len(stage.timed) - quick) * sorting_s

    assert 0 < quick < len(stage.timed)
    assert forecast(QUICK, results, stage).remaining_s() == pytest.approx(4 * block_s)


@pytest.mark.parametrize("shape", [Shape.ROWS, Shape.TOTALS])
def test_what_was_not_seen_is_guessed_from_its_rows(shape: Shape) -> None:
    """10 ms for a request, 15 us for a row that it moves, 40 ns for one that it sorts.

    20,000 rows are 0.3 s; of totals 10,000 are taken to be moved at the most. A million rows of the
    table are sorted in 40 ms. Each cell is asked once before six blocks are measured.
    """
    moved_s = 0.31 if shape is Shape.ROWS else 0.16
    variants = tuple(
        replace(each, expects=replace(each.answer, shape=shape)) for each in LISTS.variants[:2]
    )
    group = replace(GROUP, variants=variants, sizes=(20_000,))
    experiment = replace(LISTS, groups=(group,), claims=())
    stock = replace(STOCK, tables={"product": 20_000})
    [stage] = stages([experiment], replace(QUICK, slot_s=0.25), stock=stock)

    left_s = Forecast(
        [stage], replace(QUICK, slot_s=0.25), Results(), table_rows=1_000_000
    ).remaining_s()

    # Two variants under two conditions; both controls are of one that sorts nothing.
    observe_s = 2 * moved_s + 2 * (moved_s + 0.04)
    quick_s, sorting_s = 0.0103 + max(moved_s, 0.25), 0.01 + max(moved_s + 0.04, 0.25)
    assert len(stage.timed) == 6
    assert left_s == pytest.approx(observe_s + 6 * (2.0 + 4 * quick_s + 2 * sorting_s))


@pytest.mark.parametrize(("blocks_s", "blocks"), [(0.5, 2), (4.5, 4), (100.0, 10)])
def test_as_many_blocks_are_foreseen_as_a_stage_has_time_for(blocks_s: float, blocks: int) -> None:
    """Whole ones, between the fewest and the most."""
    stage, results = planned(), Results()
    fill(stage, results, blocks=0)
    block_s = forecast(QUICK, results, stage).remaining_s() / 6
    profile = replace(QUICK, floor=2, blocks=10, stage_s=blocks_s * block_s)

    assert forecast(profile, results, stage).remaining_s() == pytest.approx(blocks * block_s)


@pytest.mark.parametrize(
    ("budget", "spent", "left", "allowed"),
    [
        (3.0, 0.0, 6.0, 6.0),
        (8.0, 0.0, 8.0, 8.0),
        (8.0, 1.0, 7.0, 8.0),
        (100.0, 0.0, 10.0, 100.0),
    ],
)
def test_a_budget_is_what_is_left_of_it(
    budget: float, spent: float, left: float, allowed: float
) -> None:
    """Counted in blocks, of which there are six to ten: never less than these, nor more to do."""
    stage, results = planned(), Results()
    fill(stage, results, blocks=0)
    block_s = forecast(QUICK, results, stage).remaining_s() / 6
    results.spent_s[stage] = spent * block_s
    profile = replace(QUICK, blocks=10, budget_s=budget * block_s)

    ahead = forecast(profile, results, stage)

    assert ahead.remaining_s() == pytest.approx(left * block_s)
    assert ahead.allowed_s(stage) == pytest.approx(allowed * block_s)


def test_a_block_that_has_begun_starts_no_servers_again() -> None:
    """Of six blocks two are whole, and a third has all of its slots but one."""
    stage, results = planned(), Results()
    fill(stage, results, blocks=3)
    last = next(cell for cell in stage.timed if cell.conditions.uses_index)
    results.slots[last].pop()
    whole = Results(observations=results.observations)
    fill(stage, whole, blocks=3)

    more_s = (
        forecast(QUICK, results, stage).remaining_s() - forecast(QUICK, whole, stage).remaining_s()
    )

    assert more_s == pytest.approx(0.5103)


def test_what_is_only_observed_takes_no_blocks() -> None:
    """It is asked once, and starts no servers for a timed pass; without statements it moves none.

    The first of both is guessed to take 10 ms and 1,000 rows of 15 us, the second 10 ms.
    """
    variants = tuple(
        replace(each, timing=Timing.ONCE, conditions=(CONTROLLED,), statements=statements)
        for each, statements in zip(LISTS.variants[:2], (1, 0), strict=True)
    )
    group = replace(GROUP, variants=variants)
    stage = planned(replace(LISTS, groups=(group,), claims=()))
    results = Results()

    assert forecast(QUICK, results, stage).remaining_s() == pytest.approx(0.025 + 0.01)
    fill(stage, results, blocks=0)
    assert forecast(QUICK, results, stage).remaining_s() == 0.0
