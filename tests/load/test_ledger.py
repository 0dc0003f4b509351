"""What the processes that ask have told, added up: as it comes, and when it is over."""

import numpy as np
import pytest

from load.made import row_of, told
from rowpath.lab.load.figures import whole
from rowpath.lab.load.ledger import ROW, Ledger
from rowpath.lab.load.plan import LoadPlan, Local, Target


def test_the_unsent_are_shared_out_among_the_targets_by_their_weights() -> None:
    """Which target each would have had is not known, so none has too few."""
    targets = (Target(url="http://127.0.0.1/a", weight=2), Target(url="http://127.0.0.1/b"))
    ledger = Ledger(LoadPlan(targets=targets, users=1, run_time_s=10.0, rate=1.0))
    ledger.take(told(np.zeros(5, ROW), names=["http://127.0.0.1/a"], due=10))

    made = ledger.result(0.0, None)

    assert made.total.unsent == 5
    assert [each.unsent for each in made.targets] == [4, 2]
    assert whole(made, made.total).p50_ms == 0.0
    assert whole(made, made.total).p95_ms is None


def test_workers_names_and_reasons_are_numbers_of_their_own() -> None:
    """Two workers who met the same in another order are added up by what the numbers mean."""
    ledger = Ledger(LoadPlan(targets=(), users=2, run_time_s=1.0, role=Local(workers=2)))
    for worker, names, reasons in (("a", ["x", "y"], ["r", "s"]), ("b", ["y", "x"], ["s", "r"])):
        rows = np.zeros(2, ROW)
        rows["name"], rows["reason"] = [0, 1], [1, 2]
        ledger.take(told(rows, worker=worker, names=names, reasons=reasons))

    made = ledger.result(0.0, None)

    assert ledger.is_complete
    assert {each.name: dict(each.failures) for each in made.targets} == {
        "x": {"r": 2},
        "y": {"s": 2},
    }
    assert dict(ledger.counts) == {("GET", "x"): (2, 2), ("GET", "y"): (2, 2)}
    assert ledger.users == 2
    assert made.generator_cpu_share == pytest.approx(0.5)


def test_before_anything_is_told_there_is_nothing() -> None:
    """A target that was named has no request yet, and no rate."""
    url = Target(url="http://127.0.0.1/a")
    ledger = Ledger(LoadPlan(targets=(url,), users=1, run_time_s=10.0))

    assert dict(ledger.counts) == {("GET", url.url): (0, 0)}
    assert ledger.recent(("GET", url.url)).requests_per_s == 0.0
    assert (ledger.at_s, ledger.users, ledger.is_complete) == (0.0, 0, False)


def test_requests_and_failures_are_counted_for_each_target() -> None:
    """As they come, and in the result: of each, of all, and of none that was never asked."""
    targets = tuple(Target(url=f"http://127.0.0.1/{name}") for name in "abc")
    ledger = Ledger(LoadPlan(targets=targets, users=1, run_time_s=10.0))
    rows = row_of((0.0, 0.1), (0.1, 0.2), (0.2, 0.3), (0.3, 0.4))
    rows["name"], rows["reason"], rows["status"] = [0, 1, 1, 1], [0, 0, 1, 2], [200, 200, 500, 0]
    names = [each.url for each in targets[:2]]

    ledger.take(told(rows, names=names, reasons=["r", "s"]))
    ledger.take(told(rows[:2], names=[]))
    made = ledger.result(0.0, None)

    assert list(ledger.counts.values()) == [(2, 0), (4, 2), (0, 0)]
    assert [(each.method, each.requests) for each in made.targets] == [
        ("GET", 2), ("GET", 4), ("GET", 0),
    ]  # fmt: skip
    assert made.targets[1].failed.tolist() == [False, False, True, True]
    assert dict(made.total.failures) == {"r": 1, "s": 1}
    assert dict(made.total.statuses) == {0: 1, 200: 4, 500: 1}
    assert (made.due, made.total.unsent) == (None, 0)


@pytest.mark.parametrize(
    ("due", "is_last", "lost", "all_due"),
    [
        ((5, 0), (True, True), (), 5),
        ((5, 3), (True, True), (), 8),
        ((5, None), (True, True), (), None),
        ((5, 3), (True, False), (), None),
        ((5, 3), (True, False), ("b",), None),
    ],
)
def test_what_was_due_is_known_when_every_worker_has_told_all(
    due: tuple[int | None, ...],
    is_last: tuple[bool, ...],
    lost: tuple[str, ...],
    all_due: int | None,
) -> None:
    """One that is lost has told it to nobody, and is waited for no more."""
    ledger = Ledger(LoadPlan(targets=(), users=2, run_time_s=9.0, rate=1.0, role=Local(workers=2)))
    for worker, own, is_done, at_s in zip("ab", due, is_last, (2.0, 1.0), strict=True):
        frame = told(np.zeros(0, ROW), names=[], worker=worker, due=own)
        ledger.take(frame | {"is_last": is_done, "at_s": at_s})
    ledger.lost = lost

    made = ledger.result(0.0, None)

    assert (made.due, made.total.unsent) == (all_due, all_due or 0)
    assert ledger.is_complete is (all(is_last) or bool(lost))
    assert ledger.at_s == 2.0


