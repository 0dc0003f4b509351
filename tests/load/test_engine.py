"""What Locust asked is what the server was asked, whole, bounded and counted."""

import sys
from collections.abc import Mapping
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest
import urllib3

from load.targets import Served, Target, served
from rowpath.errors import ServerError, UsageError
from rowpath.lab.applications import App
from rowpath.lab.apps.settings import AppSettings
from rowpath.lab.conditions import CONTROLLED
from rowpath.lab.database import Database
from rowpath.lab.load import ledger, plan
from rowpath.lab.load.engine import Silent, driver, run_load
from rowpath.lab.load.figures import littles_law, offered_by, steady, whole
from rowpath.lab.load.locust.recording import MOST_NAMES, MOST_REASONS, ROW, Asked, Recorder
from rowpath.lab.load.plan import LoadPlan, Local
from rowpath.lab.load.results import Floats, LoadResult
from rowpath.lab.servers.server import serving

LEAST_DELAY_S = 0.04
"""TCP_DELACK_MIN of Linux."""
MOST_AT_ONCE = 16
"""TCP_MAX_QUICKACKS: so many segments of a new connection are acknowledged at once."""


TIMEOUT_S = 0.5
"""Of what never answers; whatever does has as long as a machine may stand still."""
MOST_TRIES = 10


def load(*targets: plan.Target, run_time_s: float = 1.0, **fields: Any) -> LoadResult:  # noqa: ANN401
    chosen = {"users": 2, "timeout_s": 60.0, "grace_s": 60.0, **fields}
    return run_load(LoadPlan(targets=targets, run_time_s=run_time_s, **chosen))


def loaded(target: Target, *targets: plan.Target, least: int = 1, **fields: Any) -> LoadResult:  # noqa: ANN401
    """A load that has sent so many requests to the target.

    One that a machine which stood still left less time is forgotten: it shows nothing.
    """
    for _ in range(MOST_TRIES):
        target.seen.clear()
        target.connections = 0
        result = load(*targets, **fields)
        if result.total.requests >= least:
            return result
    pytest.fail(f"none of {MOST_TRIES} loads has sent {least} requests")


def failures(result: LoadResult) -> Mapping[str, int]:
    return result.total.failures


def test_every_request_is_counted_once_for_its_own_target(target: Target) -> None:
    """Two targets are asked in turn, and each has as many requests as the server saw."""
    asked = [plan.Target(url=f"{target.url}/{path}") for path in ("ok", "slow")]
    result = loaded(target, *asked, least=4)

    ok, slow = result.targets
    assert (ok.requests, slow.requests) == (target.count("/ok"), target.count("/slow"))
    assert abs(ok.requests - slow.requests) <= 2
    assert result.total.requests == len(target.seen)
    assert failures(result) == {}
    assert (ok.statuses, set(ok.size_bytes)) == ({200: ok.requests}, {2})
    assert slow.latency_s.min() >= 0.1
    assert np.array_equal(ok.intended_s, ok.started_s)
    # A user has one connection, and keeps it; one more looked whether somebody listens.
    assert target.connections <= 2 + 1


def test_users_of_a_closed_loop_keep_to_littles_law(target: Target) -> None:
    """Four users who wait a tenth of a second each ask no more often than that allows."""
    # Three rounds of them that end in the time, and the requests that are on their way then.
    result = loaded(target, plan.Target(url=f"{target.url}/slow"), users=4, least=3 * 4 + 4)
    figures, law = whole(result, result.total), littles_law(result)

    assert law is not None
    assert law.users == 4
    assert figures.requests_per_s <= 40
    # What ended in the time took no user more than the time.
    assert law.rate_times_time <= 4 + 1e-6


def test_two_workers_add_up_to_what_the_server_saw(target: Target) -> None:
    """A master and two workers of this machine share the users, and lose no request."""
    asked = plan.Target(url=f"{target.url}/slow")
    result = loaded(target, asked, users=4, role=Local(workers=2))

    assert result.total.requests == len(target.seen)
    assert len(result.generators) == 2
    assert {seen.users for seen in result.users if seen.at_s <= result.duration_s} == {4}
    assert result.lost_workers == ()


