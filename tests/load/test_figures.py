"""What raw times come to: rates, percentiles, Little's law, and whether a figure holds."""

import heapq
from base64 import b64encode
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from load.made import result, target
from rowpath.errors import UsageError
from rowpath.lab.load.figures import (
    LittlesLaw,
    figures,
    limits,
    littles_law,
    offered_by,
    percentile,
    settled,
    steady,
    whole,
)
from rowpath.lab.load.ledger import ROW, Ledger
from rowpath.lab.load.plan import LoadPlan, Local, Master, Target
from rowpath.lab.load.results import LoadResult
from rowpath.lab.load.thresholds import failed, threshold
from rowpath.lab.load.timeline import steps

USERS_OF_TWO = [0.0, 0.0, 2.0, 2.0, 4.0, 4.0]


def told(
    rows: NDArray[np.void],
    *,
    names: Sequence[str],
    worker: str = "local",
    reasons: Sequence[str] = (),
    due: int | None = None,
) -> dict[str, Any]:
    """What a worker tells when it has ended."""
    return {
        "worker": worker,
        "rows": b64encode(rows.tobytes()).decode(),
        "names": [["GET", name] for name in names],
        "reasons": list(reasons),
        "at_s": 1.0,
        "cpu_s": 0.5,
        "users": 1,
        "users_at_s": 0.5,
        "is_last": True,
        "due": due,
    }


def test_a_percentile_is_a_time_that_was_measured() -> None:
    """It is the least of the values that so many percent are not above; no bucket, no mean."""
    values = np.array([1.23456, 2.0, 3.0, 4.0])

    assert percentile(values, 25) == 1.23456
    assert percentile(values, 50) == 2.0
    assert percentile(values, 95) == 4.0
    assert percentile(values[:0], 50) is None


def test_a_p99_takes_a_thousand_requests() -> None:
    """Ten have to lie above a high percentile, so p99.9 takes ten thousand."""
    assert percentile(np.arange(999.0), 99) is None
    assert percentile(np.arange(1_000.0), 99) == 989.0
    assert percentile(np.arange(9_999.0), 99.9) is None
    assert percentile(np.arange(10_000.0), 99.9) == 9989.0


def test_what_could_not_be_sent_lies_above_all_that_was() -> None:
    """An open loop's percentiles count it, and have no value where that is among it."""
    values = np.arange(1.0, 99.0)

    assert percentile(values, 50, beyond=2) == 50.0
    assert percentile(values, 95, beyond=2) == 95.0
    assert percentile(values, 98, beyond=2) == 98.0
    assert percentile(values[:90], 95, beyond=10) is None


def test_each_percentile_is_the_one_that_it_is_called() -> None:
    """Of a thousand requests that take 1 ms to 1 s, and their mean, least and most."""
    took_s = np.arange(1, 1001) / 1_000
    made = result(target(np.zeros(1000).tolist(), took_s.tolist()))

    found = whole(made, made.total)

    percentiles = (found.p50_ms, found.p90_ms, found.p95_ms, found.p99_ms)
    assert percentiles == pytest.approx((500, 900, 950, 990), abs=1)
    assert (found.mean_ms, found.least_ms, found.most_ms) == pytest.approx((500.5, 1, 1000))
    assert (found.requests, found.failures, found.mean_bytes) == (1000, 0, 100)


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


def test_a_rate_counts_what_ended_in_the_time() -> None:
    """What is on its way at the end may be waiting in a queue, and is no work that was done."""
    made = result(target(USERS_OF_TWO, [2.0] * 6), run_time_s=5.0)

    seen = whole(made, made.total)

    assert seen.requests == 6
    assert seen.requests_per_s == pytest.approx(4 / 5)
    assert figures(made.total, 2.0, 4.0).requests_per_s == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("users", "workers", "service_s", "run_time_s"),
    [
        (100, 4, 0.16, 6.0),
        (4, 1, 0.29, 2.0),
        (10, 1, 0.04, 0.6),
        (3, 8, 2.0, 5.0),
        (1, 1, 0.3, 1.0),
    ],
)
def test_a_settled_rate_is_the_servers_own(
    users: int, workers: int, service_s: float, run_time_s: float
) -> None:
    """A server that answers first come, first served, gives what it can, however many wait."""
    made = queued(users, workers, service_s, run_time_s)

    seen = settled(made)

    at_once = min(users, workers)
    assert seen.requests_per_s == pytest.approx(at_once / service_s, rel=0.02)
    assert seen.p50_ms == pytest.approx(1_000 * service_s * users / at_once, rel=0.02)


