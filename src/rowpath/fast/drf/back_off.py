"""How long a list is left to DRF after it could not be fast, and who is told if it is for good."""

import logging
from weakref import WeakSet

from rowpath.fast.stores import kept

_log = logging.getLogger("rowpath.fast")

_LONGEST = 127
# Of so many lists, the share that DRF has to answer until it is told: fewer are an odd row or two.
_LISTS = 40
_TOLD_FROM = 10
_ALL_FAST = (1 << _LISTS) - 1


class BackOff:
    """Counts attempts that failed in a row: the more, the longer nothing is tried.

    So a list that always fails costs an attempt once in 128 requests, and one odd request costs the
    fast path no more than one answer. Threads may count one another's requests.
    """

    __slots__ = ("_failed", "_fast", "_left", "_lists")

    def __init__(self) -> None:
        self._failed = 0
        self._left = 0
        self._lists = 0
        self._fast = 0  # a bit for each of the last lists

    def is_over(self) -> bool:
        """Whether this request may try."""
        if self._left > 0:
            self._left -= 1
            self._count(fast=0)
            return False
        return True

    def failed(self) -> None:
        """Record an attempt that failed."""
        self._failed += 1
        self._left = min(2 ** (self._failed - 1) - 1, _LONGEST)
        self._count(fast=0)

    def succeeded(self) -> None:
        """Record a success."""
        self._failed = 0
        self._count(fast=1)

    def last_lists(self) -> tuple[int, int]:
        """Return how many of the last lists DRF has answered, and how many these are."""
        return self._lists - self._fast.bit_count(), self._lists

    def _count(self, *, fast: int) -> None:
        if fast and self._fast == _ALL_FAST:
            return
        self._lists = min(self._lists + 1, _LISTS)
        self._fast = (self._fast << 1 | fast) & _ALL_FAST


_told: WeakSet[type] = kept(WeakSet())


def values_failed(back_off: BackOff, view_class: type, reason: str) -> None:
    """Record a list whose values could not be written; `reason` says which.

    Once for each view and process it is logged if that is so again and again.
    """
    back_off.failed()
    by_drf, lists = back_off.last_lists()
    if lists < _LISTS or by_drf < _TOLD_FROM or view_class in _told:
        return
    _told.add(view_class)
    _log.warning(
        "DRF answered %d of the last %d lists with the serializer of %s, since values could not "
        "be written: %s",
        by_drf,
        lists,
        view_class.__name__,
        reason,
    )
