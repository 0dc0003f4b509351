"""Fields of relations, and what all fields that lead somewhere else have in common."""

from collections.abc import Callable
from typing import Any

from rest_framework import fields
from rest_framework.relations import PrimaryKeyRelatedField, RelatedField, SlugRelatedField

from rowpath.fast import plan
from rowpath.fast.django.columns import Selected
from rowpath.fast.drf.compiling.defaults import default_of
from rowpath.fast.drf.compiling.places import Check, Columns, Found, Place, Rows
from rowpath.fast.drf.compiling.scalars import check_writing, form_of, raw
from rowpath.fast.fallback import CannotCompileError, Holds
from rowpath.fast.names import named
from rowpath.fast.plan import Absent, Guard

_USES = ("to_representation", "get_attribute", "use_pk_only_optimization")


def related(field: RelatedField, place: Place, columns: Columns) -> plan.Value[Selected]:
    """Return the member of a field that has one key or slug. Raises CannotCompileError."""
    for base in (PrimaryKeyRelatedField, SlugRelatedField):
        if isinstance(field, base):
            check_writing(field, base, _USES)
            return _RELATED[base](field, place, columns)
    raise _by_code(field)


def _primary_key(
    field: PrimaryKeyRelatedField, place: Place, columns: Columns
) -> plan.Value[Selected]:
    end, checks = place.follow(field.source_attrs[:-1], absent_of(field))
    found = end.key_of(field.source_attrs[-1])
    return _of_key(field, found, guards_of(checks, columns), columns)


def _of_key(
    field: PrimaryKeyRelatedField,
    found: Found,
    guards: tuple[Guard[Selected], ...],
    columns: Columns,
) -> plan.Value[Selected]:
    if field.pk_field:
        form = form_of(field.pk_field, found.field, is_int=found.is_int)
    else:
        form = raw(found.field, is_int=found.is_int)
    return plan.Value(
        key=key_of(field),
        column=columns.want(found.column),
        form=form,
        guards=guards,
    )


def _slug(field: SlugRelatedField, place: Place, columns: Columns) -> plan.Value[Selected]:
    row, checks = place.follow(field.source_attrs, absent_of(field), ends_at_row=True)
    return _of_slug(field, row, checks, columns)


def _of_slug(
    field: SlugRelatedField, row: Place, checks: tuple[Check, ...], columns: Columns
) -> plan.Value[Selected]:
    *way, last = field.slug_field.replace("__", ".").split(".")
    # attrgetter() raises on whatever is missing behind the related row.
    end, behind = row.follow(way, Absent.FALLS_BACK, missing=Absent.FALLS_BACK)
    if (found := end.read(last)) is None:
        raise CannotCompileError(f"{last} is no key of the values() queryset")
    return plan.Value(
        key=key_of(field),
        column=columns.want(found.column),
        form=raw(found.field),
        guards=guards_of((*checks, *behind), columns),
    )


def item(field: RelatedField, row: Rows, columns: Columns) -> plan.Value[Selected]:
    """Return what a list of keys or slugs has of `row`. Raises CannotCompileError.

    `field` is the one that the list has for its items.
    """
    for base in (PrimaryKeyRelatedField, SlugRelatedField):
        if isinstance(field, base):
            check_writing(field, base, _USES)
    if isinstance(field, PrimaryKeyRelatedField):
        return _of_key(field, row.read("pk"), (), columns)
    if isinstance(field, SlugRelatedField):
        return _of_slug(field, row, (), columns)
    raise _by_code(field)


def _by_code(field: RelatedField) -> CannotCompileError:
    text = f"a {named(type(field))} is written by Python code"
    return CannotCompileError(text, holds=Holds.PROCESS)


_RELATED: dict[type[RelatedField], Callable[[Any, Place, Columns], plan.Value[Selected]]] = {
    PrimaryKeyRelatedField: _primary_key,
    SlugRelatedField: _slug,
}


def key_of(field: fields.Field) -> str:
    """Return the key of the member that `field` is."""
    return str(field.field_name)


def absent_of(field: fields.Field) -> Absent:
    """Return what Field.get_attribute() makes of an attribute that is not there."""
    if field.default is not fields.empty:
        return _absent_with_default(field)
    if field.allow_null:
        return Absent.NULL
    return Absent.FALLS_BACK if field.required else Absent.LEFT_OUT


def _absent_with_default(field: fields.Field) -> Absent:
    # get_default() of a serializer for an update in part has nothing to give.
    if getattr(field.root, "partial", False):
        return Absent.LEFT_OUT
    default = default_of(field)
    if default is None:
        return Absent.FALLS_BACK
    return Absent.NULL if default == "null" else Absent.DEFAULT


def guards_of(checks: tuple[Check, ...], columns: Columns) -> tuple[Guard[Selected], ...]:
    """Drop what a LEFT JOIN says anyway: without the row the value is null, and written so."""
    while checks and checks[-1].absent is Absent.NULL:
        checks = checks[:-1]
    return all_guards_of(checks, columns)


def all_guards_of(checks: tuple[Check, ...], columns: Columns) -> tuple[Guard[Selected], ...]:
    """Return `checks` as guards of a member that is not null where a row is missing."""
    return tuple(Guard(column=columns.want(check.column), absent=check.absent) for check in checks)
