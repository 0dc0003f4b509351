"""To-many relations of many rows, read by one statement each, as Django's own prefetch reads them.

Django makes the queryset: the manager of an instance that stands for all of them, with two keys
that stand for theirs. Only the SELECT list is lean, and the keys of the rows that are there take
the place of the two.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Model
from django.db.models.fields.related_descriptors import ManyToManyDescriptor
from django.db.models.manager import BaseManager
from django.db.models.query import ModelIterable, QuerySet
from django.db.models.sql import Query

from rowpath.fast.django.columns import Column, Computed, Selected, column
from rowpath.fast.django.kinds import Kind, Scalar, kind_of
from rowpath.fast.django.models import check_instances
from rowpath.fast.django.overrides import overridden
from rowpath.fast.django.peers.grounds import peers_changed
from rowpath.fast.django.peers.relations import Relation, is_exact_text, relation_of
from rowpath.fast.django.prefetches import loads
from rowpath.fast.django.querysets import check_queryset
from rowpath.fast.django.statement import Statement, unlimited
from rowpath.fast.django.ties import plan_decides
from rowpath.fast.fallback import CannotCompileError

# Two keys of each kind, which stand for those of the rows until these are known.
_STAND_INS: dict[Kind, tuple[Any, Any]] = {
    Scalar.INTEGER: (-32_001, -32_002),
    Scalar.TEXT: ("rowpath's first", "rowpath's second"),
    Scalar.UUID: (UUID(int=32_001), UUID(int=32_002)),
}
_GROUP = "rowpath_group"
_PLACE = "%s"
_TWO = f"IN ({_PLACE}, {_PLACE})"
# What a manager is asked for as it is serialized, besides its queryset.
_ASKED = ("all", "__iter__", "__getattribute__", "__getattr__")


@dataclass(frozen=True, slots=True, kw_only=True)
class List:
    """The rows of a relation to many of all rows of a page, or of another list."""

    way: tuple[str, ...]
    """The attributes that lead to it from the page's rows."""
    relation: Relation
    model: type[Model]
    """Whose instances have the relation."""
    behind: tuple[str, ...]
    """The hops to these from the rows that they are beside."""
    within: int | None
    """The list whose rows have it, by its position; None for the page's."""
    key: int
    """Where the key by which its rows are found stands among the columns of those that have it."""
    columns: tuple[Selected, ...]
    by: int
    """Which of its columns has that key."""
    is_loaded: bool
    """Whether the queryset prefetches it; otherwise Django sends a statement for each row."""


def to_many(model: type[Model], name: str, *, is_given: bool) -> Relation:
    """Return the relation to many `name` of `model`, whose queryset may be given.

    Raises CannotCompileError unless one statement for many instances is certain to bring what
    Django's own would.
    """
    relation = relation_of(model, name, is_given=is_given)
    if not relation.is_many:
        raise CannotCompileError(f"{name} is not a to-many relation of {model.__name__}")
    manager = type(relation.to._default_manager)
    if own := overridden(manager, BaseManager, _ASKED):
        raise CannotCompileError(f"the manager of {relation.to.__name__} has its own {own}")
    key_field = column(model, relation.key, ()).field
    if key_field.null and type(relation.descriptor) is ManyToManyDescriptor:
        raise CannotCompileError(f"without its {relation.key} a row's {name} raises")
    kind = kind_of(key_field)
    if kind not in _STAND_INS or (kind is Scalar.TEXT and not is_exact_text(key_field)):
        raise CannotCompileError(f"{relation.key} is no key that is equal only to itself")
    return relation


def grouping(relation: Relation) -> Selected:
    """Return the column of a relation's rows that has the key of the row they belong to."""
    if type(relation.descriptor) is ManyToManyDescriptor:
        return Computed(_GROUP)
    return Column((), relation.descriptor.rel.field)


def check_lists(queryset: QuerySet, lists: tuple[List, ...]) -> None:
    """Raise CannotCompileError if one statement cannot bring one of `lists` now for all rows.

    `queryset` has the rows that they hang on.
    """
    if not lists:
        return
    if (changed := peers_changed()) is not None:
        raise CannotCompileError(f"relations are read by {changed}")
    given = loads(queryset)
    for one in lists:
        own = given[one.way].queryset if one.is_loaded else None
        relation_of(one.model, one.relation.name, is_given=own is not None)
        if own is not None:
            _check_given(own)
            # Django filters it once more for the relation's own manager, which it refuses.
            if own.query.is_sliced and one.way[-1] == one.relation.name:
                raise CannotCompileError(
                    "a prefetch has a queryset that is sliced",
                    change="Give the prefetch a to_attr.",
                )
        for hops in {found.hops for found in one.columns if isinstance(found, Column)}:
            _check_on_the_way(one.relation.to, hops)


