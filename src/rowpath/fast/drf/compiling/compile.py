"""From a serializer and the rows of a queryset to a plan and the columns it needs."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from django.db import models
from rest_framework import fields, serializers
from rest_framework.relations import HyperlinkedRelatedField, ManyRelatedField, RelatedField

from rowpath.fast import plan
from rowpath.fast.django.columns import Computed, Selected, column
from rowpath.fast.django.kinds import TYPES_OF_ONE_TEXT, Kind, kind_of
from rowpath.fast.django.lists import List
from rowpath.fast.django.overrides import overridden
from rowpath.fast.drf.admission.views import adrfs
from rowpath.fast.drf.compiling.defaults import default_of
from rowpath.fast.drf.compiling.linked import linked, linked_item
from rowpath.fast.drf.compiling.many import asks_for_more, lists_of, rows_of
from rowpath.fast.drf.compiling.places import Columns, Found, Keys, Place, Rows, WantedList
from rowpath.fast.drf.compiling.related import (
    absent_of,
    all_guards_of,
    guards_of,
    item,
    key_of,
    related,
)
from rowpath.fast.drf.compiling.scalars import check_writing, form_of
from rowpath.fast.drf.data.members import represents_as_drf
from rowpath.fast.fallback import CannotCompileError, FallBack, Holds
from rowpath.fast.names import definer, named
from rowpath.fast.plan import Absent, Guard

_LISTING = ("to_representation", "get_attribute", "__new__")
_SERIALIZING = ("to_representation", "get_attribute", "get_default", "data", "many_init", "__new__")


@dataclass(frozen=True, slots=True, kw_only=True)
class Marker:
    """The value by which a paginator by cursor pages."""

    column: int
    """Its position."""
    kind: Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Compiled:
    """A plan, the columns that its positions speak of, and the models whose rows they are."""

    plan: plan.Plan
    columns: tuple[Selected, ...]
    lists: tuple[List, ...]
    """The relations to many that are read for all rows, each behind that on which it hangs."""
    related: frozenset[type[models.Model]]
    marker: Marker | None
    """That of the page, if a cursor pages."""

    def marker_column(self) -> int:
        """Return the position of the marker where a paginator by cursor asks for it."""
        if self.marker is None:
            raise LookupError("no paginator by cursor has asked for a value to page by")
        return self.marker.column


@dataclass(frozen=True, slots=True, kw_only=True)
class Besides:
    """What the statement selects although the serializer does not ask for it."""

    marker: str | None = None
    """The attribute that a paginator by cursor reads."""
    distinct: bool = False
    """Whether rows are told apart by all that is selected: the key and every annotation."""


def compile_serializer(
    serializer: serializers.Serializer, place: Place, besides: Besides
) -> Compiled:
    """Return the plan of `serializer` over what stands at `place`. Raises CannotCompileError."""
    columns = Columns()
    members = tuple(_members(serializer, place, columns))
    marked = None if besides.marker is None else _marked(besides.marker, place)
    for one in _selected_besides(place, besides, marked):
        columns.want(one)
    found = columns.in_order(place.computed)
    if not found:
        raise CannotCompileError("none of its fields reads a column")
    lists = lists_of(columns.lists, found)
    if marked is not None and any(asks_for_more(one) for one in lists):
        raise CannotCompileError("the cursor's page has a row more, whose lists nobody may ask for")
    return Compiled(
        plan=plan.Plan(
            members=plan.numbered(members, found, [one.columns for one in lists]),
            columns=len(found),
            lists=tuple(plan.Listed(columns=len(one.columns), by=one.by) for one in lists),
        ),
        columns=found,
        lists=lists,
        related=frozenset(one.field.model for one in columns.fields() if one.hops),
        marker=None if marked is None else _marker(marked, found),
    )


def _selected_besides(place: Place, besides: Besides, marked: Found | None) -> Iterator[Selected]:
    if marked is not None:
        yield marked.column
    if isinstance(place, Keys):
        yield from map(Computed, place.computed)
    elif isinstance(place, Rows) and besides.distinct:
        yield column(place.model, "pk", ())
        yield from map(Computed, place.computed)


def _marker(marked: Found, columns: tuple[Selected, ...]) -> Marker:
    return Marker(column=columns.index(marked.column), kind=kind_of(marked.field))


def _marked(marker: str, place: Place) -> Found:
    found = place.read(marker)
    if found is None or kind_of(found.field) not in TYPES_OF_ONE_TEXT:
        raise CannotCompileError(f"the cursor pages by {marker}, which is not a plain column")
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """One reason why a serializer does not compile."""

    serializer: serializers.BaseSerializer
    field: fields.Field | None
    """The serializer's field that it is about; None for the serializer itself."""
    fall_back: FallBack


