"""What all serializers of a class read and write, where no request has a say in it.

DRF makes the fields of a serializer anew for each request, which takes longer than a row. Where a
class says what they are, and none of them asks for its request, rowpath does without them.
"""

import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from rest_framework import fields
from rest_framework.relations import PrimaryKeyRelatedField
from rest_framework.serializers import ListSerializer, Serializer
from rest_framework.utils.serializer_helpers import BindingDict

from rowpath.fast.bounded import Bounded
from rowpath.fast.drf.admission.choosing import chooses_fields, is_drfs_class
from rowpath.fast.drf.data.attributes import is_drfs_read
from rowpath.fast.drf.data.keeping import keeps_fields
from rowpath.fast.drf.data.members import (
    is_drfs,
    is_drfs_list,
    is_usual,
    member_of,
    nested_list,
)
from rowpath.fast.drf.data.represent import Member, Members, Represent, by_members
from rowpath.fast.drf.data.shipped import rely
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
    _snapshots: tuple[tuple[Mapping[str, Any], dict[str, Any]], ...]
    _known: dict[type, list[Member] | None] = field(default_factory=dict)
    programs: dict[Any, Any] = field(default_factory=dict)
    """What compiled code was told of the members."""

    def holds(self) -> bool:
        """Whether the project's classes still say what they said when this was made."""
        return all(said == before for said, before in self._snapshots)

    @property
    def fields(self) -> tuple[fields.Field, ...]:
        """The fields of the class."""
        return tuple(step.field for step in self._steps)

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
                self.programs.clear()
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
        return step.field, cast("str", step.field.field_name), read, step.nested or write


_recipes: Bounded[Recipe | None] = kept(Bounded(_RECIPES), changed_by=ANY_SETTING)


def recipe_of(serializer: Serializer) -> Recipe | None:
    """Return the recipe of the class of `serializer`, if it has one that holds for this one now."""
    serializer_class = type(serializer)
    if not _stays(serializer_class) or not vars(serializer).keys().isdisjoint(_MAKING_FIELDS):
        return None
    found = _recipes.get(serializer_class, lambda: _recipe(serializer_class))
    if found is not None and not found.holds():
        found = _recipe(serializer_class)
        _recipes.put(serializer_class, found)
    return found


def has_recipe(serializer_class: type[Serializer]) -> bool:
    """Whether serializers of the class have had one, or would have one now."""
    return _stays(serializer_class) and (
        _recipes.get(serializer_class, lambda: _recipe(serializer_class)) is not None
    )


def _stays(cls: type) -> bool:
    """Whether `cls` stands in a module: one that is made for a request goes with it."""
    found: Any = sys.modules.get(cls.__module__)
    for name in cls.__qualname__.split("."):
        found = getattr(found, name, None)
    return found is cls


def _recipe(serializer_class: type[Serializer]) -> Recipe | None:
    if not _makes_fields_as_drf(serializer_class) or not keeps_fields(serializer_class):
        return None
    try:
        made = [*serializer_class()._readable_fields]
    except Exception:  # noqa: BLE001 - DRF raises it too, at its own time
        return None
    steps = tuple(step for step in map(_step, made) if step is not None)
    if len(steps) < len(made):
        return None
    return Recipe(steps, _snapshots(serializer_class, made))


# By which DRF makes a serializer's fields.
_MAKING_FIELDS = (
    *("__new__", "Meta", "fields", "_readable_fields", "get_fields", "_declared_fields"),
    *("get_field_names", "get_default_field_names", "get_extra_kwargs", "include_extra_kwargs"),
    *("get_uniqueness_extra_kwargs", "get_unique_together_constraints", "_get_model_fields"),
    *("build_field", "build_standard_field", "build_relational_field", "build_nested_field"),
    *("build_property_field", "build_url_field", "build_unknown_field"),
    *("serializer_field_mapping", "serializer_related_field", "serializer_related_to_field"),
    *("serializer_url_field", "serializer_choice_field", "url_field_name"),
)


def _makes_fields_as_drf(serializer_class: type[Serializer]) -> bool:
    """Whether all serializers of the class have the fields that DRF makes of what it says."""
    if chooses_fields(serializer_class):
        return False
    if getattr(serializer_class, "__new__", None) is not Serializer.__new__:
        return False
    bases = (one for one in serializer_class.__mro__ if is_drfs_class(one))
    return (
        all(rely(base, *_own_names(base, _MAKING_FIELDS)) for base in bases)
        and rely(BindingDict, "__setitem__")
        and rely(fields.SerializerMethodField, "bind")
        and rely(fields.Field, "__new__", "__deepcopy__", "bind")
    )


def _own_names(base: type, names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name for name in names if name in vars(base) and name != "_declared_fields")


def _snapshots(
    serializer_class: type, made: Iterable[fields.Field]
) -> tuple[tuple[Mapping[str, Any], dict[str, Any]], ...]:
    """Return what the project says of the class and its fields, each with what it is now."""
    classes = dict.fromkeys(_classes(serializer_class, made))
    said: list[Mapping[str, Any]] = [vars(one) for one in classes]
    declared = (vars(one).get("_declared_fields") for one in classes)
    said += [one for one in declared if one is not None]
    return tuple((one, {name: _copied(value) for name, value in one.items()}) for one in said)


def _copied(value: Any) -> Any:
    """Return `value`, and of containers what is in them now."""
    if type(value) is dict:
        return {key: _copied(one) for key, one in value.items()}
    if type(value) in (list, set):
        return type(value)(map(_copied, value))
    return value


def _classes(serializer_class: type, made: Iterable[fields.Field]) -> Iterator[type]:
    for cls in (serializer_class, *map(type, _all(made))):
        for one in (*cls.__mro__, *getattr(getattr(cls, "Meta", None), "__mro__", ())):
            if one is not object and not is_drfs_class(one):
                yield one


def _all(made: Iterable[fields.Field]) -> Iterator[fields.Field]:
    for one in made:
        yield one
        children = (getattr(one, name, None) for name in ("child", "child_relation"))
        yield from _all(child for child in children if child is not None)
        if isinstance(one, Serializer):
            yield from _all(one.fields.values())


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
    if not needs_value_alone(field) or not _has_plain_choices(field):
        return None
    method = field.method_name if isinstance(field, fields.SerializerMethodField) else None
    return _Step(field, method=method)


def _has_plain_choices(field: fields.Field) -> bool:
    """Whether the choices of `field`, if it has any, are not made anew for each request."""
    if not isinstance(field, fields.ChoiceField):
        return True
    return isinstance(field._kwargs.get("choices"), (list, tuple, dict))


def _nested(nested: Any) -> Represent | None:
    if isinstance(nested, ListSerializer):
        child = _nested(nested.child) if is_drfs_list(nested) else None
        return child and nested_list(child)
    recipe = recipe_within(nested)
    if recipe is None:
        return None
    return by_members(nested, recipe.members, nested.to_representation, {})


def recipe_within(nested: Any) -> Recipe | None:
    """Return the recipe of a serializer within one that has a recipe; None if it has none."""
    if not isinstance(nested, Serializer) or not is_drfs(nested):
        return None
    recipe = _recipe(type(nested))
    return None if recipe is None or recipe.needs_serializer else recipe
