"""A load over time: what ended in each step, and who was there."""

from dataclasses import replace

import pytest

from load.made import result, target
from rowpath.lab.load.results import UsersSeen
from rowpath.lab.load.timeline import steps


def test_a_timeline_has_what_ended_in_each_second() -> None:
    """Each request stands where it ended, and those after the end nowhere."""
    made = result(
        target([0.0, 0.1, 1.0, 1.5, 2.0], [0.5, 0.6, 0.2, 0.9, 3.0], reasons=["no"]),
        run_time_s=2.5,
    )

    first, second, third = steps(made, made.total)

    assert [step.requests for step in (first, second, third)] == [2, 1, 1]
    assert [step.failures for step in (first, second, third)] == [1, 0, 0]
    assert [first.p50_ms, first.p95_ms] == pytest.approx([500, 600])
    assert [step.at_s for step in (first, second, third)] == [0.0, 1.0, 2.0]
    assert third.span_s == 0.5
    assert third.requests_per_s == 2.0
    assert (first.failures_per_s, third.failures_per_s) == (1.0, 0.0)
    [short] = steps(replace(made, duration_s=0.5 + 1e-6), made.total)
    assert short.failures_per_s == pytest.approx(2.0, rel=1e-4)
    assert first.users == 2


def test_a_step_has_what_ended_from_its_beginning_on_and_the_users_of_its_middle() -> None:
    """What ends with a second is of the next one; users were looked at when it suited."""
    users = tuple(
        UsersSeen(at_s=at_s, users=users)
        for at_s, users in ((0.2, 1), (1.4, 2), (1.9, 3), (2.6, 4))
    )
    made = result(target([0.0, 0.5, 0.5], [1.0, 0.75, 1.5]), run_time_s=3.0)

    seen = list(steps(replace(made, users=users), made.total))

    assert [step.requests for step in seen] == [0, 2, 1]
    assert [step.users for step in seen] == [1, 2, 4]
    assert (seen[0].p50_ms, seen[0].p95_ms) == (None, None)
    assert [step.users for step in steps(replace(made, users=()), made.total)] == [0, 0, 0]


def test_a_long_load_has_a_timeline_that_a_chart_has_room_for() -> None:
    """An hour is told in steps of six seconds."""
    made = result(target([0.0], [1.0]), run_time_s=3_600.0)

    assert len(list(steps(made, made.total))) == 600


def test_a_step_has_whole_seconds_but_the_last() -> None:
    """Of 1,207 s there are 402 of three seconds, and one of the second that is left."""
    made = result(target([0.0], [1.0]), run_time_s=1_207.0)

    seen = list(steps(made, made.total))

    assert len(seen) == 403
    assert (seen[1].at_s, seen[1].span_s) == (3.0, 3.0)
    assert (seen[-1].at_s, seen[-1].span_s) == (1_206.0, 1.0)


def test_a_step_has_the_percentiles_that_it_names() -> None:
    """Of a hundred requests that took 1 to 100 ms: half of them, and 95 in a hundred."""
    made = result(target([0.0] * 100, [number / 1_000 for number in range(1, 101)]), run_time_s=1.0)

    [step] = steps(made, made.total)

    assert (step.p50_ms, step.p95_ms) == pytest.approx((50, 95))
