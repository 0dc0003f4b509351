"""A ratio is shared out where it is one, and where every block has all of it."""

from math import log, prod

import pytest

from rowpath.lab.record import ExplanationRecord
from rowpath.lab.sharing import NOTHING_YET, shared_out
from rowpath.stats.shares import corners

FACTORS = ("server", "query")
RECORD = ExplanationRecord(
    group="group",
    text="from one end to the other",
    rows=1_000,
    quantity="time",
    blocks=0,
    ratio=NOTHING_YET,
    shares=(),
    corners=(),
)
NOISE = (1.0, 1.001, 0.999, 1.002, 0.998, 1.003)


def shared(
    server: float, query: float, noise: tuple[float, ...] = NOISE
) -> ExplanationRecord | None:
    """Share out what two changes do of which each multiplies the time; the first one's is noisy."""
    brings = {"server": server, "query": query}
    figures = {
        corner: [
            (each if "server" in corner else 1.0) * prod(brings[factor] for factor in corner)
            for each in noise
        ]
        for corner in corners(FACTORS)
    }
    return shared_out(RECORD, figures, FACTORS)


@pytest.mark.parametrize("ratio", [1.49, 1 / 1.49, 1.0])
def test_a_ratio_of_nearly_1_is_not_shared_out(ratio: float) -> None:
    """What is less than half as much again is nearly nothing, and so are shares of it."""
    assert shared(ratio, 1.0, (1.0,) * 6) is None


@pytest.mark.parametrize("ratio", [1.51, 1 / 1.51])
def test_a_ratio_to_either_side_is_shared_out(ratio: float) -> None:
    """A gain as well as a loss: here the server brings all of it, the query nothing."""
    told = shared(ratio, 1.0, (1.0,) * 6)

    assert told is not None
    assert told.ratio.estimate == pytest.approx(ratio)
    assert [each.factor for each in told.shares] == ["server", "query"]
    assert [each.ratio.estimate for each in told.shares] == pytest.approx([ratio, 1.0])
    assert [each.share.estimate for each in told.shares] == pytest.approx([1.0, 0.0])


def test_the_shares_have_the_intervals_of_their_blocks() -> None:
    """With six blocks they are the whole range: the server brings 4 times from 0.998 to 1.003."""
    told = shared(4.0, 2.0)

    assert told is not None
    server, query = told.shares
    assert (told.ratio.low, told.ratio.high) == pytest.approx((8 * 0.998, 8 * 1.003))
    assert (server.ratio.low, server.ratio.high) == pytest.approx((4 * 0.998, 4 * 1.003))
    assert (query.ratio.low, query.ratio.high) == pytest.approx((2.0, 2.0))
    assert server.share.low == pytest.approx(log(4 * 0.998) / log(8 * 0.998))
    assert server.share.high == pytest.approx(log(4 * 1.003) / log(8 * 1.003))


@pytest.mark.parametrize("at", [1.0, 0.99])
def test_a_ratio_that_may_be_none_is_not_shared_out(at: float) -> None:
    """However far from 1 its estimate is: one block of six says that there is nothing, or less.

    A block in which there is nothing at all has no shares, and with ten of them it is no bound.
    """
    assert shared(2.5, 1.0, (*NOISE[:5], at / 2.5)) is None
    assert (shared(2.5, 1.0, (*NOISE, *NOISE[:3], at / 2.5)) is None) is (at == 1.0)


@pytest.mark.parametrize("side", [1, -1])
def test_an_interval_that_ends_at_1_is_of_a_ratio_that_may_be_none(side: int) -> None:
    """Of seven blocks the third lowest mean of two is a bound: here that of a half and of twice.

    The same holds for a gain, whose bounds are the reciprocals.
    """
    blocks = (0.5, 2.0, 2.0, 8.0, 8.0, 8.0, 8.0)

    assert shared(1.0, 1.0, tuple(block**side for block in blocks)) is None
    assert shared(1.0, 1.0, tuple(block**side for block in (0.6, *blocks[1:]))) is not None


def test_blocks_that_one_corner_lacks_do_not_count() -> None:
    """The last of seven was cut before all were measured."""
    figures = {corner: [2.0 ** len(corner)] * 6 for corner in corners(FACTORS)}
    figures[frozenset()].append(1.0)

    told = shared_out(RECORD, figures, FACTORS)

    assert told is not None
    assert told.blocks == 6
    assert told.ratio.estimate == pytest.approx(4.0)
