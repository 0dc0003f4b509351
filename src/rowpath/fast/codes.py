"""What a function of the project's does, told from its code objects, without running it."""

import dis
import inspect
from collections.abc import Callable, Iterator
from types import CodeType, FunctionType, MethodType
from typing import Any

_READS = frozenset(("LOAD_ATTR", "LOAD_METHOD", "LOAD_SUPER_ATTR", "LOAD_SUPER_METHOD"))

# Whose own code is not the project's: DRF's list() asks its serializer for data.
_FRAMEWORKS = ("django", "rest_framework", "rowpath.fast")

# How far functions are followed that a decorator keeps in its closure.
_DEEPEST = 4


def reads_attribute(function: object, name: str) -> bool:
    """Whether `function` reads an attribute `name` of anything."""
    return any(
        step.argval == name and step.opname in _READS
        for code in _codes(function)
        for step in dis.get_instructions(code)
    )


_SETTING = ("setattr", "delattr", "vars", "__dict__", "__setattr__", "__delattr__")


def changes_attributes(function: object, but: tuple[str, ...] = ()) -> bool:
    """Whether `function` sets an attribute of anything but `self`, or may do so.

    Not one of the names `but`.
    """
    return any(_changes_attributes(code, but) for code in _codes(function))


def _changes_attributes(code: CodeType, but: tuple[str, ...]) -> bool:
    if not {*_SETTING}.isdisjoint(code.co_names):
        return True
    before = None
    for step in dis.get_instructions(code):
        if step.opname in ("STORE_ATTR", "DELETE_ATTR") and step.argval not in but:
            # Two that are loaded at once are told as a tuple, since Python 3.13.
            of = before.argval if before is not None else None
            if (of[-1] if isinstance(of, tuple) else of) != "self":
                return True
        before = step
    return False


_LOADS = ("LOAD_FAST", "LOAD_FAST_LOAD_FAST", "LOAD_CONST")
_CHANGING_ITEMS = ("pop", "popitem", "update", "clear", "setdefault", "move_to_end")


def changes_items(function: object) -> bool:
    """Whether `function` changes what a container holds that was not given to it."""
    return any(map(_changes_items, _codes(function)))


def _changes_items(code: CodeType) -> bool:
    given = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
    # What stands in one instruction each, since the last that did more than load a name.
    loaded: list[object] = []
    for step in dis.get_instructions(code):
        if step.argval in _CHANGING_ITEMS:
            return True
        if step.opname in ("STORE_SUBSCR", "DELETE_SUBSCR"):
            container = loaded[-2] if len(loaded) > 1 else None
            if container not in given:
                return True
        if step.opname not in _LOADS:
            loaded = []
        elif isinstance(step.argval, tuple) and step.opname != "LOAD_CONST":
            loaded += step.argval  # two at once, since Python 3.13
        else:
            loaded.append(None if step.opname == "LOAD_CONST" else step.argval)
    return False


def calls_super(function: object, name: str) -> bool:
    """Whether `function` calls `super().<name>`."""
    return any("super" in code.co_names and name in code.co_names for code in _codes(function))


def says(function: object, keyword: str) -> bool:
    """Whether `function` calls something with an argument named `keyword`."""
    return any(
        keyword in constant
        for code in _codes(function)
        for constant in code.co_consts
        if isinstance(constant, tuple)
    )


def unwrapped(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return what `function` wraps by the word of functools.wraps(), to the innermost."""
    try:
        innermost: Callable[..., Any] = inspect.unwrap(function)
    except ValueError:  # it wraps itself
        return function
    return innermost


def held_by(function: FunctionType) -> Iterator[Any]:
    """Yield what `function` closes over; of a list, what is in it."""
    for cell in function.__closure__ or ():
        try:
            held = cell.cell_contents
        except ValueError:  # it is not filled yet
            continue
        # Django's method_decorator() keeps a list of its decorators.
        yield from held if isinstance(held, (list, tuple)) else (held,)


def nested(code: CodeType) -> Iterator[CodeType]:
    """Yield `code` and the code of all that is defined in it."""
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from nested(constant)


def _codes(function: object, depth: int = _DEEPEST) -> Iterator[CodeType]:
    """Yield the code of `function`, of what is defined in it, and of functions it closes over.

    Not a framework's: a decorator's own function is one, but closes over the project's.
    """
    if isinstance(function, MethodType):
        function = function.__func__
    if not isinstance(function, FunctionType):
        return
    if not _is_a_frameworks(function):
        yield from nested(function.__code__)
    if depth > 0:
        for held in held_by(function):
            yield from _codes(held, depth - 1)


def _is_a_frameworks(function: FunctionType) -> bool:
    # By its globals: functools.wraps() gives it the __module__ of what it wraps.
    module = f"{function.__globals__.get('__name__')}."
    return module.startswith(tuple(f"{name}." for name in _FRAMEWORKS))
