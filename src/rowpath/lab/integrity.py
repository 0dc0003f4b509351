"""Whether the parts of a lab run's record fit together: what a reader of it may rely on. Pure.

The types hold each value by itself. A file that was edited may have a variant of a group that is
not there, or a figure for ten blocks beside one for nine, and none of these may become a traceback
in the middle of a report.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import chain

from rowpath.lab.measures import Better
from rowpath.lab.plan import Control
from rowpath.lab.record import (
    JUDGED_ALIKE_SINCE,
    ClaimRecord,
    ComparisonRecord,
    ExperimentRecord,
    ExplanationRecord,
    FigureRecord,
    MeasuredRecord,
    Run,
    VariantRecord,
)

MOST_BLOCKS = 250
"""Four times what any run measures; the exact tests take time that grows with the cube of it."""


def flaw(run: Run) -> str:
    """Return the first thing that does not fit, as a clause; empty where all does."""
    return next(chain(_of_run(run), *(_of_experiment(each) for each in run.experiments)), "")


def twice(names: Iterable[str]) -> str | None:
    """Return the first of the names that came before; None where there is none."""
    seen: set[str] = set()
    for name in names:
        if name in seen:
            return name
        seen.add(name)
    return None


def without_zone(times: Iterable[datetime]) -> Iterator[str]:
    """Yield what is wrong with times that say nothing of their zone."""
    yield from (f"the time {each} has no zone" for each in times if each.tzinfo is None)


def _of_run(run: Run) -> Iterator[str]:
    if run.schema_version >= JUDGED_ALIKE_SINCE and not all(
        each.corners for record in run.experiments for each in record.explanations
    ):
        yield "it has a ratio that is shared out and does not say among what"
    yield from without_zone((run.started_at, *(each.started_at for each in run.sittings)))
    if not run.datasets and any(each.dataset for each in run.experiments):
        yield "it has no datasets"
    if (name := twice(each.name for each in run.experiments)) is not None:
        yield f"it has the experiment {name!r} twice"


def _of_experiment(record: ExperimentRecord) -> Iterator[str]:
    def here(text: str) -> str:
        return f"in {record.name}, {text}"

    if (name := twice(each.name for each in record.groups)) is not None:
        yield here(f"the group {name!r} stands twice")
    groups = {group.name for group in record.groups}
    yield from (
        here(f"{each.slot} is of the group {each.group!r}, which is not there")
        for each in record.variants
        if each.group not in groups
    )
    measured: tuple[MeasuredRecord, ...] = (*record.variants, *record.controls)
    if (name := twice(each.slot for each in measured)) is not None:
        yield here(f"{name} stands twice")
    for each in measured:
        yield from map(here, _of_figures(each.slot, each.figures))
    yield from map(here, chain.from_iterable(map(_of_blocks, record.variants)))
    yield from map(here, _of_references(record))
    yield from map(
        here, chain.from_iterable(_of_shares(record, each) for each in record.explanations)
    )


def _of_references(record: ExperimentRecord) -> Iterator[str]:
    slots = {each.slot: each.group for each in record.variants}
    compared_pairs: tuple[ComparisonRecord | ClaimRecord, ...] = (
        *record.comparisons,
        *record.claims,
    )
    for compared in compared_pairs:
        place = f"({compared.setup}, {compared.rows:,} rows)"
        ends = [f"{name} {place}" for name in (compared.variant, compared.baseline)]
        own, other = (slots.get(end) for end in ends)
        if own is None or own != other:
            yield f"{ends[0]} and {ends[1]} are compared, and are not two of one group"
    for control in record.controls:
        if control.kind not in set(Control):
            yield f"{control.slot} is of the kind {control.kind!r}, which is none"
        if original(control.slot, control.kind) not in slots:
            yield f"{control.slot} is of a baseline that is not there"


def _of_shares(record: ExperimentRecord, explained: ExplanationRecord) -> Iterator[str]:
    """Yield what is wrong with a ratio that is shared out: a corner for each set of factors."""
    slots = {each.slot for each in record.variants}
    factors = max((corner.changed for corner in explained.corners), key=len, default=())
    sets = {frozenset(corner.changed) for corner in explained.corners}
    if explained.corners and (
        len(set(factors)) < len(factors)
        or len(explained.corners) != 2 ** len(factors)
        or len(sets) < len(explained.corners)
    ):
        yield f"{explained.text!r} has not each of its corners once"
    for corner in explained.corners:
        slot = f"{corner.variant} ({corner.setup}, {explained.rows:,} rows)"
        if slot not in slots:
            yield f"{explained.text!r} is made of {slot}, which is not there"


def original(slot: str, kind: str) -> str:
    """Return the slot of which a control's is the same once more."""
    return slot.removesuffix(f" {kind}")


def _of_figures(slot: str, figures: Iterable[FigureRecord]) -> Iterator[str]:
    known = list(figures)
    if any(len(each.blocks) > MOST_BLOCKS for each in known):
        yield f"{slot} has more than {MOST_BLOCKS} blocks"
    if (name := twice(each.quantity for each in known)) is not None:
        yield f"{slot} has the figure {name!r} twice"
    if len({len(each.blocks) for each in known}) > 1:
        yield f"{slot} has figures of unequal numbers of blocks"
    yield from (
        f"{each.quantity} of {slot} is better where it is {each.better!r}"
        for each in known
        if each.better not in set(Better)
    )


def _of_blocks(variant: VariantRecord) -> Iterator[str]:
    numbers = {len(each.blocks) for each in variant.figures}
    samples = len(variant.samples_ms)
    if samples > MOST_BLOCKS:
        yield f"{variant.slot} has more than {MOST_BLOCKS} blocks"
    if samples and numbers and samples not in numbers:
        yield f"{variant.slot} has samples of another number of blocks than its figures"
    if not all(variant.samples_ms):
        yield f"{variant.slot} has a block without samples"
    if any(sample <= 0 for block in variant.samples_ms for sample in block):
        yield f"{variant.slot} has a time that is not above 0"
