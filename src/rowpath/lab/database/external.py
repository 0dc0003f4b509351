"""A database that the user names: checked, and held against a second command of rowpath."""

import os
import socket
from collections.abc import Collection, Iterator
from contextlib import contextmanager

import psycopg
from psycopg.rows import scalar_row

from rowpath.errors import BusyError, DatabaseError
from rowpath.lab.database.place import Database, connect, one_line
from rowpath.lab.database.programs import OLDEST_MAJOR
from rowpath.lab.schema import SCHEMA
from rowpath.lab.variables import libpq_without_environment

# "rowpath" in ASCII: a number that no other program would take for its own advisory lock.
LOCK = int.from_bytes(b"rowpath", "big")

NAMING = ("PGHOST", "PGHOSTADDR", "PGPORT", "PGDATABASE", "PGUSER", "PGSERVICE")
"""libpq's variables that stand for what a connection string leaves out."""

_MAY_WORK = """
    SELECT has_database_privilege(current_database(), 'CREATE')
        OR coalesce((SELECT has_schema_privilege(oid, 'USAGE')
                     FROM pg_namespace WHERE nspname = %s), false)
"""
_HOLDER = """
    SELECT coalesce(nullif(application_name, ''), 'process ' || pid || ' of the server')
    FROM pg_locks JOIN pg_stat_activity USING (pid)
    WHERE locktype = 'advisory' AND granted AND objsubid = 1
      AND pg_locks.database = (SELECT oid FROM pg_database WHERE datname = current_database())
      AND classid::bigint << 32 | objid::bigint = %s
"""


@contextmanager
def external_postgresql(dsn: str) -> Iterator[Database]:
    """Hold the database of `dsn`; DatabaseError when the lab cannot work on it, else BusyError.

    Of libpq's environment variables those that authenticate count, and no other.
    """
    dsn = dsn.strip()  # a newline that came with it out of a file
    with (
        libpq_without_environment(authenticating=True) as hidden,
        _connected(dsn, hidden) as connection,
    ):
        _check_version(connection.info)
        description = _description(connection.info)
        try:
            _check_rights(connection, description)
            _lock(connection, description)
        except psycopg.Error as error:
            raise DatabaseError(
                f"Cannot work on {description}: {one_line(error)}. "
                "Give the connection string of an ordinary PostgreSQL database."
            ) from error
        yield Database(dsn=dsn, embedded=False, description=description)


def _connected(dsn: str, hidden: Collection[str]) -> psycopg.Connection:
    """Return a connection that is named after us; a failure names what was hidden of libpq's."""
    us = f"rowpath, pid {os.getpid()} on {socket.gethostname()}"
    try:
        return connect(dsn, application=us)
    except DatabaseError as error:
        ignored = " and ".join(name for name in NAMING if name in hidden)
        if not ignored:
            raise
        raise DatabaseError(
            f"{error} The environment's {ignored} does not count: write it there."
        ) from None


def _description(info: psycopg.ConnectionInfo) -> str:
    version = (info.parameter_status("server_version") or "of an unknown version").split()[0]
    port = "" if info.host.startswith("/") else f":{info.port}"
    return f"PostgreSQL {version} at {info.host}{port}/{info.dbname}"


def _check_version(info: psycopg.ConnectionInfo) -> None:
    major = info.server_version // 10_000
    if major < OLDEST_MAJOR:
        raise DatabaseError(
            f"Cannot work on the database: its server is PostgreSQL {major}, and the lab needs "
            f"{OLDEST_MAJOR} or later. Give the connection string of a newer server."
        )


def _check_rights(connection: psycopg.Connection, description: str) -> None:
    with connection.cursor(row_factory=scalar_row) as cursor:
        if cursor.execute("SELECT pg_is_in_recovery()").fetchone():
            raise DatabaseError(
                f"Cannot work on {description}: it is a standby, which is read-only. "
                "Give the connection string of the primary."
            )
        if cursor.execute("SELECT current_setting('transaction_read_only')").fetchone() == "on":
            raise DatabaseError(
                f"Cannot work on {description}: transactions are read-only there "
                "(default_transaction_read_only). Set that off in the connection string, or for "
                f"the role {connection.info.user}."
            )
        if not cursor.execute(_MAY_WORK, [SCHEMA]).fetchone():
            user, name = connection.info.user, connection.info.dbname
            raise DatabaseError(
                f"Cannot work on {description}: the user {user} has no right to create a schema "
                f'there. Let an administrator run GRANT CREATE ON DATABASE "{name}" TO "{user}", '
                "or give another connection string."
            )


def _lock(connection: psycopg.Connection, description: str) -> None:
    """Take a lock that the server gives up with the connection, however that ends."""
    with connection.cursor(row_factory=scalar_row) as cursor:
        cursor.execute("SET idle_session_timeout = 0")
        if cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK]).fetchone():
            return
        holder = cursor.execute(_HOLDER, [LOCK]).fetchone() or "a command that has just ended"
        raise BusyError(
            f"Cannot work on {description}: another command of rowpath does ({holder}). "
            "Wait until it has ended, or stop it."
        )
