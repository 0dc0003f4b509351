"""An experiment cut into what a reader sees: groups, then sizes, then set-ups, then variants."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rowpath.lab.conditions import CONTROLLED
from rowpath.lab.experiment import Figure
from rowpath.lab.record import (
    ClaimRecord,
    ComparisonRecord,
    ExperimentRecord,
    ExplanationRecord,
    GroupRecord,
    StepRecord,
    VariantRecord,
)
from rowpath.report import figures


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A variant with what is said of it: its ratio to its group's baseline, its claims."""

    variant: VariantRecord
    is_baseline: bool
    comparison: ComparisonRecord | None
    claims: tuple[ClaimRecord, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SetupPart:
    """The variants of one set-up at one size."""

    setup: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StepPart:
    """What one change brought, in each set-up in which it was measured."""

    step: StepRecord
    comparisons: tuple[ComparisonRecord, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SizePart:
    """Everything of a group that was measured at one number of rows.

    `names_setups` says that a reader must be told which set-up is which; `explanation` is what
    shares a ratio out, if anything does, `steps` are the changes that are looked at by themselves.
    """

    group: GroupRecord
    rows: int
    setups: tuple[SetupPart, ...]
    names_setups: bool
    explanation: ExplanationRecord | None = None
    steps: tuple[StepPart, ...] = ()

    @property
    def title(self) -> str:
        """The size in words."""
        return figures.rows(self.rows)

    @property
    def lines(self) -> tuple[Line, ...]:
        """The lines of all set-ups."""
        return tuple(line for part in self.setups for line in part.lines)

    def leads(self, figure: Figure) -> bool:
        """Return whether the group is first of all about this figure."""
        return self.group.leads == figure


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupPart:
    """The variants that are compared with one another, at all sizes."""

    record: GroupRecord
    sizes: tuple[SizePart, ...]

    @property
    def variants(self) -> tuple[VariantRecord, ...]:
        """The variants at all sizes, the smallest first."""
        return tuple(line.variant for part in self.sizes for line in part.lines)


def groups(record: ExperimentRecord) -> tuple[GroupPart, ...]:
    """Return the groups of an experiment of which something was measured, in their order."""
    measured = {variant.group for variant in record.variants}
    return tuple(
        GroupPart(record=group, sizes=_sizes(record, group))
        for group in record.groups
        if group.name in measured
    )


def is_divided(record: ExperimentRecord) -> bool:
    """Return whether an experiment has more than one group, so that each needs its heading."""
    return len(record.groups) > 1


def size_part(record: ExperimentRecord, group: GroupRecord, rows: int) -> SizePart:
    """Return what a group of an experiment holds at `rows` rows."""
    variants = [each for each in record.variants if (each.group, each.rows) == (group.name, rows)]
    return SizePart(
        group=group,
        rows=rows,
        names_setups=_names_setups(record),
        explanation=next(
            (each for each in record.explanations if (each.group, each.rows) == (group.name, rows)),
            None,
        ),
        steps=tuple(_steps(record, group, rows)),
        setups=tuple(
            SetupPart(
                setup=setup,
                lines=tuple(_line(record, group, each) for each in variants if each.setup == setup),
            )
            for setup in _in_order(variant.setup for variant in variants)
        ),
    )


def _sizes(record: ExperimentRecord, group: GroupRecord) -> tuple[SizePart, ...]:
    numbers = sorted({variant.rows for variant in record.variants if variant.group == group.name})
    return tuple(size_part(record, group, rows) for rows in numbers)


def _steps(record: ExperimentRecord, group: GroupRecord, rows: int) -> Iterator[StepPart]:
    """Yield the steps of a group for which there is a ratio."""
    for step in group.steps:
        compared = (step.variant, step.baseline, rows, group.compares)
        comparisons = tuple(
            each
            for each in record.comparisons
            if (each.variant, each.baseline, each.rows, each.quantity) == compared
            and each.ratio is not None
        )
        if comparisons:
            yield StepPart(step=step, comparisons=comparisons)


def _names_setups(record: ExperimentRecord) -> bool:
    return {variant.setup for variant in record.variants} != {CONTROLLED.name}


def _line(record: ExperimentRecord, group: GroupRecord, variant: VariantRecord) -> Line:
    where = (variant.name, variant.setup, variant.rows)
    comparisons = [
        each
        for each in record.comparisons
        if (each.variant, each.setup, each.rows) == where
        and (each.baseline, each.quantity) == (group.baseline, group.compares)
    ]
    return Line(
        variant=variant,
        is_baseline=variant.name == group.baseline,
        comparison=comparisons[0] if comparisons else None,
        claims=tuple(
            each for each in record.claims if (each.variant, each.setup, each.rows) == where
        ),
    )


def _in_order(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))
