"""What explaining comes to, as values that every output is made from."""

from dataclasses import dataclass
from enum import StrEnum

from rowpath.explain.changes.edits import Edit
from rowpath.stats.interval import Interval


class Kind(StrEnum):
    """What a finding is about. The texts are part of the JSON."""

    RELATION = "relation-row-by-row"
    COLUMN = "column-row-by-row"
    KEY = "key-by-relation"
    REPEATED = "repeated-statement"
    ANEW = "prefetched-and-asked-anew"
    SAME = "same-statement"
    UNUSED = "unused-eager-loading"
    MULTIPLIED = "rows-multiplied-by-join"
    UNREAD = "unread-columns"
    DICTS = "dicts-would-do"
    COUNTED = "counted-and-loaded"
    NUMBER = "loaded-for-a-number"
    AGGREGATED = "aggregated-in-python"
    FAST = "list-by-mixin"
    BLOCKS = "blocked-event-loop"
    INDEX = "missing-index"
    DISTINCT = "needless-distinct"
    OFFSET = "deep-offset"
    PAGE_COUNT = "page-count"
    WRITTEN = "writes-in-a-loop"
    WRITES = "get-writes"


class Confidence(StrEnum):
    """How sure a finding is."""

    PROVED = "proved"
    """The change was run: the answer is the same, and it costs less."""
    ESTIMATED = "estimated"
    """It costs less: by a run whose answer cannot be compared, or as the database expects."""
    ADVICE = "advice"
    """What was seen is certain; no change of it was run, or the one that was is refused."""


class Sameness(StrEnum):
    """In which sense two answers are the same."""

    BYTES = "byte for byte"
    MASKED = "but for what differs from request to request anyway"
    ROWS = "the same rows; their order is not asked for and may change"
    DIFFERENT = "different"
    UNKNOWN = "not comparable"


SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
JSON = "application/json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A request that is explained. `user` is a name to log in, None for nobody.

    `logged` is how often a log has requests of its route, None without a log.
    """

    path: str
    method: str = "GET"
    body: bytes = b""
    user: str | None = None
    headers: tuple[tuple[str, str], ...] = ()
    logged: int | None = None

    @property
    def name(self) -> str:
        """The path, behind its method where that is not GET."""
        return self.path if self.method == "GET" else f"{self.method} {self.path}"

    @property
    def may_write(self) -> bool:
        """Whether its method is one that writes (RFC 9110, 9.2.1)."""
        return self.method not in SAFE_METHODS


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A line of the project's; `file` is absolute."""

    file: str
    line: int
    function: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """What reads a relation: a serializer's field, a template's tag, a function's line."""

    text: str
    file: str | None
    line: int | None


def is_framework(place: Place | None, reader: Reader | None) -> bool:
    """Return whether what reads is a field, or a template's tag, rather than the place itself."""
    if reader is None:
        return False
    return place is None or (reader.file, reader.line) != (place.file, place.line)


@dataclass(frozen=True, slots=True, kw_only=True)
class Growth:
    """Statements for each row more, measured at several numbers of rows.

    They are those that the finding is about: where it has a change, all of the answer's. `per_row`
    is between the two largest. `after` is the same with the change, where it was run. `statements`
    are how many there are at each number of rows, `statements_after` with the change.
    """

    rows: tuple[int, ...]
    per_row: float
    after: float | None = None
    statements: tuple[int, ...] = ()
    statements_after: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What became of a request by a change that was run.

    `ratio` is the time with the change / without it, None where it was not timed.
    """

    statements_before: int
    statements_after: int
    sameness: Sameness
    ratio: Interval | None
    growth_after: float | None

    @property
    def same_answer(self) -> bool:
        """Whether the answer is the same."""
        return self.sameness in {Sameness.BYTES, Sameness.MASKED, Sameness.ROWS}


@dataclass(frozen=True, slots=True, kw_only=True)
class Marginal:
    """What a change brings beside all others of the diff: statements without it, and with it.

    `ratio` is the time with all changes / with all but this one, None where it was not timed.
    """

    statements_before: int
    statements_after: int
    ratio: Interval | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One reason for a request's cost.

    `statements` of the request's `of_statements` are its share. `edits` is the change, empty where
    there is none; `reason` says why there is none. `advice` is what else to do. `statement` is the
    text that it is about, `other_statements` are more of the same line. `marginal` is None where
    the diff has no other change.
    """

    kind: Kind
    confidence: Confidence
    title: str
    place: Place | None
    statements: int
    of_statements: int
    paths: tuple[str, ...] = ()
    readers: tuple[Reader, ...] = ()
    growth: Growth | None = None
    edits: tuple[Edit, ...] = ()
    proof: Proof | None = None
    reason: str | None = None
    advice: str | None = None
    statement: str | None = None
    other_statements: tuple[str, ...] = ()
    marginal: Marginal | None = None

    @property
    def texts(self) -> frozenset[str]:
        """All statements that it is about."""
        return frozenset(filter(None, (self.statement, *self.other_statements)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A statement without its values, how often it was sent, and the database's plan of the first.

    `plan` is None where the database gives none.
    """

    text: str
    count: int
    plan: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sql:
    """What a request sends today, and with all changes of the diff; None without a diff."""

    unchanged: tuple[Sent, ...]
    changed: tuple[Sent, ...] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    """A part of a request's time in which nothing else ran."""

    name: str
    duration_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """One request and what was found of it; `notes` say what could not be seen or was done."""

    request: Request
    statements: int
    duration_s: float
    phases: tuple[Phase, ...]
    findings: tuple[Finding, ...]
    notes: tuple[str, ...]
    sql: Sql | None = None


def saved(explained: Explained) -> tuple[float, int]:
    """Return the time in seconds, and the statements, that the best proved change takes away.

    A time that does not differ by its whole interval is none.
    """
    best = (0.0, 0)
    for finding in explained.findings:
        proof = finding.proof
        if finding.confidence is Confidence.PROVED and proof is not None:
            ratio = proof.ratio
            is_shown = ratio is not None and ratio.high < 1
            time_s = (1 - ratio.estimate) * explained.duration_s if ratio and is_shown else 0.0
            best = max(best, (time_s, proof.statements_before - proof.statements_after))
    return best


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """A route of the URL conf that was not explained, and why."""

    route: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """All requests of a run; those of routes are ranked by what can be saved.

    `edits` are all proved changes that were also proved together; what stands in the diff.
    `versions` are what the project runs on.
    """

    root: str
    requests: tuple[Explained, ...]
    edits: tuple[Edit, ...]
    notes: tuple[str, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    versions: str = ""
