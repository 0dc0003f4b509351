"""What a variant's requests sent: each statement once, with PostgreSQL's plans of it.

Django and SQLAlchemy write the number of rows into the text: after LIMIT, or as so many
placeholders. Statements that differ in that alone are one statement to a reader, and what repeats
in a long one is left out.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import reduce

from rowpath.lab.record import PlaceRecord, StatementRecord, VariantRecord

MOST_STATEMENTS = 12
"""Shown of a variant; the run's file has them all."""
_MOST_SQL, _MOST_PLAN, _MOST_LINE = 3_000, 6_000, 300
"""Characters shown of a statement, of a plan, and of a line of a plan."""

_VALUE = r"%(?:s|\(\w+\)s)(?:::[\w\[\]]+)?"
_TUPLE = r"\([^()]*%[^()]*\)"
_WHEN = rf"WHEN \([^()]*%[^()]*\) THEN {_VALUE}"


@dataclass(frozen=True, slots=True)
class _Repeated:
    """Something that a long statement repeats, with what stands between."""

    item: str
    separator: str
    least: int
    """So many are left as they are."""

    @property
    def _between(self) -> str:
        return self.separator.replace(" ", r"\s*")

    def shortened(self, text: str) -> str:
        """Return `text` with the first two of many, and how many more there are."""
        several = rf"(?:{self.item}{self._between}){{{self.least},}}{self.item}"
        return re.sub(several, self._first, text)

    def unified(self, text: str) -> str:
        """Return `text` as if each stood there once, however often it does."""
        return re.sub(rf"{self.item}(?:{self._between}{self.item})*", "%", text)

    def _first(self, found: re.Match[str]) -> str:
        items = re.findall(self.item, found[0])
        return self.separator.join((*items[:2], f"/* {len(items) - 2:,} more */"))


_REPEATED = (
    _Repeated(_WHEN, " ", 4),
    _Repeated(_TUPLE, ", ", 4),
    _Repeated(_VALUE, ", ", 19),
)
_LIMIT = re.compile(r"\bLIMIT\s+\d+")
_SAVEPOINT = re.compile(r'(?<=SAVEPOINT )"?\w+"?')
_NUMBER = re.compile(r"\d+(?:\.\d+)?(?:,\d+(?:\.\d+)?)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """Text as far as it is shown; `whole` is how many characters it has where that is not all."""

    text: str
    whole: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """Where and how often one request sent a statement, and how many rows came of it.

    `duplicates` of these times it had the same values as another time.
    """

    setup: str
    rows: int
    count: int
    duration_ms: float
    sent_rows: int | None
    duplicates: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A line of code that sent a statement, `most` times a request at most."""

    place: str
    function: str
    code: str
    most: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How PostgreSQL did a statement, with the set-ups and sizes in which it did so.

    `differs` says that elsewhere than at the first of them, other numbers stood in it.
    """

    shown: Shown
    seen: tuple[tuple[str, int], ...]
    differs: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A distinct statement with all that was seen of it, the text as first sent.

    `varies` says that its text was another elsewhere, as far as the number of rows goes.
    """

    shown: Shown
    sightings: tuple[Sighting, ...]
    plans: tuple[Plan, ...]
    sources: tuple[Source, ...]
    varies: bool


_Seen = tuple[VariantRecord, StatementRecord]


def sent(variants: Iterable[VariantRecord]) -> tuple[Sent, ...]:
    """Return the statements of one variant in all its set-ups and sizes, the smallest first."""
    grouped: dict[str, list[_Seen]] = {}
    for variant in variants:
        for statement in variant.statements:
            grouped.setdefault(_kind(statement.text), []).append((variant, statement))
    return tuple(
        Sent(
            shown=shown_sql(seen[0][1].text),
            sightings=tuple(_sightings(seen)),
            plans=tuple(_plans(seen)),
            sources=tuple(_sources(seen)),
            varies=len({statement.text for _, statement in seen}) > 1,
        )
        for seen in grouped.values()
    )


def shown_sql(text: str) -> Shown:
    """Return a statement without what it repeats, and no longer than a reader can use."""
    short = reduce(lambda held, repeated: repeated.shortened(held), _REPEATED, text)
    shown = _cut(short, _MOST_SQL)
    return Shown(text=shown, whole=None if shown == text else len(text))


def shown_plan(text: str) -> Shown:
    """Return a plan, each line and all of it no longer than a reader can use."""
    lines = (_cut(line, _MOST_LINE) for line in text.splitlines())
    shown = _cut("\n".join(lines), _MOST_PLAN)
    return Shown(text=shown, whole=None if shown == text.rstrip("\n") else len(text))


def _kind(text: str) -> str:
    """Return what statements have in common that differ in their number of rows alone."""
    unified = reduce(lambda held, repeated: repeated.unified(held), _REPEATED, text)
    return _SAVEPOINT.sub("", _LIMIT.sub("LIMIT", unified))


def _sightings(seen: Iterable[_Seen]) -> Iterator[Sighting]:
    cells: dict[tuple[str, int], list[StatementRecord]] = {}
    for variant, statement in seen:
        cells.setdefault((variant.setup, variant.rows), []).append(statement)
    for (setup, rows), statements in cells.items():
        counts = [statement.rows for statement in statements if statement.rows is not None]
        yield Sighting(
            setup=setup,
            rows=rows,
            count=sum(statement.count for statement in statements),
            duration_ms=sum(statement.duration_ms for statement in statements),
            sent_rows=sum(counts) if len(counts) == len(statements) else None,
            duplicates=sum(statement.duplicates for statement in statements),
        )


def _sources(seen: Iterable[_Seen]) -> Iterator[Source]:
    """Yield the lines that sent a statement, as often as one of the requests had them."""
    counts: dict[PlaceRecord, Counter[tuple[str, int]]] = {}
    for variant, statement in seen:
        for place in statement.places:
            line = replace(place, count=0)
            counts.setdefault(line, Counter())[variant.setup, variant.rows] += place.count
    for place, of_requests in counts.items():
        yield Source(
            place=f"{place.file}:{place.line}",
            function=place.function,
            code=place.code,
            most=max(of_requests.values()),
        )


def _plans(seen: Iterable[_Seen]) -> Iterator[Plan]:
    """Yield plans that differ in more than their numbers, which are estimates and values."""
    alike: dict[str, list[tuple[VariantRecord, str]]] = {}
    for variant, statement in seen:
        if statement.plan is not None:
            form = _NUMBER.sub("0", statement.plan)
            alike.setdefault(form, []).append((variant, statement.plan))
    for found in alike.values():
        yield Plan(
            shown=shown_plan(found[0][1]),
            seen=tuple(dict.fromkeys((variant.setup, variant.rows) for variant, _ in found)),
            differs=len({plan for _, plan in found}) > 1,
        )


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[:most].rstrip()} \N{HORIZONTAL ELLIPSIS}"
