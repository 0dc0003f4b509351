"""The words of the lab as frozen values: experiment, group, variant, claim, and what they name."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from math import ceil

from rowpath.lab.applications import App, OwnApplication
from rowpath.lab.conditions import CONTROLLED, Conditions
from rowpath.lab.measures import TIME, Measure, OneAtATime, Quantity

WHOLE_TABLE = 0
"""The size of an answer that is made from every row of the table; sent as no `rows` at all."""
OWN = "own"
"""The section of what is no part of the talk."""


class Data(StrEnum):
    """A dataset, by its name: what an experiment finds in the database."""

    PRODUCTS = "products"
    """The talk's ten million products."""
    LOGS = "logs"
    """The talk's own application, a site of fight logs: a dozen related tables."""

    @property
    def told_rows(self) -> int | None:
        """How many rows the talk had of it, so its claims are of a table of that size, if told."""
        return 10_000_000 if self is Data.PRODUCTS else None

    @property
    def told_versions(self) -> Mapping[str, str]:
        """The versions that the talk shows that it measured with, of the packages that it shows.

        That is Django alone, in what it shows of the debug toolbar.
        """
        return {"django": "3.2.13"}


class Shape(StrEnum):
    """How an answer lays out its values."""

    ROWS = "rows"
    """A list of objects, one a row."""
    COLUMNS = "columns"
    """One object with a list a column."""
    TOTALS = "totals"
    """One object with a value a column."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a variant must answer, so that it can be checked before it is timed.

    `expected` is the statement whose rows the answer must hold, with `%(rows)s` for the size that
    is asked for. rowpath runs it on a connection of its own, apart from every measured
    application. Its columns are those compared; an answer may hold more (an id), and that is a
    difference of shape. Its rows must be just these, in their order. Only under conditions in which
    queries name no order may they be any rows of the table `any_of`, if there is one, each as often
    as it stands there at most.
    """

    shape: Shape
    expected: str
    any_of: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedError:
    """How a technique is known to fail: the exception, and a sentence on why.

    `kind` is the exception's class with its module, `message` what it must say among else, so that
    no other error of that class passes for it.
    """

    kind: str
    message: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SameAnswer:
    """What an application of the user's own must answer: JSON is compared by its values.

    It is `body`, or where that is None what the group's baseline answers. Fields in `ignored` are
    left out at any depth; with any of them the length of an answer may change.
    """

    body: str | None = None
    ignored: tuple[str, ...] = ()


Expectation = Answer | ExpectedError | SameAnswer
"""What must come back of a variant: the tables' rows, a failure that is known, or the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """A path of an application that the lab hosts, asked for with GET.

    `code` names the classes and functions of the application that make the technique, as the
    report shows them; the first is what answers, in the module `views_<experiment>`. With the
    `path` of another variant it is that one's view that answers.
    """

    app: App
    code: tuple[str, ...]
    path: str | None = None

    @property
    def method(self) -> str:
        """The method of the request."""
        return "GET"


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """Work that a worker process of an application does, as `Endpoint` says where it stands.

    It changes what is stored, so it is asked for with POST, and only by the lab.
    """

    app: App
    code: tuple[str, ...]

    @property
    def method(self) -> str:
        """The method of the request."""
        return "POST"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A path of an application of the user's own; `{rows}` in it is the size asked for."""

    app: OwnApplication
    path: str

    @property
    def method(self) -> str:
        """The method of the request."""
        return "GET"

    @property
    def code(self) -> tuple[str, ...]:
        """Nothing: the report shows no code of an application that the lab does not host."""
        return ()


Asked = Endpoint | Task | Request


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """A package in a version that a variant needs, such as Django 6.1.

    `extra` is the one of rowpath's that installs it, if one does; else `how` is a sentence on how
    to get it.
    """

    package: str
    version: str
    how: str = ""
    extra: str = ""

    def met_by(self, versions: Mapping[str, str]) -> bool:
        """Return whether the installed `versions` have the package in this version or a later."""
        return _release(versions.get(self.package, "0")) >= _release(self.version)

    def lack(self, versions: Mapping[str, str]) -> str:
        """Return why a variant is left out that needs it, and how to get it where that is known."""
        has = versions.get(self.package, "none")
        lack = f"it needs {self.package} {self.version}, and this run has {has}"
        if self.extra:
            return f"{lack}: pip install 'rowpath[{self.extra}]'"
        return f"{lack}. {self.how}" if self.how else lack


def _release(version: str) -> tuple[int, ...]:
    """Return the major and the minor number of a version."""
    return tuple(int(part) for part in re.findall(r"\d+", version)[:2])


class Timing(StrEnum):
    """How a variant is timed."""

    BLOCKS = "blocks"
    """In every block, so that it has an interval and a ratio."""
    ONCE = "once"
    """Once, with the instruments on: an observation, no comparison."""


