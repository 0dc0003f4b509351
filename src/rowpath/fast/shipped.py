"""Whether what the fast path relies on in a library is still what the library ships.

Caches, tracers and tests put functions of their own into a library's classes. The fast path does
without some of the library's functions, and calls others with stand-ins, so it is right only for
the ones it knows: those whose code stands in the library's own folder. Every function that is
relied on is told so by `check`, and is looked at again for each request.
"""

import functools
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from operator import attrgetter
from pathlib import Path
from threading import Lock
from types import (
    BuiltinFunctionType,
    CodeType,
    FunctionType,
    GetSetDescriptorType,
    MemberDescriptorType,
    MethodDescriptorType,
    ModuleType,
    WrapperDescriptorType,
)
from typing import TYPE_CHECKING, Any, cast

from rowpath.fast.stores import kept

if TYPE_CHECKING:
    from rowpath.fast._tags import Tags

try:
    from rowpath.fast import _tags as compiled
except ImportError:  # there was no compiler
    compiled = None  # type: ignore[assignment] # mypy sees the one that is there

Owner = type | ModuleType
# A class or module, what gets its attributes, and what these are as shipped.
_Compared = tuple[Owner, Callable[[Any], object], object]


class _Classes:
    """Classes that are compared together, and their tags as they were when they last were."""

    def __init__(self, compared: tuple[_Compared, ...] = ()) -> None:
        self.compared = compared
        self.tags: Tags | None = None  # where that is compiled
        self._classes = tuple(cast("type", owner) for owner, _, _ in compared)

    def hold(self) -> bool:
        """Whether no class was touched since they were compared."""
        return not self.compared or (self.tags is not None and self.tags.hold())

    @property
    def owners(self) -> set[Owner]:
        """The classes themselves."""
        return {*self._classes}

    def tags_now(self) -> "Tags | None":
        """Return the tags that they have, where that is compiled."""
        return None if compiled is None else compiled.Tags(self._classes)


# What the interpreter itself brings: object.__init__, the members of slots.
_BUILT_IN = (
    BuiltinFunctionType,
    GetSetDescriptorType,
    MemberDescriptorType,
    MethodDescriptorType,
    WrapperDescriptorType,
)
# Values rather than code: compared by identity alone.
_DATA = (str, int, float, tuple, list, dict, set, frozenset, type(None), type)
_WITHOUT_CODE = (*_BUILT_IN, *_DATA)


class Relied:
    """The attributes that are relied on, each as its library ships it."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._as_shipped: dict[Owner, dict[str, object]] = {}
        self._has_grounds = False
        # What is compared for each request, in the form that is quickest to compare: brought into
        # that by the first request after something more was relied on.
        self._is_ready = True
        self._of_others: tuple[_Compared, ...] = ()
        # Those that nobody touches, and those that somebody did. DRF counts its fields in an
        # attribute of their class: each serializer that it makes touches that one and all below
        # it, and nothing of what is relied on.
        self._classes = (_Classes(), _Classes())

    def check(self, owner: Owner, *names: str) -> str | None:
        """Rely on `names` of `owner`; return what one is instead, None if all are shipped.

        One that is not as shipped is not relied on, and is looked at again when it is next asked.
        A name that there is not is nothing to rely on.
        """
        with self._lock:  # or what another thread has come to rely on would be lost
            known = self._as_shipped.get(owner, {})
            new = [name for name in names if name not in known and hasattr(owner, name)]
            if not new:
                return None
            for name in new:
                if (instead := _instead(owner, name)) is not None:
                    return instead
            more = known | {name: getattr(owner, name) for name in new}
            self._as_shipped = self._as_shipped | {owner: more}
            self._is_ready = False
            return None

    def check_grounds(self, grounds: Iterable[tuple[Owner, tuple[str, ...]]]) -> str | None:
        """Rely on all names of all owners once, by the first call that finds them as shipped."""
        if self._has_grounds:
            return None
        for owner, names in grounds:
            if (instead := self.check(owner, *names)) is not None:
                return instead
        self._has_grounds = True
        return None

    def names(self) -> tuple[tuple[Owner, str], ...]:
        """Return all that is relied on."""
        return tuple((owner, name) for owner, names in self._as_shipped.items() for name in names)

    def clear(self) -> None:
        """Rely on nothing, as at the start."""
        with self._lock:
            self._as_shipped, self._has_grounds, self._is_ready = {}, False, False

    def _make_ready(self) -> None:
        with self._lock:
            # A tracer's proxy of a class says that it is a class, and has no tag.
            shares: tuple[list[_Compared], list[_Compared]] = ([], [])
            for owner, attributes in self._as_shipped.items():
                shares[issubclass(type(owner), type)].append(_compared(owner, attributes))
            self._of_others = tuple(shares[0])
            self._share_out(shares[1], self._classes[1].owners)
            self._is_ready = True

    def _share_out(self, of_classes: Iterable[_Compared], restless: set[Owner]) -> None:
        shares: tuple[list[_Compared], list[_Compared]] = ([], [])
        for one in of_classes:
            shares[one[0] in restless].append(one)
        # At once, for threads that compare meanwhile.
        self._classes = (_Classes(tuple(shares[0])), _Classes(tuple(shares[1])))

    def changed(self) -> str | None:
        """Return what one of the attributes is now instead of what was shipped, None if all are."""
        if not self._is_ready:
            self._make_ready()
        instead = self._changed(self._of_others)
        for classes in self._classes:
            if instead is None and not classes.hold():
                instead = self._changed_in(classes)
        return instead

    def _changed_in(self, classes: _Classes) -> str | None:
        # Taken before they are compared, so that what changes meanwhile is seen the next time.
        tags = classes.tags_now()
        if (instead := self._changed(classes.compared)) is not None:
            return instead
        with self._lock:
            calm, restless = self._classes
            touched: list[type] = []
            if classes is calm and tags is not None and calm.tags is not None:
                touched = tags.others_than(calm.tags)
            classes.tags = tags
            if touched:
                both = (*calm.compared, *restless.compared)
                self._share_out(both, restless.owners.union(touched))
        return None

    def _changed(self, compared: Iterable[_Compared]) -> str | None:
        # Equal is what is the same object, and a method of a class that was bound once more.
        for owner, values, shipped in compared:
            try:
                if values(owner) == shipped:
                    continue
            except AttributeError:
                pass  # which is told below
            for name, was in self._as_shipped[owner].items():
                if getattr(owner, name, None) != was:
                    return _instead(owner, name) or f"{_said(owner)}.{name} was replaced"
        return None


def _compared(owner: Owner, attributes: dict[str, object]) -> _Compared:
    shipped = tuple(attributes.values())
    return owner, attrgetter(*attributes), shipped if len(shipped) > 1 else shipped[0]


relied = kept(Relied())
"""Of this process: functions are patched for a whole process."""


_stand_ins: dict[object, object] = {}


def stands_for(ours: Callable[..., Any], theirs: Callable[..., Any]) -> None:
    """Take `ours`, which stands in a library's class, for `theirs`, which stood there."""
    _stand_ins[ours] = theirs


