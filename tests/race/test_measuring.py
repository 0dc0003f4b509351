"""A race against real servers: who is checked, who falls out, and what is kept."""

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

import pytest

from race.endpoints import Endpoints
from rowpath.errors import AnswerError, ServerError
from rowpath.lab import disturbances
from rowpath.lab.load.plan import Target
from rowpath.lab.measures import ASKING_CPU
from rowpath.lab.plan import Control
from rowpath.lab.race.measuring import race
from rowpath.lab.race.results import Results, Slot
from rowpath.lab.race.values import Lane, RacePlan, RaceProfile, entrants

T = TypeVar("T")
LATE_S = 0.4
LATE = "it gave no whole answer within 0.4 s"
MOST_TRIES = 10
SHORT = RaceProfile(name="short", floor=6, blocks=6, half_width=None, slot_s=0.02)


# How much the host takes, and so which slots are measured again, is no test's to say here.
pytestmark = pytest.mark.usefixtures("quiet_host")


@pytest.fixture(autouse=True)
def _no_long_look(monkeypatch: pytest.MonkeyPatch) -> None:
    """Half a second before each race would be most of these tests."""
    monkeypatch.setattr("rowpath.lab.race.measuring.LOOKS_FOR_S", 0.01)


class Silent:
    """A listener that needs nothing, but for what it is given to do between slots."""

    def __init__(self, between: Callable[[Results], None] = lambda _: None) -> None:
        self.goes_on = between

    def step(self, text: str) -> None:
        pass


def plan_of(endpoints: Endpoints, *paths: str, timeout_s: float = 60.0) -> RacePlan:
    targets = [Target(url=url) for url in endpoints.at(*paths)]
    return RacePlan(entrants=entrants(targets, ()), profile=SHORT, timeout_s=timeout_s)


def raced(plan: RacePlan, listener: Silent | None = None) -> Results:
    results = Results(plan=plan)
    race(plan, results, listener or Silent())
    return results


def on_a_machine_that_goes_on(
    endpoints: Endpoints, race_it: Callable[[], T], shows: Callable[[T], bool]
) -> T:
    """What comes of a race in which nobody was late but who hangs.

    What hangs is waited for only shortly, and a machine may stand still for as long: then others
    are late as well, and nothing is shown.
    """
    for _ in range(MOST_TRIES):
        endpoints.asked.clear()
        try:
            seen = race_it()
        except ServerError as error:
            if LATE not in str(error):
                raise
        else:
            if shows(seen):
                return seen
    pytest.fail(f"others than who hangs are late in each of {MOST_TRIES} races")


@pytest.mark.parametrize("path", ["/same", "/gzip", "/chunked", "/close", "/rows"])
def test_endpoints_that_answer_the_same_are_raced(endpoints: Endpoints, path: str) -> None:
    """However they write and send it: each block has a slot of each and of both controls."""
    plan = plan_of(endpoints, "/rows", path)

    results = raced(plan)

    assert results.fallen == {}
    assert results.blocks == len(results.orders) == 6
    assert {lane: len(slots) for lane, slots in results.slots.items()} == dict.fromkeys(
        plan.lanes, 6
    )
    assert all(min(slot.samples_s) > 0 for slots in results.slots.values() for slot in slots)


def test_what_is_slowed_takes_as_much_longer_as_it_says(endpoints: Endpoints) -> None:
    """The delay is really waited: no request of it takes less than 5% more."""
    plan = plan_of(endpoints, "/quick", "/quick")

    results = raced(plan)

    slots = results.slots[Lane(entrant=plan.baseline, control=Control.SLOWED)]
    # The server waits 3 ms at the least.
    assert all(sample_s > 0.003 * 1.05 for slot in slots for sample_s in slot.samples_s)


