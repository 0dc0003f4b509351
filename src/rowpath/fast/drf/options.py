"""The project's own settings for the fast path: `ROWPATH` in Django's settings."""

from dataclasses import dataclass, fields
from functools import cache
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.signals import setting_changed

from rowpath.fast.stores import forget_setting, kept


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What `ROWPATH = {...}` may say."""

    batch: bool | str = True
    """Whether a relation that nobody loaded is loaded for all rows at once; "unordered": also one
    whose rows are in no certain order."""
    compiled: bool = True
    """Whether compiled code may write the bytes; without, the portable path does."""
    data: bool = True
    """Whether rowpath may make data; without, DRF does."""
    everywhere: str | None = None
    """"shadow": lists of views without a mixin are tried behind DRF's answers, and compared."""
    instances: bool = True
    """Whether rows that Django makes may be written as bytes; without, they become data."""
    making: bool = True
    """Whether compiled code may make the instances of a list; without, Django makes them."""
    shadow: float = 0.0
    """The share of fast answers, 0 to 1, that DRF gives too, to be compared; with `everywhere`,
    of DRF's that are tried."""


def _checked() -> Options:
    """Return the settings, checked. Raises ImproperlyConfigured."""
    given = getattr(settings, "ROWPATH", {})
    known = {field.name for field in fields(Options)}
    if not isinstance(given, dict) or given.keys() - known:
        raise ImproperlyConfigured(
            f"Cannot use ROWPATH = {given!r}: it is a dict of {', '.join(sorted(known))}. "
            "Remove what is not one of them."
        )
    chosen = Options(**given)
    for name in ("compiled", "data", "instances", "making"):
        if not isinstance(given := getattr(chosen, name), bool):
            raise _wrong(name, given, "True or False")
    if not (isinstance(chosen.batch, bool) or chosen.batch == "unordered"):
        raise _wrong("batch", chosen.batch, 'True, False or "unordered"')
    if chosen.everywhere not in (None, "shadow"):
        raise _wrong("everywhere", chosen.everywhere, '"shadow" or None')
    is_number = isinstance(chosen.shadow, (int, float)) and not isinstance(chosen.shadow, bool)
    if not (is_number and 0 <= chosen.shadow <= 1):
        raise _wrong("shadow", chosen.shadow, "a share from 0 to 1, say 0.01")
    return chosen


def _wrong(name: str, value: Any, wanted: str) -> ImproperlyConfigured:
    return ImproperlyConfigured(
        f"Cannot use ROWPATH[{name!r}] = {value!r}: it is {wanted}. Change it in the settings."
    )


options = kept(cache(_checked), changed_by="ROWPATH")
"""Return the settings, checked. Raises ImproperlyConfigured."""


def _forget(*, setting: str, **_: Any) -> None:
    forget_setting(setting)


# Only tests change settings. This hears for all of the fast path, which reads its options here.
setting_changed.connect(_forget, dispatch_uid="rowpath.fast.settings")
