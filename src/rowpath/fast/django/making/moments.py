"""Moments of PostgreSQL, read by compiled code as Django's loader for psycopg reads them in Python.

That takes as long as all else that psycopg does for some twenty columns. Since Django 6.1 psycopg's
own compiled loader does most of it.
"""

from datetime import UTC, tzinfo
from functools import cache
from typing import Any

from django.db.backends.postgresql.psycopg_any import BaseTzLoader
from psycopg.abc import AdaptContext, Loader
from psycopg.pq import Format
from psycopg.types import datetime as of_driver

from rowpath.fast.django.making.converters import DATETIME
from rowpath.fast.django.making.grounds import check_also
from rowpath.fast.encoding.writers import Type
from rowpath.fast.stores import kept

ARE_READ_IN_PYTHON = issubclass(BaseTzLoader, of_driver.TimestamptzLoader)

_GROUNDS: tuple[tuple[Any, ...], ...] = (
    (BaseTzLoader, "load"),
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
    if is_utc and _is_djangos(loader) and _is_unpatched():
        quick = _quick(loader.timezone)
        quick(Type.TIMESTAMPTZ, cursor)  # for what that raises: with psycopg it ends the process
        cursor.adapters.register_loader(Type.TIMESTAMPTZ, quick)


def _is_djangos(loader: Any) -> bool:
    is_zone_usual = loader.timezone is None or loader.timezone is UTC
    is_whole = loader.__init__ is of_driver.TimestamptzLoader.__init__
    return is_zone_usual and is_whole and loader.load is BaseTzLoader.load


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
