"""Moments of PostgreSQL, read by compiled code as Django's loader for psycopg reads them in Python.

That takes as long as all else that psycopg does for some twenty columns. Since Django 6.1 a loader
of psycopg's in C does most of it.
"""

from datetime import UTC, tzinfo
from functools import cache
from typing import Any

from django.db.backends.postgresql.psycopg_any import BaseTzLoader
from psycopg.abc import AdaptContext, Loader
from psycopg.pq import Format
from psycopg.types import datetime as of_driver

from rowpath.fast.django.loaders import reads_moments_as_django
from rowpath.fast.django.making.converters import DATETIME
from rowpath.fast.django.making.grounds import check_also
from rowpath.fast.encoding.writers import Type
from rowpath.fast.stores import kept

# Telling the driver takes as long as Django's loader does for so many rows.
FEW_ROWS = 8 if issubclass(BaseTzLoader, of_driver.TimestamptzLoader) else 64

_GROUNDS: tuple[tuple[Any, ...], ...] = (
    (BaseTzLoader, "__init__", "load"),
    (of_driver.TimestamptzLoader, "__init__", "load", "_load_iso"),
)


def quicken(cursor: Any) -> None:
    """Have compiled code read the moments in the rows that `cursor`, of psycopg, has yet to give.

    They are what Django's loader makes of them. Nothing happens where another one reads them.
    """
    result = cursor.pgresult
    if result is None or Type.TIMESTAMPTZ not in map(result.ftype, range(result.nfields)):
        return
    loader = cursor.adapters.get_loader(Type.TIMESTAMPTZ, Format.TEXT)
    is_utc = cursor.connection.info.timezone is UTC  # which the text is in
    is_djangos = reads_moments_as_django(loader) and _is_usual(loader.timezone)
    if is_utc and is_djangos and _is_unpatched():
        quick = _quick(loader.timezone)
        quick(Type.TIMESTAMPTZ, cursor)  # for what that raises: with psycopg it ends the process
        cursor.adapters.register_loader(Type.TIMESTAMPTZ, quick)


def _is_usual(zone: tzinfo | None) -> bool:
    return zone is None or zone is UTC


def _is_unpatched() -> bool:
    # Tests put a class of their own in the place of datetime.
    return of_driver.datetime is DATETIME and not any(check_also(*one) for one in _GROUNDS)


@kept
@cache
def _quick(zone: tzinfo | None) -> type[Loader]:
    """Return the loader of moments that get `zone`."""
    from rowpath.fast._making import MomentLoader  # noqa: PLC0415 - not built everywhere

    class QuickLoader(MomentLoader, BaseTzLoader):  # type: ignore[misc] # Django's has no types
        timezone = zone

        def __init__(self, oid: int, context: AdaptContext | None = None) -> None:
            BaseTzLoader.__init__(self, oid, context)
            MomentLoader.__init__(self, BaseTzLoader.load, zone)

    return QuickLoader
