"""What patches write into while a request is watched, and what comes of it."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from secrets import randbelow
from types import FrameType
from typing import Any

from rowpath.explain.frames import OwnCode
from rowpath.explain.messages import Evaluated, Limit, Load, Observed, Seen
from rowpath.explain.statement_text import normalized
from rowpath.explain.trails import Hop, Path, Trail
from rowpath.explain.values import Place, Reader

ReaderOf = Callable[[FrameType], Reader | None]
"""Says what a framework's frame reads for: a serializer's field, a template's tag."""

Tag = tuple[int, Path]
"""Of which trail a row is, by number, and by which path from that trail's rows it was reached."""

UNKNOWN_TRAIL = -1
"""Of rows that a prefetch loads: whoever reads them later says what they are."""


@dataclass(slots=True)
class _Rows:
    times: int = 0
    rows: int = 0
    is_ordered: bool = False


@dataclass(slots=True)
class Recorder:
    """Grows while a request is watched; `watching` begins anew.

    Trails keep their numbers for the life of the process, since querysets carry them.
    """

    code: OwnCode
    readers: tuple[ReaderOf, ...] = ()
    limit: Limit | None = None
    is_watching: bool = False
    page_rows: int | None = None
    prefetching: int = 0
    accesses: list[Tag | None] = field(default_factory=list)
    queries: list[Any] = field(default_factory=list)
    _numbers: dict[Trail, int] = field(default_factory=dict)
    _trails: dict[int, Trail] = field(default_factory=dict)
    _first_number: int = field(default_factory=partial(randbelow, 2**60))
    _seen: list[Seen] = field(default_factory=list)
    _rows: dict[int, _Rows] = field(default_factory=dict)

    @contextmanager
    def watching(self, limit: Limit | None) -> Iterator[None]:
        """Record what happens in the block, with lists of so many rows where there is a limit."""
        self._seen, self._rows = [], {}
        self.page_rows = None
        self.limit, self.is_watching = limit, True
        try:
            yield
        finally:
            self.limit, self.is_watching = None, False

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

    def evaluating(self, number: int, *, is_ordered: bool) -> None:
        """Note that a queryset of a trail is evaluated."""
        rows = self._rows.setdefault(number, _Rows())
        rows.times += 1
        rows.is_ordered = is_ordered

    def rows_of(self, number: int) -> int:
        """Return how many rows of a trail came so far."""
        rows = self._rows.get(number)
        return 0 if rows is None else rows.rows

    def row(self, number: int) -> None:
        """Note that a row of a trail came."""
        self._rows[number].rows += 1

    def statement(self, text: str, relation: Tag | None, *, is_refined: bool) -> None:
        """Note a statement that the calling code sends, and for what."""
        place, reader = self._caller(sys._getframe(1))  # noqa: SLF001 what inspect takes
        load = None
        if relation is not None and self.knows(relation[0]):
            number, path = relation
            load = Load(trail=self.trail(number), path=path, is_refined=is_refined)
        self._seen.append(Seen(text=normalized(text), load=load, place=place, reader=reader))

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
                )
                for number, each in self._rows.items()
            ),
            page_rows=self.page_rows,
        )

    def _caller(self, frame: FrameType) -> tuple[Place | None, Reader | None]:
        """Return the innermost line of the project's, and what it or a framework reads for."""
        reader: Reader | None = None
        for each in self.code.walk(frame):
            code = each.f_code
            if self.code.is_own(code.co_filename):
                place = Place(file=code.co_filename, line=each.f_lineno, function=code.co_qualname)
                own = Reader(text=place.function, file=place.file, line=place.line)
                return place, reader or own
            if reader is None:
                found = (reader_of(each) for reader_of in self.readers)
                reader = next((one for one in found if one is not None), None)
        return None, reader


def extended(tag: Tag | None, hop: Hop) -> Tag | None:
    """Return the tag of what is reached from a row of this tag."""
    if tag is None or tag[0] == UNKNOWN_TRAIL:
        return None
    return tag[0], (*tag[1], hop)
