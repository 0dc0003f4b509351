"""Rows of a binary result as a JSON array, by compiled code."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from typing import TYPE_CHECKING, Any, cast

from rowpath.fast.encoding.compiled import Compiled, Learned
from rowpath.fast.encoding.errors import CannotEncodeError, WrongTypeError
from rowpath.fast.encoding.layout import Member
from rowpath.fast.encoding.writers import KEYS, Slots, are_equal, writer
from rowpath.fast.forms import Around, Link, Zone
from rowpath.fast.plan import Absent, Guard, JsonStyle, Many, Object, Plan, Value
from rowpath.fast.plan import Member as Planned

if TYPE_CHECKING:
    # At run time they are imported where they may be missing.
    from psycopg.pq.abc import PGresult

    from rowpath.fast.encoding._native import Libpq, Program, Writing


Types = tuple[tuple[int, ...] | None, ...]
"""The types of the columns of a result and of its lists' results; None for a list without one."""
Lists = Sequence["PGresult | None"]
"""The results of a plan's lists; None for one without rows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ready:
    """The plan for results whose columns have certain types."""

    program: "Program"
    zones: tuple[Zone | tzinfo, ...]
    base_urls: tuple[str, ...]
    links: tuple[Link, ...]


# Made for each request, and a frozen one takes twice as long to make.
@dataclass(slots=True, kw_only=True)
class Given:
    """What is known of a request, and of no plan."""

    zones: dict[Zone, tzinfo]
    absolute: Callable[[str], str] | None
    around: Callable[[Link], Around] | None


class Encoder:
    """Writes rows as a plan says, in a style. It may be kept, and used by any number of threads."""

    def __init__(self, plan: Plan, style: JsonStyle, compiled: Compiled) -> None:
        self._plan = plan
        self._style = style
        self._compiled = compiled
        self._ready: dict[Types, _Ready] = {}

    @property
    def libpq(self) -> "Libpq":
        """The libpq that reads the results."""
        return self._compiled.libpq

    def array(
        self,
        *,
        zone: tzinfo,
        connection_zone: tzinfo,
        absolute: Callable[[str], str] | None = None,
        around: Callable[[Link], Around] | None = None,
    ) -> "JsonArray":
        """Return a JSON array that grows by the rows of one result after another.

        `zone` is the request's, for Zone.REQUEST, and `connection_zone` that of the connection.
        `absolute` is called once for each base URL of stored files and makes what stands before
        their names; `around` once for each link.
        """
        zones = {Zone.REQUEST: zone, Zone.CONNECTION: connection_zone}
        return JsonArray(self, Given(zones=zones, absolute=absolute, around=around))

    def keys(self, pgresult: "PGresult", column: int) -> list[Any]:
        """Return the different keys of a column in their order, without null.

        Raises CannotEncodeError.
        """
        address = _address(pgresult)
        oid = self.libpq.types(address)[column]
        if oid not in KEYS:
            raise CannotEncodeError(f"a key of the type {oid} may be equal to what it is not")
        return [*map(KEYS[oid], self.libpq.values(address, column))]

    def lists(self, results: Lists) -> list[tuple[int, int]]:
        """Return the addresses of the results of the plan's lists, each with what groups it."""
        pairs = zip(results, self._plan.lists, strict=True)
        return [(0 if one is None else _address(one), listed.by) for one, listed in pairs]

    def writing(self, types: Types, given: Given) -> "Writing":
        """Return what writes results whose columns have `types`. Raises CannotEncodeError."""
        ready, zones = self._ready_for(types), given.zones
        return self._compiled.writing(
            ready.program,
            self._compiled.libpq,
            [self._offsets(zones[one] if isinstance(one, Zone) else one) for one in ready.zones],
            [self._prefix(base_url, given.absolute) for base_url in ready.base_urls],
            [self._around(link, given.around) for link in ready.links],
        )

    def _offsets(self, zone: tzinfo) -> Learned:
        if (offsets := self._compiled.zone(zone)) is None:
            raise CannotEncodeError(f"it has times in {zone!r}, a zone of unknown offsets")
        return offsets

    def _prefix(self, base_url: str, absolute: Callable[[str], str] | None) -> bytes:
        return _quoted(absolute(base_url) if absolute else base_url, self._style)[1:-1]

    def _around(
        self, link: Link, around: Callable[[Link], Around] | None
    ) -> tuple[bytes, bytes, bytes]:
        if around is None:
            raise ValueError(f"Cannot write {link}: nobody says what stands around its key.")
        found = around(link)
        before, behind = (_quoted(one, self._style)[1:-1] for one in (found.before, found.behind))
        return before, behind, found.allowed

    def _ready_for(self, types: Types) -> _Ready:
        # As many as a statement has had column types: one, unless it runs on several databases.
        if (ready := self._ready.get(types)) is None:
            ready = self._ready[types] = _ready(self._plan, self._style, types, self._compiled)
        return ready


