"""The place in DRF's Serializer at which rowpath represents a row.

A to_representation() of the project's that calls super() ends in the one of DRF's Serializer.
Nothing can come between the two but in the bases, where code can tell. So that one function looks
whether rowpath has marked the serializer; type, bases and methods stay what they are. It is put
into the class when this module is imported, and is DRF's own for every serializer without a mark.
"""

import functools
from types import MethodType
from typing import Any

from rest_framework.serializers import Serializer

from rowpath.fast import shipped
from rowpath.fast.drf.data.represent import Represent

_MARK = "_rowpath_mark"
"""The attribute of a serializer that has its Mark."""

_drfs: Any = Serializer.to_representation


class Mark:
    """That rowpath represents the rows of one serializer, and what represents them."""

    __slots__ = ("represent", "serializer")

    def __init__(self, serializer: Serializer, represent: Represent) -> None:
        self.serializer = serializer
        self.represent = represent

    # In a copy or a pickle of the serializer there is nothing of rowpath's.
    def __reduce__(self) -> tuple[type, tuple[()]]:
        return type(None), ()


@functools.wraps(_drfs)
def _to_representation(self: Serializer, instance: Any) -> Any:
    try:
        mark = self.__dict__.get(_MARK)
    except AttributeError:  # of what is called so that is no serializer
        mark = None
    if mark is None or mark.serializer is not self:  # a shallow copy has the mark of another
        return _drfs(self, instance)
    return mark.represent(instance)


if shipped.is_shipped(Serializer, "to_representation"):
    shipped.stands_for(_to_representation, _drfs)
    Serializer.to_representation = _to_representation  # type: ignore[method-assign]


def of_drf(serializer: Serializer) -> Represent:
    """Return DRF's own to_representation() of `serializer`, whatever its class has."""
    represent: Represent = MethodType(_drfs, serializer)
    return represent


def mark(serializer: Serializer, represent: Represent) -> Mark:
    """Have rows of `serializer` represented by `represent` where DRF's Serializer would do it."""
    made = vars(serializer)[_MARK] = Mark(serializer, represent)
    return made


def unmark(serializer: Serializer, made: Mark) -> None:
    """Take `made` away, and no other mark that `serializer` has got since."""
    own = vars(serializer)
    if own.get(_MARK) is made:
        own.pop(_MARK, None)  # which another thread may just have done
