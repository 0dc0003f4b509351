"""What FastSerializer does, for serializers that do not have it in their bases."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import MethodType
from typing import Any

from rest_framework.generics import GenericAPIView
from rest_framework.serializers import BaseSerializer, ListSerializer, Serializer

from rowpath.fast.bases import placed
from rowpath.fast.codes import calls_super, may_look_at_own_class
from rowpath.fast.drf.choosing import is_drfs_class
from rowpath.fast.drf.data.by_class import ByClass
from rowpath.fast.drf.data.members import own_functions
from rowpath.fast.drf.data.recipes import AS_CLASS, stays
from rowpath.fast.drf.data.rows import KEPT, FastSerializer, guarded, represented
from rowpath.fast.drf.options import options
from rowpath.fast.drf.shadow import turned_off
from rowpath.fast.names import named
from rowpath.fast.stores import kept

_OWN = "to_representation"


class Data:
    """Makes the data of serializers, and tells afterwards whether that was rowpath."""

    def __init__(self) -> None:
        self.is_rowpaths = False

    def __call__(self, serializer: BaseSerializer) -> Any:
        """Return the data of `serializer`, and leave it as a serializer of DRF's."""
        as_drf(serializer)
        with _taken_over(serializer) as taken:
            data = serializer.data
        self.is_rowpaths = taken()
        return data


def data_by_drf(serializer: BaseSerializer) -> Any:
    """Return the data of `serializer` as DRF makes it."""
    return as_drf(serializer).data


def with_next_data(view: GenericAPIView, serializer: Any) -> Any:
    """Return `serializer`, whose data rowpath makes when it is next asked for, once.

    Not that of one which validates: it makes its fields, and to look at these takes longer than one
    row saves.
    """
    guarded(lambda: _put_once(view, serializer))
    return serializer


def _put_once(view: GenericAPIView, serializer: Any) -> None:
    if not isinstance(serializer, (Serializer, ListSerializer)) or _OWN in vars(serializer):
        return
    if serializer.instance is None or hasattr(serializer, "initial_data"):
        return
    if turned_off(type(view)) is None:
        vars(serializer)[_OWN] = _Once(serializer)


def has_next_data(serializer: Any) -> bool:
    """Whether `with_next_data` has done so."""
    return type(getattr(serializer, "__dict__", {}).get(_OWN)) is _Once


def as_drf(serializer: Any) -> Any:
    """Return `serializer` without what `with_next_data` has put into it."""
    if guarded(lambda: has_next_data(serializer)):
        del vars(serializer)[_OWN]
    return serializer


class _Once:
    """Represents what a serializer is asked to represent, and is in its way no more."""

    __slots__ = ("_serializer",)

    def __init__(self, serializer: Any) -> None:
        self._serializer = serializer

    def __call__(self, instance: Any) -> Any:
        serializer = self._serializer
        if _OWN in vars(serializer):
            del vars(serializer)[_OWN]
        with _taken_over(serializer):
            return serializer.to_representation(instance)


@contextmanager
def _taken_over(serializer: BaseSerializer) -> Iterator[Callable[[], bool]]:
    """Have rowpath represent the rows of `serializer` in the block.

    What is given tells, behind the block, whether it did.
    """
    give_back = guarded(lambda: _take_over(of_rows(serializer)))
    was_rowpaths = False
    try:
        yield lambda: was_rowpaths
    finally:
        if give_back is not None:
            was_rowpaths = guarded(give_back) is True


def of_rows(serializer: BaseSerializer) -> Serializer | None:
    """Return what represents the rows of `serializer`, if it has fields."""
    child = serializer.child if isinstance(serializer, ListSerializer) else serializer
    return child if isinstance(child, Serializer) else None


def _take_over(serializer: Serializer | None) -> Callable[[], bool] | None:
    """Have rowpath represent rows; return what ends that and tells whether it was so, if it is."""
    if serializer is None:
        return None
    own, cls = vars(serializer), type(serializer)
    if not options().data or _OWN in own:
        return None
    if issubclass(cls, FastSerializer):
        return lambda: _is_rowpaths(own.get(KEPT))
    if cls.to_representation is Serializer.to_representation:
        own[_OWN] = _at_first_row(serializer)
        return lambda: _is_rowpaths(own.pop(_OWN, None))
    if (fast := _fast_class(cls)) is None:
        return None
    serializer.__class__ = fast

    def give_back() -> bool:
        serializer.__class__ = cls
        return _is_rowpaths(own.pop(KEPT, None))

    return give_back


def _is_rowpaths(represent: object) -> bool:
    # DRF's own is a method. Where there was no row, nothing is DRF's.
    return not isinstance(represent, MethodType)


def _at_first_row(serializer: Serializer) -> Callable[[Any], Any]:
    theirs = Serializer.to_representation.__get__(serializer)

    # Not before there is a row, since it may make the fields.
    def represent(row: Any) -> Any:
        represent_rows = vars(serializer)[_OWN] = represented(serializer, theirs)
        return represent_rows(row)

    return represent


@kept
@ByClass
def _fast_class(cls: type[Serializer]) -> type[Serializer] | None:
    """Return `cls` with FastSerializer behind its own code, before DRF's, where nobody can tell."""
    if why_no_fast_class(cls) is not None:
        return None
    return placed(cls, FastSerializer, Serializer, {AS_CLASS: cls})


def why_no_fast_class(cls: type[Serializer]) -> str | None:
    """Return why `cls`, whose to_representation() is its own, has DRF behind that; None if not."""
    own = [one for one in cls.__mro__ if not is_drfs_class(one) and _OWN in vars(one)]
    for one in own:
        if not calls_super(vars(one)[_OWN], _OWN):
            return f"{named(one)} has a {_OWN}() of its own that does not call super()"
    if not stays(cls):
        return f"{named(cls)} has a {_OWN}() of its own and does not stand in a module"
    if getattr(cls.__init_subclass__, "__func__", None) is not None:
        return f"{named(cls)} has a {_OWN}() of its own and hears of its subclasses"
    if any(map(may_look_at_own_class, _functions_within(cls))):
        return f"{named(cls)} has a {_OWN}() of its own and code that may look at its class"
    return None


def _functions_within(cls: type[Serializer]) -> Iterator[object]:
    """Yield what the project has in `cls` and in the fields that it declares or may make."""
    yield from own_functions(cls)
    made = [*map(type, cls._declared_fields.values())]
    made += getattr(cls, "serializer_field_mapping", {}).values()
    for within in dict.fromkeys(made):
        yield from own_functions(within)
