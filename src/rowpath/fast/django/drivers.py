"""Whether a database is PostgreSQL by a driver whose rows can be read past its own cursors.

Nothing of the driver is imported here: it may be missing, or another version than was proved, and
what it keeps to itself may have moved.
"""

import logging
import sys
from functools import cache
from types import ModuleType

from django.db.backends.base.base import BaseDatabaseWrapper

from rowpath.fast.fallback import CannotCompileError
from rowpath.fast.private import missing
from rowpath.fast.proved import unproved
from rowpath.fast.psycopg.private import NEEDED
from rowpath.fast.shipped import relied
from rowpath.fast.stores import kept

_log = logging.getLogger("rowpath.fast")

# Django's rows come through these, rowpath's past them: a tool in them would miss its statements.
_READING = ("execute", "fetchall", "fetchmany", "fetchone")


def has_binary_rows(connection: BaseDatabaseWrapper) -> bool:
    """Whether `connection` is one to PostgreSQL by psycopg 3.

    Raises CannotCompileError for a version that was not proved, one without the private names that
    are used of it, or one that was patched.
    """
    if connection.vendor != "postgresql" or connection.Database.__name__ != "psycopg":
        return False
    _check_driver(connection.Database)
    return True


@kept
@cache
def _check_driver(driver: ModuleType) -> None:
    """Raise CannotCompileError for a driver that was not proved, is another or was patched.

    One that is all right is relied on from then on, and `relied` sees what changes.
    """
    if (reason := _unfit(driver.__version__) or _patched(driver)) is not None:
        raise CannotCompileError(reason)


@kept
@cache
def _unfit(version: str) -> str | None:
    if (found := unproved({"psycopg": version}) or missing(NEEDED)) is not None:
        _log.warning("The fast path is off on PostgreSQL, DRF answers: %s.", found)
    return found


def _patched(driver: ModuleType) -> str | None:
    of_django = sys.modules["django.db.backends.postgresql.base"].Cursor
    instead = (
        relied.check(driver.Cursor, *_READING)
        or relied.check(driver.ClientCursor, "mogrify", *_READING)
        or relied.check(of_django, *_READING)
    )
    return instead and f"{instead}, not what the library ships"
