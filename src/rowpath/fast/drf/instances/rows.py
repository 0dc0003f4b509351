"""How the rows of a serializer are written, as `data.rows` tells how they become data."""

import logging
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from rest_framework import fields
from rest_framework.serializers import Serializer
from rest_framework.utils.serializer_helpers import BindingDict

from rowpath.fast.drf.data.guard import guarded
from rowpath.fast.drf.data.keeping import all_keep_fields, ancestors_keep_fields, keeps_fields
from rowpath.fast.drf.data.members import is_usual, member_of
from rowpath.fast.drf.data.recipes import Recipe, recipe_of, recipe_within
from rowpath.fast.drf.data.represent import UNREAD, Member, Represent, add_rest, is_ours
from rowpath.fast.drf.data.rows import mark_nested, represented
from rowpath.fast.drf.grounds import data_changed
from rowpath.fast.drf.instances.members import described
from rowpath.fast.drf.instances.tape import restored
from rowpath.fast.encoding.objects import compiled_objects
from rowpath.fast.plan import JsonStyle

if TYPE_CHECKING:
    # At run time they are imported where they may be missing.
    from rowpath.fast.encoding._objects import Drfs, Program, Rows

_log = logging.getLogger("rowpath.fast")

Programs = Callable[[type], "Program | None"]


def rows_of(serializer: Serializer, style: JsonStyle) -> "Rows":
    """Return what writes the rows of `serializer` in `style`.

    May make the serializer's fields, and raises what that raises.
    """
    if not guarded(lambda: data_changed() is None and may_stand_in(serializer)):
        return by_drf(serializer)
    if "fields" not in vars(serializer):
        by_recipe = guarded(lambda: _by_recipe(serializer, style))
        if by_recipe is not None:
            return by_recipe
    return _by_fields(serializer, style)


def may_stand_in(serializer: Serializer) -> bool:
    """Whether the rows of `serializer` are written without it, as far as its classes tell.

    That is where DRF's own are not changed.
    """
    return keeps_fields(type(serializer)) and ancestors_keep_fields(serializer)


def by_drf(serializer: Serializer) -> "Rows":
    """Return what has `serializer` itself represent its rows."""
    return compiled_objects().Rows(
        serializer, serializer.to_representation, None, {}, is_by_drf=True
    )


def _by_recipe(serializer: Serializer, style: JsonStyle) -> "Rows | None":
    recipe = recipe_of(serializer)
    if recipe is None:
        return None
    by_fields: Rows | None = None

    def instead() -> "Rows":
        nonlocal by_fields
        if by_fields is None:
            by_fields = _by_fields(serializer, style)
        return by_fields

    programs = partial(_program_of, recipe, style)
    theirs = serializer.to_representation
    return compiled_objects().Rows(serializer, theirs, programs, vars(serializer), instead=instead)


def _program_of(recipe: Recipe, style: JsonStyle, row_class: type) -> "Program | None":
    try:
        found: Program | None = recipe.programs[row_class, style]
    except KeyError:
        found = guarded(lambda: _made(recipe.members(row_class), row_class, style, _within))
        recipe.programs[row_class, style] = found
    return found


def _within(nested: Serializer, style: JsonStyle) -> "Rows":
    """Return what writes the rows of a serializer within one that has a recipe, for all of them."""
    recipe = guarded(lambda: recipe_within(nested))
    if recipe is None:
        return by_drf(nested)
    programs = partial(_program_of, recipe, style)
    return compiled_objects().Rows(nested, nested.to_representation, programs, {})


def _made(
    members: list[Member] | None,
    row_class: type,
    style: JsonStyle,
    rows: Callable[[Serializer, JsonStyle], "Rows"],
) -> "Program | None":
    if members is None:
        return None
    told = described(members, row_class, style, lambda nested: partial(rows, nested, style))
    return None if told is None else compiled_objects().Program(told)


def _by_fields(serializer: Serializer, style: JsonStyle) -> "Rows":
    made = serializer.fields
    return guarded(lambda: _of_fields(serializer, made, style)) or by_drf(serializer)


def _of_fields(serializer: Serializer, made: Any, style: JsonStyle) -> "Rows | None":
    if not isinstance(made, (BindingDict, dict)):
        return None
    own, by_name = vars(serializer), made.fields if isinstance(made, BindingDict) else made
    known = [*by_name.values()]
    if not all_keep_fields(known) or any(one.parent is not serializer for one in known):
        return None

    def members(row_class: type) -> list[Member] | None:
        if not is_usual(row_class):
            return None
        return [
            (one, cast("str", one.field_name), *member_of(one, row_class, _nested, mark_nested))
            for one in known
        ]

    def program(row_class: type) -> "Program | None":
        return guarded(lambda: _made(members(row_class), row_class, style, rows_of))

    def holds() -> bool:
        return own.get("fields") is made and [*by_name.values()] == known

    theirs = serializer.to_representation
    return compiled_objects().Rows(serializer, theirs, _once(program), {}, holds=holds)


def _nested(serializer: Serializer) -> Represent:
    return represented(serializer, serializer.to_representation)


def _once(program: Programs) -> Programs:
    by_class: dict[type, Program | None] = {}

    def known(row_class: type) -> "Program | None":
        try:
            return by_class[row_class]
        except KeyError:
            found = by_class[row_class] = program(row_class)
            return found

    return known


def drfs() -> "Drfs":
    """Return what compiled code asks of DRF, and of rowpath in its place."""
    made: Drfs = compiled_objects().Drfs(fields.SkipField, UNREAD, _is_ours, add_rest, restored)
    return made


def _is_ours(error: Exception, name: str) -> bool:
    """Whether a defect of rowpath's has raised `error`, so that DRF goes on at the field `name`."""
    found = is_ours(error)
    if found:
        _log.debug("DRF represents a row from %s on: %r", name, error)
    return found