def test_where_nobody_could_ask_again_the_first_round_counts() -> None:
    """A load that is over before the first answer has each user's one request."""
    seen = settled(result(target([0.0, 0.0], [1.0, 2.0]), run_time_s=0.5))

    assert seen.requests == 2
    assert seen.requests_per_s == pytest.approx(1.0)
    assert seen.p50_ms == pytest.approx(1_000)


def queued(users: int, workers: int, service_s: float, run_time_s: float) -> LoadResult:
    """A closed loop of users at a server whose workers each have one request at a time."""
    free_at = [0.0] * workers
    waiting = [(0.0, user) for user in range(users)]
    starts, times = [], []
    while waiting:
        asked_s, user = heapq.heappop(waiting)
        begins_s = max(asked_s, heapq.heappop(free_at))
        ends_s = begins_s + service_s
        heapq.heappush(free_at, ends_s)
        starts.append(asked_s)
        times.append(ends_s - asked_s)
        if ends_s < run_time_s:
            heapq.heappush(waiting, (ends_s, user))
    return result(target(starts, times), run_time_s=run_time_s, users=users)


def test_times_count_from_the_intended_start() -> None:
    """What a request waited for those before it is part of its time."""
    made = result(target([1.0, 2.0], [0.5, 0.5], intended_s=[0.0, 2.0]))

    assert whole(made, made.total).most_ms == pytest.approx(1_500)
    assert whole(made, made.total).least_ms == pytest.approx(500)


def test_figures_after_the_ramp_leave_out_what_was_before() -> None:
    """With all users there the rate is that of all users."""
    made = result(
        target([0.0, 1.0, 1.0, 2.0, 2.0], [1.0] * 5), run_time_s=3.0, users=2, spawn_rate=1.0
    )

    assert made.ramp_s == 1.0
    assert whole(made, made.total).requests_per_s == pytest.approx(5 / 3)
    assert steady(made, made.total).requests_per_s == pytest.approx(2.0)


def test_littles_law_holds_for_users_who_never_pause() -> None:
    """Users = rate x time; where users do something else in between, it does not hold."""
    busy = littles_law(result(target(USERS_OF_TWO, [2.0] * 6), run_time_s=6.0 + 1e-6))
    idle = littles_law(result(target(USERS_OF_TWO * 10, [0.2] * 60), run_time_s=6.0))

    assert busy is not None
    assert busy.rate_times_time == pytest.approx(2.0)
    assert busy.holds
    assert idle is not None
    assert idle.rate_times_time == pytest.approx(2.0)
    assert not LittlesLaw(users=2, rate_times_time=1.8, requests=1_000).holds
    assert LittlesLaw(users=2, rate_times_time=1.8, requests=10).holds


@pytest.mark.parametrize(
    ("rate_times_time", "requests", "off"),
    [(1.8, 1_000, 0.1), (2.2, 1_000, 0.1), (1.8, 10, 0.0), (1.99, 1_000, 0.005)],
)
def test_littles_law_says_how_far_it_is_off(
    rate_times_time: float, requests: int, off: float
) -> None:
    """To either side, as a share of the users; what a request of each explains counts for nothing.

    Of ten requests by two users two were on their way when the time was over: a fifth.
    """
    law = LittlesLaw(users=2, rate_times_time=rate_times_time, requests=requests)

    assert law.off == pytest.approx(off)
    assert law.holds is (off <= 0.05)


def test_an_open_loop_is_under_no_littles_law() -> None:
    """Its users are only the most that may wait at once."""
    assert littles_law(result(target([0.0], [1.0]), rate=1.0)) is None


def test_a_generator_that_is_the_limit_makes_the_figures_not_hold() -> None:
    """Over 80% of its core it is told, with more processes to ask with."""
    good = result(target([0.0], [1.0]), cpu_share=0.8)
    bad = result(target([0.0], [1.0]), cpu_share=0.81)

    assert list(limits(good)) == []
    (sentence,) = limits(bad)
    assert "used 81% of its core" in sentence
    assert "--workers 2" in sentence


