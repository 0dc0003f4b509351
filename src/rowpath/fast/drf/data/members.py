"""A serializer's field as a member: what it reads of a row, and what it writes of that."""

from collections.abc import Callable
from typing import Any, cast

from django.db.models.manager import BaseManager
from rest_framework import fields
from rest_framework.relations import PKOnlyObject, PrimaryKeyRelatedField
from rest_framework.serializers import ListSerializer, Serializer

from rowpath.fast.drf.data.attributes import Read, Unkeyed, key_read_of, read_of
from rowpath.fast.drf.data.represent import Represent
from rowpath.fast.drf.data.shipped import has_drfs
from rowpath.fast.drf.data.values import Write, as_it_is, write_of

STANDS_IN = "_rowpath_stands_in"
"""What FastSerializer has in its class, and no subclass: its own to_representation() is DRF's."""


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
    write = looked_at if write is as_it_is else write
    return read, _of_key_only(write) if read == field.get_attribute else write


def is_usual(row_class: type) -> bool:
    """Whether rows are what their class says: a proxy says the class of another."""
    return all("__class__" not in vars(one) for one in row_class.__mro__ if one is not object)


def looked_at(value: Any) -> Any:
    """Return `value`, of which a field makes nothing else, once its class was looked at.

    DRF looks whether what was read stands for a key. What is evaluated for that, as a
    SimpleLazyObject is, need not give the same later.
    """
    isinstance(value, PKOnlyObject)
    return value


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
