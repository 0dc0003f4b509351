"""Who takes part in a race, and in which order."""

from collections.abc import Sequence
from dataclasses import replace
from string import ascii_uppercase

import pytest

from race.made import entrant
from rowpath.errors import UsageError
from rowpath.lab.load.plan import Target
from rowpath.lab.race.values import (
    DEFAULT,
    PROFILES,
    QUICK,
    RacePlan,
    entrants,
    path_in,
    profile_named,
)

URLS = [Target(url=f"http://127.0.0.1/{number}") for number in range(3)]


def test_entrants_are_called_by_letters_or_by_their_names() -> None:
    """In the order of the URLs."""
    assert [each.name for each in entrants(URLS, ())] == ["A", "B", "C"]
    assert [each.name for each in entrants(URLS, ("old", "new", "x"))] == ["old", "new", "x"]


@pytest.mark.parametrize(
    ("urls", "names", "reason"),
    [
        (1, (), "Cannot race 1 URL: a race has 2 to 26."),
        (27, (), "Cannot race 27 URLs: a race has 2 to 26."),
        (2, ("a",), "Cannot give 2 URLs 1 name."),
        (2, ("a", "b", "c"), "Cannot give 2 URLs 3 names."),
        (2, ("a", "a"), "Cannot call two URLs 'a'."),
        (2, ("a", " "), "a name has 1 to 40 characters"),
        (2, ("a", "b\x1b[31m"), "a name has 1 to 40 characters"),
        (2, ("a", "b" * 41), "a name has 1 to 40 characters"),
    ],
)
def test_names_that_do_not_fit_are_told(urls: int, names: tuple[str, ...], reason: str) -> None:
    """With what does."""
    with pytest.raises(UsageError, match=reason):
        entrants(URLS[:1] * urls, names)


def test_as_many_as_there_are_letters_may_race() -> None:
    """From two on, with names of up to 40 characters."""
    assert [each.name for each in entrants(URLS[:1] * 26, ())] == list(ascii_uppercase)
    assert [each.name for each in entrants(URLS[:2], ("a", "b" * 40))] == ["a", "b" * 40]


@pytest.mark.parametrize(
    ("users", "requests", "quantity"),
    [
        (1, (), "time"),
        (1, URLS[:1], "time"),
        (1, URLS[:2], "time for 2 requests"),
        (2, (), "time per answer at 2 users"),
        (8, URLS[:2], "time per answer at 8 users"),
    ],
)
def test_a_ratio_says_of_what_it_is(users: int, requests: Sequence[Target], quantity: str) -> None:
    """Of one request or of several after one another, or of what many users are given."""
    racers = (replace(entrant("A"), requests=tuple(requests)), entrant("B"))

    assert RacePlan(entrants=racers, users=users).quantity == quantity


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8000/a/b?x=1", "http://127.0.0.1:{port}/a/b?x=1"]
)
def test_what_is_asked_of_a_host_is_known_before_its_port(url: str) -> None:
    """The path with all that follows it."""
    assert path_in(Target(url=url)) == "/a/b?x=1"


def test_a_block_has_every_entrant_and_both_controls_in_an_order_of_the_seed() -> None:
    """Another for each block, and the same for the same seed."""
    plan = RacePlan(entrants=(entrant("A"), entrant("B")), profile=QUICK, seed=3)
    orders = [[str(lane) for lane in plan.order(block)] for block in range(20)]

    assert all(sorted(order) == ["A", "A (clone)", "A (slowed)", "B"] for order in orders)
    assert len({tuple(order) for order in orders}) > 5
    assert [[str(lane) for lane in plan.order(block)] for block in range(20)] == orders


def test_a_precision_decides_when_to_stop_and_the_profile_how_long_a_slot_is() -> None:
    """Between six blocks and sixty."""
    plan = RacePlan(entrants=(entrant("A"), entrant("B")), profile=QUICK, precision=0.01)

    assert (plan.floor, plan.blocks, plan.half_width) == (6, 60, 0.01)
    assert plan.profile.slot_s == 0.35
    default = RacePlan(entrants=(entrant("A"), entrant("B")))
    assert (default.floor, default.blocks, default.half_width) == (6, 12, 0.025)


def test_a_profile_is_had_by_its_name() -> None:
    """Another is told with those that there are."""
    assert profile_named("default") is DEFAULT
    assert [profile_named(each.name) for each in PROFILES] == list(PROFILES)
    with pytest.raises(UsageError, match="Choose one of: quick, default, thorough"):
        profile_named("talk")


@pytest.mark.parametrize(
    ("name", "floor", "blocks", "half_width"),
    [("quick", 6, 6, None), ("default", 6, 12, 0.025), ("thorough", 20, 20, None)],
)
def test_a_profile_decides_how_many_blocks_there_are(
    name: str, floor: int, blocks: int, half_width: float | None
) -> None:
    """Without a width to stop at they are as many as they are."""
    plan = RacePlan(entrants=(entrant("A"), entrant("B")), profile=profile_named(name))

    assert (plan.floor, plan.blocks, plan.half_width) == (floor, blocks, half_width)


def test_a_plain_race_asks_one_at_a_time_and_compares_the_answers() -> None:
    """Of the first with each of the others."""
    plan = RacePlan(entrants=(entrant("A"), entrant("B"), entrant("C")))

    assert (plan.users, plan.may_differ, plan.ignored) == (1, False, frozenset())
    assert plan.baseline.name == "A"
    assert [each.name for each in plan.others] == ["B", "C"]