def is_shipped(owner: Owner, name: str) -> bool:
    """Whether `name` of `owner` is now what its library ships."""
    return _instead(owner, name) is None


def _instead(owner: Owner, name: str) -> str | None:
    """Return what `name` of `owner` is, if not what was shipped."""
    place = _place(owner, name)
    found = None if place is None else vars(place)[name]
    if place is None or isinstance(found, _WITHOUT_CODE):
        return None
    codes = tuple(_codes(found))
    if not codes:
        return f"{_said(owner)}.{name} is a {type(found).__module__}.{type(found).__qualname__}"
    home = _home(place)
    foreign = next((code for code in codes if not code.co_filename.startswith(home)), None)
    if foreign is None:
        return None
    return f"{_said(owner)}.{name} is {foreign.co_qualname} of {_module_of(foreign)}"


def _codes(found: object) -> Iterator[CodeType]:
    if isinstance(found, (classmethod, staticmethod)):
        found = found.__func__
    functions: tuple[object, ...]
    if isinstance(found, property):
        functions = (found.fget, found.fset, found.fdel)
    elif isinstance(found, functools.cached_property) or type(found).__name__ == "cached_property":
        functions = (getattr(found, "func", None),)
    elif type(found).__name__ == "AsyncPropertyDescriptor":  # async_property's, which adrf has
        functions = (getattr(found, "__wrapped__", None),)
    else:
        functions = (found,)
    for function in functions:
        if isinstance(function, FunctionType):
            yield cast("FunctionType", _stand_ins.get(function, function)).__code__


def _place(owner: Owner, name: str) -> Owner | None:
    """Return the module or class in which `name` of `owner` stands; None if it has none."""
    if isinstance(owner, ModuleType):
        return owner if name in vars(owner) else None
    # Not in its metaclass, which inspect.getattr_static() asks too.
    return next((cls for cls in owner.__mro__ if name in vars(cls)), None)


def _home(place: Owner) -> str:
    """Return the folder of the package in which `place` stands."""
    # By package, since a class may say another module of it than the one it stands in.
    module = place.__name__ if isinstance(place, ModuleType) else place.__module__
    return _folder(sys.modules[module.partition(".")[0]].__file__ or "")


@kept
@functools.cache
def _folder(file: str) -> str:
    return str(Path(file).parent) + os.sep


def _said(owner: Owner) -> str:
    return owner.__name__ if isinstance(owner, ModuleType) else owner.__qualname__


def _module_of(code: CodeType) -> str:
    files = (
        (name, getattr(module, "__file__", None)) for name, module in tuple(sys.modules.items())
    )
    return next((name for name, file in files if file == code.co_filename), code.co_filename)
