"""What a run will do, decided before it begins: the cells, and the order of their slots."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from rowpath.errors import UsageError
from rowpath.lab.experiment import WHOLE_TABLE, Experiment, Setup, Timing, Variant
from rowpath.lab.profile import Profile


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One variant in one set-up at one size: what a slot measures.

    `whole` says that `rows` are all of the table, and that no number is sent with the request.
    """

    variant: Variant
    setup: Setup
    rows: int
    whole: bool

    @property
    def is_ordered(self) -> bool:
        """Whether the answer has its rows, and so all its bytes, decided."""
        return self.setup in self.variant.answer.ordered_in

    @property
    def params(self) -> dict[str, int]:
        """The query parameters that ask for the cell's size."""
        return {} if self.whole else {"rows": self.rows}

    def __str__(self) -> str:
        """Return `drf-objects (controlled, 1,000 rows)`."""
        return f"{self.variant.name} ({self.setup}, {self.rows:,} rows)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """All cells of one experiment at one size: what is compared with one another."""

    experiment: Experiment
    rows: int
    cells: tuple[Cell, ...]

    def __str__(self) -> str:
        """Return `lists, 1,000 rows`."""
        return f"{self.experiment.name}, {self.rows:,} rows"

    @property
    def timed(self) -> tuple[Cell, ...]:
        """The cells that are timed in blocks."""
        return tuple(cell for cell in self.cells if cell.variant.timing is Timing.BLOCKS)


def chosen(names: Sequence[str], experiments: Sequence[Experiment]) -> tuple[Experiment, ...]:
    """Return the experiments called `names`, all of them for none; UsageError names the unknown."""
    known = {experiment.name: experiment for experiment in experiments}
    unknown = [name for name in names if name not in known]
    if unknown:
        raise UsageError(
            f"Cannot run {', '.join(map(repr, unknown))}: no such experiment. "
            f"Choose from: {', '.join(known)}."
        )
    return tuple(known[name] for name in dict.fromkeys(names or known))


def stages(
    experiments: Sequence[Experiment],
    profile: Profile,
    *,
    table_rows: int,
    sizes: Sequence[int] = (),
) -> tuple[Stage, ...]:
    """Return the stages of a run, in order.

    `sizes` replaces the sizes of every experiment that has sizes. Without it, sizes beyond the
    table's `table_rows` are left out, and a table smaller than all of them is answered whole.
    UsageError for a size that is not in the table.
    """
    beyond = [size for size in sizes if not 0 < size <= table_rows]
    if beyond:
        raise UsageError(
            f"Cannot answer {beyond[0]:,} rows: the table has {table_rows:,}. "
            "Choose sizes from 1 to that, or a larger table with --rows."
        )
    return tuple(
        Stage(experiment=experiment, rows=rows, cells=_cells(experiment, rows, profile))
        for experiment in experiments
        for rows in _sizes(experiment, profile, table_rows, sizes)
    )


def _sizes(
    experiment: Experiment, profile: Profile, table_rows: int, sizes: Sequence[int]
) -> tuple[int, ...]:
    if _speaks_of_whole_table(experiment):
        return (table_rows,)
    if sizes:
        return tuple(dict.fromkeys(sizes))
    declared = experiment.sizes + (experiment.thorough_sizes if profile.thorough else ())
    return tuple(size for size in declared if size <= table_rows) or (table_rows,)


def _cells(experiment: Experiment, rows: int, profile: Profile) -> tuple[Cell, ...]:
    whole = _speaks_of_whole_table(experiment)
    return tuple(
        Cell(variant=variant, setup=setup, rows=rows, whole=whole)
        for variant in experiment.variants
        if profile.thorough or not variant.thorough_only
        for setup in variant.setups
    )


def _speaks_of_whole_table(experiment: Experiment) -> bool:
    return experiment.sizes == (WHOLE_TABLE,)


def slot_order(stage: Stage, *, seed: int, block: int) -> tuple[Cell, ...]:
    """Return the timed cells of a block in its random order: the same for the same seed."""
    cells = list(stage.timed)
    Random(f"{seed}/{stage.experiment.name}/{stage.rows}/{block}").shuffle(cells)
    return tuple(cells)
