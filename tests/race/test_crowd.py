"""A slot of many users: who counts, for how much, and what ends it."""

import heapq
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from random import Random

import pytest

from race.endpoints import Endpoints
from race.test_measuring import Silent, plan_of, raced
from rowpath.lab.load.plan import Target
from rowpath.lab.measures import STEAL, Quantity
from rowpath.lab.plan import Control
from rowpath.lab.race import crowd
from rowpath.lab.race.asking import Asker, Bounds, FallenError
from rowpath.lab.race.crowd import Crowd, Span, _Window, counted, part_within, slot
from rowpath.lab.race.measuring import race
from rowpath.lab.race.results import Results
from rowpath.lab.race.session import Race
from rowpath.lab.race.values import Lane

USERS = 4


# How much the host takes, and so which slots are measured again, is no test's to say here.
pytestmark = pytest.mark.usefixtures("quiet_host")


@pytest.fixture(autouse=True)
def _no_long_look(monkeypatch: pytest.MonkeyPatch) -> None:
    """Half a second before each race would be most of these tests."""
    monkeypatch.setattr("rowpath.lab.race.measuring.LOOKS_FOR_S", 0.01)


@pytest.mark.parametrize(
    ("span", "part"),
    [
        ((1.0, 2.0), 1.0),
        ((0.5, 1.5), 0.5),
        ((1.5, 3.5), 0.25),
        ((0.0, 4.0), 0.25),
        ((0.0, 0.5), 0.0),
        ((2.0, 3.0), 0.0),
    ],
)
def test_a_request_counts_for_the_part_that_lies_in_the_window(span: Span, part: float) -> None:
    """Here the window is from 1 to 2."""
    assert part_within(span, 1.0, 2.0) == pytest.approx(part)


@pytest.mark.parametrize(
    ("spans", "samples_s", "per_answer_s"),
    [
        pytest.param(
            [(0.5, 1.5), (1.0, 1.5), (1.5, 2.0), (1.5, 2.5), (2.0, 2.5)], (0.5, 0.5, 1.0), 1 / 3,
            id="a half, two whole ones and a half; what begins as the window ends is not in it",
        ),
        pytest.param(
            [(0.5, 2.5), (0.0, 4.0), (0.0, 1.0), (2.0, 3.0)], (2.0, 4.0), 1 / 0.75,
            id="none began in it: a half and a quarter of those that reach into it",
        ),
    ],
)  # fmt: skip
def test_a_window_is_shared_by_the_answers_in_it(
    spans: list[Span], samples_s: tuple[float, ...], per_answer_s: float
) -> None:
    """Here it is from 1 to 2, so its length is a second; times are those of what began in it."""
    made = counted(spans, 1.0, 2.0, {STEAL: 0.5})

    assert made is not None
    assert made.samples_s == samples_s
    assert made.per_answer_s == pytest.approx(per_answer_s)
    assert made.around == {STEAL: 0.5}


def test_a_longer_window_has_as_long_for_each_of_more_answers() -> None:
    """Eight answers in two seconds are a quarter of a second for each."""
    spans = [(start / 2, start / 2 + 0.5) for start in range(2, 6) for _user in range(2)]

    made = counted(spans, 1.0, 3.0, {})

    assert made is not None
    assert made.per_answer_s == pytest.approx(0.25)


def queued(users: int, service_s: float, until_s: float, random: Random) -> list[Span]:
    """What users see of a server that answers one at a time, each asking anew when answered."""
    waiting = [(0.0, number) for number in range(users)]
    spans, free_s = [], 0.0
    while waiting[0][0] < until_s:
        began_s, number = heapq.heappop(waiting)
        free_s = max(free_s, began_s) + service_s * random.uniform(0.5, 1.5)
        spans.append((began_s, free_s))
        heapq.heappush(waiting, (free_s, number))
    return spans


@pytest.mark.parametrize("users", [2, 10, 50])
@pytest.mark.parametrize("length_s", [0.5, 3.0])
def test_what_counts_is_what_a_server_takes_for_an_answer(users: int, length_s: float) -> None:
    """Whether the window holds a round of the users, a part of one, or many."""
    random = Random(1)
    seen = []
    for _ in range(60):
        begins_s = random.uniform(users * 0.03, users * 0.06)
        spans = queued(users, 0.02, begins_s + length_s, random)
        answers = sum(part_within(span, begins_s, begins_s + length_s) for span in spans)
        seen.append(length_s / answers)

    assert sum(seen) / len(seen) == pytest.approx(0.02, rel=0.02)


