"""Every step of rowpath's own is guarded: whatever a defect raises there makes the list DRF's.

A defect may be rowpath's, or come with a version of Django, DRF or psycopg in which something
moved. It is no reason for an error 500: DRF can always answer. What the project's own code and the
database raise is none of it, and passes as it would without the fast path.
"""

import logging
from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from typing import ParamSpec, TypeVar
from weakref import WeakKeyDictionary

from django.db import DatabaseError
from rest_framework.generics import GenericAPIView

from rowpath.fast.drf.back_off import BackOff, values_failed
from rowpath.fast.drf.compiling.prepared import Prepared, never_compile, never_compiles
from rowpath.fast.fallback import CannotCompileError, FallBack, Holds, TheirsError
from rowpath.fast.names import place_of
from rowpath.fast.stores import kept

_log = logging.getLogger("rowpath.fast")

P = ParamSpec("P")
T = TypeVar("T")

# The places that have been logged with their traceback.
_logged: set[tuple[str, int]] = kept(set())


class _InVain:
    """What the last lists of a view fell back for, after most of their work was done."""

    def __init__(self, reason: FallBack) -> None:
        self.back_off = BackOff()
        self.reason = reason


# By views, for as long as that keeps happening.
_in_vain: WeakKeyDictionary[type, _InVain] = kept(WeakKeyDictionary())


def step(function: Callable[P, T]) -> Callable[P, T]:
    """Make `function` raise CannotCompileError in the place of what a defect in it raises.

    Errors of the database, and TheirsError, pass.
    """

    @wraps(function)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return function(*args, **kwargs)
        except (CannotCompileError, DatabaseError, TheirsError):
            raise
        except Exception as error:
            _report(error)
            text = f"{type(error).__name__} was raised in rowpath: {error}"
            raise CannotCompileError(text, holds=Holds.VIEW_A_WHILE) from error

    return guarded


def theirs(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Call code of the project's within a step: what it raises passes as TheirsError."""
    try:
        return function(*args, **kwargs)
    except (CannotCompileError, TheirsError):
        raise
    except Exception as error:
        raise TheirsError(error) from error


def _report(error: Exception) -> None:
    """Log where `error` was raised: once for each place, since it may be so for each request."""
    place = place_of(error)
    level = logging.DEBUG if place in _logged else logging.WARNING
    _logged.add(place)
    _log.log(level, "A step of the fast path failed, so DRF answers.", exc_info=error)


def held(view: GenericAPIView) -> FallBack | None:
    """Return why `view` is left to DRF without another try, as far as its last lists tell."""
    found = _in_vain.get(type(view))
    if found is None or found.back_off.is_over():
        return never_compiles(view)
    text = f"{found.reason.reason}, so DRF answers for a while"
    return replace(found.reason, reason=text, holds=Holds.REQUEST)


@step
def count(view: GenericAPIView, reason: FallBack | None, ready: Prepared | None) -> None:
    """Count a list that was answered; `reason` is why by DRF, None if it was not.

    `ready` is what a list of DRF's was admitted with, if it was. What a list falls back for
    outlives its request here alone, and only if DRF had an answer. (What those who ask for an
    answer's data tell, and what shadow requests do, is kept in askers.py and shadow.py.)
    """
    if reason is None:
        if type(view) in _in_vain:
            _in_vain[type(view)].back_off.succeeded()
    elif reason.holds is Holds.VIEW_A_WHILE:
        found = _in_vain.setdefault(type(view), _InVain(reason))
        found.reason = reason
        found.back_off.failed()
    elif reason.holds is Holds.PLAN_A_WHILE and ready is not None:
        values_failed(ready.back_off, type(view), str(reason))
    elif reason.holds is Holds.PROCESS:
        never_compile(view, reason)
