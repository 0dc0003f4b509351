"""Who asks for the data of an answer: a view's own code is told beforehand, others are learned.

An answer whose data is asked for takes DRF's time and the fast path's, so DRF alone is faster. What
is told here decides about time only: whoever asks gets DRF's data.
"""

import dis
import functools
import inspect
from collections.abc import Iterator
from itertools import pairwise
from types import BuiltinFunctionType, CodeType, FunctionType, MethodType
from typing import Any
from weakref import WeakKeyDictionary

from rowpath.fast.codes import held_by, nested
from rowpath.fast.drf.back_off import BackOff
from rowpath.fast.fallback import CannotCompileError, FallBack
from rowpath.fast.stores import kept

# Through these an answer goes after list().
_BEHIND = ("list", "get", "dispatch", "finalize_response")
_NOBODYS = ("django", "rest_framework", "rowpath", "builtins")
# Whose data is another's.
_OTHERS = ("request", "serializer")
_BY_NAME = frozenset(("getattr", "hasattr", "setattr"))


class Asked:
    """How often the data of one view's answers was asked for, and what is said about it."""

    def __init__(self) -> None:
        self.back_off = BackOff()
        self.told = ""

    def again(self, told: str) -> None:
        """Record that an answer was DRF's after all; `told` says why."""
        self.told = told
        self.back_off.failed()

    def check(self) -> None:
        """Raise CannotCompileError if DRF is to answer for a while."""
        if not self.back_off.is_over():
            raise CannotCompileError(f"{self.told}, so DRF answers for a while")


_asked: WeakKeyDictionary[type, Asked] = kept(WeakKeyDictionary())
_asked_of_instances: WeakKeyDictionary[type, Asked] = kept(WeakKeyDictionary())


def asked_of(view_class: type) -> Asked:
    """Return what is known of those who ask for the data of lists of `view_class`."""
    return _known(_asked, view_class)


def asked_of_instances(view_class: type) -> Asked:
    """Return the same of its lists that are written from instances."""
    return _known(_asked_of_instances, view_class)


def _known(asked: WeakKeyDictionary[type, Asked], view_class: type) -> Asked:
    if (found := asked.get(view_class)) is None:
        found = asked[view_class] = Asked()
    return found


def asks_for_data(view_class: type, mixin: type, action: str | None = None) -> FallBack | None:
    """Return which code of `view_class` may ask for the data of the answer; None if none does.

    `action` is the view's method that calls list(), if it is not list() itself.
    """
    for name in _BEHIND if action is None else (action,):
        for cls in view_class.__mro__:
            if cls is mixin and name == "list":
                break
            if name in vars(cls) and (who := _asker(vars(cls)[name], view_class, set())):
                change = "Leave the data alone there, or leave the mixin out."
                return FallBack(reason=f"{who} may ask for the answer's data", change=change)
    return None


def _asker(code: Any, view_class: type, seen: set[int]) -> str | None:
    """Return the name of what asks for data within `code`, or that cannot be looked into."""
    function = _unwrapped(code)
    if id(function) in seen or isinstance(function, type):
        return None
    seen.add(id(function))
    if not isinstance(function, FunctionType):
        return _asker_behind(function, view_class, seen)
    if not _is_nobodys(function) and _mentions_data(function.__code__):
        return f"{function.__module__}.{function.__qualname__}"
    within = (_asker(one, view_class, seen) for one in _called(function, view_class))
    return next(filter(None, within), None)


def _unwrapped(code: Any) -> Any:
    while True:
        if isinstance(code, (staticmethod, classmethod, MethodType)):
            code = code.__func__
        elif isinstance(code, (functools.partial, functools.partialmethod)):
            code = code.func
        else:
            return code


def _asker_behind(thing: Any, view_class: type, seen: set[int]) -> str | None:
    """Return the same for an instance that can be called, or a descriptor."""
    kind = type(thing)
    if isinstance(thing, BuiltinFunctionType) and thing.__module__ == "builtins":
        return None
    called = inspect.getattr_static(kind, "__call__", None)
    if isinstance(called, FunctionType):
        return _asker(called, view_class, seen)
    return f"a {kind.__module__}.{kind.__qualname__}"


def _is_nobodys(function: FunctionType) -> bool:
    # By where it was written: a decorator's wrapper is given the name of what it wraps.
    return str(function.__globals__.get("__name__")).partition(".")[0] in _NOBODYS


def _called(function: FunctionType, view_class: type) -> Iterator[Any]:
    """Yield what `function` may call of the project's own code: what it wraps, and by name."""
    for held in held_by(function):
        if callable(held) and not isinstance(held, type):
            yield held
    if (wrapped := getattr(function, "__wrapped__", None)) is not None:
        yield wrapped
    if _is_nobodys(function):
        return
    for code in nested(function.__code__):
        for name in code.co_names:
            for found in (
                function.__globals__.get(name),
                inspect.getattr_static(view_class, name, None),
            ):
                if isinstance(found, FunctionType) and not _is_nobodys(found):
                    yield found


def _mentions_data(code: CodeType) -> bool:
    """Whether `code` has to do with a `data` that is not the request's or a serializer's."""
    for one in nested(code):
        if "data" in one.co_consts and not _BY_NAME.isdisjoint(one.co_names):
            return True
        steps = [step for step in dis.get_instructions(one) if step.argval is not None]
        for before, step in pairwise(steps):
            if step.argval == "data" and "ATTR" in step.opname and not _is_others(before.argval):
                return True
    return False


def _is_others(owner: Any) -> bool:
    return (owner[-1] if isinstance(owner, tuple) and owner else owner) in _OTHERS
