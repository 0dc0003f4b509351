"""What a run will do, decided before it begins: the cells, and the order of their slots."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from random import Random
from sys import maxsize

from rowpath.errors import UsageError
from rowpath.lab.applications import names_order
from rowpath.lab.conditions import Conditions
from rowpath.lab.experiment import (
    WHOLE_TABLE,
    Experiment,
    Group,
    Request,
    SameAnswer,
    Variant,
)
from rowpath.lab.measures import Measure, OneAtATime
from rowpath.lab.profile import WARM_UP_ROWS, Profile
from rowpath.lab.sections import place

SLOWED_BY = 0.05
"""What a positive control adds to each request: a run that does not find it is blind to it."""


class Control(StrEnum):
    """What a baseline is measured once more for, by a run that tests itself."""

    CLONE = "clone"
    """Nothing is different, and nothing may be found."""
    SLOWED = "slowed"
    """Each request takes 5% longer, and that must be found."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One variant under one of its conditions at one size: what a slot measures.

    `path` is where the application answers it. `beside` is its companion: the cell that another
    process answers at the same time, and which `accompanies` the variant of that name. `whole`
    says that `rows` are all of the table, and that no number is sent with the request. `measure` is
    what a slot does. `control` makes it a baseline that is measured once more.
    """

    variant: Variant
    path: str
    conditions: Conditions
    rows: int
    measure: Measure = field(default_factory=OneAtATime)
    whole: bool = False
    beside: "Cell | None" = None
    accompanies: str = ""
    control: Control | None = None

    @property
    def original(self) -> "Cell":
        """The cell itself, or the baseline that a control is of."""
        return replace(self, control=None)

    @property
    def is_ordered(self) -> bool:
        """Whether the answer has its rows, and so all its bytes, decided."""
        if isinstance(self.variant.expects, SameAnswer):
            return not self.variant.expects.ignored
        is_any = bool(self.variant.answer.any_of)
        return not is_any or names_order(self.variant.application, self.conditions)

    @property
    def params(self) -> dict[str, int]:
        """The query parameters that ask for the cell's size."""
        is_in_path = isinstance(self.variant.asks, Request)
        return {} if self.whole or is_in_path else {"rows": self.rows}

    @property
    def target(self) -> str:
        """The path that is asked for: with the cell's size where it has a place for that."""
        if isinstance(self.variant.asks, Request):
            return self.path.replace("{rows}", str(self.rows))
        return self.path

    def sized(self, rows: int) -> "Cell":
        """Return the cell for another number of rows, its companion too."""
        beside = None if self.beside is None else self.beside.sized(rows)
        return replace(self, rows=rows, beside=beside)

    @property
    def warm_up(self) -> "Cell":
        """What brings a slot's connection, caches and code paths to life: the cell with few rows.

        With none where each request sorts the whole table, which takes longer than all the rest:
        Django sends no statement then, and for LIMIT 0 PostgreSQL sorts nothing.
        """
        if isinstance(self.variant.asks, Request):  # of which sizes it has others nobody knows
            return self
        most = WARM_UP_ROWS if self.conditions.uses_index else 0
        return self.sized(min(self.rows, most))

    def __str__(self) -> str:
        """Return `drf-objects (controlled, 1,000 rows)`; a companion says beside what it runs."""
        beside = f" beside {self.accompanies}" if self.accompanies else ""
        control = f" {self.control}" if self.control else ""
        return f"{self.variant.name} ({self.conditions}, {self.rows:,} rows){beside}{control}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """The cells of one group at one size: what is compared with one another."""

    group: Group
    rows: int
    cells: tuple[Cell, ...]

    @property
    def baseline(self) -> Variant:
        """The variant that ratios are taken against."""
        return next(each for each in self.group.variants if each.name == self.group.baseline)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """What is measured together, in the same blocks: an experiment's groups, each at a size.

    `controls` are baselines that are measured once more in each block, by which the run tests
    itself: of each measure one that must be found the same, and at first one that must be found
    slower.
    """

    experiment: Experiment
    comparisons: tuple[Comparison, ...]
    controls: tuple[Cell, ...] = ()

    def __str__(self) -> str:
        """Return `lists, 1,000 rows`, or `relations, 300 to 1,000 rows`."""
        sizes = sorted({comparison.rows for comparison in self.comparisons})
        span = " to ".join(f"{rows:,}" for rows in dict.fromkeys((sizes[0], sizes[-1])))
        return f"{self.experiment.name}, {span} rows"

    @property
    def cells(self) -> tuple[Cell, ...]:
        """The cells of all groups."""
        return tuple(cell for comparison in self.comparisons for cell in comparison.cells)

    @property
    def timed(self) -> tuple[Cell, ...]:
        """The cells that are timed in blocks, controls included."""
        return tuple(cell for cell in self.cells if cell.variant.is_timed) + self.controls


@dataclass(frozen=True, slots=True, kw_only=True)
class Stock:
    """What there is to measure with: the number of rows of each table, versions of packages."""

    tables: Mapping[str, int]
    versions: Mapping[str, str]

    def rows_of(self, group: Group) -> int:
        """Return how many rows a group can ask for: without a table of the lab's, any number."""
        return self.tables[group.of] if group.of else maxsize


