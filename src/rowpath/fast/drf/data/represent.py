"""A row as data, member by member, as DRF's Serializer.to_representation() walks its fields."""

import logging
from collections.abc import Callable, Mapping
from itertools import dropwhile
from pathlib import Path
from typing import Any, cast

from rest_framework import fields
from rest_framework.relations import PKOnlyObject, RelatedField
from rest_framework.serializers import Serializer

from rowpath.fast.drf.data.attributes import Read
from rowpath.fast.drf.data.values import Write
from rowpath.fast.names import place_of

Member = tuple[fields.Field, str, Read, Write]
"""A field, the name that it writes, what reads it of a row, and what writes what is not None."""
Represent = Callable[[Any], Any]
"""Makes of a row what a serializer's to_representation() makes of it."""
Members = Callable[[type], list[Member] | None]
"""Returns the members for rows of a class; None if DRF has to represent them."""

_log = logging.getLogger("rowpath.fast")
_HOME = str(Path(__file__).parents[2])
UNREAD: Any = object()
"""Stands for the value of a field that was not read."""


def by_members(
    serializer: Serializer, members: Members, theirs: Represent, made: Mapping[str, Any]
) -> Represent:
    """Return what represents rows of `serializer`, as `theirs` does where there are no members.

    As soon as there are "fields" in `made`, these have a say in the rest of the row.
    """

    def represent(row: Any) -> Any:
        try:
            found = members(type(row))
        except Exception as error:  # noqa: BLE001 - none of the project's code is asked
            _log.debug("DRF writes a row: %r", error)
            found = None
        if found is None:
            return theirs(row)
        data: dict[str, Any] = {}
        try:
            for field, name, read, write in found:
                value = UNREAD
                if "fields" in made:
                    break
                if field.write_only:
                    continue
                try:
                    value = read(row)
                except fields.SkipField:
                    continue
                data[name] = None if value is None else write(value)
            else:
                return data
        except Exception as error:
            if not is_ours(error) or hasattr(value, "__next__"):
                raise  # what is left of an iterator would be other rows
            _log.debug("DRF writes the rest of a row from %s on: %r", name, error)
        add_rest(serializer, name, row, data, value)
        return data

    return represent


def is_ours(error: Exception) -> bool:
    """Whether `error` is one of a name that is not there, raised in rowpath.fast.

    Or by what that called in C, of a value of the project's, for which DRF raises it too.
    """
    if not isinstance(error, (AttributeError, NameError, ImportError)):
        return False
    file, _ = place_of(error)
    return file.startswith(_HOME)


def add_rest(
    serializer: Serializer, start: str, row: Any, data: dict[str, Any], value: Any
) -> None:
    """Add to `data` what DRF writes of `row` from the field `start` on, of which `value` was read.

    What is not right in a value of the project's is so for DRF too, which raises it.
    """
    for field in dropwhile(lambda one: one.field_name != start, serializer.fields.values()):
        if field.write_only:
            continue
        try:
            # Of a relation a member may read the key alone.
            is_read = value is not UNREAD and not isinstance(field, RelatedField)
            known = value if is_read else field.get_attribute(row)
        except fields.SkipField:
            continue
        value = UNREAD
        key = known.pk if isinstance(known, PKOnlyObject) else known
        data[cast("str", field.field_name)] = (
            None if key is None else field.to_representation(known)
        )
