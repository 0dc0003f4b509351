"""A plan carried out in Python, for databases and installations without compiled code.

The values are Django's and go through DRF's own fields, so this way is as exact as DRF; what it
saves is the instance and the look-ups on it.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, cast

from django.db.models.query import QuerySet
from rest_framework.fields import FileField, ModelField
from rest_framework.relations import HyperlinkedRelatedField, RelatedField

from rowpath.fast.django.shapes import Shape
from rowpath.fast.django.statement import rows_in_python
from rowpath.fast.drf.compiling.compile import Compiled
from rowpath.fast.drf.compiling.prepared import Prepared
from rowpath.fast.drf.compiling.related import key_of
from rowpath.fast.fallback import CannotCompileError, Holds
from rowpath.fast.plan import Absent, Guard, Many, Member, Object, Value

Render = Callable[[Any], bytes]
Members = tuple[Member[int], ...]
Represent = Callable[[Any], Any]
"""What a field makes of the value in Python."""
Represents = Mapping[str, Any]
"""A Represent for each member with a value, and Represents for each that is an object."""

# They represent more of the row than its value.
_OF_MORE = (ModelField, FileField, HyperlinkedRelatedField)

# As the compiled code has it.
_LEADS_NOWHERE = "it has nothing to be read from, which is the framework's to answer"


def representing(serializer: Any, members: Members) -> Represents:
    """Return what the fields of `serializer` make of their values, by the keys of `members`.

    `members` are those of its plan. Raises CannotCompileError if one needs more than its value in
    Python.
    """
    fields = {key_of(field): field for field in serializer._readable_fields}
    return {member.key: _of_field(fields[member.key], member) for member in members}


def _of_field(field: Any, member: Member[int]) -> "Represent | Represents":
    if isinstance(member, Object):
        return representing(field, member.members)
    if isinstance(member, Many) or isinstance(field, _OF_MORE):
        raise CannotCompileError("it needs compiled code to be fast", field=member.key)
    if not isinstance(field, RelatedField):
        return cast("Represent", field.to_representation)
    pk_field = getattr(field, "pk_field", None)
    return _as_read if pk_field is None else cast("Represent", pk_field.to_representation)


def _as_read(value: Any) -> Any:
    return value


def represent(members: Members, represents: Represents, row: Sequence[Any]) -> dict[str, Any]:
    """Return what the framework's serializer makes of `row`. Raises CannotCompileError."""
    written: dict[str, Any] = {}
    for member in members:
        absent = _absent(member.guards, row) if member.guards else None
        if absent is Absent.FALLS_BACK:
            text = f"Cannot write {member.key}: {_LEADS_NOWHERE}"
            raise CannotCompileError(text, holds=Holds.PLAN_A_WHILE)
        if absent is Absent.LEFT_OUT:
            continue
        written[member.key] = _written(member, absent, represents[member.key], row)
    return written


def _written(member: Member[int], absent: Absent | None, by: Any, row: Sequence[Any]) -> Any:
    if absent is Absent.NULL:
        return None
    if isinstance(member, Object):
        return represent(member.members, by, row)
    if absent is Absent.DEFAULT and isinstance(member, Value):
        return json.loads(member.default or "null")
    value = row[member.column]
    return None if value is None else by(value)


def _absent(guards: tuple[Guard[int], ...], row: Sequence[Any]) -> Absent | None:
    return next((guard.absent for guard in guards if row[guard.column] is None), None)


@dataclass(frozen=True, slots=True)
class PortablePage:
    """The values of each row as Django converts them."""

    rows: list[tuple[Any, ...]]
    compiled: Compiled
    represents: Represents
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
        members = self.compiled.plan.members
        return self.render([represent(members, self.represents, row) for row in chosen])


@dataclass(slots=True)
class PortableWay:
    """Reads the values as Django converts them, and has DRF's own fields represent them."""

    name: ClassVar = "portable"

    ready: Prepared
    represents: Represents
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
        return PortablePage(rows, self.ready.compiled, self.represents, self.render)