def test_all_that_was_due_and_sent_leaves_nothing_unsent() -> None:
    """As many requests came as were to come."""
    ledger = Ledger(LoadPlan(targets=(), users=1, run_time_s=10.0, rate=1.0))
    ledger.take(told(row_of((0.0, 1.0), (1.0, 2.0)), names=["x"], due=2))

    assert ledger.result(0.0, None).total.unsent == 0


def test_a_process_that_told_nothing_of_the_time_used_nothing_in_it() -> None:
    """Of a tenth of a second that is over before the first look there is no share to tell."""
    ledger = Ledger(LoadPlan(targets=(), users=1, run_time_s=0.1))
    ledger.take(told(np.zeros(0, ROW), names=[]))

    assert ledger.result(0.0, None).generator_cpu_share == 0.0


def test_what_is_told_while_a_load_runs_is_of_the_last_three_seconds() -> None:
    """Or of all of them where there were fewer, and of one target alone."""
    name = ("GET", "x")
    ledger = Ledger(LoadPlan(targets=(), users=1, run_time_s=60.0))
    early = row_of((0.0, 0.5), (0.5, 1.0), (1.0, 1.5))
    late = row_of((1.5, 2.5), (2.0, 3.0), (3.0, 5.0), (3.0, 6.0))
    other = row_of((5.0, 5.5))
    other["name"] = 1

    ledger.take(told(early, names=["x", "y"]) | {"at_s": 2.0})
    before = ledger.recent(name)
    ledger.take(told(np.concatenate([late, other]), names=[]) | {"at_s": 6.0})
    after = ledger.recent(name)

    assert (before.requests_per_s, before.p50_ms, before.p95_ms) == (1.5, 500.0, 500.0)
    assert (after.requests_per_s, after.p50_ms, after.p95_ms) == (1.0, 2_000.0, 3_000.0)
    nothing = ledger.recent(("GET", "z"))
    assert (nothing.requests_per_s, nothing.p50_ms) == (0.0, None)


def test_what_ended_just_three_seconds_ago_is_of_the_last_three() -> None:
    """It was told at that moment, and nothing has ended since: one request in three seconds."""
    ledger = Ledger(LoadPlan(targets=(), users=1, run_time_s=60.0))

    ledger.take(told(row_of((2.0, 3.0)), names=["x"]) | {"at_s": 3.0})
    ledger.take(told(np.zeros(0, ROW), names=[]) | {"at_s": 6.0})

    assert ledger.recent(("GET", "x")).requests_per_s == pytest.approx(1 / 3)


def test_of_what_users_chose_nothing_is_unsent() -> None:
    """Only a target of the plan has a share of what was due; of all four are missing."""
    ledger = Ledger(LoadPlan(targets=(), users=1, run_time_s=10.0, rate=1.0))
    ledger.take(told(row_of((0.0, 1.0)), names=["x"], due=5))

    made = ledger.result(0.0, None)

    assert made.total.unsent == 4
    assert [each.unsent for each in made.targets] == [0]


def test_the_cpu_of_a_process_counts_while_all_users_were_there() -> None:
    """Between the looks next to the end of the ramp and to the end: 1.6 s of CPU in 3.2 s."""
    ledger = Ledger(LoadPlan(targets=(), users=2, spawn_rate=1.0, run_time_s=4.0))
    for at_s, cpu_s in ((0.3, 0.3), (1.1, 0.5), (2.5, 1.0), (4.3, 2.1), (5.5, 2.9)):
        frame = told(np.zeros(0, ROW), names=[]) | {"at_s": at_s, "cpu_s": cpu_s}
        ledger.take(frame | {"users_at_s": at_s, "users": 9 - round(at_s)})

    made = ledger.result(0.0, None)

    assert made.ramp_s == 1.0
    assert made.generator_cpu_share == pytest.approx(1.6 / 3.2)
    assert [(each.at_s, each.users) for each in made.users] == [
        (0.5, 9), (1.5, 8), (2.5, 7), (3.5, 5), (4.5, 5), (5.5, 3),
    ]  # fmt: skip


def test_a_load_that_was_stopped_lasted_as_long_as_it_was_told_of() -> None:
    """And no longer than it was to last."""
    ledger = Ledger(LoadPlan(targets=(), users=4, spawn_rate=1.0, run_time_s=10.0))

    ledger.take(told(row_of((0.0, 1.0)), names=["x"]) | {"at_s": 2.0})
    stopped = ledger.result(0.0, "ended by hand")
    ledger.take(told(row_of((0.0, 11.0)), names=[]) | {"at_s": 11.0})
    late = ledger.result(0.0, "ended by hand")

    assert (stopped.duration_s, stopped.ramp_s) == (2.0, 2.0)
    assert (late.duration_s, late.ramp_s) == (10.0, 3.0)


def test_what_is_told_meanwhile_has_the_percentiles_that_it_names() -> None:
    """Of a hundred requests that took 1 to 100 ms: half of them, and 95 in a hundred."""
    ledger = Ledger(LoadPlan(targets=(), users=1, run_time_s=10.0))
    rows = row_of(*((0.0, number / 1_000) for number in range(1, 101)))

    ledger.take(told(rows, names=["x"]))
    recent = ledger.recent(("GET", "x"))

    assert (recent.p50_ms, recent.p95_ms) == pytest.approx((50, 95))