class JsonArray:
    """A JSON array that grows by the rows of results, and is had whole or in pieces."""

    def __init__(self, encoder: Encoder, given: Given) -> None:
        self._encoder = encoder
        self._given: Given | None = given
        self._writing: Writing | None = None

    def add(self, pgresult: "PGresult", rows: range | None = None, lists: Lists = ()) -> None:
        """Write `rows` of `pgresult`, or all. All results have columns of the same types.

        `lists` are the results that have the rows of the plan's lists.

        Raises CannotEncodeError for a value whose bytes are not certain, and its subclass
        WrongTypeError for a column that does not fit the plan; the array is of no use then.
        """
        address = _address(pgresult)
        libpq = self._encoder.libpq
        added = self._encoder.lists(lists)
        chosen = _checked(rows, libpq.rows(address))
        if self._given is not None:
            results = (address, *(one for one, _ in added))
            types = tuple(libpq.types(one) if one else None for one in results)
            self._writing = self._encoder.writing(types, self._given)
            self._writing.reserve(len(chosen))
            self._writing.append(b"[")
            self._given = None  # a request's methods: without them, no cycle keeps the request
        cast("Writing", self._writing).add(address, chosen, added)

    def take(self) -> bytes:
        """Return what was written since the last time: a piece of the array."""
        return b"" if self._writing is None else self._writing.take()

    def finish(self) -> bytes:
        """Return what was written since the last time, and the array's end."""
        if self._writing is None:
            return b"[]"
        self._writing.append(b"]")
        return self._writing.take()


def _address(pgresult: "PGresult") -> int:
    address: int | None = cast("Any", pgresult).pgresult_ptr  # the Protocol leaves it out
    if address is None:
        raise ValueError("Cannot encode a result that was cleared. Encode it before.")
    return address


def _checked(rows: range | None, count: int) -> range:
    if rows is None:
        return range(count)
    if not rows:
        return range(0)
    if not (0 <= rows[0] < count and 0 <= rows[-1] < count):
        raise IndexError(f"Cannot encode {rows}: the result has {count} rows.")
    return rows


def _ready(plan: Plan, style: JsonStyle, types: Types, compiled: Compiled) -> _Ready:
    counts = (plan.columns, *(one.columns for one in plan.lists))
    for wanted, found in zip(counts, types, strict=True):
        # There may be more: a SELECT DISTINCT ends with what it is ordered by.
        if found is not None and len(found) < wanted:
            raise WrongTypeError(f"it has {len(found)} columns, and the plan {wanted}")
    made = _Members(plan, style, types)
    members = tuple(made.of(plan.members, types[0] or ()))
    return _Ready(
        program=compiled.program(members, ascii_only=style.ascii_only, compact=style.compact),
        zones=tuple(made.slots.zones),
        base_urls=tuple(made.slots.base_urls),
        links=tuple(made.slots.links),
    )


class _Members:
    """Chooses the bytes and writers of a plan's members."""

    def __init__(self, plan: Plan, style: JsonStyle, types: Types) -> None:
        self.slots = Slots()
        self._lists = [*zip(plan.lists, types[1:], strict=True)]
        self._style = style

    def of(
        self, members: tuple[Planned[int], ...], types: tuple[int, ...], within: str = ""
    ) -> Iterator[Member]:
        """Yield `members` of rows whose columns have `types`; `within` is for messages."""
        style = self._style
        for member in members:
            key = within + member.key
            prefix = style.comma + _quoted(member.key, style) + style.colon
            guards = tuple(_guard(guard, types) for guard in member.guards)
            yield Member(key=key, prefix=prefix, guards=guards, **self._of(member, types, key))

    def _of(self, member: Planned[int], types: tuple[int, ...], key: str) -> dict[str, Any]:
        if isinstance(member, Object):
            return {"members": tuple(self.of(member.members, types, f"{key}."))}
        if isinstance(member, Many):
            return self._list(member, types, key)
        oid = types[_column(member.column, types)]
        if (made := writer(member.form, oid, self.slots)) is None:
            name = type(member.form).__name__
            found = f"of the type {oid}" if oid else "not in binary"
            raise WrongTypeError(f"its column is {found}, of which no {name} is made", key=key)
        return {
            "default": _default(member, self._style),
            "column": member.column,
            "writer": made,
        }

    def _list(self, member: Many[int], types: tuple[int, ...], key: str) -> dict[str, Any]:
        listed, found = self._lists[member.rows]
        made: tuple[Member, ...] = ()
        if found is not None:
            pair = types[_column(member.column, types)], found[_column(listed.by, found)]
            if not are_equal(*pair):
                raise WrongTypeError(f"its rows are found by keys of the types {pair}", key=key)
            made = tuple(self.of(member.members, found, f"{key}."))
        return {
            "column": member.column,
            "list": member.rows,
            "is_flat": member.is_flat,
            "members": made,
        }


def _default(member: Value[int], style: JsonStyle) -> bytes:
    if any(guard.absent is Absent.DEFAULT for guard in member.guards) and member.default is None:
        raise ValueError(f"Cannot write {member.key}: a guard says default, and it has none.")
    value = json.loads(member.default or "null")
    return _quoted(value, style) if isinstance(value, str) else (member.default or "").encode()


def _guard(guard: Guard[int], types: tuple[int, ...]) -> tuple[int, Absent]:
    return _column(guard.column, types), guard.absent


def _column(column: int, types: tuple[int, ...]) -> int:
    if not 0 <= column < len(types):
        raise ValueError(f"Cannot read column {column}: the plan has {len(types)} columns.")
    return column


def _quoted(text: str, style: JsonStyle) -> bytes:
    """Return `text` as the renderers write it: JSON, and no line separator that JavaScript has."""
    written = json.dumps(text, ensure_ascii=style.ascii_only)
    return written.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029").encode()
