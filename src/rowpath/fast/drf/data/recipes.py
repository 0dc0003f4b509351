"""What all serializers of a class read and write, where no request has a say in it.

DRF makes the fields of a serializer anew for each request, which takes longer than a row. Where a
class says what they are, and none of them asks for its request, rowpath does without them.
"""

from dataclasses import dataclass, field
from typing import Any, cast
from weakref import WeakSet

from rest_framework import fields
from rest_framework.relations import PrimaryKeyRelatedField
from rest_framework.serializers import ListSerializer, Serializer

from rowpath.fast.bounded import Bounded
from rowpath.fast.drf.choosing import chooses_fields
from rowpath.fast.drf.data.attributes import is_drfs_read
from rowpath.fast.drf.data.members import (
    is_drfs,
    is_drfs_list,
    is_usual,
    keeps_fields,
    member_of,
    nested_list,
)
from rowpath.fast.drf.data.represent import Member, Members, Represent, by_members
from rowpath.fast.drf.data.values import method_of, needs_value_alone
from rowpath.fast.stores import ANY_SETTING, kept

_RECIPES = 1_000
_ROW_CLASSES = 100


@dataclass(frozen=True, slots=True)
class _Step:
    """A field of a class, and how it is written if not by itself alone."""

    field: fields.Field
    nested: Represent | None = None
    method: str | None = None
    """The name of the serializer's method that writes it."""


@dataclass(slots=True)
class Recipe:
    """The steps of a class of serializers."""

    _steps: tuple[_Step, ...]
    _known: dict[type, list[Member] | None] = field(default_factory=dict)

    @property
    def needs_serializer(self) -> bool:
        """Whether it calls methods of the serializer."""
        return any(step.method is not None for step in self._steps)

    def members(self, row_class: type) -> list[Member] | None:
        """Return the members for rows of `row_class`; None if DRF has to represent them.

        In the place of a method's Write is one that nothing calls.
        """
        try:
            return self._known[row_class]
        except KeyError:
            if len(self._known) >= _ROW_CLASSES:
                self._known.clear()
            found = self._known[row_class] = self._made(row_class)
            return found

    def members_of(self, serializer: Serializer) -> Members:
        """Return `members` with the methods of `serializer`."""
        if not self.needs_serializer:
            return self.members
        methods = {
            step.field: method_of(serializer, step.method)
            for step in self._steps
            if step.method is not None
        }

        def members(row_class: type) -> list[Member] | None:
            found = self.members(row_class)
            if found is None:
                return None
            return [
                (field, name, read, methods.get(field, write)) for field, name, read, write in found
            ]

        return members

    def _made(self, row_class: type) -> list[Member] | None:
        if not is_usual(row_class):
            return None
        return [self._member(step, row_class) for step in self._steps]

    def _member(self, step: _Step, row_class: type) -> Member:
        read, write = member_of(step.field, row_class, lambda nested: nested.to_representation)
        return step.field, str(step.field.field_name), read, step.nested or write


_recipes: Bounded[Recipe | None] = kept(Bounded(_RECIPES), changed_by=ANY_SETTING)
# A class that is made for one request is not worth a recipe.
_seen: WeakSet[type] = kept(WeakSet())


def recipe_of(serializer_class: type[Serializer]) -> Recipe | None:
    """Return the recipe of a class that is asked for more than once, if it has one."""
    if serializer_class not in _seen:
        _seen.add(serializer_class)
        return None
    return _recipes.get(serializer_class, lambda: _recipe(serializer_class))


def _recipe(serializer_class: type[Serializer]) -> Recipe | None:
    if chooses_fields(serializer_class) or not keeps_fields(serializer_class):
        return None
    try:
        made = [*serializer_class()._readable_fields]
    except Exception:  # noqa: BLE001 - DRF raises it too, at its own time
        return None
    steps = [_step(one) for one in made]
    if any(step is None for step in steps):
        return None
    return Recipe(cast("tuple[_Step, ...]", tuple(steps)))


def _step(field: fields.Field) -> _Step | None:
    """Return the step of `field`; None if it may ask for its serializer or its request."""
    if field.default is not fields.empty or not is_drfs_read(field):
        return None
    if isinstance(field, (Serializer, ListSerializer)):
        nested = _nested(field)
        return nested and _Step(field, nested=nested)
    if isinstance(field, PrimaryKeyRelatedField):
        return None if field.pk_field else _plain(field)
    return _plain(field)


def _plain(field: fields.Field) -> _Step | None:
    if not needs_value_alone(field):
        return None
    method = field.method_name if isinstance(field, fields.SerializerMethodField) else None
    return _Step(field, method=method)


def _nested(nested: Any) -> Represent | None:
    if isinstance(nested, ListSerializer):
        child = _nested(nested.child) if is_drfs_list(nested) else None
        return child and nested_list(child)
    if not isinstance(nested, Serializer) or not is_drfs(nested):
        return None
    recipe = _recipe(type(nested))
    if recipe is None or recipe.needs_serializer:
        return None
    return by_members(nested, recipe.members, nested.to_representation, {})
