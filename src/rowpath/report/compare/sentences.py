"""What is said of two runs, for the terminal and Markdown alike."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rowpath.lab.comparing.comparison import (
    Change,
    ChangeVerdict,
    Comparison,
    Kind,
    Side,
    is_no_change,
)
from rowpath.report import figures
from rowpath.stats.verdict import NULL_BAND

HEADERS = ("", "old", "new", "new / old", "verdict")
MOST_TOLD = 8
"""More differences of versions, or things that are left out, are counted."""
_FIRST = (ChangeVerdict.REGRESSION, ChangeVerdict.IMPROVEMENT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A table: all changes of one kind in one family, each with the texts of its cells."""

    title: str
    lines: Sequence[tuple[Change, tuple[str, ...]]]


def heading(comparison: Comparison) -> str:
    """Return which runs were compared, with how many of each verdict."""
    counted = Counter(each.verdict for each in comparison.changes)
    told = ", ".join(f"{counted[each]} {each}" for each in ChangeVerdict if counted[each])
    return figures.printable(
        f"{_named(comparison.old)} (old) and {_named(comparison.new)} (new): {told}."
    )


def failures(comparison: Comparison) -> Iterator[str]:
    """Yield what takes the verdicts from the comparison; it is told before all else."""
    for name, side in (("old", comparison.old), ("new", comparison.new)):
        if not side.valid:
            why = figures.printable(side.failed)
            yield f"The {name} run is not valid, so nothing is judged: {why}"
    if comparison.valid:
        told = (figures.printable(each.withheld) for each in comparison.changes if each.withheld)
        yield from (f"Not judged: {why}" for why in dict.fromkeys(told))


def sections(comparison: Comparison) -> Iterator[Section]:
    """Yield the tables, what was worse or better first in each."""
    for key in dict.fromkeys((each.family, each.kind) for each in comparison.changes):
        own = [each for each in comparison.changes if (each.family, each.kind) == key]
        own.sort(key=lambda each: each.verdict not in _FIRST)
        family, kind = key
        about = "ratios to the baseline of each run" if kind is Kind.RATIO else "times themselves"
        if kind is Kind.ITSELF and any(each.quantity != "time" for each in own):
            about = "figures themselves"
        yield Section(
            title=f"{figures.printable(family)}: {about}",
            lines=[(each, _cells(each)) for each in own],
        )


def notes(comparison: Comparison) -> Iterator[str]:
    """Yield what is to be known about the figures."""
    if comparison.elsewhere:
        differing = _some(comparison.elsewhere)
        yield (
            "Machine or versions differ, so only ratios to each run's own baseline are compared: "
            f"{differing}."
        )
    for name, side in (("old", comparison.old), ("new", comparison.new)):
        if side.stopped is not None:
            yield f"The {name} run is not complete: {figures.printable(side.stopped)}"
    if comparison.left_out:
        yield f"Not compared: {_some(comparison.left_out)}."
    yield _sight(comparison)
    if any(map(_is_blind, comparison.changes)):
        yield (
            "Undecided within that: one of the runs could have missed 5%, so it cannot say that "
            "there is no change."
        )
    yield (
        "new / old has a 95% interval in brackets (Hodges and Lehmann, exact rank-sum, over "
        "blocks). It knows the noise within these two runs, not what another start, hour or "
        "machine would add."
    )


def value(change: Change, of: float) -> str:
    """Return one of the two figures of a change, in its unit."""
    if change.kind is Kind.RATIO:
        return figures.ratio(of)
    if change.unit == "s":
        return figures.time(of * 1_000)
    if change.unit == "B":
        return figures.size(round(of))
    return f"{figures.significant(of)} {figures.printable(change.unit)}"


def _is_blind(change: Change) -> bool:
    """Whether an interval is as narrow as that of no change, and the runs do not bear that."""
    seen = change.change
    return change.verdict is ChangeVerdict.UNDECIDED and seen is not None and is_no_change(seen)


def _sight(comparison: Comparison) -> str:
    """Return how large a change would have been seen."""
    seen = [each.visible for each in comparison.changes if each.visible is not None]
    if not seen:
        return "Too few blocks for an interval: four in each run are the fewest."
    band = max(each.null_band for each in comparison.changes)
    text = f"A change of {_percent(min(seen))}"
    if max(seen) > min(seen):
        text += f" to {_percent(max(seen))}, depending on the line,"
    text += f" could have been seen here. Up to {_percent(NULL_BAND)} is no change"
    return text + (
        f", and {_percent(band)} is what identical things differed by." if band > NULL_BAND else "."
    )


def _cells(change: Change) -> tuple[str, ...]:
    said = change.verdict.value
    ratio = figures.NOTHING
    if change.change is not None:
        number = figures.ratio(change.change.estimate)
        ratio = f"{number} ({figures.ratio_range(change.change)})"
    return (
        figures.printable(change.name),
        value(change, change.old),
        value(change, change.new),
        ratio,
        said,
    )


def _named(side: Side) -> str:
    return f"{side.file}, of {side.started_at:%Y-%m-%d %H:%M}"


def _percent(share: float) -> str:
    return f"{share * 100:.2g}%" if share < 1 else f"{share * 100:.0f}%"


def _some(texts: Sequence[str]) -> str:
    told = "; ".join(map(figures.printable, texts[:MOST_TOLD]))
    more = len(texts) - MOST_TOLD
    return f"{told}; and {more} more" if more > 0 else told
