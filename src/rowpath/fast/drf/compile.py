"""From a serializer and the rows of a queryset to a plan and the columns it needs."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from django.db import models
from rest_framework import fields, serializers
from rest_framework.relations import (
    ManyRelatedField,
    PrimaryKeyRelatedField,
    RelatedField,
    SlugRelatedField,
)

from rowpath.fast import plan
from rowpath.fast.django.columns import Column, Computed, Selected, column
from rowpath.fast.django.kinds import Kind, Scalar, kind_of
from rowpath.fast.django.overrides import overridden
from rowpath.fast.drf.data.members import represents_as_drf
from rowpath.fast.drf.defaults import default_of
from rowpath.fast.drf.places import Check, Columns, Keys, Place, Rows
from rowpath.fast.drf.scalars import check_writing, form_of, raw
from rowpath.fast.encoding.writers import Type
from rowpath.fast.fallback import CannotCompileError, FallBack, Holds
from rowpath.fast.names import definer, named
from rowpath.fast.plan import Absent, Guard

_SERIALIZING = ("to_representation", "get_attribute", "get_default", "data", "many_init", "__new__")

# Kinds whose values have one str(), whether they came as text or in binary, and their types.
_MARKERS: dict[Kind, frozenset[int]] = {
    Scalar.TEXT: frozenset({Type.TEXT, Type.VARCHAR, Type.BPCHAR, Type.NAME}),
    Scalar.INTEGER: frozenset({Type.INT2, Type.INT4, Type.INT8}),
    Scalar.DECIMAL: frozenset({Type.NUMERIC}),
    Scalar.DATETIME: frozenset({Type.TIMESTAMPTZ}),
    Scalar.DATE: frozenset({Type.DATE}),
    Scalar.TIME: frozenset({Type.TIME}),
    Scalar.UUID: frozenset({Type.UUID}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Compiled:
    """A plan, the columns that its positions speak of, and the models whose rows they are."""

    plan: plan.Plan
    columns: tuple[Selected, ...]
    related: frozenset[type[models.Model]]
    marker: int | None
    """The position of the value by which a cursor pages, if one does."""
    marker_types: frozenset[int]
    """The types of PostgreSQL that this value may have."""

    def marker_column(self) -> int:
        """Return `marker` where a paginator by cursor asks for it."""
        if self.marker is None:
            raise LookupError("no paginator by cursor has asked for a value to page by")
        return self.marker


@dataclass(frozen=True, slots=True, kw_only=True)
class Besides:
    """What the statement selects although the serializer does not ask for it."""

    marker: str | None = None
    """The attribute that a paginator by cursor reads."""
    distinct: bool = False
    """Whether rows are told apart by all that is selected: the key and every annotation."""


def compile_serializer(
    serializer: serializers.Serializer, place: Rows, besides: Besides
) -> Compiled:
    """Return the plan of `serializer` over the instances at `place`."""
    columns = Columns()
    tuple(_members(serializer, place, columns))
    _marked(besides.marker, place, columns)
    if besides.distinct:
        columns.position(column(place.model, "pk", ()))
        for name in place.annotations:
            columns.position(Computed(name))
    # Now all columns are known, and their order: a Query selects its annotations last.
    columns.annotations_last(list(place.annotations))
    return _compiled(serializer, place, columns, besides)


def compile_values(serializer: serializers.Serializer, place: Keys, besides: Besides) -> Compiled:
    """Return the plan of `serializer` over the dicts of a values() queryset."""
    columns = Columns()
    for name in place.values:
        columns.position(Computed(name))
    return _compiled(serializer, place, columns, besides)


def _compiled(
    serializer: serializers.Serializer, place: Place, columns: Columns, besides: Besides
) -> Compiled:
    members = tuple(_members(serializer, place, columns))
    position, types = _marked(besides.marker, place, columns)
    found = columns.in_order()
    if not found:
        raise CannotCompileError("none of its fields reads a column")
    related = {one.field.model for one in found if isinstance(one, Column) and one.hops}
    return Compiled(
        plan=plan.Plan(members=members, columns=len(found)),
        columns=found,
        related=frozenset(related),
        marker=position,
        marker_types=types,
    )


def _marked(
    marker: str | None, place: Place, columns: Columns
) -> tuple[int | None, frozenset[int]]:
    if marker is None:
        return None, frozenset()
    found = place.read(marker)
    kind = None if found is None else kind_of(found.field)
    if found is None or kind not in _MARKERS:
        raise CannotCompileError(f"the cursor pages by {marker}, which is not a plain column")
    return columns.position(found.column), _MARKERS[kind]


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
                end, _ = _step_into(field, place, columns)
                for inner in refusals(field, end, columns):
                    within = CannotCompileError.of(inner.fall_back).within(_key(field))
                    yield replace(inner, fall_back=within.fall_back)
            else:
                _member(field, place, columns)
        except CannotCompileError as error:
            yield refused(error.within(_key(field)), field)


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
            return base
    return serializers.Serializer


def _members(
    serializer: serializers.Serializer, place: Place, columns: Columns
) -> Iterator[plan.Value | plan.Object]:
    _check_serializer(serializer)
    for field in serializer._readable_fields:  # what to_representation() walks
        try:
            member = _member(field, place, columns)
        except CannotCompileError as error:
            raise error.within(_key(field)) from None
        if member is not None:
            yield member


def _member(field: fields.Field, place: Place, columns: Columns) -> plan.Value | plan.Object | None:
    if isinstance(field, serializers.BaseSerializer):
        return _nested(field, place, columns)
    if isinstance(field, ManyRelatedField):
        raise CannotCompileError(
            "it is a to-many relation, which does not compile yet", holds=Holds.PROCESS
        )
    if isinstance(field, RelatedField):
        return _related(field, place, columns)
    if isinstance(field, fields.SerializerMethodField):
        raise CannotCompileError(
            f"{field.method_name}() is Python code, called for each row",
            change="Compute it in the database: an annotation of the queryset and a typed field.",
            holds=Holds.PROCESS,
        )
    if field.source == "*":
        raise CannotCompileError("its source is the whole row", holds=Holds.PROCESS)
    return _plain(field, place, columns)


def _plain(field: fields.Field, place: Place, columns: Columns) -> plan.Value | None:
    absent = _absent(field)
    end, checks = place.follow(field.source_attrs[:-1], absent)
    found = end.read(field.source_attrs[-1])
    if found is None:
        _check_left_out(field)
        return None
    return plan.Value(
        key=_key(field),
        column=columns.position(found.column),
        form=form_of(field, found.field, is_int=found.is_int),
        guards=_guards(checks, columns),
        default=default_of(field) if absent is Absent.DEFAULT else None,
        represent=_represent(field),
    )


def _represent(field: fields.Field) -> Any:
    needs_the_row = isinstance(field, (fields.ModelField, fields.FileField))
    return None if needs_the_row else field.to_representation


def _check_left_out(field: fields.Field) -> None:
    if _absent(field) is not Absent.LEFT_OUT:
        raise CannotCompileError("the rows of the values() queryset have no such key")


def _nested(field: Any, place: Place, columns: Columns) -> plan.Object:
    end, guards = _step_into(field, place, columns)
    members = tuple(_members(field, end, columns))
    return plan.Object(key=_key(field), members=members, guards=guards)


def _step_into(field: Any, place: Place, columns: Columns) -> tuple[Place, tuple[Guard, ...]]:
    """Return where a nested serializer stands, and the guards of the way there."""
    if isinstance(field, serializers.ListSerializer):
        raise CannotCompileError(
            "it is a list of its own (many=True), which does not compile yet", holds=Holds.PROCESS
        )
    if field.source == "*":  # the same row once more, which is there
        return place, ()
    end, checks = place.follow(field.source_attrs, _absent(field), ends_at_row=True)
    before, present = _guards(checks[:-1], columns), checks[-1]
    guard = Guard(column=columns.position(present.column), absent=present.absent)
    return end, (*before, guard)


def _related(field: RelatedField, place: Place, columns: Columns) -> plan.Value:
    for base in (PrimaryKeyRelatedField, SlugRelatedField):
        if isinstance(field, base):
            uses = ("to_representation", "get_attribute", "use_pk_only_optimization")
            check_writing(field, base, uses)
            return _RELATED[base](field, place, columns)
    raise CannotCompileError(
        f"a {named(type(field))} is written by Python code", holds=Holds.PROCESS
    )


def _primary_key(field: PrimaryKeyRelatedField, place: Place, columns: Columns) -> plan.Value:
    end, checks = place.follow(field.source_attrs[:-1], _absent(field))
    found = end.key_of(field.source_attrs[-1])
    if field.pk_field:
        form = form_of(field.pk_field, found.field, is_int=found.is_int)
    else:
        form = raw(found.field, is_int=found.is_int)
    return plan.Value(
        key=_key(field),
        column=columns.position(found.column),
        form=form,
        guards=_guards(checks, columns),
        represent=field.pk_field.to_representation if field.pk_field else _as_read,
    )


def _slug(field: SlugRelatedField, place: Place, columns: Columns) -> plan.Value:
    row, checks = place.follow(field.source_attrs, _absent(field), ends_at_row=True)
    *way, last = field.slug_field.replace("__", ".").split(".")
    # attrgetter() raises on whatever is missing behind the related row.
    end, behind = row.follow(way, Absent.FALLS_BACK, missing=Absent.FALLS_BACK)
    if (found := end.read(last)) is None:
        raise CannotCompileError(f"{last} is no key of the values() queryset")
    return plan.Value(
        key=_key(field),
        column=columns.position(found.column),
        form=raw(found.field),
        guards=_guards((*checks, *behind), columns),
        represent=_as_read,
    )


_RELATED: dict[type[RelatedField], Callable[[Any, Place, Columns], plan.Value]] = {
    PrimaryKeyRelatedField: _primary_key,
    SlugRelatedField: _slug,
}


def _as_read(value: Any) -> Any:
    return value


def _key(field: fields.Field) -> str:
    return str(field.field_name)


def _absent(field: fields.Field) -> Absent:
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


def _guards(checks: tuple[Check, ...], columns: Columns) -> tuple[Guard, ...]:
    """Drop what a LEFT JOIN says anyway: without the row the value is null, and written so."""
    while checks and checks[-1].absent is Absent.NULL:
        checks = checks[:-1]
    return tuple(
        Guard(column=columns.position(check.column), absent=check.absent) for check in checks
    )