def refusals(
    serializer: serializers.BaseSerializer, place: Place, columns: Columns
) -> Iterator[Refusal]:
    """Yield every reason why `serializer` does not compile over `place`.

    A request stops at the first. `columns` get those of the fields that do compile.
    """

    def refused(error: CannotCompileError, field: fields.Field | None = None) -> Refusal:
        return Refusal(serializer=serializer, field=field, fall_back=error.fall_back)

    own = [partial(_check_own, serializer, (name,)) for name in _SERIALIZING]
    for check in (*own, partial(_check_list, serializer)):
        try:
            check()
        except CannotCompileError as error:
            yield refused(error)
    for field in getattr(serializer, "_readable_fields", ()):
        try:
            if isinstance(field, serializers.BaseSerializer):
                child, end, behind = _within(field, place, columns)
                for inner in refusals(child, end, behind):
                    within = CannotCompileError.of(inner.fall_back).within(key_of(field))
                    yield replace(inner, fall_back=within.fall_back)
            else:
                _member(field, place, columns)
        except CannotCompileError as error:
            yield refused(error.within(key_of(field)), field)


def _within(field: Any, place: Place, columns: Columns) -> tuple[Any, Place, Columns]:
    """Return the serializer within `field`, where it stands, and the columns it adds to."""
    if not isinstance(field, serializers.ListSerializer):
        return field, _step_into(field, place, columns)[0], columns
    _check_is_drfs(field, serializers.ListSerializer)
    wanted, _, _ = _rows_of(field, place, columns)
    return field.child, wanted.place, wanted.columns


def _check_serializer(serializer: serializers.BaseSerializer) -> None:
    """Raise CannotCompileError if a serializer does more than to write its fields in order."""
    _check_own(serializer, _SERIALIZING)
    _check_list(serializer)


def _check_own(serializer: serializers.BaseSerializer, names: tuple[str, ...]) -> None:
    serializer_class = type(serializer)
    base = _base(serializer_class)
    stood_in = ("to_representation",) if represents_as_drf(serializer_class) else ()
    of_class = tuple(name for name in names if name not in stood_in)
    if own := overridden(serializer_class, base, of_class):
        name = named(definer(serializer_class, own))
        raise CannotCompileError(f"{name} has a {own} of its own", holds=Holds.PROCESS)
    if put := next((one for one in names if one in vars(serializer)), None):
        raise CannotCompileError(f"this {named(serializer_class)} has a {put} of its own")


def _check_list(serializer: serializers.BaseSerializer) -> None:
    serializer_class = type(serializer)
    if getattr(getattr(serializer_class, "Meta", None), "list_serializer_class", None):
        text = f"{named(serializer_class)} has a Meta.list_serializer_class"
        raise CannotCompileError(text, holds=Holds.PROCESS)


def _base(serializer_class: type[serializers.BaseSerializer]) -> type[serializers.Serializer]:
    if not issubclass(serializer_class, serializers.Serializer):
        raise CannotCompileError(f"{named(serializer_class)} is not a Serializer with fields")
    for base in (serializers.HyperlinkedModelSerializer, serializers.ModelSerializer):
        if issubclass(serializer_class, base):
            return adrfs(serializer_class, "serializers", "ModelSerializer") or base
    return adrfs(serializer_class, "serializers", "Serializer") or serializers.Serializer


def _members(
    serializer: serializers.Serializer, place: Place, columns: Columns
) -> Iterator[plan.Member[Selected]]:
    _check_serializer(serializer)
    for field in serializer._readable_fields:  # what to_representation() walks
        try:
            member = _member(field, place, columns)
        except CannotCompileError as error:
            raise error.within(key_of(field)) from None
        if member is not None:
            yield member


