from math import inf, nan

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from rowpath.stats.interval import Interval
from rowpath.stats.verdict import NULL_BAND, Verdict, beyond, judge, wider_band

CONFIRMED, DIRECTION_ONLY = Verdict.CONFIRMED, Verdict.DIRECTION_ONLY
REFUTED, INCONCLUSIVE = Verdict.REFUTED, Verdict.INCONCLUSIVE
RATIOS = st.floats(0.01, 100)


def interval(low: float, high: float) -> Interval:
    """Return an interval with its estimate in the middle, which no verdict looks at."""
    return Interval(estimate=(low + high) / 2, low=low, high=high)


@pytest.mark.parametrize(
    ("estimate", "band"),
    [(1.05, 0.05), (1 / 1.05, 0.05), (1.01, NULL_BAND), (0.995, NULL_BAND), (1.0, NULL_BAND)],
)
def test_a_clone_widens_the_band_to_whichever_side_it_is_off(estimate: float, band: float) -> None:
    """A faster one as much as a slower one; within 2% it stays."""
    seen = Interval(estimate=estimate, low=0.5, high=2.0)

    assert wider_band(seen) == pytest.approx(band)


def test_the_ends_of_the_band_are_inside_it() -> None:
    """What only touches them is not beyond."""
    assert not beyond(interval(1 + NULL_BAND, 1.5), NULL_BAND)
    assert not beyond(interval(0.5, 1 / (1 + NULL_BAND)), NULL_BAND)
    assert beyond(interval(1 + NULL_BAND + 1e-9, 1.5), NULL_BAND)
    assert beyond(interval(0.5, 1 / (1 + NULL_BAND) - 1e-9), NULL_BAND)


@pytest.mark.parametrize(("low", "high"), [(0.4, inf), (0.0, 1.0)])
def test_a_bound_that_is_no_ratio_is_refused(low: float, high: float) -> None:
    """On either side."""
    with pytest.raises(ValueError, match="positive and finite"):
        judge(0.5, Interval(estimate=0.5, low=low, high=high))


@pytest.mark.parametrize(
    ("claimed", "low", "high", "verdict"),
    [
        pytest.param(0.5, 0.45, 0.55, CONFIRMED, id="near the claim"),
        pytest.param(0.5, 0.4, 0.625, CONFIRMED, id="the tolerance's ends are inside"),
        pytest.param(0.5, 0.399, 0.55, DIRECTION_ONLY, id="reaches past the tolerance below"),
        pytest.param(0.5, 0.45, 0.626, DIRECTION_ONLY, id="reaches past the tolerance above"),
        pytest.param(0.5, 0.7, 0.9, DIRECTION_ONLY, id="a smaller gain than claimed"),
        pytest.param(0.5, 0.1, 0.2, DIRECTION_ONLY, id="a larger gain than claimed"),
        pytest.param(0.5, 0.1, 0.97, DIRECTION_ONLY, id="wide, but a gain all over"),
        pytest.param(0.5, 0.7, 1.01, INCONCLUSIVE, id="a gain, or none"),
        pytest.param(0.5, 0.7, 1.3, INCONCLUSIVE, id="a gain, or a loss"),
        pytest.param(0.5, 0.7, 1 / 1.02, INCONCLUSIVE, id="a gain down to the band's end"),
        pytest.param(2.0, 1.02, 1.3, INCONCLUSIVE, id="a loss from the band's end"),
        pytest.param(0.5, 0.99, 1.01, REFUTED, id="inside the null band"),
        pytest.param(0.5, 1 / 1.02, 1.02, REFUTED, id="the band's ends are inside"),
        pytest.param(0.5, 0.99, 1.5, REFUTED, id="no difference, or a loss"),
        pytest.param(0.5, 1.2, 1.5, REFUTED, id="a loss"),
        pytest.param(0.9, 0.85, 1.05, INCONCLUSIVE, id="within the tolerance, but over 1"),
        pytest.param(0.9, 0.85, 0.99, INCONCLUSIVE, id="within the tolerance, but into the band"),
        pytest.param(0.9, 0.85, 0.97, CONFIRMED, id="a small gain, all beyond the band"),
        pytest.param(0.9, 0.99, 1.01, REFUTED, id="a small gain that is none"),
        pytest.param(2.0, 1.6, 2.5, CONFIRMED, id="a loss, near the claim"),
        pytest.param(2.0, 1.1, 1.3, DIRECTION_ONLY, id="a smaller loss than claimed"),
        pytest.param(2.0, 0.7, 1.01, REFUTED, id="a loss that is none, or a gain"),
        pytest.param(2.0, 0.9, 1.3, INCONCLUSIVE, id="a loss, or a gain"),
        pytest.param(1.0, 0.99, 1.01, CONFIRMED, id="no difference, and none is there"),
        pytest.param(1.007, 1 / 1.02, 1.02, CONFIRMED, id="no difference, up to the band's ends"),
        pytest.param(1.02, 0.99, 1.01, CONFIRMED, id="a claim at the band's end is of none"),
        pytest.param(1 / 1.02, 0.99, 1.01, CONFIRMED, id="a claim at its other end, too"),
        pytest.param(1.0, 0.9, 1.01, INCONCLUSIVE, id="no difference, or one"),
        pytest.param(1.0, 0.99, 1.5, INCONCLUSIVE, id="no difference, or a loss"),
        pytest.param(1.0, 0.97, 1.03, INCONCLUSIVE, id="no difference, not precise enough"),
        pytest.param(1.0, 0.8, 0.97, REFUTED, id="no difference, but a gain is there"),
        pytest.param(1.0, 1.03, 1.2, REFUTED, id="no difference, but a loss is there"),
    ],
)
def test_verdict(claimed: float, low: float, high: float, verdict: Verdict) -> None:
    """Each of these intervals gives this verdict on its claim."""
    assert judge(claimed, interval(low, high)) is verdict


