"""How long a run still takes, and how a budget of time is shared out among its stages."""

from dataclasses import replace
from itertools import pairwise

import pytest
from test_analysis import GROUP, LISTS, QUICK, STOCK, fill, planned

from rowpath.lab.forecast import Forecast
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
