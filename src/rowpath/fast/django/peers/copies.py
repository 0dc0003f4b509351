"""Instances that were read for several others, of which each gets its own."""

from copy import deepcopy
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Model
from django.db.models.base import ModelState

# What cannot be changed in place, so that copies may share it.
_FOREVER = frozenset(
    (bool, bytes, date, datetime, Decimal, float, int, str, time, timedelta, type(None), UUID)
)
_STATE = "_state"
_FIELDS_CACHE = "fields_cache"


class Original:
    """An instance as it was read, which nobody is given; `copy()` makes another such."""

    __slots__ = ("_changing", "_of_state", "_values", "instance")

    def __init__(self, instance: Model) -> None:
        self.instance = instance
        own = vars(instance)
        # And nothing that Django has set while it prefetched.
        names = (field.attname for field in instance._meta.concrete_fields)
        self._values = {name: own[name] for name in names if name in own}
        self._changing = [
            name for name, value in self._values.items() if type(value) not in _FOREVER
        ]
        state = vars(instance._state)
        self._of_state = {name: state[name] for name in state if name != _FIELDS_CACHE}

    def copy(self) -> Model:
        """Return an instance like the one that was read, whose relations are not loaded.

        Its model must make instances as Django does.
        """
        state = ModelState()
        vars(state).update(self._of_state)
        made = object.__new__(type(self.instance))
        own = vars(made)
        own[_STATE] = state
        own.update(self._values)
        for name in self._changing:
            # What leads to the one that was read leads to this one instead.
            own[name] = deepcopy(own[name], {id(self.instance): made})
        return made


def attribute_there(instance: Model, name: str) -> Any:
    """Return the attribute `name` if the instance has it at hand; None if it is deferred."""
    return vars(instance).get(name)
