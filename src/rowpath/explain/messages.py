"""What the command and the process that runs the project say to each other."""

from dataclasses import dataclass
from enum import StrEnum

from rowpath.explain.edits import Edit
from rowpath.explain.trails import Path, Trail, ViewClass
from rowpath.explain.values import Phase, Place, Reader, Request


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """Start the project, with changes of its source in memory; `settings` as in `ProjectOf`."""

    settings: str
    edits: tuple[Edit, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """The project runs; `missing` says which findings are off and why, `unguarded` what is real."""

    versions: str
    missing: tuple[str, ...]
    unguarded: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """What was asked could not be done: the name of an error's class and its whole message."""

    error: str
    message: str


class Watch(StrEnum):
    """What is recorded while a request is answered."""

    NOTHING = "nothing"
    """As it is timed: no patch is installed."""
    STATEMENTS = "statements"
    PHASES = "phases"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """How many rows a list is to have: a DRF page's size, or the most of a model's querysets.

    `with_prefetches` has prefetches of the model cut as well, which are for a single object then.
    """

    rows: int
    model: str | None
    with_prefetches: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """Answer a request `times` times, in a transaction each that is rolled back."""

    request: Request
    watch: Watch = Watch.NOTHING
    limit: Limit | None = None
    may_write: bool = False
    times: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """The relation that a statement loads for one row of a queryset.

    `is_refined` says that it was filtered, ordered or counted: no prefetch should answer it.
    """

    trail: Trail
    path: Path
    is_refined: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A statement that was sent; its text is without values, and without numbers of rows."""

    text: str
    load: Load | None
    place: Place | None
    reader: Reader | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluated:
    """How often a queryset of a trail was evaluated, to how many rows, and whether in an order."""

    trail: Trail
    times: int
    rows: int
    is_ordered: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """What was recorded during one answer. `page_rows` is the size of its page, where DRF pages."""

    statements: tuple[Seen, ...] = ()
    evaluated: tuple[Evaluated, ...] = ()
    phases: tuple[Phase, ...] = ()
    page_rows: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back. `error` is a traceback's end, `written` what was refused as a write.

    `durations_s` has one time for each asking; all else is of the last.
    """

    status: int
    location: str | None
    content_type: str
    body: bytes
    durations_s: tuple[float, ...]
    error: str | None
    written: str | None
    observed: Observed
    view: ViewClass | None


Order = Start | Ask
Reply = Started | Answer | Failed
