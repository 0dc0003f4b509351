"""Two runs compared: what changed from one to the other, and what can be said of it. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from math import exp
from statistics import median

from rowpath.errors import UsageError
from rowpath.lab.comparing.measured import Measured, environment, measured
from rowpath.lab.gates import invalidating
from rowpath.lab.measures import Better
from rowpath.lab.race.record import RaceRun
from rowpath.lab.record import Run
from rowpath.stats.holm import holm
from rowpath.stats.interval import CONFIDENCE, Interval
from rowpath.stats.precision import half_width
from rowpath.stats.two_samples import shift_p_value, shift_ratio
from rowpath.stats.verdict import NULL_BAND, beyond

SMALLEST, LARGEST = 1e-12, 1e15
"""What lies beyond is no figure of a run: nothing takes a picosecond, or a petabyte."""


class ChangeVerdict(StrEnum):
    """What two runs say of one thing that both measured."""

    REGRESSION = "regression"
    IMPROVEMENT = "improvement"
    NO_CHANGE = "no change"
    UNDECIDED = "undecided"
    NOT_JUDGED = "not judged"


class Kind(StrEnum):
    """What of a thing is compared."""

    RATIO = "ratio to the baseline"
    ITSELF = "itself"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One thing in both runs: `change` is new over old.

    Of Kind.RATIO, `old` and `new` are medians of the ratios to `baseline`, else of the quantity in
    its `unit`. `p_holm` is after Holm's correction over all of one kind in one family. `visible` is
    the smallest change, as a share, that these blocks could have shown; like `change` it is None
    where there are too few blocks.
    """

    family: str
    name: str
    baseline: str
    kind: Kind
    quantity: str
    unit: str
    better: str
    old: float
    new: float
    old_blocks: int
    new_blocks: int
    change: Interval | None
    p_holm: float | None
    null_band: float
    visible: float | None
    verdict: ChangeVerdict
    withheld: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One of the two runs. `failed` says what it failed by, empty where it is valid."""

    file: str
    started_at: datetime
    valid: bool
    failed: str
    stopped: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two runs compared. `elsewhere` are the differences of machine and versions.

    `left_out` says what is in one run alone, or was measured under other conditions, and why.
    """

    old: Side
    new: Side
    elsewhere: tuple[str, ...]
    left_out: tuple[str, ...]
    changes: tuple[Change, ...]

    @property
    def valid(self) -> bool:
        """Whether both runs passed their own tests."""
        return self.old.valid and self.new.valid


def compare(old: Run | RaceRun, new: Run | RaceRun, *, files: tuple[str, str]) -> Comparison:
    """Return what changed from one run to the other; UsageError where nothing can be compared.

    Where machine and versions are the same, each thing is compared itself, too; otherwise only its
    ratio to the baseline of its own run is.
    """
    if isinstance(old, RaceRun) is not isinstance(new, RaceRun):
        raise UsageError(
            f"Cannot compare {files[0]} with {files[1]}: one is a race, the other a run of the "
            "lab. Name two runs of one kind."
        )
    before = {(each.family, each.name): each for each in measured(old)}
    after = {(each.family, each.name): each for each in measured(new)}
    left_out = tuple(_left_out(before, after))
    pairs = [
        (before[key], each)
        for key, each in after.items()
        if key in before and not _why_not(before[key], each)
    ]
    elsewhere = tuple(_differences(environment(old), environment(new)))
    changes = [_change(*pair, Kind.RATIO) for pair in pairs if pair[1].baseline]
    if not elsewhere:
        changes += [_change(*pair, Kind.ITSELF) for pair in pairs]
    if not changes:
        why = "; ".join(left_out) or "nothing but a baseline is in both, on another machine"
        raise UsageError(
            f"Cannot compare {files[0]} with {files[1]}: {why}. Name two runs of the same."
        )
    return Comparison(
        old=_side(files[0], old),
        new=_side(files[1], new),
        elsewhere=elsewhere,
        left_out=left_out,
        changes=_judged(changes, sound=old.valid and new.valid),
    )


def _side(file: str, run: Run | RaceRun) -> Side:
    failed = [gate.text for gate in invalidating(run.gates)]
    return Side(
        file=file,
        started_at=run.started_at,
        valid=run.valid,
        failed=" ".join(failed),
        stopped=run.stopped,
    )


