"""The fields that a serializer has made, as members, for as long as they are what they were."""

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain
from typing import Any, cast

from rest_framework import fields
from rest_framework.serializers import Serializer
from rest_framework.utils.serializer_helpers import BindingDict

from rowpath.fast.drf.data.guard import guarded
from rowpath.fast.drf.data.keeping import all_changing_fields, looks_at_fields
from rowpath.fast.drf.data.members import is_usual, member_of
from rowpath.fast.drf.data.represent import Member, Represent, by_members

_MOST_CHANGES = 20
"""So often fields are looked at anew; what changes more often is left to DRF."""


class MadeFields:
    """The members of a serializer's fields.

    Fields are compared before each row with those that the members were made of: which there are,
    and, where code of the project's looks at them, what each is.
    """

    def __init__(
        self,
        serializer: Serializer,
        nested: Callable[[Serializer], Represent],
        mark: Callable[[Serializer], object],
    ) -> None:
        self._serializer, self._nested, self._mark = serializer, nested, mark
        self._now: Any = None
        self._made: Any = None
        self._known: list[fields.Field] = []
        self._were: list[tuple[Mapping[str, Any], Mapping[str, Any]]] = []
        self._by_class: dict[type, list[Member] | None] = {}
        self._left: set[type] = set()
        self._changes = 0

    def represent(self, theirs: Represent) -> Represent:
        """Return what represents rows, as `theirs` does where there are no members.

        Asks for the serializer's fields as often as DRF does, and raises what that raises.
        """
        serializer, own = self._serializer, vars(self._serializer)
        by_these = by_members(serializer, self._members, theirs, {})
        is_own = isinstance(inspect.getattr_static(type(serializer), "fields", None), property)

        def represent(row: Any) -> Any:
            row_class = type(row)
            if row_class not in self._by_class and not guarded(lambda: is_usual(row_class)):
                self._left.add(row_class)
            if row_class in self._left:
                return theirs(row)
            self._now = None if is_own else own.get("fields")
            if self._now is None:
                self._now = serializer.fields
            return by_these(row)

        return represent

    def _members(self, row_class: type) -> list[Member] | None:
        known = _listed(self._now)
        is_same = self._now is self._made and known == self._known
        if not is_same or any(now != before for now, before in self._were):
            self._changes += 1
            self._made, self._known, self._were, self._by_class = self._now, known, [], {}
        if row_class not in self._by_class:
            self._by_class[row_class] = self._made_members(row_class)
            self._were = [(now, dict(now)) for now in map(vars, self._looked_at())]
        found = self._by_class[row_class]
        if found is None or self._changes > _MOST_CHANGES:
            self._left.add(row_class)
        return found

    def _made_members(self, row_class: type) -> list[Member] | None:
        if not isinstance(self._made, (BindingDict, dict)):
            return None
        if any(all_changing_fields(self._known)):
            return None
        return [
            (one, cast("str", one.field_name), *member_of(one, row_class, self._nested, self._mark))
            for one in self._known
        ]

    def _looked_at(self) -> Iterable[Any]:
        """Return what code of the project's may change, if any of it looks at fields."""
        every = [*_all(self._known)]
        around = chain(_outwards(self._serializer), every)
        return every if any(looks_at_fields(type(one)) for one in around) else ()


def _outwards(serializer: Any) -> Iterator[Any]:
    while serializer is not None:
        yield serializer
        serializer = serializer.parent


def _listed(made: Any) -> list[fields.Field]:
    if isinstance(made, BindingDict):
        return [*made.fields.values()]
    return [*made.values()] if isinstance(made, dict) else []


def _all(made: Iterable[Any]) -> Iterator[Any]:
    for one in made:
        yield one
        for name in ("child", "child_relation"):
            if (child := vars(one).get(name)) is not None:
                yield from _all((child,))
        within = vars(one).get("fields")
        if isinstance(within, BindingDict):
            yield from _all(within.fields.values())
