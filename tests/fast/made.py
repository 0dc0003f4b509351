"""What an instance is, down to the order of its attributes, and what Django and rowpath make."""

from collections.abc import Callable
from typing import Any
from unittest import mock
from weakref import ReferenceType

from django.db.models import Model
from django.db.models.base import ModelState
from django.db.models.query import QuerySet

from fast.exact import chain, exact
from rowpath.fast.django.making import iterable, makers
from rowpath.fast.django.making.iterable import made_by_rowpath, may_be_made


def described(value: Any, seen: dict[int, int] | None = None) -> Any:
    """Return what `value` is: of instances what they have, in order, and where they lead.

    An instance that was met before is told by its number.
    """
    seen = {} if seen is None else seen
    if isinstance(value, Model):
        if id(value) in seen:
            return f"instance {seen[id(value)]}"
        seen[id(value)] = len(seen)
        own = [(name, described(one, seen)) for name, one in vars(value).items() if name[0] != "_"]
        inner = [(name, _inner(one, seen)) for name, one in vars(value).items() if name[0] == "_"]
        return [type(value).__qualname__, [*vars(value)], own, inner]
    if isinstance(value, dict):
        return {key: described(one, seen) for key, one in value.items()}
    return exact(value)


def _inner(value: Any, seen: dict[int, int]) -> Any:
    if isinstance(value, dict):
        # Of what was prefetched.
        return {name: [described(one, seen) for one in rows] for name, rows in value.items()}
    if not isinstance(value, ModelState):
        return exact(value)
    return [(name, _of_state(one, seen)) for name, one in vars(value).items()]


def _of_state(value: Any, seen: dict[int, int]) -> Any:
    if isinstance(value, list):  # of peers
        return [_peer(one) for one in value]
    if isinstance(value, dict):
        return [(name, described(one, seen)) for name, one in value.items()]
    return repr(value)


def _peer(value: "ReferenceType[Model]") -> Any:
    found = value()
    return None if found is None else f"peer {found.pk!r}"


def made(queryset: QuerySet[Any], *, by_rowpath: bool) -> tuple[list[Any], str]:
    """Return the instances of a queryset that was not read, or what it raises, and who made them.

    That is "rowpath" or "Django"; "raised" if nobody.
    """
    made_so: list[Any] = []

    def noted(*given: Any) -> Any:
        made_so.append(makers.instances_of(*given))
        return made_so[-1]

    try:
        if not (by_rowpath and may_be_made(queryset)):
            return list(queryset), "Django"
        with (
            mock.patch.object(iterable, "FEW_ROWS", 0),
            mock.patch.object(iterable, "instances_of", noted),
            made_by_rowpath(queryset),
        ):
            found = list(queryset)
    except Exception as error:  # noqa: BLE001 - whatever it is, both have to raise it
        return chain(error), "raised"
    return found, "rowpath" if any(one is not None for one in made_so) else "Django"


def compared(make: Callable[[], QuerySet[Any]]) -> tuple[Any, Any, str]:
    """Return what Django makes of a queryset and what rowpath does, and who made the latter."""
    theirs, _ = made(make(), by_rowpath=False)
    ours, who = made(make(), by_rowpath=True)
    seen: tuple[dict[int, int], dict[int, int]] = ({}, {})
    return (
        [described(one, seen[0]) for one in theirs],
        [described(one, seen[1]) for one in ours],
        who,
    )
