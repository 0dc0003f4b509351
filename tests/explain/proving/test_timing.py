"""How long changes are timed."""

from rowpath.explain.proving.timing import Purse


def test_each_change_takes_half_of_what_is_left_at_the_most() -> None:
    """So that the first are timed longest, and there is something for the last."""
    purse = Purse(12.0)
    shares = []
    for wanted_s in (8.0, 2.0, 8.0, 8.0):
        shares.append(purse.share_s(wanted_s))
        purse.spend(shares[-1])

    assert shares == [6.0, 2.0, 2.0, 1.0]


def test_a_purse_is_never_overdrawn() -> None:
    """The fewest blocks may take more than their share."""
    purse = Purse(1.0)
    purse.spend(5.0)

    assert purse.share_s(8.0) == 0.0
