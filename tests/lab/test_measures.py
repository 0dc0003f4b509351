"""How long a slot lasts follows from what is asked, and from what one request takes."""

import pytest

from rowpath.lab.measures import AtRate, ManyUsers


@pytest.mark.parametrize(
    ("load_s", "request_s", "workers", "lasts_s", "takes_s"),
    [
        (0.5, 0.01, 2, 0.5, 0.55),
        (0.5, 0.2, 2, 1.5, 2.5),
        (0.5, 0.2, 1, 3.0, 5.0),
        (0.5, 4.0, 1, 20.0, 60.0),
        (30.0, 4.0, 1, 30.0, 70.0),
    ],
)
def test_a_slot_of_users_lasts_one_and_a_half_rounds(
    load_s: float, request_s: float, workers: int, lasts_s: float, takes_s: float
) -> None:
    """At least what the profile says, and no more than 20 s for them; then one round more.

    A round of ten users at two workers is five requests after one another.
    """
    ten = ManyUsers(users=10)

    assert ten.lasts_s(load_s, request_s, workers) == pytest.approx(lasts_s)
    assert ten.takes_s(load_s, request_s, workers) == pytest.approx(takes_s)


@pytest.mark.parametrize(("load_s", "lasts_s"), [(0.5, 3.0), (10.0, 10.0)])
def test_a_slot_at_a_rate_lasts_until_there_are_requests_enough(
    load_s: float, lasts_s: float
) -> None:
    """And takes one request more, of the last that arrived."""
    rate = AtRate(rate=40.0, users=20, least_s=3.0)

    assert rate.lasts_s(load_s, 0.25, 2) == lasts_s
    assert rate.takes_s(load_s, 0.25, 2) == lasts_s + 0.25
