"""What the command and the process that runs the project say to each other."""

from dataclasses import dataclass
from enum import StrEnum

from rowpath.explain.changes.edits import Edit
from rowpath.explain.selected import Built, Index, Selected, Written
from rowpath.explain.trails import Columns, Hop, Owner, Path, Span, Trail, ViewClass
from rowpath.explain.values import Phase, Place, Reader, Request, Sent


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """Start the project, with changes of its source in memory; `settings` as in `ProjectOf`.

    `index` is one of those changes that is to stand in the database for the process's own life.
    """

    settings: str
    edits: tuple[Edit, ...] = ()
    index: Index | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """The project runs; `missing` says which findings are off and why.

    `unguarded` is what any request does for real, `real` what one that writes may do besides.
    """

    versions: str
    missing: tuple[str, ...]
    unguarded: tuple[str, ...]
    real: tuple[str, ...] = ()
    built: Built | None = None


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
    COLUMNS = "columns"
    """Statements, and each column that is read of a row."""
    VOLUME = "volume"
    """What the server sends, where it can tell."""
    PHASES = "phases"
    PLANS = "plans"
    """What was sent, with the database's plan of each."""
    SELECTS = "selects"
    """Each text of a SELECT once, with what its clauses cost, and each that writes."""


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
    """Answer a request `times` times, in a transaction each that is rolled back.

    SELECTs are planned with each of the `supposed` indexes, where the database can suppose any.
    """

    request: Request
    watch: Watch = Watch.NOTHING
    limit: Limit | None = None
    may_write: bool = False
    times: int = 1
    supposed: tuple[Index, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """The relation that a statement loads for one row of a queryset.

    `is_refined` says that it was filtered, ordered or counted: no prefetch should answer it. Loads
    with the same `evaluation` are for rows of one list; `row` numbers the row that was read.
    `prefetched` is of a relation that was loaded already, and is asked for anew.
    """

    trail: Trail
    path: Path
    is_refined: bool
    evaluation: int = 0
    row: int = 0
    prefetched: Columns | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A statement that was sent; its text is without values, and without numbers of rows.

    Statements with the same `key` are the same with the same values, within one answer. One that
    `is_refresh` loads a row again that a commit expired; one that `blocks` holds up the event loop.
    """

    text: str
    load: Load | None
    place: Place | None
    reader: Reader | None
    key: int = 0
    is_refresh: bool = False
    blocks: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """The columns of one of SQLAlchemy's classes, that a list loads by a path; empty for its own.

    `key` is the first column of the primary key, which is always loaded, and none of the `columns`.
    """

    path: Path
    owner: Owner
    key: str
    columns: tuple[str, ...]

    @property
    def prefix(self) -> str:
        """What stands before a column's name where it is told with its path."""
        return "".join(f"{hop.name}." for hop in self.path)


@dataclass(frozen=True, slots=True, kw_only=True)
class Narrowing:
    """What a queryset loads that `only()` could narrow, as that names it: `title`, `author__name`.

    `key` is the primary key, which is always loaded. `joined` are the relations of the columns.
    SQLAlchemy's are narrowed by themselves: they have `parts`, and no `columns`.
    """

    key: str = ""
    columns: tuple[str, ...] = ()
    joined: tuple[str, ...] = ()
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reads:
    """The columns that were read of what a list's rows lead to by a path, the empty one as well.

    `readers` are all that asked for the relation: a line of the project's, and what it reads for.
    """

    path: Path
    columns: frozenset[str]
    readers: tuple[tuple[Place | None, Reader | None], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluated:
    """How often a queryset of a trail was evaluated, to how many rows, and whether in an order.

    `read` are the relations of its rows that were asked for, by whatever came to them. `reads` has
    the columns, where these were watched; `narrowing` is None where no `only()` may be added, and
    else there are the `sizes` in bytes of all values of its columns. `declared` are relations that
    SQLAlchemy loads with the rows as their mapping says, and that nobody asked for; `loaded_anyway`
    are those of its options' that the mapping loads without them too. `multiplied` are relations to
    many that it joins, by which each row comes `copies` times.
    """

    trail: Trail
    times: int
    rows: int
    is_ordered: bool
    read: frozenset[str] = frozenset()
    narrowing: Narrowing | None = None
    sizes: tuple[tuple[str, int], ...] = ()
    reads: tuple[Reads, ...] = ()
    declared: tuple[Hop, ...] = ()
    loaded_anyway: frozenset[str] = frozenset()
    multiplied: tuple[Hop, ...] = ()
    copies: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A queryset that is asked for a number: by `count`, `exists`, `len` or `bool`.

    `step` has the project's calls, the innermost first. `is_first` says that no rows were there.
    """

    method: str
    step: tuple[Span, ...]
    place: Place | None
    reader: Reader | None
    is_first: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Uses:
    """What one queryset was asked for, in order, and whether its rows were loaded, and read.

    `iterated` are the times that they were gone through. `columns` is None where aggregating would
    not see these rows.
    """

    model: str
    asked: tuple[Asked, ...]
    is_fetched: bool
    has_rows_read: bool
    rows: int
    iterated: tuple[Asked, ...] = ()
    columns: Columns | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """What was recorded during one answer. `page_rows` is the size of its page, where DRF pages.

    `volume_kb` is what the database sent for it, None where that was not asked, or is not told.
    `uses` are of the querysets that were asked for a number, where columns are watched. `selects`
    and what was `written` are there where these were asked for.
    """

    statements: tuple[Seen, ...] = ()
    evaluated: tuple[Evaluated, ...] = ()
    phases: tuple[Phase, ...] = ()
    page_rows: int | None = None
    volume_kb: int | None = None
    sent: tuple[Sent, ...] = ()
    uses: tuple[Uses, ...] = ()
    selects: tuple[Selected, ...] = ()
    written: tuple[Written, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back. `error` is a traceback's end, `written` what was refused as a write.

    `durations_s` has one time for each asking; all else is of the last. `asked` names the view's
    class with what answers, like `BookViewSet.list`; `siblings` are all that share its code.
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
    asked: str | None = None
    siblings: tuple[str, ...] = ()

    @property
    def compared(self) -> bytes:
        """What has to stay the same: the body, and before that of a redirect where it leads.

        Each step of where it leads is a word of its own, as a new row's number in it changes.
        """
        if self.location is None:
            return self.body
        leads_to = self.location.replace("/", " / ")
        return f"{self.status} {leads_to}\n".encode() + self.body


@dataclass(frozen=True, slots=True, kw_only=True)
class ListRoutes:
    """List the routes that one of the patterns fits, with paths as `user` may ask them."""

    patterns: tuple[str, ...]
    user: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """A route of the URL conf, like `api/books/<pk>/`: a path of it, or why there is none."""

    route: str
    path: str | None
    reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Routes:
    """The routes that were asked for."""

    routes: tuple[Route, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FoldPaths:
    """Say which route answers each path, without a query."""

    paths: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Folded:
    """The route of each path, like `api/books/<pk>/`; None where none answers it."""

    routes: tuple[str | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Foresee:
    """Say by which way a list would be answered with a mixin; `teller` is a module that knows."""

    teller: str
    request: Request


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreseen:
    """The class whose bases would have the mixin, and in words what that would bring."""

    owner: ViewClass
    told: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Foresight:
    """What is foreseen of a request, None where it is no such list, or its own to change."""

    of: Foreseen | None


Order = Start | Ask | ListRoutes | FoldPaths | Foresee
Reply = Started | Answer | Routes | Folded | Foresight | Failed
