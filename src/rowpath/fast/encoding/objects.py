"""Rows of Python objects as JSON: what compiled code is told of them, and whether it is there.

Rows are written member by member, in the order in which their framework represents them. A value
that nobody can change is written at once, any other when the whole is wanted as JSON.
"""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from types import ModuleType
from typing import TYPE_CHECKING, Any

from rowpath.fast.stores import kept

if TYPE_CHECKING:
    # At run time it is imported where it may be missing.
    from rowpath.fast.encoding._objects import Rows

_log = logging.getLogger("rowpath.fast")


class Kind(IntEnum):
    """How a member's value is written, if it is of the class that is usual for it.

    Any other is written by the member's own `write`.
    """

    AS_IT_IS = 0
    TEXT = 1
    WHOLE = 2
    REAL = 3
    TRUTH = 4
    DECIMAL = 5
    """A decimal.Decimal of fixed places, as a string."""
    DATE = 6
    TIME = 7
    MOMENT = 8
    """A datetime.datetime of UTC, where the zone is that too."""
    IDENTIFIER = 9
    """A uuid.UUID with hyphens."""
    KEY = 10
    METHOD = 11
    """By a method of the serializer, which gets the value."""
    CHOICE = 12
    ROW = 13
    ROWS = 14
    CALLED = 15
    """By `write` alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One key of a row: what is read for it, and how that is written."""

    field: Any
    """The framework's, whose `write_only` is asked for each row."""
    name: str
    key: bytes
    """The name as JSON, with the colon."""
    comma: bytes
    kind: Kind
    write: Callable[[Any], Any]
    attribute: str | None = None
    """What is read of the row; None to ask `read`, and without that the value is the row."""
    read: Callable[[Any], Any] | None = None
    found: Callable[[Any, Any], Any] | None = None
    """Makes of the row and what was read of it the value, where that is unusual."""
    failed: Callable[[Any, Exception], Any] | None = None
    """Makes the value of the row and what was raised in the place of its attribute."""
    method: str | None = None
    rows_in: Callable[[Any], Iterable[Any]] | None = None
    """Returns the rows of a relation."""
    make_rows: Callable[[], "Rows | None"] | None = None
    """Makes what writes them, or the one row, as soon as there is one."""
    serializer: Any = None
    """That of the rows, or of the one row."""
    zone: Callable[[], Any] | None = None
    """Tells the zone that holds now."""
    places: int = 0
    longest: int = 0
    """The decimal places, and how long a decimal is as text that needs no rounding."""


@kept
@cache
def objects() -> ModuleType | None:
    """Return the compiled module; None if it is missing, which is logged."""
    try:
        from rowpath.fast.encoding import _objects  # noqa: PLC0415 - not built everywhere
    except ImportError as error:
        _log.info("Instances are not written by compiled code: %s.", error)
        return None
    return _objects


def compiled_objects() -> ModuleType:
    """Return the compiled module, which is there. Raises ImportError."""
    found = objects()
    if found is None:
        raise ImportError("rowpath.fast.encoding._objects is not there any more")
    return found
