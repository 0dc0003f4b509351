"""What FastSerializer does, for serializers of a list that do not have it in their bases."""

from collections.abc import Callable
from types import MethodType
from typing import Any

from rest_framework.serializers import BaseSerializer, ListSerializer, Serializer
from rest_framework.utils.serializer_helpers import ReturnList

from rowpath.fast.drf.data.guard import guarded
from rowpath.fast.drf.data.hook import Mark, unmark, why_not_looked_for
from rowpath.fast.drf.data.rows import KEPT, FastSerializer, mark_rows
from rowpath.fast.drf.options import options


class Data:
    """Makes the data of a serializer, and tells afterwards whether that was rowpath."""

    def __init__(self) -> None:
        self.is_rowpaths = False

    def __call__(self, serializer: BaseSerializer) -> Any:
        """Return the data of `serializer`."""
        give_back = guarded(lambda: _take_over(of_rows(serializer)))
        has_represented: bool | None = False
        try:
            data = serializer.data
        finally:
            if give_back is not None:
                has_represented = guarded(give_back)
        was_empty = type(data) is ReturnList and not data
        self.is_rowpaths = give_back is not None and (has_represented is True or was_empty)
        return data


def of_rows(serializer: BaseSerializer) -> Serializer | None:
    """Return what represents the rows of `serializer`, if it has fields."""
    child = serializer.child if isinstance(serializer, ListSerializer) else serializer
    return child if isinstance(child, Serializer) else None


def stand_in(serializer: BaseSerializer) -> None:
    """Have rowpath represent the rows of `serializer` from now on, where it may."""
    guarded(lambda: _stand_in(of_rows(serializer)))


def _stand_in(serializer: Serializer | None) -> Mark | None:
    if serializer is None or not options().data or isinstance(serializer, FastSerializer):
        return None
    if why_not_looked_for() is not None or "to_representation" in vars(serializer):
        return None
    return mark_rows(serializer)


def _take_over(serializer: Serializer | None) -> Callable[[], bool] | None:
    """Have rowpath represent rows; return what ends that and tells whether there were any.

    None if it may not.
    """
    if isinstance(serializer, FastSerializer):
        own = vars(serializer)
        return lambda: _is_rowpaths(own.get(KEPT))
    made = _stand_in(serializer)
    if serializer is None or made is None:
        return None

    def give_back() -> bool:
        unmark(serializer, made)
        return _is_rowpaths(made.made)

    return give_back


def _is_rowpaths(represent: object) -> bool:
    return represent is not None and not isinstance(represent, MethodType)  # as DRF's own is
