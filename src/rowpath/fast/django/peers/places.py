"""Where the instances of a list stand: its rows, and what their relations lead to."""

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from threading import get_ident
from typing import Any, Protocol

from django.db.models import Model
from django.db.models.query import QuerySet

from rowpath.fast.django.peers.lazy import NOTHING, PREFETCHED, Ones, as_wanted
from rowpath.fast.django.peers.loading import Loading
from rowpath.fast.django.peers.managers import look_behind
from rowpath.fast.django.peers.relations import (
    Relation,
    in_no_order,
    name_of_manager,
    relation_of,
)
from rowpath.fast.django.peers.writes import Watch
from rowpath.fast.fallback import CannotCompileError

_log = logging.getLogger("rowpath.fast")


class Reads(Protocol):
    """What is read of the instances of a place."""

    def below(self, name: str) -> "Reads | None":
        """Return what is read of what the relation `name` leads to; None if that is not read."""

    @property
    def is_any(self) -> bool:
        """Whether relations may be read of them."""


class Peers:
    """The rows of one list, of which each may ask for all, until something is written.

    It is for the thread in which the rows are written, and nothing of it is left when that is done.
    """

    def __init__(self, rows: Sequence[Any], reads: Reads, *, unordered: bool) -> None:
        self._unordered = unordered
        self.is_open = True
        self._thread = get_ident()
        self._watch = Watch(self.end)
        self._is_watching = False
        self._rows = _Place(self, lambda: reads, lambda: _models(rows))
        # The first one tells whether anything is to be loaded.
        self._rows.try_with(next(_models(rows), None))

    def close(self) -> None:
        """Leave nothing of what was read, and nothing in the way of later statements."""
        self.end()
        self._watch.end()
        self._rows.forget()

    @property
    def may_answer(self) -> bool:
        """Whether what was read for others is still what an instance would read now."""
        return self.is_open and get_ident() == self._thread

    def watch(self) -> None:
        """See from now on whether something is written."""
        if not self._is_watching:
            self._is_watching = True
            self._watch.begin()

    def check(self, relation: Relation) -> None:
        """Raise CannotCompileError if the order of the relation's rows is nobody's."""
        if relation.is_many and not (relation.is_ordered or self._unordered):
            raise in_no_order(relation)

    def end(self) -> None:
        """Have each instance ask for itself from now on."""
        self.is_open = False


def _models(rows: Iterable[Any]) -> Iterator[Model]:
    return (row for row in rows if isinstance(row, Model))


