"""The rows of an answer as code gets them that may pass them on unread: made when it looks."""

from collections.abc import Callable
from typing import Any, NoReturn, cast

from rest_framework.utils.serializer_helpers import ReturnList


class LazyList(ReturnList):
    """A serializer's data that becomes DRF's own, a ReturnList, as soon as anything looks at it.

    It can be stored, passed on and told to be a list without being looked at. `make` returns the
    data, and is called once.
    """

    def __init__(self, make: Callable[[], ReturnList]) -> None:
        # Code in C that takes a list's items past its methods finds one that it can do nothing
        # with, not a list without items.
        list.__init__(self, (_Unread(),))
        self._make = make

    def __getattr__(self, name: str) -> Any:
        self.read()
        return getattr(self, name)

    @property  # type: ignore[misc] # which isinstance() asks for
    def __class__(self) -> Any:
        return ReturnList

    def read(self) -> None:
        """Become DRF's own data. Raises whatever making it raises."""
        if type(self) is LazyList:
            self.fill(vars(self)["_make"]())

    def fill(self, data: ReturnList) -> None:
        """Become a list like `data`."""
        _CLASS.__set__(self, ReturnList)
        vars(self).clear()
        vars(self).update(vars(data))
        self[:] = data


def _refuse(*_: Any) -> NoReturn:
    raise TypeError(f"{_Unread.__name__} cannot be read")


class _Unread:
    """Stands in a list for the rows that were not made yet, and can be made nothing of."""

    __slots__ = ()

    __repr__ = __str__ = __format__ = __reduce_ex__ = __reduce__ = __getattr__ = _refuse
    __iter__ = __len__ = __bool__ = __getitem__ = __eq__ = __hash__ = _refuse


def is_refusal(error: Exception) -> bool:
    """Whether `error` is what code raises that has taken an unread list's item for a row."""
    # Encoders name the class that they know nothing of.
    return isinstance(error, TypeError) and _Unread.__name__ in str(error)


def is_unread(rows: Any) -> bool:
    """Whether `rows` is a LazyList that nothing has looked at."""
    return type(rows) is LazyList


_CLASS = cast("Any", object.__dict__["__class__"])

# What tells nothing of the rows.
_NOT_A_LOOK = frozenset(
    {
        "__class__",
        "__class_getitem__",
        "__delattr__",
        "__dict__",
        "__doc__",
        "__getattribute__",
        "__hash__",
        "__init__",
        "__init_subclass__",
        "__module__",
        "__new__",
        "__setattr__",
        "__subclasshook__",
        "__weakref__",
    }
)


def _looking(name: str) -> Callable[..., Any]:
    def look(self: LazyList, *args: Any, **kwargs: Any) -> Any:
        self.read()
        return getattr(self, name)(*args, **kwargs)

    return look


def _added(self: LazyList, before: Any) -> Any:
    self.read()
    return before + self


for _name in dir(ReturnList):
    if _name not in _NOT_A_LOOK:
        setattr(LazyList, _name, _looking(_name))
# list + LazyList would copy the items without asking it.
LazyList.__radd__ = _added
