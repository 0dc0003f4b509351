"""Managers of relations to many, whose querysets ask where an instance stands for their rows.

Django makes a class of managers for each such relation. Behind its get_queryset() it is looked
whether the instance is one of a list's: from the first list on whose rows have the relation, and
for no model that is in none. All else about models, instances and managers stays Django's.
"""

import functools
import inspect
import logging
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

from django.db.models import Model, query
from django.db.models.query import QuerySet

from rowpath.fast.django.peers.lazy import place_of
from rowpath.fast.django.peers.relations import managers_of

_log = logging.getLogger("rowpath.fast")

_LOOKS = "_rowpath_looks"
"""The attribute of a function of rowpath's that looks behind Django's."""

Function = Callable[..., Any]


def look_behind(model: type[Model]) -> None:
    """Have managers of the relations of `model` ask where their instances stand, if they do."""
    for made_by in managers_of(model):
        found = inspect.getattr_static(made_by, "get_queryset")
        if not hasattr(found, _LOOKS):
            looking = _looking(found)
            setattr(looking, _LOOKS, True)
            setattr(made_by, "get_queryset", looking)  # noqa: B010 - mypy sees no assignment


def _looking(theirs: Function) -> Function:
    @functools.wraps(theirs)
    def get_queryset(self: Any) -> Any:
        made = theirs(self)
        try:
            return _asking(self, made, sys._getframe(1))
        except Exception as error:  # noqa: BLE001 - a defect, for which Django asks
            _log.warning("A row asks for its relation, since a step failed.", exc_info=error)
            return made

    return get_queryset


def _asking(manager: Any, made: QuerySet, by: FrameType) -> QuerySet:
    """Return `made`, which asks for its rows if the instance stands somewhere."""
    if (place := place_of(manager.instance)) is None or made._result_cache is not None:
        return made
    if by.f_code is query.prefetch_one_level.__code__:
        return made  # into which it puts rows that it has read itself
    return place.many(manager, made)
