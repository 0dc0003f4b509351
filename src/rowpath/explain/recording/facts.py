"""What is noted of one answer while it is made, and all that is told of it afterwards."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from rowpath.explain.messages import Asked, Evaluated, Load, Narrowing, Observed, Reads, Seen, Uses
from rowpath.explain.recording.statement_text import normalized
from rowpath.explain.trails import Columns, Hop, Path, Trail, Way, text_of
from rowpath.explain.values import Place, Reader

Caller = tuple[Place | None, Reader | None]
"""The innermost line of the project's, and what it or a framework reads for."""
NOBODY: Caller = (None, None)


class Tag:
    """Where rows are from: a trail by number, the path from that trail's rows, and an evaluation.

    All rows that came alike have the same one, which is for this process alone: pickled with a row
    or with a queryset, it is None.

    `is_of_many` says that such rows may be several of one list, and `is_from_many` that those are
    which they were reached from. `cached_as` is the name by which an ORM's row keeps what such a
    tag is of, and `is_prefetched` says that a prefetch has loaded and tagged it.
    """

    is_read = False
    is_of_many = True
    is_from_many = True
    is_prefetched = False
    cached_as = ""
    loads = 0

    def __init__(self, number: int, path: Path, evaluation: int) -> None:
        self.number = number
        self.path = path
        self.evaluation = evaluation
        self.through: dict[object, Tag] = {}
        """What was reached, by what a framework reads it with, where that is noted."""
        self._reached: dict[str, Tag] = {}

    @cached_property
    def columns(self) -> set[str]:
        """The columns that were read of such rows."""
        return set()

    @cached_property
    def readers(self) -> dict[Caller, None]:
        """Who asked for what is of this tag."""
        return {}

    def reached(self, hop: Hop) -> "Tag":
        """Return the tag of what is reached from such a row by an attribute."""
        found = self._reached.get(hop.name)
        if found is None:
            found = self._reached[hop.name] = Tag(self.number, (*self.path, hop), self.evaluation)
            if not self.is_of_many:
                found.is_from_many = False
                found.is_of_many = hop.way is Way.MANY
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


class Purpose(NamedTuple):
    """What a statement is for: a relation of a row, or nothing that is known.

    A tuple, since each statement has one and a frozen dataclass takes several times as long.
    """

    relation: Tag | None = None
    row: int = 0
    is_refined: bool = False
    prefetched: Columns | None = None
    is_refresh: bool = False
    blocks: bool = False


NO_PURPOSE = Purpose()
Raw = tuple[str, tuple[object, ...] | str, Purpose, Caller]
"""A statement as it is noted: what is told of it is made later."""


@dataclass(slots=True)
class Rows:
    """The evaluations of a trail and their rows so far."""

    times: int = 0
    rows: int = 0
    is_ordered: bool = False
    narrowing: Narrowing | None = None
    sizes: dict[str, int] = field(default_factory=dict)
    tags: list[Tag] = field(default_factory=list)
    declared: tuple[Hop, ...] = ()
    loaded_anyway: frozenset[str] = frozenset()
    multiplied: tuple[Hop, ...] = ()
    copies: float = 1.0


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a recorder noted of one answer; what is told of it is made when it is asked for.

    `most_loads` is how many statements the relation or column took of a list that took the most.
    """

    trails: dict[int, Trail]
    seen: list[Raw]
    rows: dict[int, Rows]
    uses: dict[int, Used]
    page_rows: int | None
    most_loads: int

    def observed(self) -> Observed:
        """Return all of it as it is told."""
        return Observed(
            statements=tuple(map(self._told, self.seen)),
            evaluated=tuple(
                Evaluated(
                    trail=self.trails[number],
                    times=each.times,
                    rows=each.rows,
                    is_ordered=each.is_ordered,
                    read=frozenset(text for tag in each.tags for text in tag.read()),
                    narrowing=each.narrowing,
                    sizes=tuple(each.sizes.items()),
                    reads=tuple(_reads(each.tags)),
                    declared=each.declared,
                    loaded_anyway=each.loaded_anyway,
                    multiplied=each.multiplied,
                    copies=each.copies,
                )
                for number, each in self.rows.items()
            ),
            page_rows=self.page_rows,
            uses=tuple(used.told() for used in self.uses.values() if used.asked or used.iterated),
        )

    def _told(self, raw: Raw) -> Seen:
        text, said, of, (place, reader) = raw
        relation = of.relation
        load = None
        if relation is not None and relation.number in self.trails:
            load = Load(
                trail=self.trails[relation.number],
                path=relation.path,
                is_refined=of.is_refined,
                evaluation=relation.evaluation,
                row=of.row,
                prefetched=of.prefetched,
            )
        return Seen(
            text=normalized(text),
            load=load,
            place=place,
            reader=reader,
            key=hash((text, said if isinstance(said, str) else repr(said))),
            is_refresh=of.is_refresh,
            blocks=of.blocks,
        )


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
