"""Mapped classes, watched: which attributes of their rows are read, by whatever reads them.

A row's values stand in its `__dict__`, from where SQLAlchemy's own attributes take them. For one
answer each mapped class has a `__getattribute__` that is asked for every attribute of a row, its
`__dict__` too, whether Python's code asks or a library's in C.
"""

import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import FrameType
from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import Mapper

from rowpath.explain.recording.value_sizes import size_of

_LIBRARY = "sqlalchemy."
_STATE = "_sa_instance_state"
_PICKLED = frozenset({"__reduce__", "__reduce_ex__", "__getstate__"})
"""By which a row is copied or pickled, with all that it has."""
_TAKES_WHOLE = frozenset(
    {
        *("__set__", "__delete__"),
        *("_inspect_mapped_object", "get_attribute"),
        *("make_transient", "make_transient_to_detached"),
        *("expire", "merge", "refresh"),
    }
)
"""Functions of SQLAlchemy's after which nothing tells what is read of a row, or what it needs."""


class AttributeReads:
    """What was read of which mapped class, of how many rows, and how large their values are.

    It is told of classes and not of rows: one that two lists load is in its session once.
    """

    def __init__(self) -> None:
        self._names: set[tuple[type, str]] = set()
        self._whole: set[type] = set()
        self._rows: Counter[type] = Counter()
        self._sizes: Counter[tuple[type, str]] = Counter()

    def is_read(self, model: type, name: str) -> bool:
        """Return whether an attribute of a class was read, or of one that it inherits with."""
        return any(_is_kin(each, model) for each in self._whole) or any(
            read == name and _is_kin(each, model) for each, read in self._names
        )

    def rows(self, model: type) -> int:
        """Return how many rows of a class were loaded."""
        return sum(rows for each, rows in self._rows.items() if _is_kin(each, model))

    def has_rows(self, model: type) -> bool:
        """Return whether rows of a class were loaded."""
        return self.rows(model) > 0

    def size(self, model: type, name: str) -> int:
        """Return about how many bytes all values of a column had."""
        return sum(
            size
            for (each, column), size in self._sizes.items()
            if column == name and _is_kin(each, model)
        )

    def noted(self, row: object, name: str) -> None:
        """Note that the calling code's caller reads an attribute of a row."""
        model = type(row)
        self._names.add((model, name))
        if name in _PICKLED or (name in {"__dict__", _STATE} and _is_whole(name)):
            self._whole.add(model)

    def loaded(self, state: Any, _context: Any) -> None:
        """Count a row that came, and weigh it."""
        model = state.class_
        self._rows[model] += 1
        for name, value in state.dict.items():
            if name in state.mapper.column_attrs:
                self._sizes[model, name] += size_of(value)


def _is_kin(one: type, other: type) -> bool:
    return issubclass(one, other) or issubclass(other, one)


def _is_whole(name: str) -> bool:
    """Return whether what reads a row's state or dict does more than SQLAlchemy by itself."""
    frame = sys._getframe(3)  # of `noted`, of the attribute, of what reads it
    is_library = str(frame.f_globals.get("__name__")).startswith(_LIBRARY)
    if not is_library:
        return name == "__dict__" and not _is_setting_state(frame)
    return frame.f_code.co_name in _TAKES_WHOLE


def _is_setting_state(frame: FrameType) -> bool:
    """Return whether a frame is of a `__setattr__` that is given a row's state.

    SQLModel's writes that to the `__dict__` of each row that SQLAlchemy makes.
    """
    code = frame.f_code
    return (
        code.co_name == "__setattr__"
        and code.co_argcount > 1
        and frame.f_locals.get(code.co_varnames[1]) == _STATE
    )


@contextmanager
def recorded(models: Sequence[type]) -> Iterator[AttributeReads]:
    """Yield what is told of every attribute that is read of a row of these classes in the block."""
    reads = AttributeReads()
    # A class that inherits from another one of them has its.
    watched = [each for each in models if not set(each.__mro__[1:]) & set(models)]
    own = {each: vars(each).get("__getattribute__") for each in watched}
    event.listen(Mapper, "load", reads.loaded, raw=True)
    try:
        for model in watched:
            # What a metaclass does with a class's attributes is for those of the mapping.
            get: Callable[[object, str], object] = model.__getattribute__  # type: ignore[assignment]
            type.__setattr__(model, "__getattribute__", _telling(get, reads))
        yield reads
    finally:
        event.remove(Mapper, "load", reads.loaded)
        for model, original in own.items():
            if original is None:
                type.__delattr__(model, "__getattribute__")
            else:
                type.__setattr__(model, "__getattribute__", original)


def _telling(
    original: Callable[[object, str], object], reads: AttributeReads
) -> Callable[[object, str], object]:
    def get(row: object, name: str) -> object:
        reads.noted(row, name)
        return original(row, name)

    return get