class _Place:
    """The instances that one way from the rows leads to, and what is read of them."""

    def __init__(
        self,
        peers: Peers,
        reads: Callable[[], Reads | None],
        there: Callable[[], Iterable[Model]],
    ) -> None:
        self._peers = peers
        self._reads = reads
        self._there = there
        self._loadings: dict[tuple[type[Model], str], Loading | None] = {}
        self._below: dict[str, _Place] = {}
        self._names: dict[type, str | None] = {}
        self._looked_behind: set[type] = set()
        # The latest that were read here, which nobody is given.
        self._later: list[Model] = []

    def try_with(self, instance: Model | None) -> None:
        """Have one instance, and what is loaded of it already, ask here."""
        if instance is None or not self.attach(instance):
            return
        for name in (*instance._state.fields_cache, *vars(instance).get(PREFETCHED, ())):
            self._place_below(name).try_with(next(self._loaded_below(name), None))

    def attach(self, instance: Model) -> bool:
        """Have the relations of `instance` ask here; return whether that is done now."""
        state = vars(instance._state)
        known = state.get("fields_cache", {})
        if type(known) is not dict or not _fetches_one(state):
            return False
        if type(instance) not in self._looked_behind:
            look_behind(type(instance))
            self._looked_behind.add(type(instance))
        state["fields_cache"] = Ones(known, self, vars(instance).get(PREFETCHED))
        return True

    def has_more(self, instances: Iterable[Model]) -> None:
        """Hear of instances that were read here, of which each that is handed out is a copy."""
        self._later = [*instances]
        for loading in self._loadings.values():
            if loading is not None:
                loading.has_more(self._later)

    def forget(self) -> None:
        """Let go of all that was read."""
        for place in self._below.values():
            place.forget()
        self._loadings.clear()
        self._below.clear()
        self._later = []
        self._there = tuple

    def one(self, instance: Model, name: str) -> Any:
        """Return what the cache of `instance` is to have for `name`, or NOTHING.

        Raises TheirsError for what Django's own statement would make it raise.
        """
        loading = self._loading(instance, name)
        found = None if loading is None else loading.of(instance)
        if loading is None or found is None:
            return NOTHING
        return found[0] if found else loading.missing()

    def many(self, manager: Any, made: QuerySet) -> QuerySet:
        """Return `made`, the queryset of a manager of Django's; it asks here if it may."""
        name = self._name_of(manager)
        loading = None if name is None else self._loading(manager.instance, name)
        if loading is None or not loading.can_answer_for(manager):
            return made
        return as_wanted(made, self, manager)

    def rows(self, manager: Any) -> list[Model] | None:
        """Return the rows of `manager`; None if Django has to ask for them. Raises TheirsError."""
        name = self._name_of(manager)
        loading = None if name is None else self._loading(manager.instance, name)
        if loading is None or not loading.can_answer_for(manager):
            return None
        return loading.of(manager.instance)

    def _loading(self, instance: Model, name: str) -> Loading | None:
        """Return what loads the relation `name`; None if each instance asks for itself."""
        if not self._peers.may_answer:
            return None
        key = (type(instance), name)
        if key not in self._loadings:
            reads = self._reads()
            below = None if reads is None else reads.below(name)
            if below is None:
                return None  # until its fields are made
            self._loadings[key] = self._made(type(instance), name, below)
        return self._loadings[key]

    def _made(self, model: type[Model], name: str, below: Reads) -> Loading | None:
        try:
            relation = relation_of(model, name)
            self._peers.check(relation)
        except CannotCompileError as error:
            _log.debug("Each row asks for its %s: %s", name, error)
            return None
        there = [*self._instances()]
        for one in self._there():
            self.attach(one)
        self._peers.watch()
        place = self._place_below(name) if below.is_any else None
        return Loading(relation, there, place, self._peers.end)

    def _instances(self) -> Iterator[Model]:
        yield from self._there()
        yield from self._later

    def _place_below(self, name: str) -> "_Place":
        if name not in self._below:
            self._below[name] = _Place(
                self._peers, partial(self._reads_below, name), partial(self._loaded_below, name)
            )
        return self._below[name]

    def _reads_below(self, name: str) -> Reads | None:
        reads = self._reads()
        return None if reads is None else reads.below(name)

    def _loaded_below(self, name: str) -> Iterator[Model]:
        seen = set()
        for instance in self._there():
            for one in _loaded(instance, name):
                if id(one) not in seen:
                    seen.add(id(one))
                    yield one

    def _name_of(self, manager: Any) -> str | None:
        """Return the relation that Django has made `manager` for, if it is as it was made."""
        if manager._db is not None or manager._hints:
            return None
        made_by = type(manager)
        if made_by not in self._names:
            self._names[made_by] = name_of_manager(type(manager.instance), made_by)
        return self._names[made_by]


def _loaded(instance: Model, name: str) -> Iterator[Model]:
    """Yield what is loaded of the relation `name`."""
    one = vars(instance._state).get("fields_cache", {}).get(name)
    many = vars(instance).get(PREFETCHED, {}).get(name)
    found = getattr(many, "_result_cache", None) or ()
    return (row for row in (one, *found) if isinstance(row, Model))


def _fetches_one(state: dict[str, Any]) -> bool:
    """Whether Django asks for a relation that is not loaded, for one instance."""
    mode = state.get("fetch_mode")  # since Django 6.1
    return mode is None or type(mode).__name__ == "FetchOne"
