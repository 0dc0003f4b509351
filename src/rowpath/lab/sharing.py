"""A ratio shared out among what its two ends differ in, from the figures of their corners. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import exp, log

from rowpath.lab.record import ExplanationRecord, ShareRecord
from rowpath.stats.interval import Interval
from rowpath.stats.shares import Changed, centre_interval, ln_contributions

LEAST_TO_SHARE = log(1.5)
"""The least ln ratio that is shared out, to either side."""
NOTHING_YET = Interval(estimate=1.0, low=1.0, high=1.0)
"""The ratio of an explanation that is not shared out yet."""


def shared_out(
    record: ExplanationRecord, figures: Mapping[Changed, Sequence[float]], factors: Sequence[str]
) -> ExplanationRecord | None:
    """Return the record with ratio and shares; None where there are none.

    `figures` has what each corner came to in each block; what counts are the blocks that all have.
    """
    number = min(map(len, figures.values()))
    blocks = [{corner: own[block] for corner, own in figures.items()} for block in range(number)]
    parts = [ln_contributions(each, factors) for each in blocks]
    wholes = [sum(each.values()) for each in parts]
    whole = centre_interval(wholes)
    shares = tuple(
        share
        for factor in factors
        if (share := _share(factor, [each[factor] for each in parts], wholes)) is not None
    )
    if whole is None or len(shares) < len(factors):
        return None
    if whole.low <= 0 <= whole.high or abs(whole.estimate) < LEAST_TO_SHARE:
        return None  # shares of nearly nothing say nothing
    return replace(record, blocks=number, ratio=_exponentiated(whole), shares=shares)


def _share(factor: str, parts: Sequence[float], wholes: Sequence[float]) -> ShareRecord | None:
    ratio = centre_interval(parts)
    if ratio is None or not all(wholes):
        return None
    share = centre_interval(part / whole for part, whole in zip(parts, wholes, strict=True))
    if share is None:
        return None
    return ShareRecord(factor=factor, ratio=_exponentiated(ratio), share=share)


def _exponentiated(interval: Interval) -> Interval:
    return Interval(estimate=exp(interval.estimate), low=exp(interval.low), high=exp(interval.high))
