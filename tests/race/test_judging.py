"""What a race says, by what it could see of itself."""

from dataclasses import replace

import pytest

from race.made import NOISE, entrant, results
from rowpath.lab.gates import Support
from rowpath.lab.load.plan import Target
from rowpath.lab.measures import ASKING_CPU, STEAL
from rowpath.lab.plan import Control
from rowpath.lab.race.judging import RaceVerdict, around_slots, cut_slots, judge, verdict
from rowpath.lab.race.record import RaceCutRecord
from rowpath.lab.race.results import Results, Slot
from rowpath.lab.race.values import Lane
from rowpath.lab.record import TimeRecord
from rowpath.stats.interval import Interval

SOUND = Support(null_band=0.02, sees=True, withheld="")
BLIND = replace(SOUND, sees=False)
WIDE = replace(SOUND, null_band=0.07)
WITHHELD = replace(SOUND, withheld="The clone differed.")


def interval(low: float, high: float) -> Interval:
    return Interval(estimate=(low * high) ** 0.5, low=low, high=high)


@pytest.mark.parametrize(
    ("ratio", "rests_on", "says"),
    [
        (interval(0.60, 0.65), SOUND, RaceVerdict.FASTER),
        (interval(1.05, 1.15), SOUND, RaceVerdict.SLOWER),
        (interval(0.99, 1.01), SOUND, RaceVerdict.NO_DIFFERENCE),
        (interval(0.99, 1.01), BLIND, RaceVerdict.TOO_NOISY),
        (interval(0.90, 1.10), BLIND, RaceVerdict.TOO_NOISY),
        (interval(0.60, 0.65), BLIND, RaceVerdict.FASTER),
        (interval(1 / 1.02, 1.02), SOUND, RaceVerdict.NO_DIFFERENCE),
        (interval(0.97, 1.01), SOUND, RaceVerdict.UNDECIDED),
        (interval(0.99, 1.03), SOUND, RaceVerdict.UNDECIDED),
        (interval(0.94, 0.97), WIDE, RaceVerdict.UNDECIDED),
        (interval(0.96, 1.03), WIDE, RaceVerdict.UNDECIDED),
        (interval(0.60, 0.65), WITHHELD, RaceVerdict.NOT_JUDGED),
        (None, SOUND, RaceVerdict.UNDECIDED),
        (None, WITHHELD, RaceVerdict.UNDECIDED),
    ],
)
def test_a_verdict_says_no_more_than_was_seen(
    ratio: Interval | None, rests_on: Support, says: RaceVerdict
) -> None:
    """No difference takes the narrow band and a delay that was found, a difference neither."""
    assert verdict(ratio, rests_on) is says


def test_a_quiet_race_tells_faster_from_slower_from_the_same() -> None:
    """With a ratio, its blocks and a p-value after Holm for each."""
    judged = judge(results(0.62, 1.4, 1.0))

    assert judged.valid
    assert [each.verdict for each in judged.comparisons] == ["faster", "slower", "no difference"]
    assert [each.blocks for each in judged.comparisons] == [6, 6, 6]
    assert all(each.passed for each in judged.gates)
    assert [gate.name for gate in judged.gates] == [
        "clone",
        "control",
        "steal",
        "generator",
        "other_work",
    ]
    first = judged.comparisons[0]
    assert first.ratio is not None
    assert first.ratio.low < 0.62 < first.ratio.high
    assert first.p_holm == pytest.approx(3 * 2 / 2**6)


def test_a_clone_that_differs_takes_every_verdict() -> None:
    """The race is not valid, and each comparison says why it is not judged."""
    judged = judge(results(0.62, clone=1.1))

    assert not judged.valid
    [comparison] = judged.comparisons
    assert comparison.verdict == "not judged"
    assert comparison.ratio is not None
    assert "measured twice in each block, came to 1.100" in comparison.withheld


def test_a_clone_that_is_a_little_off_widens_the_band() -> None:
    """What identical endpoints differ by is no difference of others."""
    scattered = [*NOISE[:3], *(noise * 0.95 for noise in NOISE[3:])]
    judged = judge(results(0.975, clone=1.06, scatter=scattered))

    assert judged.valid
    assert judged.null_band > 0.02
    assert judged.comparisons[0].verdict != "faster"


