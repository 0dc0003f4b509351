"""What raw times come to: rates, percentiles, Little's law, and whether a figure holds."""

import heapq
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from load.made import result, target
from rowpath.lab.load.figures import (
    P99_FROM_REQUESTS,
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
from rowpath.lab.load.plan import LoadPlan, Local, Master, Order, Target
from rowpath.lab.load.results import Generator, LoadResult

USERS_OF_TWO = [0.0, 0.0, 2.0, 2.0, 4.0, 4.0]


def test_a_percentile_is_a_time_that_was_measured() -> None:
    """It is the least of the values that so many percent are not above; no bucket, no mean."""
    values = np.array([1.23456, 2.0, 3.0, 4.0])

    assert percentile(values, 25) == 1.23456
    assert percentile(values, 50) == 2.0
    assert percentile(values, 95) == 4.0
    assert percentile(values[:0], 50) is None


def test_a_percentile_needs_no_order() -> None:
    """Requests stand as they ended, and not by how long they took."""
    values = np.random.default_rng(1).permutation(np.arange(1.0, 1_001.0))

    assert [percentile(values, percent) for percent in (0.1, 10, 50, 95, 99)] == [
        1.0, 100.0, 500.0, 950.0, 990.0,
    ]  # fmt: skip


def test_a_p99_takes_a_thousand_requests() -> None:
    """Ten have to lie above a high percentile, so p99.9 takes ten thousand."""
    assert percentile(np.arange(999.0), 99) is None
    assert percentile(np.arange(1_000.0), 99) == 989.0
    assert percentile(np.arange(9_999.0), 99.9) is None
    assert percentile(np.arange(10_000.0), 99.9) == 9989.0


def test_the_number_that_is_told_is_the_one_from_which_there_is_a_p99() -> None:
    """One request fewer has none."""
    assert percentile(np.arange(P99_FROM_REQUESTS - 1.0), 99) is None
    assert percentile(np.arange(float(P99_FROM_REQUESTS)), 99) is not None


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


def test_a_rate_counts_what_ended_in_the_time() -> None:
    """What is on its way at the end may be waiting in a queue, and is no work that was done."""
    made = result(target(USERS_OF_TWO, [2.0] * 6), run_time_s=5.0)

    seen = whole(made, made.total)

    assert seen.requests == 6
    assert seen.requests_per_s == pytest.approx(4 / 5)
    assert figures(made.total, 2.0, 4.0).requests_per_s == pytest.approx(1.0)
    assert figures(made.total, 2.0, 4.0).requests == 2


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


@pytest.mark.parametrize(
    ("started_s", "took_s", "run_time_s", "told"),
    [
        pytest.param(
            [0.0, 0.0, 1.0, 1.0, 1.5, 1.5], [1.0, 1.0, *[0.5] * 4], 2.0, (4, 4.0, 500.0, 500.0),
            id="each user's first request is left out: from 1 s to 2 s four ended",
        ),
        pytest.param(
            [0.0, 0.0, 1.0, 2.0], [1.0, 2.0, 2.0, 3.0], 3.0, (2, 1.0, 2_000.0, 3_000.0),
            id="what ends with the load's time is in it: from 2 s to 3 s one ended",
        ),
        pytest.param(
            [0.0, 0.0, 1.0, 2.0], [1.0, 2.0, 2.5, 3.0], 3.0, (2, 2 / 3, 2_500.0, 3_000.0),
            id="nothing more ended in time: from 2 s to 5 s two ended",
        ),
        pytest.param(
            [0.0, 0.0, 1.0, 2.0], [1.0, 2.0, 1.0, 3.0], 3.0, (2, 1 / 3, 1_000.0, 3_000.0),
            id="so it is where one ended with the first round: from 2 s to 5 s one ended",
        ),
        pytest.param(
            [0.0, 0.0, 1.0], [1.0, 2.0, 1.0], 3.0, (3, 1.5, 1_000.0, 2_000.0),
            id="what ends with the first round is of it: from 0 s to 2 s three ended",
        ),
    ],
)  # fmt: skip
def test_a_settled_load_counts_from_an_end_to_an_end(
    started_s: list[float], took_s: list[float], run_time_s: float, told: tuple[float, ...]
) -> None:
    """Two users: requests, how many a second, their median and their longest, counted by hand."""
    seen = settled(result(target(started_s, took_s), run_time_s=run_time_s))

    figures_seen = (seen.requests, seen.requests_per_s, seen.p50_ms, seen.most_ms)
    assert figures_seen == pytest.approx(told)


def test_a_load_without_a_request_has_no_figure() -> None:
    """No rate, no time, and no share of failures."""
    for seen in (settled(result(target([], []))), figures(result(target([], [])).total, 0.0, 0.0)):
        assert (seen.requests, seen.requests_per_s, seen.failures_per_s) == (0, 0.0, 0.0)
        assert (seen.p50_ms, seen.mean_ms, seen.mean_bytes) == (None, None, None)
        assert seen.failed_share == 0.0


def test_failures_have_a_rate_and_a_share_of_their_own() -> None:
    """Of four requests in half a second the first failed: two a second, and a quarter."""
    made = result(target([0.0, 0.1, 0.2, 0.25], [0.25] * 4, reasons=["no"]), run_time_s=0.5)

    seen = whole(made, made.total)

    assert (seen.requests_per_s, seen.failures_per_s) == (8.0, 2.0)
    assert (seen.failures, seen.failed_share) == (1, 0.25)
    assert figures(made.total, 0.25, 0.5).failures_per_s == 0.0


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


@pytest.mark.parametrize(
    ("rate_times_time", "requests", "off"),
    [(3.0, 16, 0.0), (3.0, 17, 0.25), (3.8, 1_000, 0.05), (4.2, 1_000, 0.05)],
)
def test_littles_law_bears_its_bounds(rate_times_time: float, requests: int, off: float) -> None:
    """Of four users a quarter is one request each of 16; and five in a hundred still hold."""
    law = LittlesLaw(users=4, rate_times_time=rate_times_time, requests=requests)

    assert law.off == pytest.approx(off)
    assert (law.off == 0.0) is (off == 0.0)
    assert LittlesLaw(users=20, rate_times_time=19.0, requests=1_000).holds


@pytest.mark.parametrize(("rounds", "is_told"), [(2, False), (3, True), (4, True)])
def test_littles_law_is_told_from_three_rounds_on(rounds: int, *, is_told: bool) -> None:
    """Of less than a second too: here two users are answered every quarter of a second."""
    starts_s = [0.25 * place for place in range(rounds) for _ in range(2)]
    made = result(target(starts_s, [0.25] * len(starts_s)), run_time_s=0.25 * rounds + 0.125)

    law = littles_law(made)

    assert (law is not None) is is_told
    if law is not None:
        assert law.requests == 2 * rounds
        assert law.rate_times_time == pytest.approx(2 * rounds * 0.25 / (0.25 * rounds + 0.125))


def test_littles_law_counts_what_ended_while_all_users_were_there() -> None:
    """One user begins at once, another after a second; the load ends after five.

    Seven requests ended from 1 s on and before 5 s, in 6.5 s altogether.
    """
    one = ([0.0, 0.5, 1.0, 2.0, 3.0, 4.0], [0.5, 0.5, 1.0, 1.0, 1.0, 1.0])
    other = ([1.0, 2.0, 3.0, 4.0], [1.0] * 4)
    made = result(target(one[0] + other[0], one[1] + other[1]), run_time_s=5.0, spawn_rate=1.0)

    law = littles_law(made)

    assert made.ramp_s == 1.0
    assert law is not None
    assert law.requests == 7
    assert law.rate_times_time == pytest.approx(6.5 / 4)


def test_a_load_that_ended_with_its_ramp_is_under_no_littles_law() -> None:
    """The last user came when the time was over: there was no time with all of them."""
    made = result(target(USERS_OF_TWO, [2.0] * 6), run_time_s=1.0, spawn_rate=1.0)

    assert made.ramp_s == made.duration_s
    assert littles_law(made) is None


def test_an_open_loop_is_under_no_littles_law() -> None:
    """Its users are only the most that may wait at once; those of a Locust file may pause."""
    busy = result(target(USERS_OF_TWO, [2.0] * 6), run_time_s=7.0)

    assert littles_law(busy) is not None
    for other in (
        replace(busy.plan, rate=1.0),
        replace(busy.plan, locustfile=Path("locustfile.py")),
    ):
        assert littles_law(replace(busy, plan=other)) is None


def test_a_generator_that_is_the_limit_makes_the_figures_not_hold() -> None:
    """Over 80% of its core it is told, with more processes to ask with."""
    good = result(target([0.0], [1.0]), cpu_share=0.8)
    bad = result(target([0.0], [1.0]), cpu_share=0.81)

    assert list(limits(good)) == []
    (sentence,) = limits(bad)
    assert "used 81% of its core" in sentence
    assert "--workers 2" in sentence
    (of_three,) = limits(replace(bad, plan=replace(bad.plan, role=Local(workers=3))))
    assert "--workers 6" in of_three


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


def test_a_rate_that_was_missed_is_told_with_its_share() -> None:
    """Of 200 that were due 194 were sent: six, 3% less; of none that were due none is missed."""
    made = result(target([1.0] * 194, [0.1] * 194), rate=20.0, due=200)

    offered = offered_by(made)
    (sentence,) = limits(made)

    assert offered is not None
    assert offered.missed_share == pytest.approx(0.03)
    assert "194 of 200 requests were sent in time, 3.0% less." in sentence
    nothing = offered_by(result(target([], []), rate=20.0, due=0))
    assert nothing is not None
    assert nothing.missed_share == 0.0


def test_what_is_sent_when_the_time_is_over_is_not_sent_in_time() -> None:
    """A load of ten seconds ends with the tenth."""
    offered = offered_by(result(target([1.0, 10.0], [0.1, 0.1]), rate=0.2, due=2))

    assert offered is not None
    assert (offered.sent, offered.missed_share) == (1, 0.5)


def test_lost_workers_make_the_figures_not_hold() -> None:
    """What a worker had measured and never told is in no figure."""
    (sentence,) = limits(result(target([0.0], [1.0]), lost_workers=("one",)))

    assert "1 of 1 workers were lost" in sentence


def test_the_busiest_process_that_asks_is_the_one_that_counts() -> None:
    """Each has one thread: another that idles does not help it. Without any there is nothing."""
    made = result(target([0.0], [1.0]))
    both = tuple(Generator(name=f"{share}", cpu_share=share) for share in (0.3, 0.9, 0.5))

    assert replace(made, generators=both).generator_cpu_share == 0.9
    assert replace(made, generators=()).generator_cpu_share == 0.0


@pytest.mark.parametrize(
    ("users", "spawn_rate", "ramp_s"),
    [
        (10, None, 0.0),
        (10, 10.0, 0.0),
        (10, 4.0, 2.0),
        (10, 1.5, 9.0),
        (3, 0.5, 4.0),
        (1, 0.1, 0.0),
    ],
)
def test_users_are_there_when_the_last_was_started(
    users: int, spawn_rate: float | None, ramp_s: float
) -> None:
    """The first of each second's are started at its beginning."""
    plan = LoadPlan(targets=(), users=users, spawn_rate=spawn_rate, run_time_s=60.0)

    assert plan.ramp_s == pytest.approx(ramp_s)


def test_a_target_is_told_by_its_name_or_by_its_url() -> None:
    """And has as much weight as another where none is told."""
    url = "http://127.0.0.1/"

    assert [Target(url=url).label, Target(url=url, name="home").label] == [url, "home"]
    assert Target(url=url).weight == 1


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


def test_a_process_that_asks_is_told_all_that_it_has_to_know() -> None:
    """As JSON, from which it reads the same; all users come at once where no rate is told."""
    targets = (Target(url="http://127.0.0.1/", headers=(("a", "b"),), cookies=(("c", "d"),)),)
    plan = LoadPlan(
        targets=targets, users=9, run_time_s=10.0, rate=5.0, seed=3, role=Master(expects=3)
    )

    order = json.loads(json.dumps(plan.order()))

    assert Order.read(order, place=2) == Order(
        targets=targets,
        run_time_s=10.0,
        rate=5.0,
        seed=3,
        timeout_s=plan.timeout_s,
        grace_s=10.0,
        most_bytes=plan.most_bytes,
        generators=3,
        host=None,
        place=2,
    )
    assert Order.read(order).place == 0
    assert (order["users"], order["spawn_rate"]) == (9, 9)
    assert replace(plan, spawn_rate=2.0).order()["spawn_rate"] == 2.0