def _differences(old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[str]:
    for name in dict.fromkeys((*old, *new)):
        if old.get(name) != new.get(name):
            yield f"{name}: {old.get(name, 'absent')}, then {new.get(name, 'absent')}"


Key = tuple[str, str]


def _left_out(old: Mapping[Key, Measured], new: Mapping[Key, Measured]) -> Iterator[str]:
    for key in dict.fromkeys((*old, *new)):
        family, name = key
        if key not in new:
            yield f"{family}, {name}: it is in the old run alone"
        elif key not in old:
            yield f"{family}, {name}: it is in the new run alone"
        else:
            why = _why_not(old[key], new[key])
            if why:
                yield f"{family}, {name}: {why}"


def _why_not(old: Measured, new: Measured) -> str:
    """Return why two things are not the same, empty where they are."""
    differing = "; ".join(_differences(old.conditions, new.conditions))
    if differing:
        return differing
    if not old.blocks or not new.blocks:
        return "it was measured in no block"
    values = (*old.blocks, *new.blocks, *old.ratios, *new.ratios)
    if not all(SMALLEST < value < LARGEST for value in values):
        return f"its {new.quantity} is 0 in a block, or beyond all measure: there is no ratio"
    if new.baseline and not (old.ratios and new.ratios):
        return "there is no block in which its baseline was measured, too"
    return ""


def _change(old: Measured, new: Measured, kind: Kind) -> Change:
    before, after = (old.ratios, new.ratios) if kind is Kind.RATIO else (old.blocks, new.blocks)
    change = shift_ratio(after, before)
    band = max(old.null_band, new.null_band)
    return Change(
        family=new.family,
        name=new.name,
        baseline=new.baseline if kind is Kind.RATIO else "",
        kind=kind,
        quantity=new.quantity,
        unit="" if kind is Kind.RATIO else new.unit,
        better=new.better,
        old=median(before),
        new=median(after),
        old_blocks=len(before),
        new_blocks=len(after),
        change=change,
        p_holm=None if change is None else shift_p_value(after, before),
        null_band=band,
        visible=None if change is None else (1 + band) * exp(half_width(change)) - 1,
        verdict=_verdict(change, new.better, band, old.shows_absence and new.shows_absence),
        withheld=" ".join(filter(None, (old.withheld, new.withheld))),
    )


def _verdict(
    change: Interval | None,
    better: str,
    band: float,
    shows_absence: bool,  # noqa: FBT001
) -> ChangeVerdict:
    """Return what an interval says: a wider band must not make "no change" any easier."""
    if change is None:
        return ChangeVerdict.UNDECIDED
    if beyond(change, band):
        is_worse = (change.estimate > 1) is (better == Better.LESS)
        return ChangeVerdict.REGRESSION if is_worse else ChangeVerdict.IMPROVEMENT
    if is_no_change(change) and shows_absence:
        return ChangeVerdict.NO_CHANGE
    return ChangeVerdict.UNDECIDED


def is_no_change(change: Interval) -> bool:
    """Return whether the whole interval is that of no change, if the runs can say so."""
    return change.low >= 1 / (1 + NULL_BAND) and change.high <= 1 + NULL_BAND


def _judged(changes: Sequence[Change], *, sound: bool) -> tuple[Change, ...]:
    """Return the changes with corrected p-values, and without verdicts that these do not bear."""
    corrected: dict[int, float] = {}
    for family in {(each.family, each.kind) for each in changes}:
        places = [
            place
            for place, each in enumerate(changes)
            if (each.family, each.kind) == family and each.p_holm is not None
        ]
        p_values = [p for place in places if (p := changes[place].p_holm) is not None]
        corrected |= dict(zip(places, holm(p_values), strict=True))
    return tuple(
        _final(each, corrected.get(place), sound=sound) for place, each in enumerate(changes)
    )


def _final(change: Change, p_holm: float | None, *, sound: bool) -> Change:
    verdict = change.verdict
    withheld = change.withheld or ("" if sound else "A run failed its own tests.")
    if withheld:
        verdict = ChangeVerdict.NOT_JUDGED
    elif (
        p_holm is not None
        and p_holm > 1 - CONFIDENCE
        and verdict in {ChangeVerdict.REGRESSION, ChangeVerdict.IMPROVEMENT}
    ):
        verdict = ChangeVerdict.UNDECIDED
    return replace(change, p_holm=p_holm, verdict=verdict, withheld=withheld)
