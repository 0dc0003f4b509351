"""A row as data, and the base class of serializers that make it so."""

import logging
from collections.abc import Callable
from itertools import dropwhile
from typing import TYPE_CHECKING, Any, TypeVar

from rest_framework import fields
from rest_framework.relations import PKOnlyObject
from rest_framework.serializers import Serializer

from rowpath.fast.drf.data.members import (
    Represent,
    all_keep_fields,
    is_usual,
    keeps_fields,
    member_of,
)
from rowpath.fast.drf.data.recipes import Member, Members, recipe_of
from rowpath.fast.drf.grounds import changed

if TYPE_CHECKING:
    _Serializing = Serializer[Any]
else:
    _Serializing = object

_log = logging.getLogger("rowpath.fast")

T = TypeVar("T")


def represented(serializer: Serializer, theirs: Represent) -> Represent:
    """Return what makes of a row the data that `theirs`, DRF's own to_representation(), makes.

    That is `theirs` where rowpath cannot stand in for it. May make the serializer's fields, and
    raises what that raises.
    """
    if not _guarded(lambda: changed() is None and keeps_fields(type(serializer))):
        return theirs
    if "fields" not in vars(serializer):
        recipe = _guarded(lambda: recipe_of(type(serializer)))
        if recipe is not None:
            return _by_recipe(serializer, recipe.members_of(serializer), theirs)
    return _by_fields(serializer, theirs)


def _guarded(step: Callable[[], T]) -> T | None:
    """Return what `step` returns; None if there is a defect in it, for which DRF's is right."""
    try:
        return step()
    except Exception as error:  # noqa: BLE001 - no defect of ours is a reason for an error 500
        _log.warning("Rows are made data by DRF, since a step failed.", exc_info=error)
        return None


def _by_recipe(serializer: Serializer, members: Members, theirs: Represent) -> Represent:
    """Return what represents rows by `members`, for as long as nobody makes the fields."""
    own = vars(serializer)
    by_class: dict[type, list[Member] | None] = {}
    by_fields: Represent | None = None

    def represent(row: Any) -> Any:
        nonlocal by_fields
        if "fields" in own:
            by_fields = by_fields or _by_fields(serializer, theirs)
            return by_fields(row)
        row_class = type(row)
        if row_class not in by_class:
            by_class[row_class] = _guarded(lambda: members(row_class))
        found = by_class[row_class]
        if found is None:
            return theirs(row)
        data: dict[str, Any] = {}
        for name, read, write in found:
            if "fields" in own:  # by a method: what it changed holds for the rest of the row
                _add_rest(serializer, name, row, data)
                break
            try:
                value = read(row)
            except fields.SkipField:
                continue
            data[name] = None if value is None else write(value)
        return data

    return represent


def _add_rest(serializer: Serializer, start: str, row: Any, data: dict[str, Any]) -> None:
    """Add to `data` what DRF writes of `row` from the field `start` on."""
    for field in dropwhile(lambda one: one.field_name != start, serializer.fields.values()):
        if field.write_only:
            continue
        try:
            value = field.get_attribute(row)
        except fields.SkipField:
            continue
        known = value.pk if isinstance(value, PKOnlyObject) else value
        data[str(field.field_name)] = None if known is None else field.to_representation(value)


def _by_fields(serializer: Serializer, theirs: Represent) -> Represent:
    made = serializer.fields
    return _guarded(lambda: _representing(serializer, made, theirs)) or theirs


def _representing(serializer: Serializer, made: Any, theirs: Represent) -> Represent:
    own, by_name = vars(serializer), made.fields
    known = [*by_name.values()]
    if not all_keep_fields(known):
        return theirs
    by_class: dict[type, Any] = {}

    def members(row_class: type) -> Any:
        if not is_usual(row_class):
            return None
        return [(one, str(one.field_name), *member_of(one, row_class, _nested)) for one in known]

    def represent(row: Any) -> Any:
        row_class = type(row)
        if row_class not in by_class:
            by_class[row_class] = _guarded(lambda: members(row_class))
        found = by_class[row_class]
        if found is None or own.get("fields") is not made or [*by_name.values()] != known:
            return theirs(row)
        data = {}
        for field, name, read, write in found:
            if field.write_only:
                continue
            try:
                value = read(row)
            except fields.SkipField:
                continue
            data[name] = None if value is None else write(value)
        return data

    return represent


def _nested(serializer: Serializer) -> Represent:
    return represented(serializer, serializer.to_representation)


# Makes of each row the data that DRF's Serializer makes of it, faster.
#
# It stands in a serializer's bases in front of DRF's own: `class BookSerializer(FastSerializer,
# ModelSerializer)`. A to_representation() of the project's that calls super() gets its data from
# it. What it cannot make as DRF does, DRF makes.
#
# It has no docstring: tools that describe an API publish those of its serializers.
class FastSerializer(_Serializing):  # noqa: D101 - see above
    _rowpath_stands_in = True

    # Makes data of one row.
    def to_representation(self, instance: Any) -> Any:  # noqa: D102
        represent = vars(self).get(_KEPT)
        if represent is None:
            represent = vars(self)[_KEPT] = _kept(self, super().to_representation)
        return represent(instance)


_KEPT = "_rowpath_represent"


def _kept(serializer: Serializer, behind: Represent) -> Represent:
    """Return what represents rows in the place of `behind`, which comes next in the bases."""
    drfs = getattr(behind, "__func__", None) is Serializer.to_representation
    return represented(serializer, behind) if drfs else behind
