"""A serializer made ready for one kind of queryset, kept for the life of the process."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field, replace
from typing import cast
from weakref import WeakKeyDictionary, ref

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.expressions import Col
from django.db.models.query import ModelIterable, QuerySet, ValuesIterable
from django.db.models.sql import Query
from rest_framework.generics import GenericAPIView
from rest_framework.serializers import BaseSerializer, Serializer

from rowpath.fast.bounded import Bounded
from rowpath.fast.django.counting import count_statement, counted, is_countable
from rowpath.fast.django.hstore import hstore_oid
from rowpath.fast.django.lists import List, Template, check_lists, may_tie, template
from rowpath.fast.django.models import check_instances
from rowpath.fast.django.overrides import has_own
from rowpath.fast.django.prefetches import loads
from rowpath.fast.django.querysets import (
    annotations,
    check_relations,
    crossed,
    has_all_rows,
    selected_ways,
    values,
)
from rowpath.fast.django.shapes import Shape, shape_of
from rowpath.fast.django.statement import Statement, statement, unlimited
from rowpath.fast.drf.back_off import BackOff
from rowpath.fast.drf.compiling.compile import Besides, Compiled, compile_serializer
from rowpath.fast.drf.compiling.places import Keys, Prefetched, Rows
from rowpath.fast.encoding import Encoder, encoder
from rowpath.fast.fallback import CannotCompileError, FallBack
from rowpath.fast.forms import Link
from rowpath.fast.plan import JsonStyle, base_urls, has_mappings, links, with_mappings_of
from rowpath.fast.stores import ANY_SETTING, kept

# A statement of some 2 kB with its key, so about a megabyte for a project with 100 lists.
_STATEMENTS = 256
_PLANS = 1_000

# By which a view may give each request another serializer.
CHOOSING = ("get_serializer", "get_serializer_class")


@dataclass(slots=True)
class Prepared:
    """A compiled serializer with what was made for it so far."""

    compiled: Compiled
    rows: "_Rows"
    serializer: Serializer | None = None
    """That of which it was compiled, if it was made for all requests."""
    _encoders: dict[tuple[JsonStyle, int | None], Encoder | None] = field(default_factory=dict)
    _statements: Bounded[Statement | None] = field(default_factory=lambda: Bounded(_STATEMENTS))
    _templates: Bounded[Template | None] = field(default_factory=lambda: Bounded(_STATEMENTS))
    _counts: Bounded[Statement | None] = field(default_factory=lambda: Bounded(_STATEMENTS))
    back_off: BackOff = field(default_factory=BackOff)
    """Counts answers whose values could not be written."""
    base_urls: frozenset[str] = field(init=False)
    """What the URLs of its files begin with, within a site."""
    ways: frozenset[tuple[str, ...]] = field(init=False)
    """Those of its lists, by the attributes that lead there."""
    links: frozenset[Link] = field(init=False)
    """Its URLs that are made for each request."""
    _has_mappings: bool = field(init=False)
    _crossed: frozenset[tuple[str, ...]] = field(init=False)

    def __post_init__(self) -> None:
        """Walk the plan's members now, and not for each request."""
        members = self.compiled.plan.members
        self.base_urls, self._has_mappings = base_urls(members), has_mappings(members)
        self._crossed = crossed(self.compiled.columns)
        self.ways = frozenset(one.way for one in self.compiled.lists)
        self.links = links(members)

    @property
    def marker(self) -> str | None:
        """The attribute that a paginator by cursor reads."""
        return self.rows.besides.marker

    def check_same(self, queryset: QuerySet) -> None:
        """Raise CannotCompileError unless `queryset` has the rows that this was prepared for."""
        if _rows_of(queryset, self.marker).key() != self.rows.key():
            raise CannotCompileError("the queryset was changed after it was looked at")

    def encoder(self, style: JsonStyle, using: str) -> Encoder | None:
        """Return the compiled code's encoder of `style` for the database `using`.

        None where there is no compiled code. Raises CannotCompileError.
        """
        key = style, self._hstore_oid(using)
        try:
            return self._encoders[key]
        except KeyError:
            made = self._encoders[key] = self._made(*key)
            return made

    def _made(self, style: JsonStyle, oid: int | None) -> Encoder | None:
        whole = self.compiled.plan
        members = whole.members if oid is None else with_mappings_of(whole.members, oid)
        return encoder(replace(whole, members=members), style)

    def _hstore_oid(self, using: str) -> int | None:
        if not self._has_mappings:
            return None
        if (oid := hstore_oid(using)) is None:
            raise CannotCompileError(
                f"the values of an hstore are strings on the database {using}",
                change="Add django.contrib.postgres to INSTALLED_APPS, and its HStoreExtension.",
            )
        return oid

    def statement(
        self,
        queryset: QuerySet,
        connection: BaseDatabaseWrapper,
        shape: Shape | None = None,
    ) -> Statement:
        """Return the lean statement for `queryset`, compiled anew only for another shape.

        `connection` is that of its database, and `shape` its shape, if that is known.
        """
        shape = shape or shape_of(queryset.query, connection)
        if shape is not None:
            known = self._statements.get(shape.key, lambda: self._known(queryset, shape))
            if known is not None:
                sql = known.sql and known.sql + shape.limits + known.after
                return Statement(
                    sql, shape.params, known.using, is_planned_anew=known.is_planned_anew
                )
        return statement(queryset, self.compiled.columns)

    def count(
        self, query: Query, connection: BaseDatabaseWrapper, shape: Shape | None = None
    ) -> int | None:
        """Return how many rows `query` has, by Django's own statement; None to have it count.

        `shape` is its shape, if that is known.
        """
        if not is_countable(query):
            return None
        shape = shape or shape_of(query, connection)
        if shape is None:
            return None
        using = connection.alias
        known = self._counts.get(shape.key, lambda: count_statement(query, shape, using))
        if known is None:
            return None
        return counted(Statement(known.sql, shape.params, using), connection)

    def _known(self, queryset: QuerySet, shape: Shape) -> Statement | None:
        """Return the statement of all querysets of this shape, or None if it has other values."""
        made = unlimited(queryset, self.compiled.columns)
        return made if made.params == shape.params else None

    def list_template(
        self, one: List, given: QuerySet | None, connection: BaseDatabaseWrapper
    ) -> Template:
        """Return the lean statement of one of the plan's lists for whichever keys.

        `given` is the queryset that its prefetch was given, if one was; it is compiled anew only
        for another shape or slice. Raises CannotCompileError.
        """
        using = connection.alias
        if given is None:
            made = self._templates.get((one, using), lambda: template(one, using, None))
            return cast("Template", made)
        if (shape := shape_of(given.query, connection)) is not None:
            key = (one, shape.key, given.query.low_mark, given.query.high_mark)
            known = self._templates.get(key, lambda: _template_of(one, using, given, shape))
            if known is not None:
                return replace(known, params_before=shape.params)
        return template(one, using, given)

    def tied_lists(self, queryset: QuerySet) -> frozenset[int]:
        """Return the lists of the plan, by their position, whose rows may come in several orders.

        `queryset` has the rows that they hang on.
        """
        given = loads(queryset)
        return frozenset(
            number
            for number, one in enumerate(self.compiled.lists)
            if may_tie(one, queryset.db, given[one.way].queryset if one.is_loaded else None)
        )

    def check_relations(self, queryset: QuerySet) -> None:
        """Raise CannotCompileError if something else than our statements has what is crossed to."""
        check_relations(queryset, self._crossed, self.ways)
        check_lists(queryset, self.compiled.lists)

    def check(self, queryset: QuerySet) -> None:
        """Raise CannotCompileError if what was compiled does not hold for `queryset` now."""
        self.check_relations(queryset)
        for model in self.compiled.related:
            check_instances(model)
        if not self.back_off.is_over():
            raise CannotCompileError(
                "values of the last answers could not be written, so DRF answers for a while"
            )


