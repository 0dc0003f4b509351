"""What compiled code is told of the fields of a serializer, for rows of one class."""

import json
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from django.db.models.manager import BaseManager
from rest_framework import fields
from rest_framework.relations import PrimaryKeyRelatedField
from rest_framework.serializers import ListSerializer, Serializer

from rowpath.fast.drf.data.attributes import (
    Read,
    attribute_of,
    failed_of,
    found_of,
    key_attribute_of,
    key_failed_of,
    key_found_of,
    reads_itself,
)
from rowpath.fast.drf.data.members import is_drfs, is_drfs_list, looked_at
from rowpath.fast.drf.data.represent import Member as DataMember
from rowpath.fast.drf.data.values import (
    Write,
    base_of,
    longest_decimal,
    rule_of,
    zone_of,
)
from rowpath.fast.encoding.objects import Kind, Member
from rowpath.fast.plan import JsonStyle

MakeRows = Callable[[Serializer], Callable[[], Any]]
"""Returns what makes the rows of a nested serializer, as soon as there is one."""

# By DRF's class of a field whose value is written by compiled code if DRF's rule for it has a
# Write that is quicker than DRF's own.
_KINDS: dict[type[fields.Field], Kind] = {
    fields.BooleanField: Kind.TRUTH,
    fields.DecimalField: Kind.DECIMAL,
    fields.DateField: Kind.DATE,
    fields.TimeField: Kind.TIME,
    fields.DateTimeField: Kind.MOMENT,
    fields.ChoiceField: Kind.CHOICE,
}
_KINDS_OF_TYPES: tuple[tuple[Write, Kind], ...] = (
    (str, Kind.TEXT),
    (int, Kind.WHOLE),
    (float, Kind.REAL),
    (looked_at, Kind.AS_IT_IS),
)


def described(
    members: Iterable[DataMember], row_class: type, style: JsonStyle, make_rows: MakeRows
) -> list[Member] | None:
    """Return what compiled code is told of `members`; None where it cannot write their names."""
    made = []
    for field, name, read, write in members:
        key = _key(name, style)
        if key is None:
            return None
        said = _reading(field, row_class, read) | _writing(field, read, write, make_rows)
        made.append(Member(field=field, name=name, key=key, comma=style.comma, write=write, **said))
    is_once = len({str(one.name) for one in made}) == len(made)
    return made if is_once else None


def _key(name: Any, style: JsonStyle) -> bytes | None:
    """Return `name` and a colon as the renderer writes it; None if it is no text."""
    if not isinstance(name, str):
        return None
    text = json.dumps(name, ensure_ascii=style.ascii_only)
    text = text.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    try:
        return text.encode() + style.colon
    except UnicodeEncodeError:  # half of a surrogate pair
        return None


def _reading(field: Any, row_class: type, read: Read) -> dict[str, Any]:
    if read == field.get_attribute:
        return {"read": read}
    if (key := key_attribute_of(field, row_class)) is not None:
        return {
            "attribute": key,
            "found": partial(key_found_of, field),
            "failed": partial(key_failed_of, field),
        }
    if (attribute := attribute_of(field, row_class)) is not None:
        return {
            "attribute": attribute,
            "found": partial(found_of, field),
            "failed": partial(failed_of, field),
        }
    return {} if reads_itself(field) else {"read": read}


def _writing(field: Any, read: Read, write: Write, make_rows: MakeRows) -> dict[str, Any]:
    if read == field.get_attribute:  # which may return what is nothing without its key
        return {"kind": Kind.CALLED}
    if isinstance(field, (Serializer, ListSerializer)):
        return _writing_rows(field, make_rows)
    if isinstance(field, PrimaryKeyRelatedField):
        return {"kind": Kind.KEY if field.pk_field is None else Kind.CALLED}
    kind = _kind(field, write)
    if kind is Kind.METHOD and not reads_itself(field):
        kind = Kind.CALLED
    said: dict[str, Any] = {"kind": kind}
    if kind is Kind.METHOD:
        said["method"] = field.method_name
    if kind is Kind.MOMENT:
        said["zone"] = zone_of(field)
    if kind is Kind.DECIMAL:
        said |= {"places": field.decimal_places, "longest": longest_decimal(field)}
    return said


def _writing_rows(field: Any, make_rows: MakeRows) -> dict[str, Any]:
    if isinstance(field, Serializer):
        if is_drfs(field):
            return {"kind": Kind.ROW, "serializer": field, "make_rows": make_rows(field)}
    elif is_drfs_list(field) and isinstance(field.child, Serializer) and is_drfs(field.child):
        child = field.child
        made = {"serializer": child, "make_rows": make_rows(child)}
        return {"kind": Kind.ROWS, "rows_in": rows_in, **made}
    return {"kind": Kind.CALLED}


def rows_in(value: Any) -> Iterable[Any]:
    """Return the rows that a ListSerializer of DRF's has of `value`."""
    return value.all() if isinstance(value, BaseManager) else value


def _kind(field: Any, write: Write) -> Kind:
    if rule_of(field) is None or write == field.to_representation:
        return Kind.CALLED
    base = base_of(type(field))
    if base is fields.UUIDField:
        return Kind.IDENTIFIER
    if base is fields.SerializerMethodField:
        return Kind.METHOD
    of_type = next((kind for made, kind in _KINDS_OF_TYPES if write is made), None)
    if of_type is not None:
        return of_type
    return Kind.CALLED if base is None else _KINDS.get(base, Kind.CALLED)