@pytest.mark.parametrize(
    ("sent", "due", "holds"),
    [(98, 100, True), (97, 100, False), (11, 12, True), (10, 12, False), (0, 0, True)],
)
def test_a_rate_that_is_missed_by_more_than_two_percent_does_not_hold(
    sent: int, due: int, *, holds: bool
) -> None:
    """What was due and not sent in time is missed, whoever was to blame; one may come too late."""
    made = result(target([1.0] * sent, [0.1] * sent), rate=10.0, due=due)

    offered = offered_by(made)

    assert offered is not None
    assert (offered.due, offered.sent) == (due, sent)
    assert (list(limits(made)) == []) is holds


def test_lost_workers_make_the_figures_not_hold() -> None:
    """What a worker had measured and never told is in no figure."""
    (sentence,) = limits(result(target([0.0], [1.0]), lost_workers=("one",)))

    assert "1 of 1 workers were lost" in sentence


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
    assert third.span_s == 0.5
    assert third.requests_per_s == 2.0
    assert first.users == 2


def test_a_long_load_has_a_timeline_that_a_chart_has_room_for() -> None:
    """An hour is told in steps of six seconds."""
    made = result(target([0.0], [1.0]), run_time_s=3_600.0)

    assert len(list(steps(made, made.total))) == 600


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


@pytest.mark.parametrize(
    ("text", "is_kept"),
    [
        ("p95>200ms", True),
        ("p95>0.05s", False),
        ("p95 >= 100 ms", False),
        ("p95>100ms", True),
        ("median>0.1s", True),
        ("max>99ms", False),
        ("mean<1ms", True),
        ("failures>1", True),
        ("failures>=1", False),
        ("failures>24%", False),
        ("failures>25%", True),
        ("requests<4", True),
        ("requests<5", False),
        ("requests_per_s<1/s", False),
        ("rps<0.3", True),
        ("p99>10s", False),
    ],
)
def test_a_threshold_is_the_condition_of_a_failure(text: str, *, is_kept: bool) -> None:
    """Four requests of 0.1 s, one of which failed; what cannot be judged is not kept."""
    made = result(target([0.0, 1.0, 2.0, 3.0], [0.1] * 4, reasons=["no"]), run_time_s=10.0)
    # Differences of times are as exact as times are.
    made.total.ended_s[:] = made.total.started_s + 0.125
    chosen = threshold(text.replace("100", "125").replace("0.1s", "0.125s"))

    assert (list(failed(made, (chosen,))) == []) is is_kept


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("p95", "Write it like"),
        ("p95>200", "p95 is a time"),
        ("p95>2%", "p95 is a time"),
        ("p100>2s", "there is no p100"),
        ("p0>2s", "there is no p0"),
        ("failures>1ms", "failures has no unit 'ms'"),
        ("requests_per_s<1ms", "requests_per_s has no unit"),
        ("latency>1ms", "there is no figure 'latency'"),
        ("p95==1ms", "Write it like"),
        ("p95>-1ms", "Write it like"),
        ("", "Write it like"),
    ],
)
def test_a_threshold_that_cannot_be_read_is_told(text: str, reason: str) -> None:
    """With what is wrong, and how one is written."""
    with pytest.raises(UsageError, match=reason):
        threshold(text)


@pytest.mark.parametrize(
    ("users", "spawn_rate", "ramp_s"),
    [(10, None, 0.0), (10, 10.0, 0.0), (10, 4.0, 2.0), (3, 0.5, 4.0), (1, 0.1, 0.0)],
)
def test_users_are_there_when_the_last_was_started(
    users: int, spawn_rate: float | None, ramp_s: float
) -> None:
    """The first of each second's are started at its beginning."""
    plan = LoadPlan(targets=(), users=users, spawn_rate=spawn_rate, run_time_s=60.0)

    assert plan.ramp_s == pytest.approx(ramp_s)


def test_a_plan_says_how_many_processes_ask_and_how_long_it_drains() -> None:
    """At most about as long as it ran, and no longer than one answer may take."""
    targets = (Target(url="http://127.0.0.1/"),)

    def plan(**fields: object) -> LoadPlan:
        return LoadPlan(targets=targets, users=9, **{"run_time_s": 10.0} | fields)  # type: ignore[arg-type]

    assert plan().generators == plan(role=Local(workers=1)).generators == 1
    assert plan(role=Master(expects=3, workers=1)).generators == 3
    assert plan().drains_s == 10.0
    assert plan(timeout_s=2.0).drains_s == 2.0
    assert plan(run_time_s=1.0).drains_s == 5.0
    assert plan(grace_s=0.0).drains_s == 0.0