def chosen(names: Sequence[str], experiments: Sequence[Experiment]) -> tuple[Experiment, ...]:
    """Return the experiments called `names`; UsageError names the unknown.

    For no name it is the whole talk: all that are no part of their own, in the talk's order.
    """
    known = {experiment.name: experiment for experiment in experiments}
    unknown = [name for name in names if name not in known]
    if unknown:
        raise UsageError(
            f"Cannot run {', '.join(map(repr, unknown))}: no such experiment. "
            f"Choose from: {', '.join(known)}."
        )
    if not names:
        told = (experiment for experiment in experiments if not experiment.apart)
        return tuple(sorted(told, key=lambda experiment: place(experiment.section)))
    return tuple(known[name] for name in dict.fromkeys(names))


def stages(
    experiments: Sequence[Experiment],
    profile: Profile,
    *,
    stock: Stock,
    sizes: Sequence[int] = (),
) -> tuple[Stage, ...]:
    """Return the stages of a run, in order: of each experiment one for each place in its sizes.

    `sizes` replaces the sizes of every group that has sizes. Without it, sizes beyond the group's
    table are left out, and a table smaller than all of them is answered whole. UsageError for a
    size that is not in the table of a group. A variant whose requirement is not met is left out.
    """
    groups = [group for experiment in experiments for group in experiment.groups]
    for group in groups:
        _check_sizes(group, sizes, stock)
    return tuple(
        Stage(
            experiment=experiment,
            comparisons=comparisons,
            controls=tuple(_controls(comparisons, is_first=step == 0)),
        )
        for experiment in experiments
        for step, comparisons in enumerate(
            _in_step(
                [
                    _comparisons(experiment, group, profile, stock, sizes)
                    for group in experiment.groups
                ]
            )
        )
    )


def _controls(comparisons: Sequence[Comparison], *, is_first: bool) -> Iterator[Cell]:
    """Yield the controls of a stage: those of the first baseline that is timed by each measure.

    A delay is added in the first stage of an experiment: that it is found is shown once, and at
    other sizes the clone tells what would be.

    Under conditions that have no whole table sorted, where it has such: those are the quickest, and
    what a run can see is best seen there. Of requests that are made one at a time alone is it known
    what a delay does: where many users ask, they wait for one another instead.
    """
    baselines: dict[Measure, Cell] = {}
    for comparison in comparisons:
        name = comparison.group.baseline
        cells = [cell for cell in comparison.cells if cell.variant.name == name]
        timed = [cell for cell in cells if cell.variant.is_timed]
        if timed and len(comparison.cells) > len(cells):
            quickest = max(timed, key=lambda cell: cell.conditions.uses_index)
            baselines.setdefault(quickest.measure, quickest)
    for measure, baseline in baselines.items():
        yield replace(baseline, control=Control.CLONE)
        if is_first and isinstance(measure, OneAtATime):
            yield replace(baseline, control=Control.SLOWED)


def _check_sizes(group: Group, sizes: Sequence[int], stock: Stock) -> None:
    held = stock.rows_of(group)
    beyond = [size for size in sizes if not 0 < size <= held]
    if beyond and not _speaks_of_whole_table(group):
        raise UsageError(
            f"Cannot answer {beyond[0]:,} rows: the table {group.of} has {held:,}. "
            "Choose sizes from 1 to that, or a larger table with --rows."
        )


def _in_step(columns: Sequence[Sequence[Comparison]]) -> Iterator[tuple[Comparison, ...]]:
    """Yield the first of each column, then the second of those that have one, and so on."""
    for step in range(max(map(len, columns))):
        yield tuple(column[step] for column in columns if step < len(column))


def _comparisons(
    experiment: Experiment, group: Group, profile: Profile, stock: Stock, sizes: Sequence[int]
) -> Sequence[Comparison]:
    variants = [
        variant
        for variant in group.variants
        if profile.thorough or not variant.thorough_only
        if variant.can_run(stock.versions)
    ]
    return [
        Comparison(
            group=group,
            rows=rows,
            cells=tuple(
                _cell(experiment, group, variant, conditions, rows)
                for variant in variants
                for conditions in variant.conditions
            ),
        )
        for rows in _sizes(group, profile, stock.rows_of(group), sizes)
    ]


def _cell(
    experiment: Experiment, group: Group, variant: Variant, conditions: Conditions, rows: int
) -> Cell:
    cell = Cell(
        variant=variant,
        path=experiment.path(variant),
        conditions=conditions,
        rows=rows,
        measure=group.measure,
        whole=_speaks_of_whole_table(group),
    )
    if variant.beside is None:
        return cell
    companion = replace(
        cell,
        variant=experiment.variant(variant.beside),
        path=experiment.path(variant.beside),
        accompanies=variant.name,
    )
    return replace(cell, beside=companion)


def _sizes(
    group: Group, profile: Profile, table_rows: int, sizes: Sequence[int]
) -> tuple[int, ...]:
    if _speaks_of_whole_table(group):
        return (table_rows,)
    if sizes:
        return tuple(dict.fromkeys(sizes))
    declared = group.sizes + (group.thorough_sizes if profile.thorough else ())
    return tuple(size for size in declared if size <= table_rows) or (table_rows,)


def _speaks_of_whole_table(group: Group) -> bool:
    return group.sizes == (WHOLE_TABLE,)


def slot_order(stage: Stage, *, seed: int, block: int) -> tuple[Cell, ...]:
    """Return the timed cells of a block in its random order: the same for the same seed."""
    cells = list(stage.timed)
    Random(f"{seed}/{stage}/{block}").shuffle(cells)
    return tuple(cells)
