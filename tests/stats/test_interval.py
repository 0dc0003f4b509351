import pytest

from rowpath.stats.interval import Interval


def test_an_interval_holds_its_estimate() -> None:
    """An interval whose estimate lies outside of it cannot be made."""
    with pytest.raises(ValueError, match=r"1\.0 <= 3\.0 <= 2\.0 does not hold"):
        Interval(estimate=3.0, low=1.0, high=2.0)