def _template_of(one: List, using: str, given: QuerySet, shape: Shape) -> Template | None:
    """Return the template of all given querysets of `shape`, or None if it has other values.

    Behind the keys it has those of a slice alone, which are the same for all that it is kept for.
    """
    made = template(one, using, given)
    is_of_shape = made.params_before == shape.params
    return made if is_of_shape and (given.query.is_sliced or not made.params_after) else None


# What a field's form depends on may be a setting.
_plans: Bounded[Prepared | FallBack] = kept(Bounded(_PLANS), changed_by=ANY_SETTING)
_never: WeakKeyDictionary[type, FallBack] = kept(WeakKeyDictionary(), changed_by=ANY_SETTING)


def prepared(
    serializer_class: type[Serializer], queryset: QuerySet, marker: str | None
) -> Prepared:
    """Return `serializer_class` prepared for `queryset`. Raises CannotCompileError."""

    def make() -> Prepared | FallBack:
        rows = _rows_of(queryset, marker)
        try:
            serializer = serializer_class()
            return Prepared(rows.compiled_for(serializer), rows, serializer)
        except CannotCompileError as error:
            return error.fall_back
        except Exception as error:  # noqa: BLE001 - a serializer that DRF itself may never build
            return FallBack(reason=f"compiling it raised {type(error).__name__}: {error}")

    found = _plans.get((serializer_class, _key_of(queryset, marker)), make)
    if isinstance(found, FallBack):
        raise CannotCompileError.of(found)
    return found


def never_compile(view: GenericAPIView, reason: FallBack) -> None:
    """Remember that no list of the serializer of `view` compiles, if it has one for all."""
    if (serializer_class := _class_for_all(view)) is not None:
        _never[serializer_class] = reason