def _check_given(own: QuerySet) -> None:
    """Raise CannotCompileError if a prefetch's queryset is more than rows in an order."""
    check_queryset(own)
    if own._iterable_class is not ModelIterable:
        raise CannotCompileError("a prefetch has a values() queryset")
    if own._known_related_objects:
        raise CannotCompileError("a prefetch has the queryset of an object's relation")


def _check_on_the_way(model: type[Model], hops: tuple[str, ...]) -> None:
    place: Any = model
    for name in hops:
        place = place._meta.get_field(name).related_model
        check_instances(place)


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """The statement of a list for whichever keys; without SQL it has no rows for any."""

    using: str
    before: str = ""
    after: str = ""
    params_before: tuple[Any, ...] = ()
    params_after: tuple[Any, ...] = ()
    adapted: Callable[[Any], Any] | None = None
    """What the database's backend makes of a key."""

    def statement(self, keys: Sequence[Any]) -> Statement:
        """Return the statement for `keys`, of which there is one at least."""
        if not self.before:
            return Statement("", (), self.using)
        places = ", ".join([_PLACE] * len(keys))
        adapted = keys if self.adapted is None else map(self.adapted, keys)
        return Statement(
            f"{self.before}IN ({places}){self.after}",
            (*self.params_before, *adapted, *self.params_after),
            self.using,
            # By as many texts as there are numbers of keys.
            is_planned_anew=True,
        )


def template(one: List, using: str, given: QuerySet | None) -> Template:
    """Return the statement of a list as Django's prefetch sends it, but for its SELECT list.

    `given` is the queryset that the prefetch was given. Raises CannotCompileError.
    """
    keys = _stand_ins(one)
    made = unlimited(_prefetching(one, keys, using, given), one.columns, _same_within(one))
    if not made.sql:
        return Template(using=using)
    params = made.params
    found = [*_places_of(keys, made)]
    if len(found) != 1 or made.sql.count(_PLACE) != len(params):
        raise CannotCompileError("the keys of its prefetch are not found in the SQL")
    [(before, at, after)] = found
    kind = type(params[at])
    return Template(
        using=using,
        before=before,
        after=after + made.after,
        params_before=params[:at],
        params_after=params[at + 2 :],
        adapted=None if kind is type(keys[0]) else kind,
    )


def may_tie(one: List, using: str, given: QuerySet | None) -> bool:
    """Whether rows of one list may come in another order, or others of them, by another plan."""
    return plan_decides(_prefetching(one, _stand_ins(one), using, given), _same_within(one))


def _same_within(one: List) -> frozenset[str]:
    """Return the names under which the rows of one row's list have the same."""
    descriptor = one.relation.descriptor
    if type(descriptor) is ManyToManyDescriptor:
        return frozenset()
    return frozenset((descriptor.rel.field.attname,))


def _stand_ins(one: List) -> tuple[Any, Any]:
    return _STAND_INS[kind_of(column(one.model, one.relation.key, ()).field)]


def _places_of(keys: tuple[Any, Any], made: Statement) -> Iterator[tuple[str, int, str]]:
    """Yield where `keys` stand: the SQL before them, the place of the first, the SQL after them."""
    parts = made.sql.split(_TWO)
    for number in range(1, len(parts)):
        before = _TWO.join(parts[:number])
        at = before.count(_PLACE)
        if made.params[at : at + 2] == keys:
            yield before, at, _TWO.join(parts[number:])


def _prefetching(one: List, keys: tuple[Any, Any], using: str, given: QuerySet | None) -> QuerySet:
    """Return the queryset that Django's prefetch reads for instances that have `keys`."""
    instances = [_standing_in(one, key, using) for key in keys]
    manager: Any = getattr(instances[0], one.relation.name)
    queryset: Any = given
    # In the end the manager's own get_queryset() is for the rows of its instance alone.
    queryset = super(type(manager), manager).get_queryset() if given is None else queryset._chain()
    made_by, queryset._iterable_class = queryset._iterable_class, _no_rows
    made = manager.get_prefetch_querysets(instances, [queryset])[0]._chain()
    made._iterable_class = made_by
    if isinstance(grouping(one.relation), Computed):
        _name_group(made.query)
    return made


def _name_group(query: Query) -> None:
    """Give the one column that a prefetch selects besides a name of rowpath's own."""
    [key] = query.extra.values()
    query.extra = {_GROUP: key}
    query.set_extra_mask((_GROUP,))


def _standing_in(one: List, key: Any, using: str) -> Model:
    values = {one.model._meta.pk.attname: key} | {one.relation.key: key}
    return one.model.from_db(using, [*values], [*values.values()])


def _no_rows(*_: Any, **__: Any) -> Iterator[Any]:
    """Return what a queryset reads that is not to be read yet."""
    return iter(())
