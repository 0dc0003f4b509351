"""Who takes part in a race, and in which order."""

import pytest

from race.made import entrant
from rowpath.errors import UsageError
from rowpath.lab.load.plan import Target
from rowpath.lab.race.values import DEFAULT, QUICK, RacePlan, entrants, profile_named

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
    with pytest.raises(UsageError, match="Choose one of: quick, default, thorough"):
        profile_named("talk")