def never_compiles(view: GenericAPIView) -> FallBack | None:
    """Return why no list of `view` compiles, if that is known from one that did not."""
    if not _never:
        return None
    serializer_class = _class_for_all(view)
    return None if serializer_class is None else _never.get(serializer_class)


def _class_for_all(view: GenericAPIView) -> type[BaseSerializer] | None:
    return None if has_own(view, GenericAPIView, CHOOSING) else view.serializer_class


def prepared_for(serializer: Serializer, queryset: QuerySet, marker: str | None) -> Prepared:
    """Return this one `serializer`, of a request's own fields, prepared for `queryset`.

    It is that of any other with the same plan. Raises CannotCompileError.
    """
    rows = _rows_of(queryset, marker)
    compiled = rows.compiled_for(serializer)
    # What is kept must not keep this request, to whose context a serializer leads, nor its class.
    key = (ref(type(serializer)), rows.key(), compiled)
    found = _plans.get(key, lambda: Prepared(compiled, rows))
    return cast("Prepared", found)


@dataclass(slots=True)  # made for each request, and a frozen one takes twice as long to make
class _Rows:
    """What a plan depends on of a queryset: the fields that its rows have."""

    model: type[models.Model]
    by_keys: bool
    fields: dict[str, models.Field]
    converted: frozenset[str]
    selected: frozenset[tuple[str, ...]]
    has_all: bool
    prefetched: "dict[tuple[str, ...], tuple[str, _Rows | None]]"
    """What is put where, over which relation, and the rows of a queryset that was given for it."""
    besides: Besides

    def key(self) -> Hashable:
        fields = _signature(self.fields)
        prefetched = tuple(
            (way, relation, given and given.key())
            for way, (relation, given) in self.prefetched.items()
        )
        of_rows = (self.model, self.by_keys, fields, self.converted, self.selected, self.has_all)
        return (*of_rows, prefetched, self.besides)

    def place(self) -> Keys | Rows:
        if self.by_keys:
            return Keys(values=self.fields, converted=self.converted)
        return self.rows()

    def rows(self) -> Rows:
        return Rows(
            model=self.model,
            annotations=self.fields,
            converted=self.converted,
            selected=self.selected,
            distinct=self.besides.distinct,
            has_all=self.has_all,
            prefetched={
                way: Prefetched(relation=relation, given=None if given is None else given.rows())
                for way, (relation, given) in self.prefetched.items()
            },
        )

    def compiled_for(self, serializer: Serializer) -> Compiled:
        return compile_serializer(serializer, self.place(), self.besides)


def place_of(queryset: QuerySet) -> Keys | Rows:
    """Return where the serializer of the rows of `queryset` stands. Raises CannotCompileError."""
    return _rows_of(queryset, None).place()


def _rows_given(queryset: QuerySet) -> _Rows:
    """Return the rows of a queryset that a prefetch was given."""
    made = _rows_of(queryset, None)
    made.has_all = has_all_rows(queryset)
    return made


def _key_of(queryset: QuerySet, marker: str | None) -> Hashable:
    """Return the key of the rows of `queryset`; most have nothing but their model's fields."""
    query = queryset.query
    if (
        query.annotations
        or query.select_related
        or queryset._prefetch_related_lookups
        or queryset._iterable_class is not ModelIterable
    ):
        return _rows_of(queryset, marker).key()
    return queryset.model, marker, query.distinct, query.distinct_fields


def _rows_of(queryset: QuerySet, marker: str | None) -> _Rows:
    by_keys = queryset._iterable_class is ValuesIterable
    distinct = queryset.query.distinct and not queryset.query.distinct_fields
    computed = queryset.query.annotation_select
    return _Rows(
        model=queryset.model,
        by_keys=by_keys,
        fields=values(queryset) if by_keys else annotations(queryset),
        converted=_converted(computed) if computed else frozenset(),
        selected=frozenset(selected_ways(queryset)),
        has_all=True,
        prefetched={
            way: (load.relation, None if load.queryset is None else _rows_given(load.queryset))
            for way, load in loads(queryset).items()
        },
        besides=Besides(marker=marker, distinct=distinct),
    )


def _converted(computed: Mapping[str, object]) -> frozenset[str]:
    return frozenset(name for name, one in computed.items() if not isinstance(one, Col))


def _signature(fields: dict[str, models.Field]) -> Hashable:
    """Tell output fields by what a form depends on: they are made anew for each queryset."""
    return tuple(
        (name, output if hasattr(output, "model") else _unbound(output))
        for name, output in fields.items()
    )


def _unbound(output: models.Field) -> Hashable:
    item = getattr(output, "base_field", None)
    digits = (getattr(output, "max_digits", None), getattr(output, "decimal_places", None))
    return (type(output), digits, getattr(output, "decoder", None), item and _unbound(item))
