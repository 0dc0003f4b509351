"""The variables in which asgiref keeps what Django has for a thread or a coroutine."""

from contextvars import ContextVar
from typing import Any


def variable_of(local: object) -> ContextVar[Any] | None:
    """Return the variable of a Local of asgiref's; None if it keeps its values in another way.

    Each change of a Local puts another object into it.
    """
    variable = getattr(getattr(local, "_storage", None), "_data", None)
    return variable if isinstance(variable, ContextVar) else None
