"""What a run has measured so far, raw, so that an end in the middle loses nothing."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from rowpath.capture.trace import Trace
from rowpath.lab.answers.verify import Difference
from rowpath.lab.measures import Quantity
from rowpath.lab.plan import Cell, Stage
from rowpath.lab.record import AgainRecord, CutBlockRecord, VariantRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class CpuLine:
    """What some processes used: `share` of one core in the time that ends at `at_s`."""

    name: str
    at_s: tuple[float, ...]
    share: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CacheWorker:
    """How many requests a worker process answered, and how many of these from its cache."""

    requests: int
    hits: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """What the tracing pass saw of a cell: the verified answer's size and what it took.

    `duration_s` was taken with the instruments on. `outcome` says how a request ended that was
    expected to end badly; then there is no answer and `trace` holds what could be seen from
    outside. `differences` are those of the answer to the baseline's, where they are declared to
    differ; `cpu_lines` what processes used while the cell ran once more, without instruments.
    `beside_bytes` is the size of the verified answer of the cell's companion, 0 where it has none.
    `cache_workers` are the workers that answered while a cache was warmed, before the one request.
    """

    duration_s: float
    cpu_s: float | None
    size_bytes: int
    gzip_bytes: int
    trace: Trace
    outcome: str | None = None
    differences: tuple[Difference, ...] = ()
    cpu_lines: tuple[CpuLine, ...] = ()
    beside_bytes: int = 0
    cache_workers: tuple[CacheWorker, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """One variant's turn in a block: what each quantity came to, and the times of its requests."""

    figures: Mapping[Quantity, float]
    samples_s: tuple[float, ...] = ()


@dataclass(slots=True)
class Results:
    """The ledger that the runner writes and the analysis reads.

    Slots stand in block order; `orders` has for each stage the order of the slots in each block,
    `spent_s` the seconds that its whole blocks took. A stage is `done` when it ended by its own
    rule. `again` are the slots that were measured again, each with its reason. Of a run that goes
    on, `recorded` has what its file told of each cell, and `cut` the
    blocks that were cut, which count for nothing.
    """

    observations: dict[Cell, Observation] = field(default_factory=dict)
    orders: defaultdict[Stage, list[tuple[Cell, ...]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    slots: defaultdict[Cell, list[Slot]] = field(default_factory=lambda: defaultdict(list))
    spent_s: defaultdict[Stage, float] = field(default_factory=lambda: defaultdict(float))
    done: set[Stage] = field(default_factory=set)
    again: defaultdict[Stage, list[AgainRecord]] = field(default_factory=lambda: defaultdict(list))
    recorded: dict[Cell, VariantRecord] = field(default_factory=dict)
    cut: dict[Stage, tuple[CutBlockRecord, ...]] = field(default_factory=dict)
