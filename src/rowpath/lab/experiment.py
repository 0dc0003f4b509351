"""The words of the lab as frozen values: experiment, variant, claim, and what they refer to."""

from dataclasses import dataclass, field
from enum import StrEnum

WHOLE_TABLE = 0
"""The size of an answer that is made from every row of the table; sent as no `rows` at all."""


class App(StrEnum):
    """A measured application: a framework with its ORM under the server that people deploy."""

    DJANGO = "django"
    FASTAPI = "fastapi"


class Setup(StrEnum):
    """Under which conditions a variant runs.

    AS_TOLD is the talk's set-up with its confounders: no index to order by, FastAPI's query
    without ORDER BY, Django closing its connection after each request. CONTROLLED changes one
    thing only, the technique: the same ordered statement, an index, kept connections.
    """

    AS_TOLD = "as-told"
    CONTROLLED = "controlled"


class Shape(StrEnum):
    """How an answer lays out its values."""

    ROWS = "rows"
    """A list of objects, one a row."""
    COLUMNS = "columns"
    """One object with a list a column."""
    TOTALS = "totals"
    """One object with the number of rows read, `rows`, and the sum of each column."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a variant must answer, so that it can be checked against the table before it is timed.

    `columns` are the columns compared; an answer may hold more (an id), and that is a difference
    of shape. `empty` says that the variant answers no rows at all, however many are asked for.
    `ordered_in` are the set-ups in which the rows are the first by time_created; elsewhere they
    may be any rows of the table, each as often as it stands there at most.
    """

    shape: Shape
    columns: tuple[str, ...]
    empty: bool = False
    ordered_in: frozenset[Setup] = frozenset(Setup)


class Timing(StrEnum):
    """How a variant is timed."""

    BLOCKS = "blocks"
    """In every block, so that it has an interval and a ratio."""
    ONCE = "once"
    """Once, over the whole table and with the instruments on: an observation, no comparison."""


class Reading(StrEnum):
    """What a published figure speaks of; "36% faster" can be said of either."""

    TIME = "time"
    THROUGHPUT = "throughput"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """The talk's own absolute figures for a variant at one size."""

    rows: int
    time_s: float | None = None
    requests_per_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """One runnable technique.

    `path` answers GET with `?rows=N`. `code` names the classes and functions of the application's
    view module that make the technique, as the report shows them. A request sends `statements`
    statements and `statements_per_row` more for each row: checked before it is timed.
    `memory_limit_mib` ends the worker that grows beyond it, and that end is the outcome that the
    report shows. `thorough_only` keeps a variant out of the shorter profiles.
    """

    name: str
    title: str
    app: App
    path: str
    code: tuple[str, ...]
    answer: Answer
    setups: tuple[Setup, ...] = tuple(Setup)
    statements: int = 1
    statements_per_row: int = 0
    timing: Timing = Timing.BLOCKS
    memory_limit_mib: int | None = None
    thorough_only: bool = False
    told: tuple[Told, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A published figure: `variant` takes `time_ratio` times the time of `baseline`.

    A claim on throughput is kept as the time ratio that it implies (1 / throughput ratio), and
    `reading` says that it was read so. `section` is the talk's.
    """

    text: str
    section: str
    variant: str
    baseline: str
    rows: int
    time_ratio: float
    reading: Reading = Reading.TIME


@dataclass(frozen=True, slots=True, kw_only=True)
class Experiment:
    """A question, its variants, its sizes and its claims.

    `sizes` are rows per answer; `thorough_sizes` come with the thorough profile only. Ratios are
    taken against the variant `baseline`.
    """

    name: str
    section: str
    question: str
    baseline: str
    variants: tuple[Variant, ...]
    sizes: tuple[int, ...]
    thorough_sizes: tuple[int, ...] = ()
    claims: tuple[Claim, ...] = field(default=())

    def variant(self, name: str) -> Variant:
        """Return the variant called `name`; KeyError where there is none."""
        return {variant.name: variant for variant in self.variants}[name]
