"""A plan carried out in Python, for databases and installations without compiled code.

The values are Django's and go through DRF's own fields, so this way is as exact as DRF; what it
saves is the instance and the look-ups on it.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django.db.models.query import QuerySet

from rowpath.fast.django.shapes import Shape
from rowpath.fast.django.statement import rows_in_python
from rowpath.fast.drf.compiling.compile import Compiled
from rowpath.fast.drf.compiling.prepared import Prepared
from rowpath.fast.fallback import CannotCompileError, Holds
from rowpath.fast.plan import Absent, Guard, Many, Member, Object, Plan, Value

Render = Callable[[Any], bytes]

# As the compiled code has it.
_LEADS_NOWHERE = "it has nothing to be read from, which is the framework's to answer"


def represent(plan: Plan, row: Sequence[Any]) -> dict[str, Any]:
    """Return what the framework's serializer makes of `row`. Raises CannotCompileError."""
    return _members(plan.members, row)


def _members(members: tuple[Member, ...], row: Sequence[Any]) -> dict[str, Any]:
    written: dict[str, Any] = {}
    for member in members:
        absent = _absent(member.guards, row) if member.guards else None
        if absent is Absent.FALLS_BACK:
            raise _not_written(member, _LEADS_NOWHERE)
        if absent is Absent.LEFT_OUT:
            continue
        if absent is Absent.NULL:
            written[member.key] = None
        elif isinstance(member, Object):
            written[member.key] = _members(member.members, row)
        elif absent is Absent.DEFAULT and isinstance(member, Value):
            written[member.key] = json.loads(member.default or "null")
        else:
            value = row[member.column]
            written[member.key] = None if value is None else _represented(member, value)
    return written


def _represented(member: Value | Many, value: Any) -> Any:
    if isinstance(member, Many) or member.represent is None:
        raise _not_written(member, "it needs more than its value")
    return member.represent(value)


def _not_written(member: Member, reason: str) -> CannotCompileError:
    text = f"Cannot write {member.key}: {reason}"
    return CannotCompileError(text, holds=Holds.PLAN_A_WHILE)


def _absent(guards: tuple[Guard, ...], row: Sequence[Any]) -> Absent | None:
    return next((guard.absent for guard in guards if row[guard.column] is None), None)


def check_portable(plan: Plan) -> None:
    """Raise CannotCompileError if a member needs more than its value in Python."""
    _check(plan.members)


def _check(members: tuple[Member, ...]) -> None:
    for member in members:
        if isinstance(member, Object):
            _check(member.members)
        elif isinstance(member, Many) or member.represent is None:
            raise CannotCompileError("it needs compiled code to be fast", field=member.key)


@dataclass(frozen=True, slots=True)
class PortablePage:
    """The values of each row as Django converts them."""

    rows: list[tuple[Any, ...]]
    compiled: Compiled
    plan: Plan
    render: Render

    @property
    def count(self) -> int:
        """How many rows they are."""
        return len(self.rows)

    def marker(self, row: int) -> Any:
        """Return the value by which a paginator by cursor finds `row` again."""
        return self.rows[row][self.compiled.marker_column()]

    def array(self, rows: range | None = None) -> bytes:
        """Return `rows`, or all, as DRF's own fields and renderer write them.

        Raises CannotCompileError.
        """
        chosen = self.rows if rows is None else [self.rows[row] for row in rows]
        return self.render([represent(self.plan, row) for row in chosen])


@dataclass(slots=True)
class PortableWay:
    """Reads the values as Django converts them, and has DRF's own fields represent them."""

    name: ClassVar = "portable"

    ready: Prepared
    plan: Plan
    render: Render
    """The renderer that the request was given."""

    def read(self, queryset: QuerySet, _shape: Shape | None = None) -> PortablePage:
        """Run the statement for `queryset`. Raises CannotCompileError."""
        return self._page(rows_in_python(queryset, self.ready.compiled.columns))

    def empty(self) -> PortablePage:
        """Return a page without rows."""
        return self._page([])

    def in_pieces(self, _queryset: QuerySet) -> None:
        """Return None: rows are read at once."""

    def _page(self, rows: list[tuple[Any, ...]]) -> PortablePage:
        return PortablePage(rows, self.ready.compiled, self.plan, self.render)
