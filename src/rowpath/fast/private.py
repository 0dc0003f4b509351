"""Whether a library still has the private names that the fast path stands on.

Each library's are in one list, in the folder that is named after it: by the class or module that
has them, as a dotted path, since a list of objects could not be imported without them.
"""

import dis
from collections.abc import Iterator, Mapping
from pkgutil import resolve_name
from types import CodeType, FunctionType

from rowpath.fast.codes import unwrapped
from rowpath.fast.shipped import is_shipped

Names = Mapping[str, tuple[str, ...]]
"""Of each class or module, by its dotted path, the names that it has."""


def missing(names: Names) -> str | None:
    """Return which of `names` is not there; None if all are. They are looked up, and not called."""
    return next(_missing(names), None)


def _missing(names: Names) -> Iterator[str]:
    for path, wanted in names.items():
        try:
            owner: object = resolve_name(path)
        except (ImportError, AttributeError):
            yield f"there is no {path}"
            continue
        yield from (f"{path} has no {name}" for name in wanted if not has(owner, name))


def has(owner: object, name: str) -> bool:
    """Whether `owner` has `name`, or, of a class, its instances from the start."""
    return hasattr(owner, name) or (isinstance(owner, type) and _is_set_by_making(owner, name))


def _is_set_by_making(cls: type, name: str) -> bool:
    """Whether an instance of `cls` has `name` from the start; True if that cannot be told."""
    for base in cls.__mro__[:-1]:
        for making in ("__new__", "__init__"):
            function = vars(base).get(making)
            if function is None:
                continue
            function = unwrapped(getattr(function, "__func__", function))
            # A tool may have put something of its own there, be it for a while.
            if not isinstance(function, FunctionType) or not is_shipped(base, making):
                return True
            if _sets(function.__code__, name):
                return True
    return False


def _sets(code: CodeType, name: str) -> bool:
    """Whether `code` sets an attribute called `name`."""
    # Taking a function's code apart takes long, and few so much as mention the name.
    return name in code.co_names and any(
        step.opname == "STORE_ATTR" and step.argval == name for step in dis.get_instructions(code)
    )
