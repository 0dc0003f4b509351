"""What patches write into while a request is watched, and what comes of it."""

import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from secrets import randbelow
from types import FrameType
from typing import Any

from rowpath.explain.messages import (
    Asked,
    Evaluated,
    Limit,
    Load,
    Narrowing,
    Observed,
    Reads,
    Seen,
    Uses,
)
from rowpath.explain.recording.frames import OwnCode
from rowpath.explain.recording.statement_text import normalized
from rowpath.explain.trails import Columns, Hop, Path, Trail, text_of
from rowpath.explain.values import Place, Reader

ReaderOf = Callable[[FrameType], Reader | None]
"""Says what a framework's frame reads for: a serializer's field, a template's tag."""

Caller = tuple[Place | None, Reader | None]
"""The innermost line of the project's, and what it or a framework reads for."""
UNKNOWN_TRAIL = -1


class Tag:
    """Where rows are from: a trail by number, the path from that trail's rows, and an evaluation.

    All rows that came alike have the same one, which is for this process alone: pickled with a row
    or with a queryset, it is None.
    """

    __slots__ = ("_reached", "columns", "evaluation", "is_read", "number", "path", "readers")

    def __init__(self, number: int, path: Path, evaluation: int) -> None:
        self.number = number
        self.path = path
        self.evaluation = evaluation
        self.is_read = False
        self.columns: set[str] = set()
        self.readers: dict[Caller, None] = {}
        self._reached: dict[str, Tag] = {}

    def reached(self, hop: Hop) -> "Tag":
        """Return the tag of what is reached from such a row by an attribute."""
        found = self._reached.get(hop.name)
        if found is None:
            found = self._reached[hop.name] = Tag(self.number, (*self.path, hop), self.evaluation)
        return found

    def behind(self) -> Iterator["Tag"]:
        """Yield the tags of all that was reached from such rows."""
        for each in self._reached.values():
            yield each
            yield from each.behind()

    def read(self) -> Iterator[str]:
        """Yield what was read of it, as lookups have it: a relation and what is reached by it."""
        yield from (text_of(each.path) for each in self.behind() if each.is_read)

    def __deepcopy__(self, _: object) -> "Tag":
        return self

    def __reduce__(self) -> tuple[type[None], tuple[()]]:
        return type(None), ()


