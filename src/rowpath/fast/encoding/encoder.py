"""Rows of a binary result as a JSON array, by compiled code."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import tzinfo
from typing import TYPE_CHECKING, Any, cast

from rowpath.fast.encoding.compiled import Compiled, Learned
from rowpath.fast.encoding.errors import CannotEncodeError, WrongTypeError
from rowpath.fast.encoding.layout import Member
from rowpath.fast.encoding.writers import Slots, writer
from rowpath.fast.forms import Zone
from rowpath.fast.plan import Absent, Guard, JsonStyle, Object, Plan, Value

if TYPE_CHECKING:
    # At run time they are imported where they may be missing.
    from psycopg.pq.abc import PGresult

    from rowpath.fast.encoding._native import Libpq, Program, Writing


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ready:
    """The plan for results whose columns have certain types."""

    program: "Program"
    zones: tuple[Zone | tzinfo, ...]
    base_urls: tuple[str, ...]


class Encoder:
    """Writes rows as a plan says, in a style. It may be kept, and used by any number of threads."""

    def __init__(self, plan: Plan, style: JsonStyle, compiled: Compiled) -> None:
        self._plan = plan
        self._style = style
        self._compiled = compiled
        self._ready: dict[tuple[int, ...], _Ready] = {}

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
    ) -> "JsonArray":
        """Return a JSON array that grows by the rows of one result after another.

        `zone` is the request's, for Zone.REQUEST, and `connection_zone` that of the connection.
        `absolute` is called once for each base URL of stored files and makes what stands before
        their names.
        """
        zones = {Zone.REQUEST: zone, Zone.CONNECTION: connection_zone}
        return JsonArray(self, zones, absolute)

    def writing(
        self,
        types: tuple[int, ...],
        zones: dict[Zone, tzinfo],
        absolute: Callable[[str], str] | None,
    ) -> "Writing":
        """Return what writes results whose columns have `types`. Raises CannotEncodeError."""
        ready = self._ready_for(types)
        return self._compiled.writing(
            ready.program,
            self._compiled.libpq,
            [self._offsets(zones[one] if isinstance(one, Zone) else one) for one in ready.zones],
            [self._prefix(base_url, absolute) for base_url in ready.base_urls],
        )

    def _offsets(self, zone: tzinfo) -> Learned:
        if (offsets := self._compiled.zone(zone)) is None:
            raise CannotEncodeError(f"it has times in {zone!r}, a zone of unknown offsets")
        return offsets

    def _prefix(self, base_url: str, absolute: Callable[[str], str] | None) -> bytes:
        return _quoted(absolute(base_url) if absolute else base_url, self._style)[1:-1]

    def _ready_for(self, types: tuple[int, ...]) -> _Ready:
        # As many as a statement has had column types: one, unless it runs on several databases.
        if (ready := self._ready.get(types)) is None:
            ready = self._ready[types] = _ready(self._plan, self._style, types, self._compiled)
        return ready


class JsonArray:
    """A JSON array that grows by the rows of results, and is had whole or in pieces."""

    def __init__(
        self,
        encoder: Encoder,
        zones: dict[Zone, tzinfo],
        absolute: Callable[[str], str] | None,
    ) -> None:
        self._encoder = encoder
        self._zones = zones
        self._absolute = absolute
        self._writing: Writing | None = None

    def add(self, pgresult: "PGresult", rows: range | None = None) -> None:
        """Write `rows` of `pgresult`, or all. All results have columns of the same types.

        Raises CannotEncodeError for a value whose bytes are not certain, and its subclass
        WrongTypeError for a column that does not fit the plan; the array is of no use then.
        """
        address: int | None = cast("Any", pgresult).pgresult_ptr  # the Protocol leaves it out
        if address is None:
            raise ValueError("Cannot encode a result that was cleared. Encode it before.")
        libpq = self._encoder.libpq
        chosen = _checked(rows, libpq.rows(address))
        if self._writing is None:
            types = libpq.types(address)
            self._writing = self._encoder.writing(types, self._zones, self._absolute)
            self._writing.reserve(len(chosen))
            self._writing.append(b"[")
            self._absolute = None  # a request's method: without it, no cycle keeps the request
        self._writing.add(address, chosen)

    def take(self) -> bytes:
        """Return what was written since the last time: a piece of the array."""
        return b"" if self._writing is None else self._writing.take()

    def finish(self) -> bytes:
        """Return what was written since the last time, and the array's end."""
        if self._writing is None:
            return b"[]"
        self._writing.append(b"]")
        return self._writing.take()


def _checked(rows: range | None, count: int) -> range:
    if rows is None:
        return range(count)
    if not rows:
        return range(0)
    if not (0 <= rows[0] < count and 0 <= rows[-1] < count):
        raise IndexError(f"Cannot encode {rows}: the result has {count} rows.")
    return rows


def _ready(plan: Plan, style: JsonStyle, types: tuple[int, ...], compiled: Compiled) -> _Ready:
    # There may be more: a SELECT DISTINCT ends with what it is ordered by.
    if len(types) < plan.columns:
        raise WrongTypeError(f"it has {len(types)} columns, and the plan {plan.columns}")
    slots = Slots()
    members = tuple(_members(plan.members, style, types, slots))
    return _Ready(
        program=compiled.program(members, ascii_only=style.ascii_only, compact=style.compact),
        zones=tuple(slots.zones),
        base_urls=tuple(slots.base_urls),
    )


def _members(
    members: tuple[Value | Object, ...],
    style: JsonStyle,
    types: tuple[int, ...],
    slots: Slots,
    within: str = "",
) -> Iterator[Member]:
    for member in members:
        key = within + member.key
        prefix = style.comma + _quoted(member.key, style) + style.colon
        guards = tuple(_guard(guard, types) for guard in member.guards)
        if isinstance(member, Object):
            inner = tuple(_members(member.members, style, types, slots, f"{key}."))
            yield Member(key=key, prefix=prefix, guards=guards, members=inner)
            continue
        oid = types[_column(member.column, types)]
        if (made := writer(member.form, oid, slots)) is None:
            name = type(member.form).__name__
            found = f"of the type {oid}" if oid else "not in binary"
            raise WrongTypeError(f"its column is {found}, of which no {name} is made", key=key)
        yield Member(
            key=key,
            prefix=prefix,
            guards=guards,
            default=_default(member, style),
            column=member.column,
            writer=made,
        )


def _default(member: Value, style: JsonStyle) -> bytes:
    if any(guard.absent is Absent.DEFAULT for guard in member.guards) and member.default is None:
        raise ValueError(f"Cannot write {member.key}: a guard says default, and it has none.")
    value = json.loads(member.default or "null")
    return _quoted(value, style) if isinstance(value, str) else (member.default or "").encode()


def _guard(guard: Guard, types: tuple[int, ...]) -> tuple[int, Absent]:
    return _column(guard.column, types), guard.absent


def _column(column: int, types: tuple[int, ...]) -> int:
    if not 0 <= column < len(types):
        raise ValueError(f"Cannot read column {column}: the plan has {len(types)} columns.")
    return column


def _quoted(text: str, style: JsonStyle) -> bytes:
    """Return `text` as the renderers write it: JSON, and no line separator that JavaScript has."""
    written = json.dumps(text, ensure_ascii=style.ascii_only)
    return written.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029").encode()