def _member(field: fields.Field, place: Place, columns: Columns) -> plan.Member[Selected] | None:
    if isinstance(field, serializers.ListSerializer):
        return _list(field, place, columns)
    if isinstance(field, serializers.BaseSerializer):
        return _nested(field, place, columns)
    if isinstance(field, ManyRelatedField):
        return _keys(field, place, columns)
    if isinstance(field, HyperlinkedRelatedField):
        return linked(field, place, columns)
    if isinstance(field, RelatedField):
        return related(field, place, columns)
    if isinstance(field, fields.SerializerMethodField):
        raise CannotCompileError(
            f"{field.method_name}() is Python code, called for each row",
            change="Compute it in the database: an annotation of the queryset and a typed field.",
            holds=Holds.PROCESS,
        )
    if field.source == "*":
        raise CannotCompileError("its source is the whole row", holds=Holds.PROCESS)
    return _plain(field, place, columns)


def _plain(field: fields.Field, place: Place, columns: Columns) -> plan.Value[Selected] | None:
    absent = absent_of(field)
    end, checks = place.follow(field.source_attrs[:-1], absent)
    found = end.read(field.source_attrs[-1])
    if found is None:
        _check_left_out(field)
        return None
    return plan.Value(
        key=key_of(field),
        column=columns.want(found.column),
        form=form_of(field, found.field, is_int=found.is_int),
        guards=guards_of(checks, columns),
        default=default_of(field) if absent is Absent.DEFAULT else None,
    )


def _check_left_out(field: fields.Field) -> None:
    if absent_of(field) is not Absent.LEFT_OUT:
        raise CannotCompileError("the rows of the values() queryset have no such key")


def _list(field: Any, place: Place, columns: Columns) -> plan.Many[Selected]:
    _check_is_drfs(field, serializers.ListSerializer)
    wanted, key, guards = _rows_of(field, place, columns)
    return plan.Many(
        key=key_of(field),
        column=key,
        rows=wanted.number,
        members=tuple(_members(field.child, wanted.place, wanted.columns)),
        guards=guards,
    )


def _keys(field: Any, place: Place, columns: Columns) -> plan.Many[Selected]:
    _check_is_drfs(field, ManyRelatedField)
    wanted, key, guards = _rows_of(field, place, columns)
    of_row = _item(field.child_relation, wanted.place, wanted.columns)
    return plan.Many(
        key=key_of(field),
        column=key,
        rows=wanted.number,
        members=(of_row,),
        is_flat=True,
        guards=guards,
    )


def _item(field: RelatedField, row: Rows, columns: Columns) -> plan.Value[Selected]:
    if isinstance(field, HyperlinkedRelatedField):
        return linked_item(field, row, columns)
    return item(field, row, columns)


def _check_is_drfs(field: fields.Field, base: type) -> None:
    """Raise CannotCompileError if a list is made by other code than DRF's."""
    if type(field) is not base:
        raise CannotCompileError(f"{named(type(field))} may make its list in another way")
    check_writing(field, base, _LISTING)


def _rows_of(
    field: Any, place: Place, columns: Columns
) -> tuple[WantedList, Selected, tuple[Guard[Selected], ...]]:
    """Return the list whose rows `field` has, the column of their key, and what it depends on."""
    if field.source == "*":
        raise CannotCompileError("its source is the whole row", holds=Holds.PROCESS)
    absent = absent_of(field)
    if absent is Absent.DEFAULT:
        absent = Absent.FALLS_BACK  # a list has none that is a plain value
    end, checks = place.follow(field.source_attrs[:-1], absent)
    if not isinstance(end, Rows):
        raise CannotCompileError("the rows of a values() queryset have no relations")
    wanted, key = rows_of(field.source_attrs[-1], end, columns)
    # Without the row there is no list, and no empty one either.
    return wanted, columns.want(key), all_guards_of(checks, columns)


def _nested(field: Any, place: Place, columns: Columns) -> plan.Object[Selected]:
    end, guards = _step_into(field, place, columns)
    members = tuple(_members(field, end, columns))
    return plan.Object(key=key_of(field), members=members, guards=guards)


def _step_into(
    field: Any, place: Place, columns: Columns
) -> tuple[Place, tuple[Guard[Selected], ...]]:
    """Return where a nested serializer stands, and the guards of the way there."""
    if field.source == "*":  # the same row once more, which is there
        return place, ()
    end, checks = place.follow(field.source_attrs, absent_of(field), ends_at_row=True)
    before = guards_of(checks[:-1], columns)
    return end, (*before, *all_guards_of(checks[-1:], columns))
