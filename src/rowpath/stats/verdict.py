"""What a measurement says of a published ratio."""

from enum import StrEnum
from math import isfinite

from rowpath.stats.interval import Interval

NULL_BAND = 0.02
"""A ratio within a factor of 1 + NULL_BAND of 1, to either side, is no difference."""

CLAIM_TOLERANCE = 1.25
"""How far from the claim a confirming interval may reach, as a factor to either side.

0.8 to 1.25 is the convention of bioequivalence, and judging by whether the whole interval lies
inside is its method (Schuirmann 1987).
"""


class Verdict(StrEnum):
    """What a measurement says of a claim."""

    CONFIRMED = "confirmed"
    DIRECTION_ONLY = "direction only"
    REFUTED = "refuted"
    INCONCLUSIVE = "inconclusive"
    NOT_JUDGED = "not judged"
    """Nothing, since it cannot: what was measured is not what the claim is about, or a run that
    tested itself failed."""


def beyond(interval: Interval, null_band: float) -> bool:
    """Return whether the whole interval of a ratio lies beyond a band, on either side."""
    return interval.high < 1 / (1 + null_band) or interval.low > 1 + null_band


def wider_band(identical: Interval) -> float:
    """Return the null band of a run in which identical variants were measured.

    That is the larger of NULL_BAND and what their ratio was estimated to be off by. How uncertain
    that is counts for nothing here: every interval of the run has the same uncertainty in it.
    """
    ratio = identical.estimate
    return max(NULL_BAND, ratio - 1, 1 / ratio - 1)


def judge(
    claimed_ratio: float,
    measured: Interval | None,
    *,
    null_band: float = NULL_BAND,
    shows_absence: bool = True,
) -> Verdict:
    """Return what the interval of a time ratio says of the claimed one.

    `null_band` is NULL_BAND, or more where identical variants were seen to differ by more. The
    band reaches from 1 / (1 + null_band) to 1 + null_band, its ends included.

    A claim of a difference, that is, of a ratio outside NULL_BAND, is
    - confirmed where the interval lies beyond the band on the claimed side, and within 0.8 to 1.25
      times the claim, ends included. That it lies beyond the band is asked for on purpose: without
      it, 0.85 to 1.05 would confirm a claimed 0.9, an interval that holds no gain at all;
    - direction only where it lies beyond the band on the claimed side, but not there;
    - refuted where no part of it lies beyond NULL_BAND on the claimed side: a wider band must not
      make that easier. Where the claim itself is inside a band wider than NULL_BAND, an interval in
      the band cannot tell it from nothing: then only one that lies beyond the band on the other
      side refutes;
    - inconclusive otherwise.

    A claim of no difference, that is, of a ratio inside NULL_BAND, has no side. It is confirmed
    where the interval lies inside NULL_BAND (a wider band must not make that easier), refuted
    where it lies beyond the band on either side, inconclusive otherwise, never direction only.

    Without an interval every claim is inconclusive. A run that could have missed a small difference
    does not `shows_absence`: then a verdict that says there is none is inconclusive, too, that is,
    a refutation by an interval that does not lie beyond the band on the other side, and the
    confirmation of no difference. `judge(c, i)` is `judge(1 / c, 1 / i)`; never not judged.
    ValueError for a claim or a bound that is not positive and finite, and for a band narrower than
    NULL_BAND.
    """
    if null_band < NULL_BAND:
        msg = f"The null band is at least {NULL_BAND}, not {null_band}"
        raise ValueError(msg)
    _require_ratio(claimed_ratio)
    if measured is None:
        return Verdict.INCONCLUSIVE
    _require_ratio(measured.low)
    _require_ratio(measured.high)
    low, high = measured.low, measured.high
    if _in_band(claimed_ratio, NULL_BAND):
        verdict, says_absence = _judge_no_difference(measured, null_band), Verdict.CONFIRMED
    elif claimed_ratio > 1:
        verdict = _judge_gain(1 / claimed_ratio, 1 / high, 1 / low, null_band)
        says_absence = Verdict.REFUTED
    else:
        verdict = _judge_gain(claimed_ratio, low, high, null_band)
        says_absence = Verdict.REFUTED
    if verdict is says_absence and not shows_absence and not beyond(measured, null_band):
        return Verdict.INCONCLUSIVE
    return verdict


def _judge_no_difference(measured: Interval, null_band: float) -> Verdict:
    if _in_band(measured.low, NULL_BAND) and _in_band(measured.high, NULL_BAND):
        return Verdict.CONFIRMED
    return Verdict.REFUTED if beyond(measured, null_band) else Verdict.INCONCLUSIVE


def _judge_gain(claimed: float, low: float, high: float, null_band: float) -> Verdict:
    """Judge a claim below 1; one above 1 is judged as its reciprocal."""
    edge = 1 / (1 + null_band)
    if high < edge:
        near = claimed / CLAIM_TOLERANCE <= low and high <= claimed * CLAIM_TOLERANCE
        return Verdict.CONFIRMED if near else Verdict.DIRECTION_ONLY
    refuted = low >= 1 / (1 + NULL_BAND) if claimed < edge else low > 1 + null_band
    return Verdict.REFUTED if refuted else Verdict.INCONCLUSIVE


def _in_band(ratio: float, band: float) -> bool:
    return 1 / (1 + band) <= ratio <= 1 + band


def _require_ratio(ratio: float) -> None:
    if not (isfinite(ratio) and ratio > 0):
        msg = f"A ratio is positive and finite, not {ratio}"
        raise ValueError(msg)
