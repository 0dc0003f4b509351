"""The compiled half with psycopg's libpq, if both are there."""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import tzinfo
from functools import cache, partial
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary
from zoneinfo import ZoneInfo

from rowpath.fast.encoding.libpq import addresses
from rowpath.fast.encoding.zones import Span, fixed_offset_s, has_known_changes, spans
from rowpath.fast.stores import kept

if TYPE_CHECKING:
    # At run time it is imported where it may be missing.
    from rowpath.fast.encoding._native import Libpq, Offsets, Program, Writing

_log = logging.getLogger("rowpath.fast")

Learned = tuple["Offsets", Callable[[int, int], Iterable[Span]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Compiled:
    """The compiled classes, a libpq, and what was learned of time zones so far."""

    libpq: "Libpq"
    program: type["Program"]
    writing: type["Writing"]
    offsets: type["Offsets"]
    _learned: "WeakKeyDictionary[tzinfo, Offsets]" = field(default_factory=WeakKeyDictionary)

    def zone(self, zone: tzinfo) -> Learned | None:
        """Return the offsets of `zone` and how to learn more; None if they cannot be told."""
        learn = partial(spans, zone)
        if (fixed := fixed_offset_s(zone)) is not None:
            return self.offsets(fixed), learn
        # Not every other zone can be a weak key.
        known = self._learned.get(zone) if type(zone) is ZoneInfo else None
        if known is not None:
            return known, learn
        if not has_known_changes(zone):
            return None
        return self._learned.setdefault(zone, self.offsets()), learn


@kept
@cache
def compiled() -> Compiled | None:
    """Return the compiled half; None, and the reason as a warning in the log, if it is missing."""
    try:
        from rowpath.fast.encoding._native import (  # noqa: PLC0415 - not built everywhere
            Libpq,
            Offsets,
            Program,
            Writing,
        )

        libpq = Libpq(addresses())
    except (ImportError, OSError, AttributeError) as error:
        _log.warning(
            "Cannot use compiled code: %s. Install a C++ compiler and psycopg 3, and then rowpath "
            "again; until then lists are answered by the slower portable path.",
            error,
        )
        return None
    return Compiled(libpq=libpq, program=Program, writing=Writing, offsets=Offsets)
