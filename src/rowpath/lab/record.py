"""A run as a value: one JSON file that a verdict can be computed from again.

Written and read by pydantic from these dataclasses alone, so the file has no second description.
Times are in milliseconds, memory in MiB, sizes in bytes.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from pydantic import TypeAdapter

from rowpath.lab.circumstances import AskedRecord, DatasetRecord, EnvironmentRecord, SittingRecord
from rowpath.stats.interval import Interval

SCHEMA_VERSION = 5
TESTS_ITSELF_SINCE = 4
"""The first schema whose runs have gates."""
JUDGED_ALIKE_SINCE = 5
"""The first schema whose verdicts and gates are given by the rules of today."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeRecord:
    """The median of the blocks' medians with its 95% interval."""

    median: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceRecord:
    """A line of code that sent a statement `count` times; `code` is its text."""

    file: str
    line: int
    function: str
    code: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementRecord:
    """One distinct SQL statement of a request: its text with placeholders, and its sums.

    `plan` is PostgreSQL's EXPLAIN of it with the values that it was first sent with, None for
    what PostgreSQL does not explain. Of the `count` times that it was sent, `duplicates` had the
    same values as another. `places` are the lines that sent it, as far as they are known.
    """

    text: str
    count: int
    duration_ms: float
    rows: int | None
    plan: str | None = None
    duplicates: int = 0
    places: tuple[PlaceRecord, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureRecord:
    """A quantity of a variant: its figure in each block, and their median with its 95% interval.

    `better` is `less` or `more`. `over_blocks` is None where too few blocks were measured.
    """

    quantity: str
    unit: str
    better: str
    over_blocks: TimeRecord | None
    blocks: tuple[float, ...]


NUMBER_OF_ROWS = "number of rows"
"""Stands for a column where a variant leaves more rows than its baseline, or fewer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DifferenceRecord:
    """A column in which what a variant answers or leaves differs from the baseline's.

    In `rows` rows; `baseline` and `variant` are the two values of the first of them, as text. Of
    NUMBER_OF_ROWS they are the two numbers, and `rows` is how far these are apart.
    """

    column: str
    rows: int
    baseline: str
    variant: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CpuLineRecord:
    """The CPU of one of the processes that ran at once: `share` of a core until each `at_s`."""

    name: str
    at_s: tuple[float, ...]
    share: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CacheWorkerRecord:
    """How many requests a worker process answered, and how many of these from its cache."""

    requests: int
    hits: int


@dataclass(frozen=True, slots=True, kw_only=True)
class VariantRecord:
    """One variant in one set-up at one size; `group` names what it is compared with.

    Of its `sql_statements`, `sql_similar` share their text with another, and `sql_duplicates` their
    values too.
    `grown_mib` is how far the peak lies over the worker's memory before the request. `differences`
    are those of its answer to the baseline's, where a technique does not do quite the same.
    `cpu_lines` are the CPU of what ran at once, over time. `samples_ms` holds a list a block,
    `samples_cpu_ms` a request's mean in each. A variant that is observed once has no interval:
    `time_ms` is None and the one time is in `samples_ms`. `outcome` says in a sentence how a
    request ended that was expected to end badly. `sql_connections` is how many connections to the
    database a request sent its statements over, `sql_at_once` how many of these were under way at
    the same time at the most; 0 where nobody looked. `cache_workers` are the server's, where its
    cache was looked at. `figures` are all that was measured in blocks,
    in the quantities' own units, the one that is compared first. `told_ms` is the talk's own time.
    `observed_ms` is how long the traced request took, `beside_bytes` the size of what its companion
    answered: a run that goes on needs both.
    """

    name: str
    group: str
    title: str
    app: str
    setup: str
    rows: int
    time_ms: TimeRecord | None
    bytes: int
    bytes_gzip: int
    sql_statements: int
    sql_similar: int
    sql_ms: float
    sql_rows: int | None
    statements: tuple[StatementRecord, ...]
    cpu_ms: float | None
    peak_mib: float
    grown_mib: float
    samples_ms: tuple[tuple[float, ...], ...]
    samples_cpu_ms: tuple[float, ...]
    code: str
    told_ms: float | None = None
    told_requests_per_s: float | None = None
    outcome: str | None = None
    sql_connections: int = 0
    sql_at_once: int = 0
    cache_workers: tuple[CacheWorkerRecord, ...] = ()
    figures: tuple[FigureRecord, ...] = ()
    differences: tuple[DifferenceRecord, ...] = ()
    cpu_lines: tuple[CpuLineRecord, ...] = ()
    sql_duplicates: int = 0
    observed_ms: float | None = None
    beside_bytes: int = 0

    @property
    def slot(self) -> str:
        """The name of its slots, as the order of the blocks has it."""
        return f"{self.name} ({self.setup}, {self.rows:,} rows)"


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparisonRecord:
    """A variant against a baseline in the same set-up at the same size.

    `quantity` is what is compared, `ratio` that of the variant over that of the baseline, None
    where too few blocks were measured for an interval. `p_holm` is the exact signed-rank p-value
    after Holm's correction over the comparisons of one group in one set-up at one size.
    """

    variant: str
    baseline: str
    setup: str
    rows: int
    blocks: int
    ratio: Interval | None
    p_holm: float | None
    quantity: str = "time"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimRecord:
    """A claim held against what was measured in one set-up; `why` says what the mechanism is.

    `withheld` says why there is no verdict, where what was measured cannot bear one. A claim
    that was published as a percentage, `faster_by` as a share, is `read_as` one of
    `stats.readings.Reading`, and has another reading if that makes sense: `other_ratio` is what it
    then claims of the same quantity, and `other_verdict` what would be said of that. `differs` are
    sentences on the versions that the claim was measured with and the run was not.
    """

    text: str
    section: str
    variant: str
    baseline: str
    setup: str
    rows: int
    claimed_ratio: float
    measured: Interval | None
    verdict: str
    why: str = ""
    quantity: str = "time"
    withheld: str = ""
    read_as: str = ""
    other_ratio: float | None = None
    other_verdict: str = ""
    differs: tuple[str, ...] = ()
    faster_by: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareRecord:
    """What one of the factors of a ratio has of it.

    `ratio` is what it multiplies the quantity by, `share` that on the ln scale over the whole: the
    shares of all factors add up to 1 in every block, and one may be below 0.
    """

    factor: str
    ratio: Interval
    share: Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class CornerRecord:
    """Which variant, in which set-up, has the factors in `changed` as at the far end."""

    variant: str
    setup: str
    changed: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplanationRecord:
    """A ratio between two ends of a group, shared out among the factors in which they differ.

    `ratio` is the far end over the near one, in `blocks` blocks. `corners` are what it was computed
    from; a file of before schema 5 does not have them.
    """

    group: str
    text: str
    rows: int
    quantity: str
    blocks: int
    ratio: Interval
    shares: tuple[ShareRecord, ...]
    corners: tuple[CornerRecord, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CutSlotRecord:
    """A slot of a block that was cut: as `variant (setup, rows)`, with the times of its requests.

    `figures` are what its quantities came to, in their own units, by their names.
    """

    slot: str
    figures: dict[str, float]
    samples_ms: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CutBlockRecord:
    """A block, counted from 0, that an interruption cut; it counts for nothing.

    The run that went on measured the block again, whole and in the same order.
    """

    block: int
    slots: tuple[CutSlotRecord, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AgainRecord:
    """A slot, as `variant (setup, rows)`, that was measured again in its block, and why."""

    block: int
    slot: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRecord:
    """The order of the slots in each block of a stage, each as `variant (setup, rows)`.

    `done` says that the stage ended by its own rule, `spent_s` how long its whole blocks took.
    `cut` are the blocks that an interruption cut before the run went on, `again` the slots that a
    rule had measured again.
    """

    stage: str
    blocks: tuple[tuple[str, ...], ...]
    done: bool = False
    spent_s: float = 0.0
    cut: tuple[CutBlockRecord, ...] = ()
    again: tuple[AgainRecord, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlRecord:
    """A baseline that was measured once more in each block of a stage, by its slots' name `slot`.

    `kind` is `clone`, where nothing was different, or `slowed`, where each request took 5% longer.
    `ratio` is that of the control over its baseline, in the `quantity` that `measure` compares.
    """

    kind: str
    stage: str
    slot: str
    measure: str
    quantity: str
    blocks: int
    ratio: Interval | None
    samples_ms: tuple[tuple[float, ...], ...]
    figures: tuple[FigureRecord, ...]


MeasuredRecord = VariantRecord | ControlRecord
"""What has slots in the blocks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GateRecord:
    """What a run had to show of itself before its numbers are believed.

    It `passed` where `value` kept to its `bound`; `text` says in a sentence what was seen. It
    speaks of a `stage` and of what is measured there as `measure` says; where these are empty, of
    the whole stage, or the whole run. A gate that failed `withholds` something from what it speaks
    of: all `verdicts`, those that rest on the `absence` of a difference, or `nothing`. One that
    `invalidates` makes the run not valid.
    """

    name: str
    stage: str
    measure: str
    passed: bool
    value: float
    bound: float
    withholds: str
    invalidates: bool
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StepRecord:
    """A change that is looked at by itself: `variant` has it, `baseline` all but it."""

    name: str
    variant: str
    baseline: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupRecord:
    """Variants that are compared with one another; `leads` is the figure it is first about.

    `measure` says what a slot did, `compares` is the quantity of which ratios are taken. The ratio
    of each of the `steps` stands among the comparisons.
    """

    name: str
    question: str
    baseline: str
    leads: str
    measure: str = "one request at a time"
    compares: str = "time"
    steps: tuple[StepRecord, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOutRecord:
    """A variant that could not run here, and why."""

    variant: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExperimentRecord:
    """One experiment: what was measured, in which order, compared and judged."""

    name: str
    section: str
    question: str
    dataset: str
    groups: tuple[GroupRecord, ...]
    variants: tuple[VariantRecord, ...]
    comparisons: tuple[ComparisonRecord, ...]
    claims: tuple[ClaimRecord, ...]
    orders: tuple[OrderRecord, ...] = ()
    left_out: tuple[LeftOutRecord, ...] = ()
    explanations: tuple[ExplanationRecord, ...] = ()
    controls: tuple[ControlRecord, ...] = ()

    def group(self, name: str) -> GroupRecord:
        """Return the group called `name`; KeyError where there is none."""
        return {group.name: group for group in self.groups}[name]


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One execution of experiments. `stopped` says why a run that is not complete ended.

    `datasets` are all that were used, `dataset` the first of them, which stood alone in schema 1.
    A run that was interrupted and went on has several `sittings`: it started with the first,
    `duration_s` is the time of all together, and `stopped` speaks of the last. `asked` is None in a
    file of schema 2. `gates` are what the run tested itself by, and it is `valid` where none failed
    that invalidates; before TESTS_ITSELF_SINCE a run did not test itself.
    """

    schema_version: int
    rowpath: str
    started_at: datetime
    duration_s: float
    stopped: str | None
    seed: int
    profile: str
    workers: int
    environment: EnvironmentRecord
    dataset: DatasetRecord | None
    datasets: tuple[DatasetRecord, ...]
    experiments: tuple[ExperimentRecord, ...]
    asked: AskedRecord | None = None
    sittings: tuple[SittingRecord, ...] = ()
    gates: tuple[GateRecord, ...] = ()
    valid: bool = True


@cache  # not when it is imported: most commands read and write none, and it takes a while
def _adapter() -> TypeAdapter[Run]:
    return TypeAdapter(Run)


def to_json(run: Run) -> bytes:
    """Return the run as UTF-8 JSON, indented for a reader."""
    return _adapter().dump_json(run, indent=1)


def from_json(text: bytes) -> Run:
    """Return the run that `to_json` wrote; pydantic.ValidationError for anything else.

    Text in the place of a number is something else, too.
    """
    return _adapter().validate_json(text, strict=True)


def json_schema() -> dict[str, Any]:
    """Return the JSON schema of what `to_json` writes."""
    return _adapter().json_schema(mode="serialization")