def test_a_delay_that_is_not_found_takes_the_absence_of_a_difference() -> None:
    """What is seen nonetheless is told."""
    judged = judge(results(1.0, 0.5, slowed=1.0))

    assert judged.valid
    assert [each.verdict for each in judged.comparisons] == ["too noisy", "faster"]


def test_a_delay_that_a_server_makes_up_for_is_not_told_as_noise() -> None:
    """Its times scatter by a thousandth, and only the delay is missing."""
    [control] = [gate for gate in judge(results(1.0, slowed=1.0)).gates if gate.name == "control"]
    scattered = [noise * factor for noise, factor in zip(NOISE, (1, 1.2) * 3, strict=True)]
    [noisy] = [
        gate for gate in judge(results(1.0, scatter=scattered)).gates if gate.name == "control"
    ]

    assert not control.passed
    assert "The delay did not come through." in control.text
    assert not noisy.passed
    assert "The times scatter too much" in noisy.text


@pytest.mark.parametrize("users", [1, 8])
def test_under_load_the_control_is_computed_and_says_so(users: int) -> None:
    """Nobody waited there; the value by which it passes is the same."""
    [control] = [gate for gate in judge(results(1.0, users=users)).gates if gate.name == "control"]

    assert control.passed
    assert ("That is computed, no delay was added." in control.text) is (users > 1)
    assert ("would be found: with a delay of 5%" in control.text) is (users == 1)


@pytest.mark.parametrize(("asking", "steal", "name"), [(0.9, 0, "generator"), (0, 0.2, "steal")])
def test_a_machine_that_was_the_limit_invalidates(asking: float, steal: float, name: str) -> None:
    """Whoever asks at 90% of a core times itself."""
    judged = judge(results(0.5, asking=asking, steal=steal))

    assert not judged.valid
    assert [gate.name for gate in judged.gates if not gate.passed] == [name]
    assert judged.comparisons[0].verdict == "not judged"


def test_what_is_slowed_is_not_held_against_the_machine() -> None:
    """It waits by working: a gate has the mean of all other slots, the clone's among them."""
    raced = results(0.5, asking=0.2, steal=0.01)
    for lane, slots in raced.slots.items():
        if lane.control is Control.SLOWED:
            slots[:] = [replace(slot, around={ASKING_CPU: 1.0, STEAL: 0.5}) for slot in slots]

    judged = judge(raced)

    values = {gate.name: gate.value for gate in judged.gates}
    assert (values["generator"], values["steal"]) == pytest.approx((0.2, 0.01))
    assert judged.valid


def test_a_machine_that_was_busy_before_explains_and_takes_nothing() -> None:
    """Whether it disturbs, the clone and the delay say."""
    judged = judge(results(0.5, other_cpu=0.6))

    assert judged.valid
    assert [gate.name for gate in judged.gates if not gate.passed] == ["other_work"]
    assert judged.comparisons[0].verdict == "faster"


def test_too_few_blocks_have_no_interval() -> None:
    """And so no verdict, and no gate that speaks of one."""
    judged = judge(results(0.5, scatter=NOISE[:5]))

    assert judged.comparisons[0].ratio is None
    assert judged.comparisons[0].verdict == "undecided"
    assert judged.comparisons[0].p_holm is None
    assert judged.entrants[0].median_ms is None
    assert {gate.name for gate in judged.gates} == {"steal", "generator", "other_work"}


def test_an_entrant_that_fell_out_keeps_its_blocks() -> None:
    """They are compared with the same blocks of the first."""
    raced = results(0.5, 2.0, scatter=[*NOISE, 1.01])
    fallen = raced.plan.entrants[1]
    lane = next(lane for lane in raced.slots if lane.entrant == fallen)
    raced.slots[lane].pop()
    raced.fallen[fallen] = "it answered with status 500"

    judged = judge(raced)

    assert [each.blocks for each in judged.comparisons] == [6, 7]
    assert [each.verdict for each in judged.comparisons] == ["faster", "slower"]
    assert judged.entrants[1].failed == "it answered with status 500"


def test_the_times_of_a_race_are_in_milliseconds() -> None:
    """Of a request that took a hundredth of a second there are ten, to the nanosecond."""
    first, second = judge(results(2.0)).entrants

    assert first.samples_ms == ((10.0, 10.0, 12.0),) * 6
    assert first.median_ms == TimeRecord(median=10.0, low=10.0, high=10.0)
    assert second.median_ms is not None
    told = (second.median_ms.median, second.median_ms.low, second.median_ms.high)
    assert told == pytest.approx((20.002, 19.98, 20.02))


