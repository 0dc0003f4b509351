"""Whether a class still does what the framework's own class does."""

import inspect


def overridden(cls: type, base: type, names: tuple[str, ...]) -> str | None:
    """Return the first of `names` that `cls` does not simply have from `base`, or None."""
    for name in names:
        if inspect.getattr_static(cls, name, None) is not inspect.getattr_static(base, name, None):
            return name
    return None
