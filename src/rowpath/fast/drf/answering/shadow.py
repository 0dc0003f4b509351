"""The fast answer against DRF's own for a share of requests, and what follows from a difference.

The two are read by two statements, so rows that somebody changes in between would look like a
difference. The fast answer is therefore read once more: only if it is the same as before, and
still not DRF's, is DRF's answer another one for the same rows. Where the order is not total both
may be right: then each row of the fast answer is asked of DRF by its key.
"""

import json
import logging
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from rowpath.fast.drf.options import options
from rowpath.fast.fallback import FallBack
from rowpath.fast.stores import kept

_log = logging.getLogger("rowpath.fast")

# Bytes around the first difference that are logged.
_AROUND = 40

# Each test that sets it begins with all views on.
_turned_off: dict[type, FallBack] = kept({}, changed_by="ROWPATH")


def turned_off(view_class: type) -> FallBack | None:
    """Return why the fast path of `view_class` was turned off in this process; None if it is on."""
    return _turned_off.get(view_class)


def is_due(*, otherwise: float = 0.0) -> bool:
    """Whether this request is one of the share that is answered twice."""
    share = options().shadow or otherwise
    return share > 0 and random.random() < share


@dataclass(frozen=True, slots=True, kw_only=True)
class Again:
    """What is asked once more if two answers differ."""

    fast: Callable[[], bytes | None]
    """The fast answer as it is now."""
    ties: Callable[[bytes, bytes], bool]
    """Whether the fast answer and the framework's differ only by rows that tie."""


def checked(view_class: type, fast: bytes, framework: Callable[[], bytes], again: Again) -> bytes:
    """Return what to answer: `fast`, or, if it differs, what `framework` gives.

    A difference is logged as an error and turns the fast path of `view_class` off; one among rows
    that tie is a warning. Whatever `framework` raises is a difference as well, and is raised.
    """
    try:
        theirs = framework()
    except Exception:
        reason = FallBack(reason="a shadow request raised in DRF, where the fast path answered")
        _turn_off(view_class, reason)
        raise
    if theirs == fast:
        return fast
    if again.fast() != fast:
        _log.info("A shadow request of %s met rows that were being changed.", view_class.__name__)
        return theirs
    if again.ties(fast, theirs):
        _log.warning(tied(view_class))
        return theirs
    _turn_off(view_class, FallBack(reason=f"a shadow request differed: {difference(fast, theirs)}"))
    return theirs


def tied(view_class: type) -> str:
    """Return what is said where the two answers differ only by rows that tie."""
    return (
        f"A shadow request of {view_class.__name__} had other rows of a tie than DRF, each as DRF "
        "writes it: the order is not unique, and PostgreSQL gives rows that tie in any order. Add "
        "the primary key to it."
    )


def _turn_off(view_class: type, reason: FallBack) -> None:
    _turned_off[view_class] = reason
    _log.error(
        "The fast path of %s is turned off in this process: %s", view_class.__name__, reason.reason
    )


def difference(fast: bytes, theirs: bytes) -> str:
    """Return where two bodies differ: the first byte, what stands there, the row and the field."""
    pairs = enumerate(zip(fast, theirs, strict=False))
    first = next((at for at, (a, b) in pairs if a != b), min(len(fast), len(theirs)))
    start = max(0, first - _AROUND)
    here, there = fast[start : first + _AROUND], theirs[start : first + _AROUND]
    place = _place(fast, theirs)
    return f"at byte {first}{place}, rowpath has {here!r} and DRF has {there!r}"


def _place(fast: bytes, theirs: bytes) -> str:
    try:
        path = _path(json.loads(fast), json.loads(theirs))
    except ValueError:
        return ""
    return f" (in {path})" if path else ""


def _path(fast: Any, theirs: Any) -> str:
    if isinstance(fast, dict) and isinstance(theirs, dict):
        for key in [*fast, *(key for key in theirs if key not in fast)]:
            if fast.get(key) != theirs.get(key) or (key in fast) != (key in theirs):
                return f".{key}{_path(fast.get(key), theirs.get(key))}"
    if isinstance(fast, list) and isinstance(theirs, list):
        for index, (a, b) in enumerate(zip(fast, theirs, strict=False)):
            if a != b:
                return f"[{index}]{_path(a, b)}"
    return ""