@pytest.mark.parametrize(
    ("claimed", "low", "high", "verdict"),
    [
        pytest.param(0.5, 0.96, 0.97, INCONCLUSIVE, id="inside the wider band"),
        pytest.param(0.5, 0.99, 1.04, REFUTED, id="no gain of 2%, whatever the band"),
        pytest.param(0.5, 0.9, 0.96, INCONCLUSIVE, id="into the wider band"),
        pytest.param(0.96, 0.97, 1.03, INCONCLUSIVE, id="a claim inside the band cannot be seen"),
        pytest.param(0.96, 0.98, 1.3, INCONCLUSIVE, id="a claim inside the band, or a loss"),
        pytest.param(0.96, 0.9, 0.94, CONFIRMED, id="a claim inside the band, a gain beyond it"),
        pytest.param(0.96, 1.06, 1.3, REFUTED, id="a claim inside the band, a loss beyond it"),
        pytest.param(0.96, 1.05, 1.3, INCONCLUSIVE, id="a loss from the wider band's end"),
        pytest.param(1 / 1.05, 0.99, 1.04, INCONCLUSIVE, id="a claim at the wider band's end"),
        pytest.param(1.0, 0.96, 1.04, INCONCLUSIVE, id="a wider band proves no equality"),
        pytest.param(1.0, 0.96, 0.97, INCONCLUSIVE, id="a difference inside the wider band"),
        pytest.param(1.0, 0.9, 0.94, REFUTED, id="a difference beyond the wider band"),
    ],
)
def test_verdict_with_a_wider_band(
    claimed: float, low: float, high: float, verdict: Verdict
) -> None:
    """With a null band of 5% each of these intervals gives this verdict on its claim."""
    assert judge(claimed, interval(low, high), null_band=0.05) is verdict


@pytest.mark.parametrize(
    ("claimed", "low", "high", "verdict"),
    [
        pytest.param(0.5, 0.45, 0.55, CONFIRMED, id="a gain that is seen"),
        pytest.param(0.5, 0.7, 0.9, DIRECTION_ONLY, id="a smaller gain that is seen"),
        pytest.param(0.5, 0.99, 1.01, INCONCLUSIVE, id="a gain that may have been missed"),
        pytest.param(0.5, 0.99, 1.5, INCONCLUSIVE, id="a gain that may be missed, or a loss"),
        pytest.param(0.5, 1.03, 1.5, REFUTED, id="a loss that is seen"),
        pytest.param(1.0, 0.99, 1.01, INCONCLUSIVE, id="a difference that may have been missed"),
        pytest.param(1.0, 1.03, 1.2, REFUTED, id="a difference that is seen"),
    ],
)
def test_verdict_of_a_run_that_may_miss_a_difference(
    claimed: float, low: float, high: float, verdict: Verdict
) -> None:
    """What is seen all the same is said; that nothing is there is not."""
    assert judge(claimed, interval(low, high), shows_absence=False) is verdict


@given(RATIOS)
def test_without_an_interval_nothing_is_said(claimed: float) -> None:
    """Where too few blocks were measured, every claim is inconclusive."""
    assert judge(claimed, None) is INCONCLUSIVE