def test_nothing_of_a_load_is_left_running(target: Target) -> None:
    """All processes that were started have ended with it."""
    before = set(psutil.Process().children(recursive=True))

    load(plan.Target(url=f"{target.url}/slow"), role=Local(workers=2))

    assert set(psutil.Process().children(recursive=True)) <= before


def test_one_process_asks_for_one_load_after_the_other(target: Target) -> None:
    """Each load has its own requests alone, and the process ends with the last."""
    plans = [
        LoadPlan(targets=(plan.Target(url=f"{target.url}{path}"),), users=users, run_time_s=0.4)
        for path, users in (("/slow", 2), ("/500", 1), ("/slow", 3))
    ]
    before = set(psutil.Process().children(recursive=True))

    with driver() as asking:
        results = [run_load(each, by=asking) for each in plans]
        started = set(psutil.Process().children(recursive=True)) - before

    assert [result.total.requests for result in results] == [
        len(list(asked)) for _, asked in groupby(seen.path for seen in target.seen)
    ]
    assert [bool(failures(result)) for result in results] == [False, True, False]
    assert len(started) == 2  # the process and its guard
    assert set(psutil.Process().children(recursive=True)) <= before


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/hang", "no whole answer within 0.5 s"),
        ("/dribble", "no whole answer within 0.5 s"),
        ("/reset", "connection reset"),
        ("/close", "connection closed without an answer"),
        ("/500", "status 500"),
        ("/404", "status 404"),
    ],
)
def test_a_bad_answer_is_a_failure_counted_once(target: Target, path: str, reason: str) -> None:
    """However a server fails, each request is sent once, ends and has its reason.

    One that would answer for ever is given up in its time: it would not end otherwise.
    """
    timeout_s = TIMEOUT_S if "within" in reason else 60.0
    result = loaded(target, plan.Target(url=target.url + path), timeout_s=timeout_s)

    assert failures(result) == {reason: len(target.seen)}


@pytest.mark.parametrize("path", ["/endless", "/endless-headers"])
def test_an_endless_answer_is_cut_off(target: Target, path: str) -> None:
    """It is read as far as the load allows, and kept in no memory."""
    asked = plan.Target(url=target.url + path)
    result = loaded(target, asked, run_time_s=0.6, most_bytes=300_000)

    assert failures(result) == {"an answer of more than 300,000 bytes": len(target.seen)}


def test_what_is_no_http_is_a_failure(target: Target) -> None:
    """A server of another kind ends nothing but the request."""
    result = loaded(target, plan.Target(url=f"{target.url}/garbage"), run_time_s=0.3)

    assert sum(failures(result).values()) == len(target.seen)
    assert all("HTTPParseError" in reason for reason in failures(result))


def test_a_redirect_is_followed_on_its_own_host_only(target: Target) -> None:
    """Another host is never asked, though a server leads there."""
    with served() as other:
        target.elsewhere = f"{other.target.url}/ok"
        away = loaded(target, plan.Target(url=f"{target.url}/away"), run_time_s=0.3)
        assert failures(away) == {f"led to another host, {other.target.url}": len(target.seen)}
        assert other.target.connections == 0

    near = loaded(target, plan.Target(url=f"{target.url}/near"), run_time_s=0.3)
    assert failures(near) == {}
    assert target.count("/ok") == near.total.requests

    loop = loaded(target, plan.Target(url=f"{target.url}/loop"), run_time_s=0.3)
    assert sum(failures(loop).values()) == loop.total.requests


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no TCP_QUICKACK")
def test_a_server_that_writes_head_and_body_apart_waits_for_no_acknowledgement(
    target: Target,
) -> None:
    """Linux delays one by 40 ms at the least on a kept connection, but for the first few."""
    result = load(plan.Target(url=f"{target.url}/apart"), users=1, run_time_s=3.0)

    assert failures(result) == {}
    assert target.connections == 2  # one of them looked whether somebody listens
    sooner = int((result.total.latency_s < LEAST_DELAY_S).sum())
    assert sooner > MOST_AT_ONCE, (sooner, result.total.requests)