def test_so_many_users_ask_at_once(endpoints: Endpoints) -> None:
    """And each slot counts as the time for each answer; the delay is in what the control counts."""
    plan = replace(plan_of(endpoints, "/quick", "/slow"), users=USERS)

    results = raced(plan)

    assert results.fallen == {}
    assert results.blocks == 6
    assert endpoints.most_at_once == USERS
    run = Race(plan)
    run.results = results
    told = run.run()
    assert told.users == USERS
    assert [each.quantity for each in told.comparisons] == ["time per answer at 4 users"]
    for lane, slots in results.slots.items():
        for each in slots:
            assert each.per_answer_s is not None
            # The server waits 3 ms for each user at the least.
            assert each.value_s >= 0.003 / USERS
            assert all(sample_s >= 0.003 for sample_s in each.samples_s), str(lane)
    first, second = told.entrants
    assert len(first.values_ms) == len(first.samples_ms) == 6
    assert first.latency_ms is not None
    assert second.latency_ms is not None
    assert second.latency_ms.low > 8.0


class _Past(_Window):
    def answered(self) -> None:
        """Begin and end long before, as soon as all were answered."""
        super().answered()
        if self.left == 0:
            self.begins_s, self.ends_s = 0.0, 1e-9


def test_a_window_in_which_nobody_asked_is_none(
    endpoints: Endpoints, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As if the process that asks stood still for all of it: the next one counts."""
    windows: list[_Window] = []

    def window(*, slot_s: float, left: int) -> _Window:
        kind = _Window if windows else _Past
        windows.append(kind(slot_s=slot_s, left=left))
        return windows[-1]

    monkeypatch.setattr(crowd, "_Window", window)
    plan = replace(plan_of(endpoints, "/quick", "/quick"), users=USERS)

    results = raced(plan)

    assert results.fallen == {}
    assert results.blocks == 6
    assert len(windows) > 1


def test_an_answer_of_what_is_slowed_counts_for_less(
    endpoints: Endpoints, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Since a delay of the users' would be lost in the queue of a server that is busy."""
    # So much that nothing else is anything beside it; nobody waits for it.
    monkeypatch.setattr("rowpath.lab.race.measuring.SLOWED_BY", 1e9)
    plan = replace(plan_of(endpoints, "/quick", "/quick"), users=USERS)

    results = raced(plan)

    same, slowed = (
        results.values_s(Lane(entrant=plan.baseline, control=control))
        for control in (Control.CLONE, Control.SLOWED)
    )
    assert min(slowed) > 10 * max(same)


@contextmanager
def _unwatched() -> Iterator[dict[Quantity, float]]:
    yield {}


def crowd_of(
    endpoints: Endpoints, *paths: str, users: int = USERS, timeout_s: float = 60.0
) -> Crowd:
    def warm_up(asking: Asker) -> None:
        asking.ask()

    return Crowd(
        users=users,
        targets=[Target(url=url) for url in endpoints.at(*paths)],
        bounds=Bounds(timeout_s=timeout_s, most_bytes=10**6),
        slot_s=0.05,
        warm_up=warm_up,
        watched=_unwatched,
    )


@pytest.mark.parametrize(
    ("then", "reason"),
    [
        ("500", "it answered with status 500"),
        ("hang", "it gave no whole answer within 0.4 s"),
        ("reset", "there was no whole answer: Connection reset by peer"),
    ],
)
def test_one_user_without_an_answer_ends_the_slot_for_all(
    endpoints: Endpoints, then: str, reason: str
) -> None:
    """With the first reason; no thread is left."""
    before = threading.active_count()
    # One asks beforehand, and each of the four at least once.
    crowd = crowd_of(endpoints, f"/then/{USERS}/{then}", timeout_s=0.4 if then == "hang" else 60.0)

    with pytest.raises(FallenError, match=reason):
        slot(crowd)

    assert threading.active_count() == before


def test_each_user_begins_with_another_of_several_requests(endpoints: Endpoints) -> None:
    """So they do not all ask for the same at once."""
    slot(crowd_of(endpoints, "/quick", "/slow", users=2))

    assert endpoints.asked["/slow"] >= 1
    assert endpoints.asked["/quick"] >= 1


class StopError(Exception):
    """Whatever ends a slot in the middle."""


def test_a_slot_that_is_cut_sends_all_users_home(endpoints: Endpoints) -> None:
    """Also those who would wait for an answer for ever: Ctrl-C does not wait for them."""

    @contextmanager
    def stop() -> Iterator[dict[Quantity, float]]:
        yield {}
        raise StopError

    before = threading.active_count()
    crowd = crowd_of(endpoints, "/then/100/hang")
    crowd = replace(
        crowd, watched=stop, slot_s=0.5, bounds=Bounds(timeout_s=300.0, most_bytes=10**6)
    )
    with pytest.raises(StopError):
        slot(crowd)

    assert threading.active_count() == before


def test_a_race_under_load_goes_on_without_who_fails(endpoints: Endpoints) -> None:
    """As one of single requests does."""
    # Twice for its answers, once beforehand, and then each of the four at least once.
    plan = replace(plan_of(endpoints, "/quick", "/then/6/500", "/quick"), users=USERS)
    results = Results(plan=plan)

    race(plan, results, Silent())

    assert set(results.fallen) == {plan.entrants[1]}
    assert results.blocks == 6