@given(RATIOS, RATIOS, RATIOS, st.floats(NULL_BAND, 0.2))
def test_verdict_does_not_depend_on_the_side(
    claimed: float, first: float, second: float, null_band: float
) -> None:
    """The claim that A takes half of B's time is judged as that B takes twice A's."""
    low, high = sorted((first, second))
    edges = [1, 1 + NULL_BAND, 1 + null_band, 0.8 * claimed, 1.25 * claimed]
    near = [
        abs(value * edge - 1) < 1e-9 or abs(value / edge - 1) < 1e-9
        for value in (claimed, low, high)
        for edge in edges
    ]
    assume(not any(near))  # a reciprocal rounds, so on an edge it may fall to either side

    verdict = judge(claimed, interval(low, high), null_band=null_band)

    assert judge(1 / claimed, interval(1 / high, 1 / low), null_band=null_band) is verdict


@given(RATIOS, RATIOS, RATIOS, st.floats(NULL_BAND, 0.2))
def test_an_interval_that_holds_claim_and_1_is_inconclusive(
    claimed: float, first: float, second: float, null_band: float
) -> None:
    """Where claim and no difference are both possible, a claimed difference stays undecided."""
    assume(abs(claimed - 1) > 2 * NULL_BAND)
    low, high = min(first, second, claimed, 1.0), max(first, second, claimed, 1.0)

    assert judge(claimed, interval(low, high), null_band=null_band) is INCONCLUSIVE


@given(st.floats(0.8, 1.25), st.floats(0.8, 1.25), st.floats(0.8, 1.25), st.floats(NULL_BAND, 0.2))
def test_a_refuted_claim_is_outside_the_interval(
    claimed: float, first: float, second: float, null_band: float
) -> None:
    """No claim is refuted by an interval that holds it, however wide the band."""
    low, high = sorted((first, second))

    if judge(claimed, interval(low, high), null_band=null_band) is REFUTED:
        assert not low <= claimed <= high


@given(RATIOS, RATIOS, RATIOS)
def test_a_confirmed_difference_excludes_1(claimed: float, first: float, second: float) -> None:
    """No claim of a difference is confirmed by an interval in which there may be none."""
    assume(abs(claimed - 1) > 2 * NULL_BAND)
    low, high = sorted((first, second))

    if judge(claimed, interval(low, high)) is CONFIRMED:
        assert not low <= 1 <= high


@given(RATIOS, RATIOS, RATIOS, st.floats(NULL_BAND, 0.2))
def test_a_wider_band_decides_less_for_the_claim(
    claimed: float, first: float, second: float, null_band: float
) -> None:
    """What is confirmed in the face of a wider null band is confirmed in that of the plain one."""
    low, high = sorted((first, second))

    if judge(claimed, interval(low, high), null_band=null_band) is CONFIRMED:
        assert judge(claimed, interval(low, high)) is CONFIRMED


@given(RATIOS, RATIOS, RATIOS, st.floats(NULL_BAND, 0.4), st.floats(NULL_BAND, 0.4))
def test_a_wider_band_decides_less_against_the_claim(
    claimed: float, first: float, second: float, one: float, other: float
) -> None:
    """Noise refutes nothing: what a wider null band refutes is refuted by a narrower one."""
    low, high = sorted((first, second))
    narrower, wider = sorted((one, other))

    if judge(claimed, interval(low, high), null_band=wider) is REFUTED:
        assert judge(claimed, interval(low, high), null_band=narrower) is REFUTED


@given(RATIOS, RATIOS, RATIOS, st.floats(NULL_BAND, 0.2))
def test_a_run_that_may_miss_a_difference_says_of_none_that_it_is_absent(
    claimed: float, first: float, second: float, null_band: float
) -> None:
    """Without the sight for it, only what lies beyond the band decides; nothing else changes."""
    low, high = sorted((first, second))
    measured = interval(low, high)

    seeing = judge(claimed, measured, null_band=null_band)
    blind = judge(claimed, measured, null_band=null_band, shows_absence=False)

    assert blind in {seeing, INCONCLUSIVE}
    assert blind is INCONCLUSIVE or beyond(measured, null_band)


@pytest.mark.parametrize("claimed", [0.0, -1.0, inf, nan])
def test_a_claimed_ratio_is_positive(claimed: float) -> None:
    """A claim that is no ratio is refused, measured or not."""
    with pytest.raises(ValueError, match="A ratio is positive and finite"):
        judge(claimed, None)


def test_a_measured_ratio_is_positive() -> None:
    """An interval that reaches to 0 is no interval of a ratio."""
    with pytest.raises(ValueError, match="A ratio is positive and finite"):
        judge(0.5, interval(0.0, 1.0))


def test_the_null_band_is_at_least_two_percent() -> None:
    """A band narrower than the fixed one is refused."""
    with pytest.raises(ValueError, match=r"at least 0\.02, not 0\.01"):
        judge(0.5, interval(0.4, 0.6), null_band=0.01)
