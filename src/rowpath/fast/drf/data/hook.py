"""The functions of DRF in whose place rowpath puts its own, and the marks that these look for.

A to_representation() of the project's that calls super() ends in the one of DRF's Serializer.
Nothing can come between the two but in the bases, where code can tell. So that one function looks
whether rowpath has marked the serializer; type, bases and methods stay what they are. It is put
into the class when this module is imported, and is DRF's own for every serializer without a mark.
"""

import functools
from collections.abc import Callable
from types import MethodType
from typing import Any

from rest_framework.serializers import Serializer

from rowpath.fast import shipped
from rowpath.fast.drf.data.represent import Represent
from rowpath.fast.fallback import FallBack

_MARK = "_rowpath_mark"
"""The attribute of a serializer that has its Mark."""
_INSTEAD_OF = "_rowpath_instead_of"
"""The attribute of a function of rowpath's that has the one of DRF's in whose place it is."""

Function = Callable[..., Any]


class Mark:
    """That rowpath represents the rows of one serializer, and what represents them."""

    __slots__ = ("_make", "made", "of")

    def __init__(self, serializer: Serializer, make: Callable[[Serializer], Represent]) -> None:
        # By number: a copy of the serializer has its mark, and is another.
        self.of = id(serializer)
        self.made: Represent | None = None
        self._make = make

    # In a pickle of the serializer there is nothing of rowpath's.
    def __reduce__(self) -> tuple[type, tuple[()]]:
        return type(None), ()

    def represent(self, serializer: Serializer, row: Any) -> Any:
        """Return the data of `row`.

        The serializer is not looked at before there is a row, since that may make its fields,
        which the project's code has a say in until then.
        """
        if self.made is None:
            self.made = self._make(serializer)
        return self.made(row)


def put(owner: type, name: str, ours: Callable[[Function], Function]) -> Function:
    """Put what `ours` makes of it in the place of `name` of `owner`; return DRF's own.

    That is a function, or one that a property gets its value by. Where something else has been put
    there before, that stays.
    """
    found: Any = vars(owner)[name]
    function: Any = found.fget if isinstance(found, property) else found
    theirs: Function = getattr(function, _INSTEAD_OF, function)
    if shipped.is_shipped(owner, name):
        made = functools.wraps(theirs)(ours(theirs))
        setattr(made, _INSTEAD_OF, theirs)
        shipped.stands_for(made, theirs)
        setattr(owner, name, found.getter(made) if isinstance(found, property) else made)
    return theirs


def stands_in(owner: type, name: str) -> bool:
    """Whether what rowpath has put into `owner` is what is there under `name`."""
    found = vars(owner).get(name)
    return hasattr(found.fget if isinstance(found, property) else found, _INSTEAD_OF)


def _looking_for_marks(theirs: Function) -> Function:
    def to_representation(self: Serializer, instance: Any) -> Any:
        try:
            found = self.__dict__.get(_MARK)
        except AttributeError:  # of what is called so that is no serializer
            found = None
        if found is None or found.of != id(self):
            return theirs(self, instance)
        return found.represent(self, instance)

    return to_representation


_drfs = put(Serializer, "to_representation", _looking_for_marks)


def why_not_looked_for() -> FallBack | None:
    """Return why nothing looks for marks in this process; None if DRF's function does."""
    if hasattr(Serializer.to_representation, _INSTEAD_OF):
        return None
    return FallBack(reason="Serializer.to_representation was replaced when rowpath was imported")


def of_drf(serializer: Serializer) -> Represent:
    """Return DRF's own to_representation() of `serializer`, whatever its class has."""
    represent: Represent = MethodType(_drfs, serializer)
    return represent


def is_marked(serializer: Serializer) -> bool:
    """Whether rowpath represents the rows of `serializer` already."""
    return _MARK in vars(serializer)


def mark(serializer: Serializer, make: Callable[[Serializer], Represent]) -> Mark:
    """Have rows represented by what `make` makes where DRF's Serializer would represent them."""
    made = vars(serializer)[_MARK] = Mark(serializer, make)
    return made


def unmark(serializer: Serializer, made: Mark) -> None:
    """Take `made` away, and no other mark that `serializer` has got since."""
    own = vars(serializer)
    if own.get(_MARK) is made:
        own.pop(_MARK, None)  # which another thread may just have done
