"""What FastSerializer does, for serializers of a list that do not have it in their bases."""

from collections.abc import Callable
from types import MethodType
from typing import Any

from rest_framework.serializers import BaseSerializer, ListSerializer, Serializer
from rest_framework.utils.serializer_helpers import ReturnList

from rowpath.fast.drf.data.represent import Represent
from rowpath.fast.drf.data.rows import KEPT, FastSerializer, guarded, represented
from rowpath.fast.drf.options import options

_OWN = "to_representation"


class Data:
    """Makes the data of a serializer, and tells afterwards whether that was rowpath."""

    def __init__(self) -> None:
        self.is_rowpaths = False

    def __call__(self, serializer: BaseSerializer) -> Any:
        """Return the data of `serializer`, which is what it was before then."""
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


def _take_over(serializer: Serializer | None) -> Callable[[], bool] | None:
    """Have rowpath represent rows; return what ends that and tells whether there were any.

    None if it may not.
    """
    if serializer is None or not options().data:
        return None
    own = vars(serializer)
    if isinstance(serializer, FastSerializer):
        return lambda: _is_rowpaths(own.get(KEPT))
    if _OWN in own or type(serializer).to_representation is not Serializer.to_representation:
        return None
    theirs = serializer.to_representation
    represent: Represent | None = None

    # With the name and the parameters of what it stands for. Not before there is a row, since it
    # may make the fields.
    def to_representation(self: Serializer, instance: Any) -> Any:
        nonlocal represent
        if represent is None:
            represent = represented(self, theirs)
        return represent(instance)

    ours = own[_OWN] = MethodType(to_representation, serializer)

    def give_back() -> bool:
        if own.get(_OWN) is ours:  # and not what the project has put there since
            own.pop(_OWN, None)  # which another thread may just have done
        return represent is not None and _is_rowpaths(represent)

    return give_back


def _is_rowpaths(represent: object) -> bool:
    return represent is not None and not isinstance(represent, MethodType)  # as DRF's own is