class Figure(StrEnum):
    """What a group is first of all about, and so what its report shows first."""

    TIME = "time"
    MEMORY = "memory"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """The talk's own absolute figures for a variant at one size."""

    rows: int
    time_s: float | None = None
    requests_per_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """One runnable technique.

    `asks` is what is asked for, `expects` what must come back, and `conditions` are those under
    which it is measured, each apart. An expected failure is the variant's outcome.

    A request sends `statements` statements, `statements_per_row` more for each row, and one more
    for every `rows_per_statement` rows begun: checked before it is timed. `statements_at_most`
    says that it may send fewer, where what is asked for depends on the rows.

    `beside` names a task of the experiment that another worker process runs at the same time as
    this one, a task too; `charts_cpu` has the CPU of both, and of the database, drawn over time.
    `needs` leaves the variant out where the package is older. `memory_limit_mib` ends the worker
    that grows beyond it, and that end is the outcome that the report shows. `thorough_only` keeps
    a variant out of the shorter profiles. `fast_path` is the path or way of rowpath's own that
    must be taken: an answer by any other is refused before it is timed.
    """

    name: str
    title: str
    asks: Asked
    expects: Expectation
    conditions: tuple[Conditions, ...] = (CONTROLLED,)
    statements: int = 1
    statements_per_row: int = 0
    rows_per_statement: int | None = None
    statements_at_most: bool = False
    timing: Timing = Timing.BLOCKS
    beside: str | None = None
    charts_cpu: bool = False
    needs: Requirement | None = None
    memory_limit_mib: int | None = None
    thorough_only: bool = False
    fast_path: str | None = None
    told: tuple[Told, ...] = ()

    def can_run(self, versions: Mapping[str, str]) -> bool:
        """Return whether the installed `versions` have what the variant needs."""
        return self.needs is None or self.needs.met_by(versions)

    @property
    def is_timed(self) -> bool:
        """Whether the variant is timed in blocks."""
        return self.timing is Timing.BLOCKS and self.fails is None

    @property
    def answer(self) -> Answer:
        """The answer that it must give; TypeError where it is expected to fail."""
        if isinstance(self.expects, Answer):
            return self.expects
        msg = f"{self.name} is expected to fail"
        raise TypeError(msg)

    @property
    def fails(self) -> ExpectedError | None:
        """How it is expected to fail, if it is."""
        return self.expects if isinstance(self.expects, ExpectedError) else None

    @property
    def app(self) -> App:
        """The lab's application that is asked; TypeError where it is the user's own."""
        if isinstance(self.asks, Request):
            msg = f"{self.name} asks an application of the user's own"
            raise TypeError(msg)
        return self.asks.app

    @property
    def application(self) -> App | OwnApplication:
        """The application that is asked, the lab's or the user's own."""
        return self.asks.app

    def declared_statements(self, rows: int) -> int:
        """Return how many statements a request for `rows` rows must send."""
        batches = ceil(rows / self.rows_per_statement) if self.rows_per_statement else 0
        return self.statements + self.statements_per_row * rows + batches


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A published figure: the `quantity` of `variant` is `ratio` times that of `baseline`.

    It is what their group compares. `section` is the talk's. `faster_by` is the percentage that was
    published beside the figures, as a share and below 0 for slower: it has two readings
    (`stats.readings`), of which the figures decide, and the claim is judged by both.
    """

    text: str
    variant: str
    baseline: str
    rows: int
    ratio: float
    section: str = OWN
    quantity: Quantity = TIME
    faster_by: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Corner:
    """Who answers with the factors in `changed` as at the far end, all others as at the near."""

    changed: frozenset[str]
    variant: str
    conditions: Conditions


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """What a ratio between two ends of a group is to be shared out among.

    The ends differ in the `factors`, by whose names a reader knows them; `corners` has a corner for
    each set of them. `text` names the near end and the far one.
    """

    text: str
    factors: tuple[str, ...]
    corners: tuple[Corner, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What one change brings by itself, by a name: `variant` has it, `baseline` all but it."""

    name: str
    variant: str
    baseline: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Variants that do the same and are compared with one another.

    Ratios are taken against the variant `baseline`. `sizes` are rows per answer, counted in the
    table `of` (none where the application is the user's own); `thorough_sizes` come with the
    thorough profile only. `measure` is what a slot does,
    and so which quantity is compared. `leads` is the figure that the group is first of all about.
    `explanation` shares a ratio out, `steps` are changes that come one after the other, each of
    which is compared with the one before it. A group that is alone in its experiment needs no
    `question` of its own.
    """

    name: str
    baseline: str
    variants: tuple[Variant, ...]
    of: str = ""
    sizes: tuple[int, ...] = (1,)
    thorough_sizes: tuple[int, ...] = ()
    question: str = ""
    measure: Measure = field(default_factory=OneAtATime)
    leads: Figure = Figure.TIME
    explanation: Explanation | None = None
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Experiment:
    """A question, the groups of variants that answer it, and the talk's claims about them.

    A variant's name is its own within the experiment, and `/<experiment>/<variant>` is where the
    measured application answers it, with `?rows=N`. What is no part of the talk says in `apart` how
    it is run: a run of the whole talk leaves it out and tells so. `data` is None where no
    database of the lab's is needed.
    """

    name: str
    question: str
    groups: tuple[Group, ...]
    section: str = OWN
    data: Data | None = Data.LOGS
    claims: tuple[Claim, ...] = field(default=())
    apart: str = ""

    @property
    def variants(self) -> tuple[Variant, ...]:
        """The variants of all groups."""
        return tuple(variant for group in self.groups for variant in group.variants)

    def variant(self, name: str) -> Variant:
        """Return the variant called `name`; KeyError where there is none."""
        return {variant.name: variant for variant in self.variants}[name]

    def group_of(self, variant: Variant) -> Group:
        """Return the group that a variant of this experiment stands in."""
        return next(group for group in self.groups if variant in group.variants)

    def path(self, variant: Variant | str) -> str:
        """Return where the measured application answers a variant, or the one of that name."""
        found = self.variant(variant) if isinstance(variant, str) else variant
        others = None if isinstance(found.asks, Task) else found.asks.path
        return others or f"/{self.name}/{found.name}"

    def answered_by(self, app: App) -> Iterator[Variant]:
        """Yield the variants that an application answers by views of their own."""
        return (
            variant
            for variant in self.variants
            if variant.application is app
            and not (isinstance(variant.asks, Endpoint) and variant.asks.path)
        )
