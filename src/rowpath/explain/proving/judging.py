"""Whether a change that was run is right: what it must not do, and what it must; pure."""

from collections.abc import Sequence

from rowpath.explain.comparing import Mask, sameness
from rowpath.explain.growth import Point, counts, grows, slope, texts
from rowpath.explain.messages import Observed
from rowpath.explain.values import Sameness
from rowpath.stats.interval import Interval

_WORST_LAST = (
    Sameness.BYTES,
    Sameness.MASKED,
    Sameness.ROWS,
    Sameness.UNKNOWN,
    Sameness.DIFFERENT,
)


def worst_sameness(
    before: Sequence[bytes], after: Sequence[bytes], masks: Sequence[Mask], *, has_order: bool
) -> Sameness:
    """Return the weakest sense in which all pairs of answers are the same."""
    found = [
        sameness(old, new, mask, has_order=has_order)
        for old, new, mask in zip(before, after, masks, strict=True)
    ]
    return max(found, key=_WORST_LAST.index)


def objection(
    before: Sequence[Point], after: Sequence[Point], today: Observed, changed: Observed
) -> str | None:
    """Return what speaks against a change from its statements, None where nothing does.

    `before` and `after` have the request with lists of the same lengths, without and with the
    change; `today` and `changed` have it as it is asked.
    """
    pairs = [
        (today, changed),
        *((old.observed, new.observed) for old, new in _paired(before, after)),
    ]
    numbers = [(len(old.statements), len(new.statements)) for old, new in pairs]
    if numbers[0][1] >= numbers[0][0]:
        return f"it sends no fewer statements: {numbers[0][1]} after {numbers[0][0]}"
    for old, new in numbers:
        if new > old:
            return f"it sends more statements for another number of rows: {new} after {old}"
    text = _growing_anew(before, after)
    return None if text is None else f"a statement grows with the rows that did not: {text}"


def _paired(before: Sequence[Point], after: Sequence[Point]) -> list[tuple[Point, Point]]:
    return list(zip(before, after, strict=True))


def _growing_anew(before: Sequence[Point], after: Sequence[Point]) -> str | None:
    for text in texts(after[-1].observed):
        if not grows(after, lambda seen, text=text: seen.text == text):  # type: ignore[misc]
            continue
        if texts(after[-1].observed)[text] > texts(before[-1].observed)[text]:
            return text
    return None


def slower(ratio: Interval | None) -> str | None:
    """Return what speaks against a change from its time, None where nothing does."""
    if ratio is None or ratio.low <= 1:
        return None
    return f"it takes {ratio.estimate:.2f} of the time ({ratio.low:.2f} to {ratio.high:.2f})"


def counts_of(points: Sequence[Point]) -> tuple[int, ...]:
    """Return how many statements of any kind there are at each number of rows."""
    return counts(points, lambda _: True)


def growth_of(points: Sequence[Point]) -> float:
    """Return how many statements of any kind a row more brings."""
    return slope(points, lambda _: True)
