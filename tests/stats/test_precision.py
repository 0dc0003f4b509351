from math import exp

import pytest

from rowpath.stats.interval import Interval
from rowpath.stats.precision import half_width, precise_enough

NARROW = Interval(estimate=1.0, low=exp(-0.04), high=exp(0.04))
WIDE = Interval(estimate=1.0, low=exp(-0.06), high=exp(0.06))


def test_half_width_is_relative() -> None:
    """The half-width is that of the logarithms, so a tenfold ratio is as precise as a plain one."""
    tenfold = Interval(estimate=10.0, low=10 * NARROW.low, high=10 * NARROW.high)

    assert half_width(NARROW) == pytest.approx(0.04)
    assert half_width(tenfold) == pytest.approx(0.04)


def test_an_interval_of_one_point_has_no_width() -> None:
    """Bounds that are equal have a half-width of 0."""
    assert half_width(Interval(estimate=2.0, low=2.0, high=2.0)) == 0


def test_an_interval_as_wide_as_the_bound_is_precise_enough() -> None:
    """What is asked for is at most the bound, not less."""
    assert precise_enough([NARROW], bound=half_width(NARROW))


def test_without_a_bound_5_percent_to_either_side_are_enough() -> None:
    """A ratio known to a factor of 1.05 lets a run stop, one known to 1.06 does not."""
    within, over = (Interval(estimate=1.0, low=1 / factor, high=factor) for factor in (1.05, 1.06))

    assert precise_enough([within])
    assert not precise_enough([over])


@pytest.mark.parametrize(
    ("intervals", "enough"),
    [((NARROW, NARROW), True), ((NARROW, WIDE), False), ((NARROW, None), False), ((), True)],
)
def test_every_interval_must_be_precise(
    intervals: tuple[Interval | None, ...], *, enough: bool
) -> None:
    """One interval that is too wide, or missing, is reason to measure on."""
    assert precise_enough(intervals, bound=0.05) is enough