def test_who_asks_is_told_in_cores(endpoints: Endpoints, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nine tenths of a slot are waited by working, that is a good part of one core.

    A busy machine may leave this process little of it, but not a twentieth in every slot.
    """
    monkeypatch.setattr("rowpath.lab.measuring.slots.SLOWED_BY", 9.0)
    plan = replace(plan_of(endpoints, "/quick", "/quick"), timeout_s=60.0)

    slots = raced(plan).slots[Lane(entrant=plan.baseline, control=Control.SLOWED)]

    assert max(slot.around[ASKING_CPU] for slot in slots) > 0.05


@pytest.mark.parametrize(
    ("path", "told"),
    [
        (
            "/other",
            (
                "their answers differ at $.rows[1].price, A has 2.5, B has 2.75. "
                "Leave a field out with --ignore-field price,"
            ),
        ),
        ("/text", "with A ({url}/rows): their answers differ at its beginning, A has JSON (b'{"),
        ("/empty", "no JSON (nothing (it has 0 bytes))"),
        (
            "/clock",
            (
                "with anything: its own two answers differ at $.now, the one has 1, the other 2. "
                "Leave a field out with --ignore-field now,"
            ),
        ),
    ],
)
def test_endpoints_that_answer_different_things_are_refused(
    endpoints: Endpoints, path: str, told: str
) -> None:
    """With the first place at which they differ, both values, and the options that help."""
    with pytest.raises(AnswerError) as error:
        raced(plan_of(endpoints, "/rows", path))

    assert told.replace("{url}", endpoints.url) in str(error.value)
    assert str(error.value).endswith("or race them all the same with --different-answers-ok.")
    assert endpoints.asked == {"/rows": 2, path: 2}


def test_a_field_can_be_left_out(endpoints: Endpoints) -> None:
    """In each of the answers that are compared, be it before the race or in it."""
    plan = replace(plan_of(endpoints, "/rows", "/clock"), ignored=frozenset({"now"}))

    assert raced(plan).fallen == {}


def test_answers_may_differ_if_that_is_meant(endpoints: Endpoints) -> None:
    """Then nothing of them is compared."""
    plan = replace(plan_of(endpoints, "/text", "/clock"), may_differ=True)

    results = raced(plan)

    assert results.fallen == {}
    assert results.blocks == 6


def test_all_who_do_not_answer_are_told_at_once_before_anything_is_timed(
    endpoints: Endpoints,
) -> None:
    """Each with its reason."""
    plan = plan_of(endpoints, "/rows", "/500", "/hang", "/redirect", timeout_s=LATE_S)

    def refused() -> tuple[Results, str]:
        results = Results(plan=plan)
        with pytest.raises(ServerError) as error:
            race(plan, results, Silent())
        return results, str(error.value)

    results, told = on_a_machine_that_goes_on(
        endpoints, refused, lambda seen: seen[1].count(LATE) == 1
    )

    assert f"B ({endpoints.url}/500): it answered with status 500" in told
    assert f"C ({endpoints.url}/hang): it gave no whole answer within 0.4 s" in told
    assert f"D ({endpoints.url}/redirect): it redirected" in told
    assert endpoints.asked["/rows"] == 2
    assert results.orders == []


@pytest.mark.parametrize(
    ("then", "reason"),
    [
        ("500", "it answered with status 500"),
        ("redirect", "redirects are not followed"),
        ("reset", "Connection reset by peer"),
        ("gone", "it closed the connection without an answer"),
        ("hang", LATE),
        ("drip", LATE),
        ("drip-chunks", LATE),
    ],
)
def test_who_fails_in_the_race_is_out_and_the_others_go_on(
    endpoints: Endpoints, then: str, reason: str
) -> None:
    """What it did in whole blocks is kept, and what it had of the last one stands apart."""
    hangs = LATE in reason
    path = f"/then/12/{then}"
    plan = plan_of(endpoints, "/quick", path, "/quick", timeout_s=LATE_S if hangs else 60.0)
    a, b, c = plan.entrants

    results = on_a_machine_that_goes_on(
        endpoints,
        lambda: raced(plan),
        lambda seen: set(seen.fallen) <= {b} and endpoints.asked[path] > 12,
    )

    assert set(results.fallen) == {b}
    assert reason in results.fallen[b]
    assert results.blocks == 6
    kept = {entrant: len(results.slots[Lane(entrant=entrant)]) for entrant in (a, b, c)}
    assert kept[a] == kept[c] == 6
    assert 0 < kept[b] < 6
    assert Lane(entrant=b) in results.orders[kept[b]]
    assert all(Lane(entrant=b) not in order for order in results.orders[kept[b] + 1 :])


@pytest.mark.parametrize("good", [1, 12], ids=["for its answers", "in a slot"])
def test_who_fails_while_the_race_is_stopped_is_not_out(endpoints: Endpoints, good: int) -> None:
    """However often that is: nobody was there to take the answer."""
    stops = disturbances.MOST_TRIES + 1
    results = raced(plan_of(endpoints, "/quick", f"/stopped/{good}/{stops}"))

    assert results.fallen == {}
    assert results.blocks == 6
    in_slots = stops if good == 12 else 0
    assert [each.reason for each in results.again] == [disturbances.STOOD_STILL] * in_slots


def test_an_answer_that_changes_midway_is_found(endpoints: Endpoints) -> None:
    """At the next warm-up, with the place and both values."""
    plan = plan_of(endpoints, "/quick", "/then/12/other", "/quick")

    results = raced(plan)

    assert results.fallen == {
        plan.entrants[1]: "its answer changed meanwhile at $.rows[1].price, from 2.5 to 2.75"
    }


def test_without_the_first_the_race_is_over(endpoints: Endpoints) -> None:
    """The block that it fell out in counts for nobody."""
    plan = plan_of(endpoints, "/then/30/500", "/quick")

    results = raced(plan)

    assert set(results.fallen) == {plan.baseline}
    assert results.blocks == len(results.orders) - 1 < 6
    assert all(len(slots) == results.blocks for slots in results.slots.values())


def test_with_nobody_left_to_compare_the_race_is_over(endpoints: Endpoints) -> None:
    """There is nothing to be learned of the first alone."""
    results = raced(plan_of(endpoints, "/quick", "/then/2/500"))

    assert results.orders == [results.plan.order(0)]


def test_a_race_to_a_precision_stops_when_the_intervals_are_as_narrow(
    endpoints: Endpoints,
) -> None:
    """Wherever they lie: what any intervals are within is reached by the fewest blocks."""
    plan = replace(plan_of(endpoints, "/quick", "/slow"), precision=50.0)

    assert raced(plan).blocks == 6


class StopError(Exception):
    """Whatever ends a race between two slots."""


def test_a_block_that_is_cut_counts_for_nothing(endpoints: Endpoints) -> None:
    """Its slots are kept apart, and the whole ones stay."""
    plan = plan_of(endpoints, "/rows", "/same")
    results = Results(plan=plan)

    def stop(seen: Results) -> None:
        if len(seen.orders) == 3 and len(seen.current) == 2:
            raise StopError

    with pytest.raises(StopError):
        race(plan, results, Silent(stop))

    assert results.blocks == 2
    assert all(len(slots) == 2 for slots in results.slots.values())
    assert [lane for lane, _ in results.cut] == list(results.orders[2][:2])


def test_a_slot_of_several_requests_counts_as_the_sum_of_the_median_of_each() -> None:
    """However often each was asked: of 1, 2 and 9 ms and of 10 and 20 that is 2 and 15."""
    samples_s = (0.001, 0.010, 0.009, 0.020, 0.002)

    assert Slot(samples_s=samples_s, around={}, requests=2).value_s == pytest.approx(0.017)
    assert Slot(samples_s=samples_s, around={}).value_s == pytest.approx(0.009)
    under_load = Slot(samples_s=samples_s, around={}, per_answer_s=0.004)
    assert under_load.value_s == pytest.approx(0.004)
