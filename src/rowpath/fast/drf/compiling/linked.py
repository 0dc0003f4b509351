"""Hyperlinks of a serializer as members: the column of the key that is in the URL."""

from rest_framework import reverse
from rest_framework.relations import HyperlinkedIdentityField, HyperlinkedRelatedField

from rowpath.fast import plan
from rowpath.fast.django.columns import Column, Selected
from rowpath.fast.django.kinds import Kind, Scalar, kind_of
from rowpath.fast.drf.compiling.places import Check, Columns, Found, Place, Rows
from rowpath.fast.drf.compiling.related import absent_of, guards_of, key_of
from rowpath.fast.drf.compiling.scalars import check_writing
from rowpath.fast.fallback import CannotCompileError
from rowpath.fast.forms import Link, LinkKey
from rowpath.fast.plan import Absent

_USES = ("to_representation", "get_attribute", "use_pk_only_optimization", "get_url")
_KEYS: dict[Kind, LinkKey] = {
    Scalar.INTEGER: LinkKey.INTEGER,
    Scalar.UUID: LinkKey.UUID,
    Scalar.TEXT: LinkKey.TEXT,
}


def linked(field: HyperlinkedRelatedField, place: Place, columns: Columns) -> plan.Value[Selected]:
    """Return the member of a field that has one link. Raises CannotCompileError."""
    if isinstance(field, HyperlinkedIdentityField):
        _check(field, HyperlinkedIdentityField)
        if field.source != "*":
            raise CannotCompileError("its source is not the whole row")
        return _of_row(field, _rows(place), (), columns)
    _check(field, HyperlinkedRelatedField)
    if field.lookup_field == "pk":
        end, checks = place.follow(field.source_attrs[:-1], absent_of(field))
        return _value(field, end.key_of(field.source_attrs[-1]), checks, columns)
    row, checks = place.follow(field.source_attrs, absent_of(field), ends_at_row=True)
    return _of_row(field, _rows(row), checks, columns)


def linked_item(
    field: HyperlinkedRelatedField, row: Rows, columns: Columns
) -> plan.Value[Selected]:
    """Return what a list of links has of `row`. Raises CannotCompileError."""
    _check(field, HyperlinkedRelatedField)
    return _of_row(field, row, (), columns)


def _check(field: HyperlinkedRelatedField, base: type[HyperlinkedRelatedField]) -> None:
    check_writing(field, base, _USES)
    if field.reverse is not reverse.reverse:
        raise CannotCompileError("it has a reverse() of its own")
    if not isinstance(field.view_name, str):
        raise CannotCompileError("its view_name is no string")


def _rows(place: Place) -> Rows:
    if not isinstance(place, Rows):
        raise CannotCompileError("the rows of a values() queryset have no primary key")
    return place


def _of_row(
    field: HyperlinkedRelatedField, row: Rows, checks: tuple[Check, ...], columns: Columns
) -> plan.Value[Selected]:
    found = row.read(field.lookup_field)
    pk = row.read("pk")
    if found.column == pk.column:
        return _value(field, pk, checks, columns)
    if kind_of(pk.field) not in (Scalar.INTEGER, Scalar.UUID):
        raise CannotCompileError("its primary key may be empty, of which DRF makes no link")
    if not isinstance(found.column, Column):
        raise CannotCompileError(f"{field.lookup_field} is an annotation")
    # Without the row it is null, and with a null in it a URL that says so.
    is_null = Check(found.column, Absent.FALLS_BACK)
    may_be_null = (is_null,) if found.field.null else ()
    return _value(field, found, (*checks, *may_be_null), columns, is_pk=False)


def _value(
    field: HyperlinkedRelatedField,
    found: Found,
    checks: tuple[Check, ...],
    columns: Columns,
    *,
    is_pk: bool = True,
) -> plan.Value[Selected]:
    key = _KEYS.get(kind_of(found.field))
    if key is None:
        raise CannotCompileError("its key is neither a number, nor text, nor a UUID")
    form = Link(
        key=key,
        view_name=str(field.view_name),
        keyword=field.lookup_url_kwarg,
        suffix=field.format,
        may_be_empty=is_pk,
    )
    return plan.Value(
        key=key_of(field),
        column=columns.want(found.column),
        form=form,
        guards=guards_of(checks, columns),
    )
