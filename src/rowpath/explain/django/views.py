"""The class behind a view, where the project has its own."""

import inspect
from typing import Any

from rowpath.explain.frames import OwnCode
from rowpath.explain.trails import ViewClass

_SAYS = ("queryset", "model")
"""By which a generic view is told what it lists."""


def view_class(view: Any, code: OwnCode) -> ViewClass | None:
    """Return the class that tells a view what it lists; None where that is no class's matter."""
    owner = getattr(view, "cls", None) or getattr(view, "view_class", None)
    if owner is None:
        return None
    for each in owner.__mro__:
        if any(vars(each).get(name) is not None for name in _SAYS):
            return _told(each, code)
    return None


def _told(owner: type, code: OwnCode) -> ViewClass | None:
    try:
        file = inspect.getsourcefile(owner)
        _, line = inspect.getsourcelines(owner)
    except (OSError, TypeError):  # a class that was made without source
        return None
    if file is None or not code.is_own(file):
        return None
    return ViewClass(file=file, name=owner.__name__, line=line)
