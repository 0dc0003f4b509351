"""What a list tells with all the statements that DRF sends."""

from collections.abc import Callable
from typing import Any

from django.test import override_settings

Told = tuple[list[Any], str | None]
"""What was told, its statements last; and which way the list took."""


def with_all_statements(theirs: list[Any], ask: Callable[[], Told]) -> Told:
    """Return what `ask` tells of a list, of which DRF tells `theirs`.

    Where it is the same by fewer statements, what nobody loaded was loaded at once. Without that
    all statements are the same, so it is asked without.
    """
    ours, way = ask()
    if ours[:-1] == theirs[:-1] and len(ours[-1]) < len(theirs[-1]):
        with override_settings(ROWPATH={"batch": False}):
            return ask()
    return ours, way