def test_a_request_is_sent_as_the_target_says(target: Target) -> None:
    """Method, headers, cookies and body arrive, and a server's own cookies come back to it."""
    asked = plan.Target(
        url=f"{target.url}/cookie",
        method="POST",
        headers=(("X-Key", "k"), ("Content-Type", "application/json")),
        body='{"name": "Zoë"}',
    )
    loaded(target, asked, users=1, run_time_s=0.3, least=2)
    first, second = target.seen[:2]
    assert (first.method, first.body.decode()) == ("POST", '{"name": "Zoë"}')
    assert (first.headers["x-key"], first.headers["content-type"]) == ("k", "application/json")
    assert "cookie" not in first.headers
    assert second.headers["cookie"] == "visit=1"

    given = plan.Target(url=f"{target.url}/ok", cookies=(("a", "1"), ("b", "2")))
    loaded(target, given, users=1, run_time_s=0.3)
    assert target.seen[0].headers["cookie"] == "a=1; b=2"


def test_an_answer_that_is_not_the_expected_one_is_a_failure(target: Target) -> None:
    """A load is verified as it goes: by the status, and by the size of what was verified before."""
    url = f"{target.url}/ok"

    status = loaded(target, plan.Target(url=url, expects_status=201), run_time_s=0.3)
    size = loaded(target, plan.Target(url=url, expects_bytes=3), run_time_s=0.3)

    assert failures(status) == {"status 200": status.total.requests}
    assert failures(size) == {"a body of 2 bytes, not 3": size.total.requests}


def test_a_request_on_its_way_at_the_end_is_waited_for(target: Target) -> None:
    """It is no failure, and counts in no rate; after the grace it fails."""
    # Each takes longer than the load, so it is on its way when the load ends.
    result = loaded(target, plan.Target(url=f"{target.url}/slow"), users=1, run_time_s=0.09)
    figures = whole(result, result.total)
    assert figures.failures == 0
    assert figures.requests == len(target.seen) == 1
    assert figures.requests_per_s == 0

    hanging = plan.Target(url=f"{target.url}/hang")
    cut = loaded(target, hanging, run_time_s=0.25, grace_s=0.2, least=2)
    assert failures(cut) == {"no whole answer when the load ended": 2}


def test_arrivals_keep_their_rate_and_their_pace(target: Target) -> None:
    """An open loop sends as many as were drawn, about the rate, at the times that were drawn."""
    rate, run_time_s = 150.0, 2.0
    result = load(plan.Target(url=f"{target.url}/ok"), users=20, rate=rate, run_time_s=run_time_s)
    offered = offered_by(result)

    assert offered is not None
    assert result.total.requests == len(target.seen) <= offered.due
    # Poisson: the variance is the mean; five deviations.
    assert abs(offered.due - rate * run_time_s) < 5 * np.sqrt(rate * run_time_s)
    gaps_s = np.diff(np.sort(result.total.intended_s))
    # Exponential gaps deviate by as much as they last.
    assert 0.7 < gaps_s.std() / gaps_s.mean() < 1.3
    assert (result.total.started_s >= result.total.intended_s).all()

    again = load(plan.Target(url=f"{target.url}/ok"), users=20, rate=rate, run_time_s=run_time_s)
    both = min(again.total.requests, result.total.requests)
    assert np.array_equal(
        np.sort(again.total.intended_s)[:both], np.sort(result.total.intended_s)[:both]
    )


def test_workers_share_a_rate(target: Target) -> None:
    """The arrivals of all workers together are those of the rate, and no two workers' the same."""
    result = load(
        plan.Target(url=f"{target.url}/ok"),
        users=20,
        rate=150.0,
        run_time_s=2.0,
        role=Local(workers=2),
    )

    assert result.due is not None
    assert result.total.requests == len(target.seen) <= result.due
    assert abs(result.due - 300) < 5 * np.sqrt(300)
    assert len(set(result.total.intended_s)) == len(target.seen)


