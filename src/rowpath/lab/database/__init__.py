"""The PostgreSQL that a command works on: one that we run, or one that the user names."""

from collections.abc import Iterator
from contextlib import contextmanager

from rowpath.lab.database.embedded import embedded_postgresql
from rowpath.lab.database.external import external_postgresql
from rowpath.lab.database.place import Database, connect, refused
from rowpath.lab.folders import data_folder

__all__ = ["Database", "connect", "open_database", "refused"]


@contextmanager
def open_database(dsn: str | None) -> Iterator[Database]:
    """Open the database that `dsn` names, or an embedded one, for this command alone.

    `dsn` is a connection string of libpq in either form, `postgresql://...` or `host=... ...`.
    Without one, PostgreSQL is started in the data folder, and stopped with the block. DatabaseError
    when there is no database that the lab can work on, BusyError when another command of rowpath
    works on it, DiskError when there is no room to make it.
    """
    opened = embedded_postgresql(data_folder()) if dsn is None else external_postgresql(dsn)
    with opened as database:
        yield database
