"""Whether serializers and fields leave the fields as they are between two rows."""

import functools
import inspect
from collections.abc import Iterable, Iterator
from typing import Any

from django.utils.functional import cached_property
from rest_framework import fields
from rest_framework.serializers import Serializer

from rowpath.fast.codes import reads_attribute
from rowpath.fast.django.overrides import overridden
from rowpath.fast.drf.choosing import is_drfs_class
from rowpath.fast.drf.data.by_class import ByClass
from rowpath.fast.drf.data.members import STANDS_IN
from rowpath.fast.names import definer, named
from rowpath.fast.stores import kept

_FIELDS = ("_readable_fields", "fields")
_CACHED = (cached_property, functools.cached_property)
# What a serializer or field may have of its own that does not run between two rows.
_NOT_PER_ROW = (
    *("__init__", "fields", "get_fields", "get_field_names", "get_extra_kwargs", "many_init"),
    *("to_internal_value", "create", "update", "save", "is_valid"),
)
_NOT_PER_ROW_FROM = ("run_", "validat", "build_")


def keeps_fields(cls: type) -> bool:
    """Whether a serializer or field of `cls` leaves the fields as they are between two rows."""
    return looking_at_fields(cls) is None


@kept
@ByClass
def looking_at_fields(cls: type) -> str | None:
    """Return what code of the project's, run for a row of `cls`, looks at fields; None if none."""
    if issubclass(cls, Serializer) and (own := _making_fields_anew(cls)) is not None:
        return f"{named(definer(cls, own))}.{own}"
    for base in cls.__mro__:
        for name, function in _functions(base):
            if any(reads_attribute(function, one) for one in _FIELDS):
                return f"{named(base)}.{name}()"
    return None


def all_looking_at_fields(made: Iterable[fields.Field]) -> Iterator[str]:
    """Yield what looks at fields of `made`, and of what is declared within them."""
    for field in made:
        if (found := looking_at_fields(type(field))) is not None:
            yield found
        yield from all_looking_at_fields(_within(field))


def ancestors_looking_at_fields(serializer: Serializer) -> Iterator[str]:
    """Yield what looks at fields of the lists and serializers around `serializer`."""
    parent: Any = serializer.parent
    while parent is not None:
        if (found := looking_at_fields(type(parent))) is not None:
            yield found
        parent = parent.parent


def _making_fields_anew(cls: type[Serializer]) -> str | None:
    """Return by what the serializers of `cls` may make their fields more than once."""
    if (own := overridden(cls, Serializer, ("_readable_fields",))) is not None:
        return own
    is_drfs = overridden(cls, Serializer, ("fields",)) is None
    is_once = is_drfs or isinstance(inspect.getattr_static(cls, "fields"), _CACHED)
    return None if is_once else "fields"


def _within(field: fields.Field) -> list[fields.Field]:
    child = getattr(field, "child", None)
    if child is not None:
        return [child]
    return [*getattr(type(field), "_declared_fields", {}).values()]


def _functions(base: type) -> Iterator[tuple[str, object]]:
    """Yield what the project has in the class `base` that may run for a row."""
    if base is object or STANDS_IN in vars(base) or is_drfs_class(base):
        return
    for name, value in vars(base).items():
        if name not in _NOT_PER_ROW and not name.startswith(_NOT_PER_ROW_FROM):
            within = (getattr(value, one, None) for one in ("fget", "func", "__wrapped__"))
            yield name, next(filter(None, within), value)
