"""What a function of the project's does, told from its code objects, without running it."""

import dis
import inspect
from collections.abc import Callable, Iterator
from types import CodeType, FunctionType, MethodType
from typing import Any

_READS = frozenset(("LOAD_ATTR", "LOAD_METHOD", "LOAD_SUPER_ATTR", "LOAD_SUPER_METHOD"))

# Whose own code is not the project's: DRF's list() asks its serializer for data.
_FRAMEWORKS = ("django", "rest_framework", "rowpath.fast")

_Step = tuple[str, Any]

# How far functions are followed that a decorator keeps in its closure.
_DEEPEST = 4


def reads_attribute(function: object, name: str) -> bool:
    """Whether `function` reads an attribute `name` of anything."""
    return any(
        step.argval == name and step.opname in _READS
        for code in _codes(function)
        for step in dis.get_instructions(code)
    )


def may_look_at_own_class(function: object) -> bool:
    """Whether `function`, a method, may ask for the class of its instance, other than by super().

    As it stands there: by `type()` or `__class__` of its first argument, of what is called as one,
    or of what an attribute holds that may lead back to it, or of what only running it would tell.
    """
    if isinstance(function, MethodType):
        function = function.__func__
    code = getattr(function, "__code__", None)
    own = {code.co_varnames[0]} if code is not None and code.co_argcount else set()
    return any(_looks_at(own, one) for one in _codes(function))


# By which a serializer or field leads to those around it.
_LEADING_BACK = frozenset(("parent", "root", "child", "serializer", "_serializer", "__self__"))
_OF_VARIABLES = frozenset(
    ("LOAD_FAST", "LOAD_FAST_CHECK", "LOAD_DEREF", "LOAD_NAME", "LOAD_GLOBAL")
)
# What a class has of its own that a subclass of the same name and module has otherwise.
_OF_A_CLASS_ALONE = frozenset(
    ("__base__", "__bases__", "__dict__", "__mro__", "__subclasses__", "mro")
)


def _looks_at(own: set[str], code: CodeType) -> bool:
    steps = [*_steps(code)]
    own = own | _given_to(own, steps)
    for at, (done, name) in enumerate(steps):
        if done in _READS and name == "__class__":
            operand, behind = steps[max(0, at - 1) : at], at + 1
        elif done in ("LOAD_GLOBAL", "LOAD_NAME") and name == "type":
            behind = next((n for n, (one, _) in enumerate(steps[at:], at) if one == "CALL"), at) + 1
            # What is called first has one argument, or it is not type().
            operand = steps[at + 1 : behind - 1] if steps[behind - 1][1] == 1 else []
        else:
            continue
        then = steps[behind : behind + 1]
        is_read = then and then[0][0] in _READS and then[0][1] not in _OF_A_CLASS_ALONE
        if not is_read and (not _is_path(operand) or _leads_back(own, operand[-1])):
            return True
    return False


def _given_to(own: set[str], steps: list[_Step]) -> set[str]:
    """Return the names that `own`, or what leads back to it, is given to."""
    found = set()
    loaded: list[_Step] = []
    for step in steps:
        if step[0].startswith("STORE_"):
            if any(_leads_back(own, one) for one in loaded):
                found.add(step[1])
        elif step[0].startswith(("LOAD_", "COPY", "SWAP", "UNPACK", "BUILD")):
            loaded.append(step)
        else:
            loaded = []
    return found


def _is_path(steps: list[_Step]) -> bool:
    """Whether `steps` end in a variable, or an attribute, without anything that is called."""
    first, *rest = steps or [("", None)]
    return (first[0] in _OF_VARIABLES or first[0] in _READS) and all(s in _READS for s, _ in rest)


def _leads_back(own: set[str], step: _Step) -> bool:
    done, name = step
    if done in _OF_VARIABLES:
        return name in own
    return done in _READS and name in _LEADING_BACK


def _steps(code: CodeType) -> Iterator[_Step]:
    """Yield what is done and with which name, one name at a time, and nothing that does nothing."""
    for step in dis.get_instructions(code):
        if step.opname in ("PRECALL", "CACHE", "PUSH_NULL", "KW_NAMES", "NOP", "RESUME"):
            continue
        if isinstance(step.argval, tuple) and "FAST" in step.opname:  # two steps in one
            first, second = step.argval
            does = [f"{one}_FAST" for one in step.opname.split("_FAST") if one]
            yield does[0].strip("_"), first
            yield does[-1].strip("_"), second
        else:
            yield step.opname, step.argval


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
