from math import nan
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rowpath.stats.holm import holm

P_VALUES = st.lists(st.floats(0, 1), max_size=12)


def test_holm_by_hand() -> None:
    """Smallest first: 4 x 0.005, 3 x 0.01, 2 x 0.03, and 0.04 is raised to the one before it."""
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx((0.03, 0.06, 0.06, 0.02))


def test_a_family_of_one_is_not_corrected() -> None:
    """A single p-value stays what it is."""
    assert holm([0.03125]) == (0.03125,)


def test_an_empty_family_has_no_p_values() -> None:
    """No p-values give none."""
    assert holm([]) == ()


@given(P_VALUES)
def test_adjusted_lies_between_plain_and_bonferroni(p_values: list[float]) -> None:
    """Holm's value is at least the plain one, at most Bonferroni's, and never above 1."""
    for adjusted, plain in zip(holm(p_values), p_values, strict=True):
        assert plain <= adjusted <= min(1, len(p_values) * plain)


@given(P_VALUES)
def test_adjusting_keeps_the_order(p_values: list[float]) -> None:
    """A smaller p-value never becomes the larger one."""
    adjusted = [value for _, value in sorted(zip(p_values, holm(p_values), strict=True))]

    assert adjusted == sorted(adjusted)


@given(P_VALUES, st.randoms(use_true_random=False))
def test_each_value_stays_in_its_place(p_values: list[float], random: Random) -> None:
    """The adjusted values come in the order of the p-values, whatever that is."""
    order = list(range(len(p_values)))
    random.shuffle(order)

    assert holm([p_values[i] for i in order]) == tuple(holm(p_values)[i] for i in order)


@pytest.mark.parametrize("wrong", [-0.1, 1.1, nan])
def test_p_values_are_probabilities(wrong: float) -> None:
    """A value that is no probability is refused."""
    with pytest.raises(ValueError, match="between 0 and 1"):
        holm([0.5, wrong])
