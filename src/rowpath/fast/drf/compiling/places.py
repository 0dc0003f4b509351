"""Where a serializer stands while its fields are compiled: at a row, or at the keys of a dict."""

import inspect
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as member
from typing import Protocol

from django.db import models
from django.db.models.fields.related_descriptors import (
    ForwardManyToOneDescriptor,
    ReverseOneToOneDescriptor,
)

from rowpath.fast.django.columns import Column, Computed, Hop, Selected, column, from_the_row, hop
from rowpath.fast.django.peers.relations import Relation
from rowpath.fast.fallback import CannotCompileError
from rowpath.fast.plan import Absent


class Columns:
    """The columns wanted so far of one statement."""

    def __init__(self, lists: list["WantedList"] | None = None, within: int | None = None) -> None:
        self._wanted: dict[Selected, None] = {}
        self._within = within
        self.lists: list[WantedList] = [] if lists is None else lists
        """The lists that hang on the rows of this statement and of all others of a page."""

    def list_of(
        self, attribute: str, relation: Relation, outer: "Rows", place: "Rows"
    ) -> "WantedList":
        """Return the list that stands under `attribute`, a new one if there is none yet.

        It has rows of `relation`: `outer` is where those stand that have it, and `place` where its
        own do.
        """
        way = (*outer.way, attribute)
        for one in self.lists:
            if (one.within, one.way) == (self._within, way):
                return one
        number = len(self.lists)
        made = WantedList(
            way=way,
            relation=relation,
            outer=outer,
            is_loaded=way in outer.prefetched,
            place=place,
            within=self._within,
            number=number,
            columns=Columns(self.lists, number),
        )
        self.lists.append(made)
        return made

    def want(self, wanted: Selected) -> Selected:
        """Return `wanted`, which the statement has from now on."""
        self._wanted[wanted] = None
        return wanted

    def fields(self) -> tuple[Column, ...]:
        """Return the model fields among them, in the order in which they were first wanted."""
        return tuple(one for one in self._wanted if isinstance(one, Column))

    def in_order(self, computed: Iterable[str]) -> tuple[Selected, ...]:
        """Return all as a Query selects them: model fields, then what is `computed`, in its order.

        Raises ValueError for a column that is neither.
        """
        order = [*computed]
        rest = [one for one in self._wanted if isinstance(one, Computed)]
        return (*self.fields(), *sorted(rest, key=lambda one: order.index(one.name)))


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedList:
    """A relation to many whose rows are wanted."""

    way: tuple[str, ...]
    """The attributes that lead to it from the rows that it hangs on: over those of its like."""
    relation: Relation
    outer: "Rows"
    """Where the instances stand that have the relation."""
    is_loaded: bool
    """Whether the queryset prefetches it."""
    place: "Rows"
    within: int | None
    """The list on whose rows it hangs; None for the page's rows."""
    number: int
    """Its own position among the lists."""
    columns: Columns
    """Those wanted of its rows."""


@dataclass(frozen=True, slots=True)
class Check:
    """A column to look at on the way, and what a null there makes of the member."""

    column: Column
    absent: Absent


@dataclass(frozen=True, slots=True)
class Found:
    """A column, and the model field that says how it is read."""

    column: Selected
    field: models.Field
    is_int: bool = False
    """Whether Django makes an int of it, whatever number the database has."""