def test_a_race_under_load_counts_each_answer_and_tells_the_wait_in_milliseconds() -> None:
    """Eight users get eight times the answers of one; each waits as long as one alone."""
    judged = judge(results(2.0, users=8))

    first, second = judged.entrants
    assert first.values_ms == (1.25,) * 6
    assert second.values_ms == pytest.approx([2.5] * 6, rel=0.01)
    assert first.latency_ms is not None
    assert first.latency_ms == TimeRecord(median=10.0, low=10.0, high=10.0)
    assert judged.comparisons[0].quantity == "time per answer at 8 users"


def test_a_value_of_a_block_is_told_where_no_sample_says_it() -> None:
    """Of one request at a time that is its median; of two requests it is the sum of both."""
    alone = results(1.0)
    two = (Target(url="/a"), Target(url="/b"))
    entrants = tuple(replace(each, requests=two) for each in alone.plan.entrants)
    both = Results(plan=replace(alone.plan, entrants=entrants), blocks=6)
    for each in entrants:
        slot = Slot(samples_s=(0.01, 0.02), around={}, requests=2)
        both.slots[Lane(entrant=each)] = [slot] * 6

    assert [each.values_ms for each in judge(alone).entrants] == [(), ()]
    assert [each.values_ms for each in judge(both).entrants] == [(30.0,) * 6] * 2
    assert {each.latency_ms for each in judge(both).entrants} == {None}


def test_what_went_on_around_a_lane_is_told_where_each_slot_has_it() -> None:
    """Block by block, with its unit; what one slot lacks would be of no block."""
    raced = results(1.0, asking=0.2, steal=0.01)
    lane = Lane(entrant=raced.plan.others[0])
    raced.slots[lane][3] = replace(raced.slots[lane][3], around={ASKING_CPU: 0.3})
    raced.slots[Lane(entrant=entrant("Z"))] = []

    told = {(each.slot, each.quantity): (each.unit, each.blocks) for each in around_slots(raced)}

    assert told["B", "asking_cpu"] == ("cores", (0.2, 0.2, 0.2, 0.3, 0.2, 0.2))
    assert told["A", "steal"] == ("share", (0.01,) * 6)
    assert ("B", "steal") not in told
    assert {slot for slot, _ in told} == {"A", "B", "A (clone)", "A (slowed)"}


def test_a_race_that_has_not_begun_has_seen_nothing() -> None:
    """No block, no answer's size, and a machine at rest as far as anybody looked."""
    plan = results(1.0).plan
    before = Results(plan=plan)

    judged = judge(before)

    assert before.blocks == 0
    assert [each.bytes for each in judged.entrants] == [0, 0]
    assert {gate.name: gate.value for gate in judged.gates} == {"other_work": 0.0}


def test_times_are_kept_to_a_picosecond() -> None:
    """In a slot and in milliseconds: no more of a mean of short calls is told than is kept."""
    third_s = 0.001 / 3
    made = results(1.0)
    lane = Lane(entrant=made.plan.baseline)
    slot = Slot(samples_s=(third_s, 2 * third_s), around={}, requests=2, per_answer_s=third_s)
    two = replace(made.plan.baseline, requests=(Target(url="/a"), Target(url="/b")))
    both = Results(plan=replace(made.plan, entrants=(two, *made.plan.others)))
    both.slots[Lane(entrant=two)] = [
        Slot(samples_s=(0.0, 0.0, 1e-12, 0.0), around={}, requests=2),
        replace(slot, per_answer_s=None),
    ]
    made.slots[lane] = [slot] * 6

    assert slot.samples_s == (0.000333333333, 0.000666666667)
    assert slot.per_answer_s == 0.000333333333
    assert judge(made).entrants[0].samples_ms == ((0.333333333, 0.666666667),) * 6
    assert judge(both).entrants[0].values_ms == (1e-9, 1.0)


def test_a_slot_that_was_cut_is_told_with_its_times() -> None:
    """In milliseconds, as those that count."""
    raced = results(1.0)
    lane = Lane(entrant=raced.plan.others[0])
    raced.cut.append((lane, Slot(samples_s=(0.25, 0.5), around={})))

    assert cut_slots(raced) == (RaceCutRecord(slot="B", samples_ms=(250.0, 500.0)),)