UNKNOWN = Tag(UNKNOWN_TRAIL, (), 0)
"""Of rows that a prefetch loads: whoever reads them later says what they are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Purpose:
    """What a statement is for: a relation of a row, or nothing that is known."""

    relation: Tag | None = None
    row: int = 0
    is_refined: bool = False
    prefetched: Columns | None = None
    is_refresh: bool = False
    blocks: bool = False


@dataclass(slots=True)
class Rows:
    """The evaluations of a trail and their rows so far."""

    times: int = 0
    rows: int = 0
    is_ordered: bool = False
    narrowing: Narrowing | None = None
    sizes: Counter[str] = field(default_factory=Counter)
    tags: list[Tag] = field(default_factory=list)


@dataclass(slots=True)
class Used:
    """What a queryset was asked for so far, which is kept so that no other has its `id`."""

    queryset: object
    model: str
    had_rows: bool
    asked: list[Asked] = field(default_factory=list)
    is_fetched: bool = False
    has_rows_read: bool = False
    rows: int = 0
    iterated: list[Asked] = field(default_factory=list)
    columns: Columns | None = None

    def told(self) -> Uses:
        """Return it as it is told."""
        return Uses(
            model=self.model,
            asked=tuple(self.asked),
            is_fetched=self.is_fetched,
            has_rows_read=self.has_rows_read,
            rows=self.rows,
            iterated=tuple(self.iterated),
            columns=self.columns,
        )


@dataclass(slots=True)
class Recorder:
    """Grows while a request is watched; `watching` begins anew.

    Trails keep their numbers for the life of the process, since querysets carry them.
    """

    code: OwnCode
    readers: tuple[ReaderOf, ...] = ()
    limit: Limit | None = None
    is_watching: bool = False
    reads_columns: bool = False
    """Whether it is told of each column that is read, and who reads each relation."""
    knows_origins: bool = True
    """Whether querysets that are made while nobody watches are told as well."""
    page_rows: int | None = None
    prefetching: int = 0
    relating: int = 0
    accesses: list[tuple[Tag, Any] | None] = field(default_factory=list)
    queries: list[Any] = field(default_factory=list)
    uses: dict[int, Used] = field(default_factory=dict)
    _numbers: dict[Trail, int] = field(default_factory=dict)
    _trails: dict[int, Trail] = field(default_factory=dict)
    _first_number: int = field(default_factory=partial(randbelow, 2**60))
    evaluations: int = 0
    _seen: list[Seen] = field(default_factory=list)
    _rows: dict[int, Rows] = field(default_factory=dict)

    @contextmanager
    def watching(self, limit: Limit | None, *, reads_columns: bool = False) -> Iterator[None]:
        """Record what happens in the block, with lists of so many rows where there is a limit."""
        self.reads_columns = reads_columns
        self._seen, self._rows, self.uses = [], {}, {}
        self.page_rows = None
        self.limit, self.is_watching = limit, True
        try:
            yield
        finally:
            self.limit, self.is_watching, self.reads_columns = None, False, False

    def number_of(self, trail: Trail) -> int:
        """Return the number that stands for a trail in this process."""
        number = self._numbers.setdefault(trail, self._first_number + len(self._trails))
        self._trails[number] = trail
        return number

    def knows(self, number: object) -> bool:
        """Return whether a number is of a trail in this process.

        A queryset that comes pickled from a cache may have the number of another process.
        """
        return number in self._trails

    def trail(self, number: int) -> Trail:
        """Return the trail that a number stands for."""
        return self._trails[number]

    def evaluating(self, number: int, *, is_ordered: bool) -> Tag:
        """Note that a queryset of a trail is evaluated; return the tag of its rows."""
        rows = self._rows.setdefault(number, Rows())
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
        place, reader = self.caller(sys._getframe(1))  # noqa: SLF001 what inspect takes
        load = None
        if relation is not None and self.knows(relation.number):
            load = Load(
                trail=self.trail(relation.number),
                path=relation.path,
                is_refined=of.is_refined,
                evaluation=relation.evaluation,
                row=of.row,
                prefetched=of.prefetched,
            )
        key = hash((text, repr(values)))
        self._seen.append(
            Seen(
                text=normalized(text),
                load=load,
                place=place,
                reader=reader,
                key=key,
                is_refresh=of.is_refresh,
                blocks=of.blocks,
            )
        )

    def observed(self) -> Observed:
        """Return what was recorded."""
        return Observed(
            statements=tuple(self._seen),
            evaluated=tuple(
                Evaluated(
                    trail=self.trail(number),
                    times=each.times,
                    rows=each.rows,
                    is_ordered=each.is_ordered,
                    read=frozenset(text for tag in each.tags for text in tag.read()),
                    narrowing=each.narrowing,
                    sizes=tuple(each.sizes.items()),
                    reads=tuple(_reads(each.tags)),
                )
                for number, each in self._rows.items()
            ),
            page_rows=self.page_rows,
            uses=tuple(used.told() for used in self.uses.values() if used.asked or used.iterated),
        )

    def caller(self, frame: FrameType) -> Caller:
        """Return the innermost line of the project's, and what it or a framework reads for."""
        reader: Reader | None = None
        for each in self.code.walk(frame):
            code = each.f_code
            if self.code.is_own(code.co_filename):
                place = Place(file=code.co_filename, line=each.f_lineno, function=code.co_qualname)
                own = Reader(text=place.function, file=place.file, line=place.line)
                return place, reader or own
            if reader is None:
                reader = self._reader(each)
        return None, reader

    def _reader(self, frame: FrameType) -> Reader | None:
        for reader_of in self.readers:
            reader = reader_of(frame)
            if reader is not None:
                return reader
        return None


def _reads(tags: Iterable[Tag]) -> Iterator[Reads]:
    """Yield the columns that were read of a list's rows, and of what they lead to, by paths."""
    found: dict[Path, list[Tag]] = {}
    for tag in tags:
        for each in (tag, *tag.behind()):
            found.setdefault(each.path, []).append(each)
    for path, alike in found.items():
        yield Reads(
            path=path,
            columns=frozenset(name for tag in alike for name in tag.columns),
            readers=tuple(dict.fromkeys(reader for tag in alike for reader in tag.readers)),
        )


def extended(tag: Tag | None, hop: Hop) -> Tag | None:
    """Return the tag of what is reached from a row of this tag; None where that is not known."""
    return None if tag is None or tag is UNKNOWN else tag.reached(hop)
