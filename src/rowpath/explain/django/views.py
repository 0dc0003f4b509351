"""The class behind a view, where the project has its own."""

import inspect
from functools import cache
from typing import Any

from rowpath.explain.recording.frames import OwnCode
from rowpath.explain.trails import ViewClass

_SAYS = ("queryset", "model")
"""By which a generic view is told what it lists."""


def view_class(view: Any, code: OwnCode) -> ViewClass | None:
    """Return the class that tells a view what it lists; None where that is no class's matter."""
    admin = getattr(view, "model_admin", None)
    if admin is not None:
        owners = (class_in(each, code, _joined(admin)) for each in type(admin).__mro__)
        return next((each for each in owners if each is not None), None)
    owner = getattr(view, "cls", None) or getattr(view, "view_class", None)
    if owner is None:
        return None
    for each in owner.__mro__:
        if any(vars(each).get(name) is not None for name in _SAYS):
            return class_in(each, code)
    return None


def _joined(admin: Any) -> tuple[str, ...]:
    """Return the foreign keys among an admin's columns that Django joins: not those with nulls."""
    single = (each for each in admin.opts.fields if each.many_to_one or each.one_to_one)
    keys = {each.name for each in single if not each.null}
    return tuple(name for name in admin.list_display if name in keys)


def class_in(owner: type, code: OwnCode, joins: tuple[str, ...] | None = None) -> ViewClass | None:
    """Return where a class of the project's stands; None for a library's."""
    file, line = _source(owner)
    if file is None or not code.is_own(file):
        return None
    return ViewClass(file=file, name=owner.__name__, line=line, joins=joins)


@cache
def _source(owner: type) -> tuple[str | None, int]:
    # Python parses the whole file to find a class in it.
    try:
        _, line = inspect.getsourcelines(owner)
        return inspect.getsourcefile(owner), line
    except (OSError, TypeError):  # a class that was made without source
        return None, 0
