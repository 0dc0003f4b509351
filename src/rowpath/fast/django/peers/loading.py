"""One relation of many instances: asked for together, given to each as if it had asked alone."""

import logging
from collections import deque
from collections.abc import Callable, Iterable
from typing import Any, Protocol

from django.db import DatabaseError, connections
from django.db.models import Model

from rowpath.fast.django.peers.broken import is_broken
from rowpath.fast.django.peers.copies import Original, attribute_there
from rowpath.fast.django.peers.relations import Relation, usual_key
from rowpath.fast.fallback import TheirsError

_log = logging.getLogger("rowpath.fast")

# So many instances are asked for by the first statement, and by any.
_FIRST = 100
_MOST = 1_000
# So many rows one statement should bring, by what the one before it has brought.
_ROWS = 10_000
# What other parameters a statement may have, where their number has a limit.
_OTHER_PARAMETERS = 10


class Below(Protocol):
    """The place to which a relation leads."""

    def has_more(self, instances: Iterable[Model]) -> None:
        """Hear of instances that were read there, of which each that is handed out is a copy."""

    def attach(self, instance: Model) -> bool:
        """Have the relations of an instance loaded there."""


class Loading:
    """What `relation` leads to from the instances of one place."""

    def __init__(
        self,
        relation: Relation,
        there: Iterable[Model],
        below: Below | None,
        give_up: Callable[[], None],
    ) -> None:
        self._relation = relation
        self._give_up = give_up
        self._below = below
        # Of which each is asked for in advance once at most.
        self._pending = deque(there)
        self._size = _FIRST if relation.is_many else _MOST
        self._found: dict[Any, list[Original]] = {}
        self._is_over = False

    def has_more(self, instances: Iterable[Model]) -> None:
        """Hear of more instances of the place."""
        self._pending.extend(instances)

    def of(self, instance: Model) -> list[Model] | None:
        """Return what the relation of `instance` leads to; None if Django has to ask for it.

        Raises TheirsError for what the database does, if its connection takes no other statement.
        """
        key = self._key(instance)
        if key is None or self._is_over:
            return None
        if key not in self._found and not self._load(instance, key):
            return None
        return [self._given(one, instance) for one in self._found[key]]

    def missing(self) -> None:
        """Return what Django keeps where there is nothing, or raise what it does, as TheirsError.

        For a relation to one.
        """
        if self._relation.is_forward:
            model = self._relation.to
            raise TheirsError(
                model.DoesNotExist(f"{model._meta.object_name} matching query does not exist.")
            )

    def can_answer_for(self, manager: Any) -> bool:
        """Whether `of()` may have what the manager of an instance leads to."""
        key = self._key(manager.instance)
        if self._is_over or key is None:
            return False
        # The key of then, where a manager keeps it.
        return bool(getattr(manager, "related_val", (key,)) == (key,))

    def _given(self, one: Original, instance: Model) -> Model:
        made = one.copy()
        if self._below is not None:
            self._below.attach(made)
        if self._relation.back is not None:
            self._relation.back.set_cached_value(made, instance)
        return made

    def _key(self, instance: Model) -> Any:
        key = attribute_there(instance, self._relation.key)
        if key is None or instance._state.db is None or self._relation.is_inherited(instance):
            return None
        return key if usual_key(self._relation, instance, key) else None

    def _load(self, instance: Model, key: Any) -> bool:
        """Ask for `instance` and others; return whether that was done."""
        others = self._others(instance, key)
        if not others:
            return False
        together = {key: instance, **others}
        try:
            found = self._ask(together)
        except Exception as error:
            self._give_up()  # of the whole list, so that one statement at most is sent in vain
            if isinstance(error, DatabaseError) and is_broken(instance._state.db or "default"):
                raise TheirsError(error) from error
            _log.debug("Each row asks for its %s, since %r", self._relation.name, error)
            return False
        if found is None:
            self._is_over = True
            return False
        self._found = found
        if self._below is not None:
            self._below.has_more(one.instance for several in found.values() for one in several)
        return True

    def _others(self, instance: Model, key: Any) -> dict[Any, Model]:
        found: dict[Any, Model] = {}
        most = connections[instance._state.db or "default"].features.max_query_params
        size = min(self._size, most - _OTHER_PARAMETERS if most else self._size)
        while self._pending and len(found) + 1 < size:
            one = self._pending.popleft()
            is_like = type(one) is type(instance) and one._state.db == instance._state.db
            if not is_like or self._is_loaded(one):
                continue
            if (other := self._key(one)) is not None and other != key:
                found.setdefault(other, one)
        return found

    def _is_loaded(self, instance: Model) -> bool:
        if self._relation.is_many:
            return False
        return self._relation.name in instance._state.fields_cache

    def _ask(self, together: dict[Any, Model]) -> dict[Any, list[Original]] | None:
        """Return what was found by key; None if it was not asked for in a way that is certain."""
        instances = [*together.values()]
        prefetcher = self._relation.prefetcher(instances[0])
        made = prefetcher.get_prefetch_querysets(instances)
        rows, key_of_row, key_of_instance = made[:3]
        keys = {key_of_instance(one): key for key, one in together.items()}
        found: dict[Any, list[Original]] = {key: [] for key in together}
        count = 0
        for row in rows:
            key = keys.get(key_of_row(row))
            if key is None:
                return None
            found[key].append(Original(row))
            count += 1
        if not self._relation.is_many and any(len(several) > 1 for several in found.values()):
            return None
        self._size = min(_MOST, max(1, len(together) * _ROWS // max(1, count)))
        return found
