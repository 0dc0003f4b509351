from collections.abc import Callable, Sequence
from math import exp, inf, nan
from random import Random

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from rowpath.stats.interval import Interval
from rowpath.stats.ratio import ratio_interval, ratio_p_value

TIMES = st.floats(min_value=1e-6, max_value=1e4)
BLOCKS = st.lists(st.tuples(TIMES, TIMES), min_size=6, max_size=12)
TICKS = st.lists(st.tuples(st.integers(1, 6), st.integers(1, 6)), min_size=3, max_size=10)

Function = Callable[[Sequence[float], Sequence[float]], object]

# Sums and logarithms round; the ratio is rounded to 12 places on purpose.
ROUNDING = 1e-9


def measured(blocks: list[tuple[float, float]]) -> Interval:
    """Return the interval of blocks of (variant, baseline)."""
    interval = ratio_interval(*zip(*blocks, strict=True))
    assert interval is not None
    return interval


def bounds(interval: Interval) -> tuple[float, float, float]:
    """Return the interval's numbers in ascending order."""
    return interval.low, interval.estimate, interval.high


def test_six_blocks_give_their_extremes() -> None:
    """With six blocks the interval reaches from the smallest ratio to the largest."""
    ratios = [0.5, 0.6, 0.7, 0.8, 0.9, 1.0]

    interval = ratio_interval(ratios, [1.0] * 6)

    assert interval is not None
    assert interval.low == pytest.approx(0.5)
    assert interval.high == pytest.approx(1.0)


def test_ten_blocks_by_hand() -> None:
    """With ten blocks eight Walsh averages go at each end, and their median is the estimate."""
    ln_ratios = [0, 10, 20, 30, 40, 50, 60, 70, 80, 90]

    interval = measured([(exp(number / 100), 1.0) for number in ln_ratios])

    # The averages of 0, 10, ..., 90 are 0, 5, 10, 10, 15, 15, 20, 20, 20, ...: the ninth is 20.
    assert bounds(interval) == pytest.approx((exp(0.2), exp(0.45), exp(0.7)))


@pytest.mark.parametrize("blocks", range(6))
def test_fewer_than_six_blocks_have_no_interval(blocks: int) -> None:
    """Fewer than six blocks cannot have a 95% interval, so there is none."""
    assert ratio_interval([1.0] * blocks, [2.0] * blocks) is None


@given(BLOCKS)
def test_interval_contains_its_estimate(blocks: list[tuple[float, float]]) -> None:
    """The estimate lies within its interval, and all three are positive."""
    interval = measured(blocks)

    assert 0 < interval.low <= interval.estimate <= interval.high


@given(BLOCKS, TIMES, TIMES)
def test_ratio_scales_with_its_times(
    blocks: list[tuple[float, float]], factor: float, other: float
) -> None:
    """Multiplying the times of a side multiplies the ratio; the unit of time does not matter."""
    scaled = measured([(variant * factor, base * other) for variant, base in blocks])

    expected = [bound * factor / other for bound in bounds(measured(blocks))]
    assert bounds(scaled) == pytest.approx(expected, rel=ROUNDING)


@given(BLOCKS)
def test_exchanging_the_sides_inverts_the_ratio(blocks: list[tuple[float, float]]) -> None:
    """The baseline over the variant is 1 over the variant over the baseline."""
    inverse = measured([(base, variant) for variant, base in blocks])

    expected = [1 / bound for bound in reversed(bounds(measured(blocks)))]
    assert bounds(inverse) == pytest.approx(expected, rel=ROUNDING)


@given(BLOCKS, st.randoms(use_true_random=False))
def test_order_of_blocks_does_not_matter(blocks: list[tuple[float, float]], random: Random) -> None:
    """The same blocks in another order give the same interval to the last bit."""
    shuffled = list(blocks)
    random.shuffle(shuffled)

    assert measured(shuffled) == measured(blocks)


@given(BLOCKS, st.integers(0, 11), st.floats(1.0, 100.0))
def test_a_slower_block_never_lowers_the_ratio(
    blocks: list[tuple[float, float]], index: int, factor: float
) -> None:
    """Slowing the variant in one block lowers neither the estimate nor a bound."""
    assume(index < len(blocks))
    slower = list(blocks)
    slower[index] = (blocks[index][0] * factor, blocks[index][1])

    for after, before in zip(bounds(measured(slower)), bounds(measured(blocks)), strict=True):
        assert after >= before * (1 - ROUNDING)


@given(TICKS)
def test_p_value_and_interval_agree(blocks: list[tuple[int, int]]) -> None:
    """p is at most 5% exactly when there is an interval and it excludes 1, with ties too."""
    variant, baseline = zip(*blocks, strict=True)
    interval = ratio_interval(variant, baseline)

    different = interval is not None and not interval.low <= 1 <= interval.high

    assert (ratio_p_value(variant, baseline) <= 0.05) == different


@pytest.mark.parametrize("function", [ratio_interval, ratio_p_value])
def test_blocks_are_pairs(function: Function) -> None:
    """Sides of unequal length are refused with their lengths."""
    with pytest.raises(ValueError, match="6 of the variant, 7 of the other"):
        function([1.0] * 6, [1.0] * 7)


@pytest.mark.parametrize("wrong", [0.0, -1.0, inf, nan])
@pytest.mark.parametrize("function", [ratio_interval, ratio_p_value])
def test_times_are_positive(function: Function, wrong: float) -> None:
    """A time that is not positive and finite is refused on either side."""
    with pytest.raises(ValueError, match="must be positive and finite"):
        function([1.0] * 6, [1.0] * 5 + [wrong])
    with pytest.raises(ValueError, match="must be positive and finite"):
        function([wrong] + [1.0] * 5, [1.0] * 6)
