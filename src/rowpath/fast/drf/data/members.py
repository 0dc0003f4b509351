"""A serializer's field as a member: what it reads of a row, and what it writes of that."""

import functools
import inspect
from collections.abc import Callable, Iterable, Iterator
from typing import Any, cast

from django.db.models.manager import BaseManager
from django.utils.functional import cached_property
from rest_framework import fields
from rest_framework.relations import PKOnlyObject, PrimaryKeyRelatedField
from rest_framework.serializers import ListSerializer, Serializer

from rowpath.fast.codes import reads_attribute
from rowpath.fast.django.overrides import overridden
from rowpath.fast.drf.choosing import is_drfs_class
from rowpath.fast.drf.data.attributes import Read, Unkeyed, key_read_of, read_of
from rowpath.fast.drf.data.by_class import ByClass
from rowpath.fast.drf.data.represent import Represent
from rowpath.fast.drf.data.shipped import has_drfs
from rowpath.fast.drf.data.values import Write, write_of
from rowpath.fast.stores import kept

STANDS_IN = "_rowpath_stands_in"
"""What FastSerializer has in its class, and no subclass: its own to_representation() is DRF's."""

_FIELDS = ("_readable_fields", "fields")
_CACHED = (cached_property, functools.cached_property)
# What a serializer or field may have of its own that does not run between two rows.
_NOT_PER_ROW = (
    *("__init__", "fields", "get_fields", "get_field_names", "get_extra_kwargs", "many_init"),
    *("to_internal_value", "create", "update", "save", "is_valid"),
)
_NOT_PER_ROW_FROM = ("run_", "validat", "build_")


def _leave(_serializer: Serializer) -> None:
    """Leave it as it is."""


def member_of(
    field: fields.Field,
    row_class: type,
    represented: Callable[[Serializer], Represent],
    mark: Callable[[Serializer], object] = _leave,
) -> tuple[Read, Write]:
    """Return what reads and writes as `field` does, of rows whose class is `row_class`.

    A value of None is not for the Write. `represented` is for nested serializers, asked at their
    first row; `mark` for those that represent rows by code of their own in front of DRF's.
    """
    read_key = key_read_of(field, row_class)
    if read_key is not None and isinstance(field, PrimaryKeyRelatedField):
        return read_key, key_write_of(field)
    read, write = read_of(field, row_class), _write_of(field, represented, mark)
    return read, _of_key_only(write) if read == field.get_attribute else write


def is_usual(row_class: type) -> bool:
    """Whether rows are what their class says: a proxy says the class of another."""
    return all("__class__" not in vars(one) for one in row_class.__mro__ if one is not object)


def key_write_of(field: PrimaryKeyRelatedField) -> Write:
    """Return what writes what `key_read_of(field)` reads."""

    def write(key: Any) -> Any:
        if type(key) is Unkeyed:
            return field.to_representation(key.row)
        return key if field.pk_field is None else field.pk_field.to_representation(key)

    return write


def nested_list(represent: Represent) -> Write:
    """Return what writes the rows of a relation by `represent`, as DRF's ListSerializer does."""

    def write(rows: Any) -> Any:
        return [represent(row) for row in (rows.all() if isinstance(rows, BaseManager) else rows)]

    return write


def is_drfs_list(nested: ListSerializer) -> bool:
    """Whether `nested` writes its rows one by one, as DRF's own does."""
    return has_drfs(nested, ListSerializer, ("to_representation",))


def is_drfs(serializer: Serializer) -> bool:
    """Whether `serializer` represents a row as DRF's own does, or FastSerializer for it."""
    return "to_representation" not in vars(serializer) and represents_as_drf(type(serializer))


def represents_as_drf(cls: type) -> bool:
    """Whether the serializers of `cls` have DRF's to_representation(), or FastSerializer's."""
    owners = (one for one in cls.__mro__ if "to_representation" in vars(one))
    return next(one for one in owners if STANDS_IN not in vars(one)) is Serializer


def _write_of(
    field: fields.Field,
    represented: Callable[[Serializer], Represent],
    mark: Callable[[Serializer], object],
) -> Write:
    if isinstance(field, Serializer):
        if is_drfs(field):
            return _nested(field, represented)
        mark(field)
        return field.to_representation
    if isinstance(field, ListSerializer):
        child = cast("fields.Field", field.child)
        if is_drfs_list(field):
            return nested_list(_write_of(child, represented, mark))
        if isinstance(child, Serializer):
            mark(child)
        return field.to_representation
    return write_of(field)


def _nested(serializer: Serializer, represented: Callable[[Serializer], Represent]) -> Write:
    represent: Represent | None = None

    def write(row: Any) -> Any:
        nonlocal represent
        if represent is None:  # not before there is a row, since it makes the fields
            represent = represented(serializer)
        return represent(row)

    return write


def _of_key_only(write: Write) -> Write:
    """Return `write` for what may be a PKOnlyObject, which is nothing without its key."""

    def write_unless_nothing(value: Any) -> Any:
        nothing = isinstance(value, PKOnlyObject) and value.pk is None
        return None if nothing else write(value)

    return write_unless_nothing


@kept
@ByClass
def keeps_fields(cls: type) -> bool:
    """Whether a serializer or field of `cls` leaves the fields as they are between two rows."""
    if issubclass(cls, Serializer) and not _has_fields_once(cls):
        return False
    return not any(map(_reads_fields, _functions(cls)))


def _has_fields_once(cls: type[Serializer]) -> bool:
    """Whether the serializers of `cls` make their fields once, by DRF's code or their own."""
    if overridden(cls, Serializer, ("_readable_fields",)) is not None:
        return False
    is_drfs = overridden(cls, Serializer, ("fields",)) is None
    return is_drfs or isinstance(inspect.getattr_static(cls, "fields"), _CACHED)


def all_keep_fields(made: Iterable[fields.Field]) -> bool:
    """Whether `made`, and what is declared within them, leave fields as they are between rows."""
    return all(keeps_fields(type(field)) and all_keep_fields(_within(field)) for field in made)


def _within(field: fields.Field) -> list[fields.Field]:
    child = getattr(field, "child", None)
    if child is not None:
        return [child]
    return [*getattr(type(field), "_declared_fields", {}).values()]


def ancestors_keep_fields(serializer: Serializer) -> bool:
    """Whether the lists and serializers around `serializer` leave its fields as they are."""
    parent: Any = serializer.parent
    while parent is not None:
        if not keeps_fields(type(parent)):
            return False
        parent = parent.parent
    return True


def _reads_fields(function: object) -> bool:
    return any(reads_attribute(function, name) for name in _FIELDS)


def _functions(cls: type) -> Iterator[object]:
    """Yield what the project has in `cls` and its bases that may run for a row."""
    for base in cls.__mro__:
        if base is object or STANDS_IN in vars(base) or is_drfs_class(base):
            continue
        for name, value in vars(base).items():
            if name not in _NOT_PER_ROW and not name.startswith(_NOT_PER_ROW_FROM):
                within = (getattr(value, one, None) for one in ("fget", "func", "__wrapped__"))
                yield next(filter(None, within), value)
