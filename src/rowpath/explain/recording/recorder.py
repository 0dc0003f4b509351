"""What patches write into while a request is watched, and what comes of it."""

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from secrets import randbelow
from types import CodeType, FrameType
from typing import Any, TypeVar

from rowpath.explain.messages import Limit, Observed
from rowpath.explain.recording.facts import NOBODY, Caller, Facts, Purpose, Raw, Rows, Tag, Used
from rowpath.explain.recording.frames import Mark, OwnCode
from rowpath.explain.recording.steps import KnownSteps
from rowpath.explain.trails import Path, Span, Trail
from rowpath.explain.values import Place, Reader

ReaderOf = Callable[[FrameType], Reader | None]
"""Says what a framework's frame reads for: a serializer's field, a template's tag."""

Step = tuple[Span, ...]
_Value = TypeVar("_Value")
MOST_CALLERS = 8
"""Loads of one relation of a list whose callers are looked for in a project's own tests and pages:
those of all others would cost what the statements do, and are hardly ever others.
"""


@dataclass(slots=True)
class Recorder:
    """Grows while a request is watched; `watching` begins anew.

    Trails keep their numbers for the life of the process, since querysets carry them.
    """

    code: OwnCode
    limit: Limit | None = None
    is_watching: bool = False
    reads_columns: bool = False
    """Whether it is told of each column that is read, and who reads each relation."""
    knows_origins: bool = True
    """Whether querysets that are made while nobody watches are told as well."""
    tells_origins: bool = field(init=False)
    """Whether it is told of querysets that are made now."""
    silenced: int = 0
    """How many calls are under way in which an ORM makes querysets itself, which are not told.

    A prefetch makes one for each row, which nobody evaluates, and so does the relation of each;
    what is made while a row's relation or column is read loads that. It is a number, since threads
    of a view may end theirs in any order.
    """
    knows_lines: bool = True
    """Whether it is told whose line sends a statement that loads no relation of a list."""
    page_rows: int | None = None
    prefetching: int = 0
    prefetched: tuple[Tag, type] | None = None
    """Of the rows that a prefetch loads now, with their class, where it is known."""
    accesses: list[tuple[Tag, Any] | None] = field(default_factory=list)
    queries: list[Any] = field(default_factory=list)
    uses: dict[int, Used] = field(default_factory=dict)
    trails: dict[int, Trail] = field(default_factory=dict)
    """All trails of this process; a queryset that comes pickled from a cache may have another's."""
    steps: KnownSteps = field(init=False, repr=False, compare=False)
    """Set for an ORM that begins and refines trails by number."""
    _numbers: dict[Trail, int] = field(default_factory=dict)
    _first_number: int = field(default_factory=partial(randbelow, 2**60))
    evaluations: int = 0
    _begun: dict[tuple[str, int], tuple[int, Step]] = field(default_factory=dict)
    _refined: dict[tuple[int, int], tuple[int, Step]] = field(default_factory=dict)
    _behind: dict[tuple[int, int, Path], int] = field(default_factory=dict)
    _own_callers: dict[tuple[int, int], tuple[Place, Reader, CodeType]] = field(
        default_factory=dict
    )
    _readers: dict[str, ReaderOf] = field(default_factory=dict)
    _passed: dict[int, CodeType] = field(default_factory=dict)
    _seen: list[Raw] = field(default_factory=list)
    _most_loads: int = 0
    _rows: dict[int, Rows] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.tells_origins = self.knows_origins

    def add_readers(self, names: Iterable[str], reader_of: ReaderOf) -> None:
        """Have frames of code by one of these names told what they read for."""
        self._readers |= dict.fromkeys(names, reader_of)
        self._passed.clear()

    @contextmanager
    def watching(
        self, limit: Limit | None, *, reads_columns: bool = False, knows_lines: bool = True
    ) -> Iterator[None]:
        """Record what happens in the block, with lists of so many rows where there is a limit."""
        self.reads_columns, self.knows_lines = reads_columns, knows_lines
        self._seen, self._most_loads, self._rows, self.uses = [], 0, {}, {}
        self.page_rows = None
        self.prefetched = None
        self.limit, self.is_watching, self.tells_origins = limit, True, True
        try:
            yield
        finally:
            self.limit, self.is_watching, self.reads_columns = None, False, False
            self.tells_origins = self.knows_origins

    def loading(
        self, access: tuple[Tag, object] | None, load: Callable[..., _Value], *args: object
    ) -> _Value:
        """Return what a call gives that reads a relation or a column, and loads it where need be.

        `access` is None for a row of which nobody knows where it is from.
        """
        self.silenced += 1
        self.accesses.append(access)
        try:
            return load(*args)
        finally:
            self.accesses.pop()
            self.silenced -= 1

    def number_of(self, trail: Trail) -> int:
        """Return the number that stands for a trail in this process."""
        number = self._numbers.setdefault(trail, self._first_number + len(self.trails))
        self.trails[number] = trail
        return number

    def trail(self, number: int) -> Trail:
        """Return the trail that a number stands for."""
        return self.trails[number]

    def begun(self, model: str, step: Step, manager: str) -> int:
        """Return the number of a trail that begins with a step of `steps`."""
        found = self._begun.get((model, id(step)))
        if found is None:
            trail = Trail(model=model, steps=(step,), manager=manager)
            found = self._begun[model, id(step)] = self.number_of(trail), step
        return found[0]

    def refined(self, number: int, step: Step) -> int:
        """Return the number of a trail with one more step, one of `steps`."""
        found = self._refined.get((number, id(step)))
        if found is None:
            trail = self.trail(number).refined(step)
            found = self._refined[number, id(step)] = self.number_of(trail), step
        return found[0]

    def behind(self, number: int, of_rows: Tag) -> int:
        """Return the number of a trail whose rows are reached from one row of another's."""
        key = number, of_rows.number, of_rows.path
        found = self._behind.get(key)
        if found is None:
            parent = (self.trail(of_rows.number), of_rows.path)
            found = self.number_of(replace(self.trail(number), parent=parent))
            self._behind[key] = found
        return found

    def evaluating(self, number: int, *, is_ordered: bool) -> Tag:
        """Note that a queryset of a trail is evaluated; return the tag of its rows."""
        rows = self._rows.get(number)
        if rows is None:
            rows = self._rows[number] = Rows()
        rows.times += 1
        rows.is_ordered = is_ordered
        self.evaluations += 1
        rows.tags.append(Tag(number, (), self.evaluations))
        return rows.tags[-1]

    def rows_of(self, number: int) -> int:
        """Return how many rows of a trail came so far."""
        rows = self._rows.get(number)
        return 0 if rows is None else rows.rows

    def counter(self, number: int) -> Rows:
        """Return what counts the rows of a trail that is evaluated."""
        return self._rows[number]

    def statement(self, text: str, values: object, of: Purpose) -> None:
        """Note a statement that the calling code sends, with its values, and for what it is."""
        relation = of.relation
        has_caller = self.knows_lines
        if relation is not None:
            relation.loads += 1
            self._most_loads = max(self._most_loads, relation.loads)
            # What one object alone loads does not grow: its lines are those of no relation then.
            if relation.is_from_many or has_caller:
                has_caller = self.knows_origins or relation.loads <= MOST_CALLERS
        caller = self.caller(sys._getframe(1)) if has_caller else NOBODY  # noqa: SLF001 what inspect takes
        # A tuple stays as it is, and is told later; a list may be another by then.
        said = values if isinstance(values, tuple) else repr(values)
        self._seen.append((text, said, of, caller))

    def facts(self) -> "Facts":
        """Return what was noted, which what is watched next does not alter."""
        return Facts(
            trails=self.trails,
            seen=self._seen,
            rows=self._rows,
            uses=self.uses,
            page_rows=self.page_rows,
            most_loads=self._most_loads,
        )

    def observed(self) -> Observed:
        """Return what was recorded."""
        return self.facts().observed()

    def caller(self, frame: FrameType) -> Caller:
        """Return the innermost line of the project's, and what it or a framework reads for."""
        passed, marks, marked = self._passed, self.code.marks, self.code.marked
        reader: Reader | None = None
        for start in self.code.stacks(frame):
            each = start
            while each is not None:
                # Most frames are of code that was found to say nothing: it is asked no more.
                if id(each.f_code) not in passed:
                    code = each.f_code
                    mark = marks.get(code.co_filename) or marked(code.co_filename)
                    if mark is Mark.OWN:
                        place, own = self._own_caller(each)
                        return place, reader or own
                    if self.code.is_boundary(code):
                        return None, reader
                    if code.co_name in self._readers:
                        reader = reader or self._readers[code.co_name](each)
                    elif not code.co_filename.startswith("<"):  # which may be made ever anew
                        passed[id(code)] = code
                each = each.f_back
        return None, reader

    def _own_caller(self, frame: FrameType) -> tuple[Place, Reader]:
        code = frame.f_code
        found = self._own_callers.get((id(code), frame.f_lasti))
        if found is None:
            place = Place(file=code.co_filename, line=frame.f_lineno, function=code.co_qualname)
            own = Reader(text=place.function, file=place.file, line=place.line)
            found = self._own_callers[id(code), frame.f_lasti] = place, own, code
        return found[0], found[1]
