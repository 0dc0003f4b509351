"""Functions in a race, where endpoints are asked otherwise."""

import operator
from collections.abc import Callable
from dataclasses import replace
from math import isclose
from time import sleep

import pytest

from race.test_measuring import SHORT, Silent
from rowpath.errors import AnswerError
from rowpath.lab.load.plan import Target
from rowpath.lab.measures import ASKING_CPU, STEAL
from rowpath.lab.plan import Control
from rowpath.lab.race.calling import Caller, calls_of
from rowpath.lab.race.judging import judge
from rowpath.lab.race.measuring import race
from rowpath.lab.race.results import Results
from rowpath.lab.race.values import CALL, Lane, RacePlan, entrants

LASTS_S = 0.002


@pytest.fixture(autouse=True)
def _no_long_look(monkeypatch: pytest.MonkeyPatch) -> None:
    """Half a second before each race would be most of these tests."""
    monkeypatch.setattr("rowpath.lab.race.measuring.LOOKS_FOR_S", 0.01)


def raced(**functions: Callable[[], object]) -> Results:
    calls = calls_of(functions, operator.eq)
    named = entrants([Target(url="test", method=CALL) for _ in calls], list(functions))
    taking_part = tuple(replace(each, call=call) for each, call in zip(named, calls, strict=True))
    results = Results(plan=RacePlan(entrants=taking_part, profile=SHORT))
    race(results.plan, results, Silent())
    return results


def near_by(one: object, other: object) -> bool:
    assert isinstance(one, float)
    assert isinstance(other, float)
    return isclose(one, other)


def waits() -> int:
    sleep(LASTS_S)
    return 1


def test_functions_have_the_blocks_and_the_controls_of_endpoints() -> None:
    """And 5% more of a call's own time is really waited."""
    results = raced(before=waits, after=waits)

    assert results.blocks == 6
    assert {lane: len(slots) for lane, slots in results.slots.items()} == dict.fromkeys(
        results.plan.lanes, 6
    )
    slowed = results.slots[Lane(entrant=results.plan.baseline, control=Control.SLOWED)]
    assert all(sample_s > LASTS_S * 1.05 for slot in slowed for sample_s in slot.samples_s)


def test_a_time_of_what_is_slowed_is_of_one_call_too() -> None:
    """The delay is waited once after a batch: no clock can wait for a twentieth of 50 ns."""
    results = raced(before=int, after=int)
    slowed = results.slots[Lane(entrant=results.plan.baseline, control=Control.SLOWED)]

    assert min(sample_s for slot in slowed for sample_s in slot.samples_s) < 0.000_01


def test_work_of_the_own_process_fails_no_gate() -> None:
    """Whoever asks is who works, so how much of a core that takes says nothing of the race."""
    results = raced(before=lambda: sum(range(1_000)), after=lambda: sum(range(1_000)))

    assert all(
        ASKING_CPU not in slot.around and STEAL in slot.around
        for slots in results.slots.values()
        for slot in slots
    )
    names = [gate.name for gate in judge(results).gates]
    assert "generator" not in names
    assert {"clone", "control"} <= set(names)


def test_a_timing_of_a_short_function_is_of_many_calls() -> None:
    """As many as take a millisecond, and a slow one is called alone."""
    quick, slow = calls_of({"quick": int, "slow": waits}, None)

    assert quick.calls >= 1_024
    assert slow.calls == 1
    assert Caller(quick).ask().calls == quick.calls
    assert Caller(quick).ask(keeps=True).calls == 1


def test_a_result_that_is_another_ends_a_race() -> None:
    """By the comparison that was asked for."""
    near, far = calls_of({"near": lambda: 1.0, "far": lambda: 1.0 + 1e-12}, near_by)

    assert near.expected == far.expected == 1.0
    with pytest.raises(AnswerError, match=r"the results of b and a are not the same, 2 is not 1"):
        calls_of({"a": lambda: 1, "b": lambda: 2}, operator.eq)
    with pytest.raises(AnswerError, match="its result changed meanwhile"):
        Caller(replace(near, function=lambda: 2.0)).ask(keeps=True)