class Place(Protocol):
    """What a field's source is followed from."""

    @property
    def computed(self) -> Iterable[str]:
        """The columns that the queryset names itself, in the order of its statement."""

    def follow(
        self,
        attributes: Sequence[str],
        absent: Absent,
        /,
        *,
        ends_at_row: bool = False,
        missing: Absent = Absent.NULL,
    ) -> tuple["Place", tuple[Check, ...]]:
        """Return the place behind `attributes`, and what to look at on the way.

        `absent` is what a None on the way makes of the member, `missing` what a row does that is
        not there. With `ends_at_row` a None at the very end is the value.
        """

    def read(self, attribute: str) -> Found | None:
        """Return what `attribute` reads here; None if there is nothing of that name."""

    def key_of(self, attribute: str) -> Found:
        """Return the key that the relation `attribute` leads to, or a plain column's value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """Instances of a model, at the end of the relations `hops`."""

    model: type[models.Model]
    hops: tuple[str, ...] = ()
    way: tuple[str, ...] = ()
    """The attributes of instances that lead here, one for each of the hops."""
    root: type[models.Model] | None = None
    """The model at which the hops begin; None for this one."""
    annotations: dict[str, models.Field] = member(default_factory=dict)
    converted: frozenset[str] = frozenset()
    """The annotations that are more than a column, whose values their expression converts."""
    selected: frozenset[tuple[str, ...]] = frozenset()
    """The relations that select_related() names: a row that is not there is a None already."""
    distinct: bool = False
    """Whether rows are told apart by all that is selected: the key and every annotation."""
    has_all: bool = True
    """Whether a relation to one that was given their queryset finds each row that there is."""
    prefetched: Mapping[tuple[str, ...], "Prefetched"] = member(default_factory=dict)
    """What prefetch_related() puts where, by the attributes that lead there from the first rows."""

    @property
    def computed(self) -> Iterable[str]:
        """The annotations."""
        return self.annotations

    def follow(
        self,
        attributes: Sequence[str],
        absent: Absent,
        *,
        ends_at_row: bool = False,
        missing: Absent = Absent.NULL,
    ) -> tuple["Rows", tuple[Check, ...]]:
        """Cross the to-one relations `attributes`."""
        checks: list[Check] = []
        place = self
        root = self.root or self.model
        for index, attribute in enumerate(attributes):
            step = place.step(attribute)
            is_value = ends_at_row and index == len(attributes) - 1
            if step.foreign_key is not None:
                checks.append(Check(step.foreign_key, Absent.NULL if is_value else absent))
            way = (*place.way, attribute)
            is_there = step.names in self.selected or way in self.prefetched
            is_none = step.foreign_key is not None and is_there
            checks.append(Check(step.present, absent if is_none and not is_value else missing))
            place = Rows(
                model=step.model,
                hops=step.names,
                way=way,
                root=root,
                selected=self.selected,
                prefetched=self.prefetched,
            )
        is_back = len(from_the_row(root, place.hops)) > 1
        if is_back and (self.selected or self.prefetched):
            path = ".".join(place.way)
            raise CannotCompileError(f"{path} leads back to its row, whose relations are loaded")
        return place, tuple(checks)

    def step(self, attribute: str) -> Hop:
        """Return the step over the to-one relation `attribute` to the row that Django has there.

        Raises CannotCompileError.
        """
        step = hop(self.model, attribute, self.hops)
        loaded = self.prefetched.get((*self.way, attribute))
        given = None if loaded is None else loaded.given
        if given is None:
            return step
        if given.model is not step.model or not given.has_all:
            raise CannotCompileError(
                f"{attribute} is prefetched by a queryset that may not have all rows",
                change="Give the prefetch no queryset, or say select_related() instead.",
            )
        if step.names in self.selected:
            raise CannotCompileError(f"{attribute} is selected, so that it is not prefetched")
        return step

    def read(self, attribute: str) -> Found:
        """Return the column that `attribute` of an instance reads."""
        if attribute in self.annotations:
            if inspect.getattr_static(self.model, attribute, None) is not None:
                raise CannotCompileError(f"{self.model.__name__}.{attribute} hides the annotation")
            return _computed(attribute, self.annotations[attribute], self.converted)
        found = column(self.model, attribute, self.hops)
        return Found(found, found.field)

    def key_of(self, attribute: str) -> Found:
        """Return the foreign key's own column, or the other side's key for a reverse one-to-one.

        What is no relation is read as it is: Model.serializable_value() gives a plain column's
        value, and PrimaryKeyRelatedField takes it for the key.
        """
        descriptor = inspect.getattr_static(self.model, attribute, None)
        if isinstance(descriptor, ForwardManyToOneDescriptor):
            return self.read(descriptor.field.attname)
        if isinstance(descriptor, ReverseOneToOneDescriptor):
            present = self.step(attribute).present
            return Found(present, present.field)
        return self.read(attribute)


@dataclass(frozen=True, slots=True, kw_only=True)
class Prefetched:
    """What stands under one attribute of instances, since a statement for all has brought it."""

    relation: str
    """The relation that it was found over."""
    given: Rows | None
    """The rows of a queryset that prefetch_related() was given for it; None for all rows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """The dicts of a values() queryset."""

    values: dict[str, models.Field]
    converted: frozenset[str]
    """The keys that are more than a column, whose values their expression converts."""

    @property
    def computed(self) -> Iterable[str]:
        """All keys."""
        return self.values

    def follow(
        self,
        attributes: Sequence[str],
        _absent: Absent,
        *,
        ends_at_row: bool = False,
        missing: Absent = Absent.NULL,  # noqa: ARG002 - a dict has no rows to miss
    ) -> tuple["Keys", tuple[Check, ...]]:
        """Stay here: a dict of values() leads nowhere else."""
        if attributes or ends_at_row:
            raise CannotCompileError("the rows of a values() queryset are flat")
        return self, ()

    def read(self, attribute: str) -> Found | None:
        """Return the value under the key `attribute`, or None if there is no such key."""
        if attribute not in self.values:
            return None
        return _computed(attribute, self.values[attribute], self.converted)

    def key_of(self, attribute: str) -> Found:
        """Refuse: a dict has no relations."""
        raise CannotCompileError(f"{attribute} is a value here, not a row")


def _computed(name: str, field: models.Field, converted: frozenset[str]) -> Found:
    if isinstance(field, (models.FileField, models.BinaryField)):
        raise CannotCompileError("an annotation or values() has its stored value, not the object")
    # As BaseExpression.convert_value has it: an AutoField, say, is not among them.
    is_int = name in converted and field.get_internal_type().endswith("IntegerField")
    return Found(Computed(name), field, is_int)
