"""An experiment cut into what a reader sees: sizes, then set-ups, then variants."""

from collections.abc import Iterable
from dataclasses import dataclass

from rowpath.lab.record import ClaimRecord, ComparisonRecord, ExperimentRecord, VariantRecord
from rowpath.report import figures


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A variant with what is said of it: its ratio to the experiment's baseline, its claims."""

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
class SizePart:
    """Everything measured at one number of rows."""

    rows: int
    setups: tuple[SetupPart, ...]

    @property
    def title(self) -> str:
        """The size in words."""
        return figures.rows(self.rows)

    @property
    def lines(self) -> tuple[Line, ...]:
        """The lines of all set-ups."""
        return tuple(line for part in self.setups for line in part.lines)


def sizes(record: ExperimentRecord) -> tuple[SizePart, ...]:
    """Return the parts of an experiment, the smallest size first, variants in their order."""
    numbers = sorted({variant.rows for variant in record.variants})
    return tuple(size_part(record, rows) for rows in numbers)


def size_part(record: ExperimentRecord, rows: int) -> SizePart:
    """Return what an experiment holds at `rows` rows."""
    variants = [variant for variant in record.variants if variant.rows == rows]
    setups = _in_order(variant.setup for variant in variants)
    return SizePart(
        rows=rows,
        setups=tuple(
            SetupPart(
                setup=setup,
                lines=tuple(_line(record, each) for each in variants if each.setup == setup),
            )
            for setup in setups
        ),
    )


def _line(record: ExperimentRecord, variant: VariantRecord) -> Line:
    where = (variant.name, variant.setup, variant.rows)
    comparisons = [
        each
        for each in record.comparisons
        if (each.variant, each.setup, each.rows) == where and each.baseline == record.baseline
    ]
    return Line(
        variant=variant,
        is_baseline=variant.name == record.baseline,
        comparison=comparisons[0] if comparisons else None,
        claims=tuple(
            each for each in record.claims if (each.variant, each.setup, each.rows) == where
        ),
    )


def _in_order(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))
