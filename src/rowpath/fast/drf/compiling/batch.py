"""The rows of one list, while they are represented, as instances that ask for their relations."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db.models import Model
from django.db.models.query import QuerySet
from rest_framework.serializers import BaseSerializer, ListSerializer, Serializer

from rowpath.fast.django.peers.grounds import peers_changed
from rowpath.fast.django.peers.places import Peers
from rowpath.fast.drf.compiling.reads import FieldReads
from rowpath.fast.drf.data.guard import guarded
from rowpath.fast.drf.grounds import data_changed
from rowpath.fast.drf.options import options

_DATA = ("to_representation", "data")
_OWN = ("initial_data", "_data", "_errors", *_DATA)


@contextmanager
def batched(serializer: BaseSerializer) -> Iterator[None]:
    """Have relations that nobody loaded loaded at once for the rows of `serializer`, within.

    Reads the rows if DRF is certain to do that next, and raises what that raises.
    """
    unread = guarded(lambda: _unread(serializer))
    if unread is not None:
        len(unread)
    with batched_for(serializer):
        yield


@contextmanager
def batched_for(serializer: BaseSerializer, rows: Sequence[Any] | None = None) -> Iterator[None]:
    """Have relations that nobody loaded loaded at once for `rows` of `serializer`, within.

    Without `rows` these are all that were read.
    """
    peers = guarded(lambda: _peers(serializer, rows))
    try:
        yield
    finally:
        if peers is not None:
            guarded(lambda: peers.close())  # noqa: PLW0108 - guards that it is looked up, too


def _unread(serializer: BaseSerializer) -> QuerySet | None:
    """Return the queryset of `serializer` if DRF reads all of it before it represents a row."""
    rows: Any = serializer.instance
    is_next = (
        isinstance(rows, QuerySet)
        and rows._result_cache is None
        and isinstance(serializer, ListSerializer)
        and vars(serializer).keys().isdisjoint(_OWN)
        and all(getattr(type(serializer), name) is vars(ListSerializer)[name] for name in _DATA)
        and all(getattr(type(rows), name) is vars(QuerySet)[name] for name in _READING)
        and may_batch() is None
    )
    return rows if is_next else None


_READING = ("__iter__", "__len__", "_fetch_all")


def may_batch() -> str | None:
    """Return why no relation is loaded at once in this process now; None if nothing forbids it."""
    if not options().batch:
        return 'ROWPATH has "batch": False'
    if not options().data:
        return 'ROWPATH has "data": False'
    if (changed := data_changed()) is not None:
        return changed.reason
    return peers_changed()


def _peers(serializer: BaseSerializer, rows: Sequence[Any] | None) -> Peers | None:
    if not isinstance(serializer, ListSerializer):
        return None
    child = serializer.child
    if rows is None:
        rows = _rows(serializer.instance)
    if not isinstance(child, Serializer) or not rows[1:2] or not isinstance(rows[0], Model):
        return None
    if may_batch() is not None:
        return None
    return Peers(rows, FieldReads((child,)), unordered=options().batch == "unordered")


def _rows(given: Any) -> Sequence[Any]:
    """Return the rows that are there already."""
    if isinstance(given, QuerySet):
        return given._result_cache or ()
    return given if type(given) in (list, tuple) else ()
