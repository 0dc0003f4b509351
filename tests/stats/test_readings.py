from math import inf, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rowpath.stats.readings import Reading, nearest, readings


def test_36_percent_faster_has_two_readings() -> None:
    """0.64 of the time, or 1.36 times as much in the same time, which is 0.735 of the time."""
    found = readings(0.36)

    assert found == {
        Reading.TIME: pytest.approx(0.64),
        Reading.RATE: pytest.approx(0.7353, abs=1e-4),
    }


def test_17_percent_slower_has_two_readings() -> None:
    """1.17 times the time, or 0.83 of what was done in a time, which is 1.205 times the time."""
    found = readings(-0.17)

    assert found == {
        Reading.TIME: pytest.approx(1.17),
        Reading.RATE: pytest.approx(1.2048, abs=1e-4),
    }


@pytest.mark.parametrize("faster_by", [1.0, 13.0])
def test_nothing_takes_100_percent_less_time(faster_by: float) -> None:
    """Then more is done in a time; there is no other reading."""
    assert readings(faster_by) == {Reading.RATE: 1 / (1 + faster_by)}


@pytest.mark.parametrize("faster_by", [-1.0, -3.0])
def test_nothing_does_100_percent_less_in_a_time(faster_by: float) -> None:
    """Then more time is taken; there is no other reading."""
    assert readings(faster_by) == {Reading.TIME: 1 - faster_by}


@pytest.mark.parametrize("faster_by", [nan, inf, -inf])
def test_a_share_that_is_no_number_has_no_reading(faster_by: float) -> None:
    """It is refused, and does not become a ratio."""
    with pytest.raises(ValueError, match="finite"):
        readings(faster_by)


@given(st.floats(-0.95, 0.95).filter(lambda share: abs(share) > 0.01))
def test_the_reading_of_less_time_is_the_larger_gain_and_the_smaller_loss(share: float) -> None:
    """(1 - p)(1 + p) is below 1 for every share p, so time's ratio is below rate's."""
    found = readings(share)

    assert found[Reading.TIME] < found[Reading.RATE]


@given(
    st.floats(-0.95, 0.95).filter(lambda share: abs(share) > 0.01), st.sampled_from(list(Reading))
)
def test_figures_decide_which_reading_was_meant(share: float, meant: Reading) -> None:
    """A ratio that one of the readings gives is that reading's."""
    assert nearest(readings(share)[meant], share) is meant


def test_rounded_figures_decide_too() -> None:
    """The talk's +37.5% of 4.8 requests a second against 3 is that of their times."""
    assert nearest(3 / 4.8, 0.375) is Reading.TIME
