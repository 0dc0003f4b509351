"""The variables in which asgiref keeps what Django has for a thread or a coroutine."""

from contextvars import ContextVar
from datetime import tzinfo
from typing import Any

from django.utils import timezone

from rowpath.fast.shipped import is_shipped


def variable_of(local: object) -> ContextVar[Any] | None:
    """Return the variable of a Local of asgiref's; None if it keeps its values in another way.

    Each change of a Local puts another object into it.
    """
    variable = getattr(getattr(local, "_storage", None), "_data", None)
    return variable if isinstance(variable, ContextVar) else None


_zones = variable_of(getattr(timezone, "_active", None))
_their_zone = timezone.get_current_timezone
_is_theirs = is_shipped(timezone, "get_current_timezone")


def current_zone() -> tzinfo:
    """Return Django's current time zone.

    That none was activated Django finds by an error, which says at length what there is not.
    """
    is_plain = _is_theirs and timezone.get_current_timezone is _their_zone
    if is_plain and _zones is not None and _zones.get(None) is None:
        return timezone.get_default_timezone()
    return timezone.get_current_timezone()
