"""Every step of rowpath's own is guarded: whatever a defect raises there makes the list DRF's.

A defect may be rowpath's, or come with a version of Django, DRF or psycopg in which something
moved. It is no reason for an error 500: DRF can always answer. What the project's own code and the
database raise is none of it, and passes as it would without the fast path.
"""

import logging
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar
from weakref import WeakKeyDictionary

from django.db import DatabaseError

from rowpath.fast.drf.back_off import BackOff
from rowpath.fast.drf.portable import FallsBackError
from rowpath.fast.encoding import CannotEncodeError
from rowpath.fast.fallback import CannotCompileError, FallBack, TheirsError
from rowpath.fast.stores import kept

_log = logging.getLogger("rowpath.fast")

P = ParamSpec("P")
T = TypeVar("T")

# What says that the framework is to answer.
FALLS_BACK = (CannotCompileError, CannotEncodeError, FallsBackError)

# The places that have been logged with their traceback.
_logged: set[tuple[str, int]] = kept(set())


class _InVain:
    """What the last lists of a view fell back for, after most of their work was done."""

    def __init__(self) -> None:
        self.back_off = BackOff()
        self.reason = ""


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
        except (*FALLS_BACK, DatabaseError, TheirsError):
            raise
        except Exception as error:
            _report(error)
            text = f"{type(error).__name__} was raised in rowpath: {error}"
            raise CannotCompileError(text, in_vain=True) from error

    return guarded


def theirs(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Call code of the project's within a step: what it raises passes as TheirsError."""
    try:
        return function(*args, **kwargs)
    except (*FALLS_BACK, TheirsError):
        raise
    except Exception as error:
        raise TheirsError(error) from error


def _report(error: Exception) -> None:
    """Log where `error` was raised: once for each place, since it may be so for each request."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = ("", 0) if trace is None else (trace.tb_frame.f_code.co_filename, trace.tb_lineno)
    level = logging.DEBUG if place in _logged else logging.WARNING
    _logged.add(place)
    _log.log(level, "A step of the fast path failed, so DRF answers.", exc_info=error)


def fall_back_of(error: Exception) -> FallBack:
    """Return what one of FALLS_BACK says."""
    if isinstance(error, CannotCompileError):
        return error.fall_back
    return FallBack(reason=str(error))


def failing(view_class: type) -> FallBack | None:
    """Return why `view_class` is left to DRF for a while, if its last lists were tried in vain."""
    found = _in_vain.get(view_class)
    if found is None or found.back_off.is_over():
        return None
    return FallBack(reason=f"{found.reason}, so DRF answers for a while")


@step
def count(view_class: type, reason: FallBack | None) -> None:
    """Count whether a list of `view_class`, which fell back for `reason`, was tried in vain."""
    if reason is not None and reason.in_vain:
        found = _in_vain.setdefault(view_class, _InVain())
        found.reason = reason.reason
        found.back_off.failed()
    elif reason is None and view_class in _in_vain:
        _in_vain[view_class].back_off.succeeded()
