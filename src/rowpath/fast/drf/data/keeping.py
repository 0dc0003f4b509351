"""Whether serializers and fields leave the fields as they are between two rows."""

import functools
import inspect
from collections.abc import Iterable, Iterator
from typing import Any

from django.utils.functional import cached_property
from rest_framework import fields
from rest_framework.serializers import BaseSerializer, ModelSerializer, Serializer

from rowpath.fast.codes import changes_attributes, changes_items, reads_attribute
from rowpath.fast.django.overrides import overridden
from rowpath.fast.drf.admission.choosing import is_drfs_class
from rowpath.fast.drf.data.by_class import ByClass
from rowpath.fast.drf.data.members import STANDS_IN
from rowpath.fast.names import definer, named
from rowpath.fast.stores import kept

_FIELDS = ("_readable_fields", "fields")
_TOLD = ("write_only",)
"""What is asked of a field for each row, as DRF asks it."""
_CACHED = (cached_property, functools.cached_property)
# What a serializer or field may have of its own that does not run between two rows.
_NOT_PER_ROW = (
    *("__init__", "fields", "get_fields", "get_field_names", "get_extra_kwargs", "many_init"),
    *("to_internal_value", "create", "update", "save", "is_valid", "validate"),
)
_NOT_PER_ROW_FROM = ("build_", "run_")


def keeps_fields(cls: type) -> bool:
    """Whether no code of the project's, run for a row of `cls`, looks at fields."""
    return changing_fields(cls) is None and not looks_at_fields(cls)


def all_keep_fields(made: Iterable[fields.Field]) -> bool:
    """Whether no such code looks at fields for `made`, and what is declared within them."""
    return all(keeps_fields(type(field)) and all_keep_fields(_within(field)) for field in made)


def ancestors_keep_fields(serializer: Serializer) -> bool:
    """Whether no such code of the lists and serializers around `serializer` looks at fields."""
    return all(keeps_fields(type(one)) for one in _around(serializer))


@kept
@ByClass
def changing_fields(cls: type) -> str | None:
    """Return what may change, for a row of `cls`, what its fields are; None if nothing does.

    That is code of the project's that looks at fields and sets an attribute of something else
    than itself, or that changes a container, unless it runs before the fields are read. What was
    changed by then is told from the fields.
    """
    if issubclass(cls, Serializer) and (own := _making_fields_anew(cls)) is not None:
        return f"{named(definer(cls, own))}.{own}"
    for place, name, function in _looking(cls):
        is_first = issubclass(cls, BaseSerializer) and _runs_before_fields(name, function)
        if changes_attributes(function, but=_TOLD) or (changes_items(function) and not is_first):
            return place
    return None


@kept
@ByClass
def looks_at_fields(cls: type) -> bool:
    """Whether code of the project's, run for a row of `cls`, looks at fields."""
    return any(_looking(cls))


def any_reads_instance(made: Iterable[fields.Field]) -> bool:
    """Whether code of the project's, run for a row, may read the rows around it, of any of `made`.

    Told by the attribute of a serializer that has them. So is what is declared within.
    """
    return any(_reads_instance(type(one)) or any_reads_instance(_within(one)) for one in made)


@kept
@ByClass
def _reads_instance(cls: type) -> bool:
    functions = (function for base in cls.__mro__ for _, function in _functions(base))
    return any(reads_attribute(function, "instance") for function in functions)


def all_changing_fields(made: Iterable[fields.Field]) -> Iterator[str]:
    """Yield what may change fields of `made`, and of what is declared within them."""
    for field in made:
        if (found := changing_fields(type(field))) is not None:
            yield found
        yield from all_changing_fields(_within(field))


def ancestors_changing_fields(serializer: Serializer) -> Iterator[str]:
    """Yield what the lists and serializers around `serializer` may change its fields by."""
    for one in _around(serializer):
        if (found := changing_fields(type(one))) is not None:
            yield found


def _around(serializer: Serializer) -> Iterator[Any]:
    parent: Any = serializer.parent
    while parent is not None:
        yield parent
        parent = parent.parent


def _runs_before_fields(name: str, function: object) -> bool:
    """Whether a serializer runs `function` before it reads a row, which knows none around it."""
    knows_others = reads_attribute(function, "parent") or reads_attribute(function, "root")
    return name in ("fields", "to_representation") and not knows_others


def _making_fields_anew(cls: type[Serializer]) -> str | None:
    """Return by what the serializers of `cls` may have other fields in a way that is not known."""
    if (own := overridden(cls, Serializer, ("_readable_fields",))) is not None:
        return own
    is_drfs = overridden(cls, Serializer, ("fields",)) is None
    is_known = is_drfs or isinstance(inspect.getattr_static(cls, "fields"), (property, *_CACHED))
    return None if is_known else "fields"


def _looking(cls: type) -> Iterator[tuple[str, str, object]]:
    """Yield place, name and function of the project's that look at fields for a row of `cls`."""
    for base in cls.__mro__:
        for name, function in _functions(base):
            # A property of that name has them, by whatever name it reads them.
            if name == "fields" or any(reads_attribute(function, one) for one in _FIELDS):
                yield f"{named(base)}.{name}", name, function


def _within(field: fields.Field) -> list[fields.Field]:
    child = getattr(field, "child", None)
    if child is not None:
        return [child]
    return [*getattr(type(field), "_declared_fields", {}).values()]


def _is_drfs_input(name: str) -> bool:
    """Whether DRF itself calls `name`, to make fields or to check what it was given."""
    is_of_a_field = name.startswith("validate_")
    return is_of_a_field or (name.startswith(_NOT_PER_ROW_FROM) and hasattr(ModelSerializer, name))


def _functions(base: type) -> Iterator[tuple[str, object]]:
    """Yield what the project has in the class `base` that may run for a row."""
    if base is object or STANDS_IN in vars(base) or is_drfs_class(base):
        return
    for name, value in vars(base).items():
        is_per_row = name not in _NOT_PER_ROW and not _is_drfs_input(name)
        if is_per_row or (name == "fields" and isinstance(value, property)):
            within = (getattr(value, one, None) for one in ("fget", "func", "__wrapped__"))
            yield name, next(filter(None, within), value)