def test_a_stall_shows_in_the_open_loop_alone(server: Served) -> None:
    """Whoever came during a stall has waited; users who ask one after another hide all but one."""
    asked = plan.Target(url=f"{server.target.url}/ok")
    stall_s = 0.5

    class Stalling(Silent):
        """Stalls the server once, when the load goes."""

        done = False

        def goes_on(self, ledger: ledger.Ledger) -> None:  # noqa: ARG002 that it goes on is enough
            if not self.done:
                self.done = True
                server.stall(stall_s)

    def stalled(rate: float | None) -> LoadResult:
        fields = LoadPlan(targets=(asked,), users=2, run_time_s=2.5, rate=rate)
        return run_load(fields, Stalling())

    opened, closed = stalled(100.0), stalled(None)

    def waiting(began_s: Floats, load: LoadResult) -> int:
        """How many were waiting in the middle of the longest time that anybody waited."""
        total = load.total
        place = int((total.ended_s - total.started_s).argmax())
        middle_s = (total.started_s[place] + total.ended_s[place]) / 2
        return int(((began_s <= middle_s) & (total.ended_s > middle_s)).sum())

    # A hundred a second came, whether or not two of them were on their way.
    assert waiting(opened.total.intended_s, opened) > 5
    assert waiting(opened.total.started_s, opened) <= 2
    assert waiting(closed.total.started_s, closed) <= 2
    open_ms, closed_ms = (whole(each, each.total).p95_ms for each in (opened, closed))
    assert closed_ms is not None
    # None where it is one of those that could not be sent: they waited longer than all others.
    assert open_ms is None or open_ms > max(stall_s / 4 * 1_000, closed_ms)


def test_users_are_started_at_their_rate(target: Target) -> None:
    """Two at once and two more a second later; what they asked until then is told apart."""
    result = load(plan.Target(url=f"{target.url}/slow"), users=4, spawn_rate=2.0, run_time_s=3.0)

    seen = [each.users for each in result.users if each.at_s < result.duration_s]
    assert (seen[0], seen[-1]) == (2, 4)
    assert result.ramp_s == 1.0
    # One may be asked in the moment before the users hear that it is over.
    assert result.total.requests == len(target.seen)
    assert steady(result, result.total).requests < whole(result, result.total).requests


def test_the_rows_of_the_two_sides_are_the_same() -> None:
    """What a process that asks packs is what the engine reads; neither imports the other."""
    packed = ROW.pack(1, 2, 200, 0.5, 1.5, 2.5, 1_000)

    (read,) = np.frombuffer(packed, dtype=ledger.ROW)

    assert read.tolist() == (1, 2, 200, 0.5, 1.5, 2.5, 1_000)


def test_many_names_and_reasons_take_no_more_memory() -> None:
    """A server that says something else each time, or users who do, fill no memory."""
    recorder = Recorder()
    for number in range(3_000):
        recorder.add(
            Asked(
                method="GET",
                name=f"/{number}",
                intended_s=0.0,
                started_s=0.0,
                ended_s=1.0,
                reason=f"no {number} " + "x" * 1_000,
            )
        )

    part = recorder.take()

    assert len(part["names"]) == MOST_NAMES + 1
    assert part["names"][-1] == ["", "others"]
    assert len(part["reasons"]) == MOST_REASONS
    assert max(map(len, part["reasons"])) <= 200
    assert len(part["rows"]) == 3_000 * ROW.size
    assert recorder.take()["rows"] == b""


def test_a_measured_application_answers_many_users(products: Database, tmp_path: Path) -> None:
    """The lab's own Django, asked by four users: every answer is as long as the one before."""
    settings = AppSettings(dsn=products.dsn, conditions=CONTROLLED, trace_folder=None)
    with serving(App.DJANGO, settings, logs=tmp_path, workers=2) as django:
        url = f"{django.url}/lists/drf-objects?rows=10"
        verified = urllib3.request("GET", url)
        asked = plan.Target(url=url, expects_status=200, expects_bytes=len(verified.data))
        result = load(asked, users=4, run_time_s=2.0)

    assert verified.status == 200
    assert failures(result) == {}
    assert result.total.requests > 4


def test_nobody_who_listens_is_found_before_the_load() -> None:
    """A URL at which nothing listens is told at once, with what to do."""
    with served() as made:
        url = f"{made.target.url}/ok"

    with pytest.raises(ServerError, match=r"Cannot load http://127.0.0.1:\d+/ok: .* Start the"):
        load(plan.Target(url=url))


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"users": 1, "role": Local(workers=2)}, "Cannot share 1 users among 2 workers"),
        ({"users": 10, "spawn_rate": 1.0}, "Cannot start 10 users at 1 per second within 1 s"),
    ],
)
def test_a_plan_that_contradicts_itself_is_refused(
    target: Target, fields: dict[str, Any], reason: str
) -> None:
    """What cannot be done is found before anything is started."""
    with pytest.raises(UsageError, match=reason):
        load(plan.Target(url=f"{target.url}/ok"), **fields)

    assert target.seen == []
