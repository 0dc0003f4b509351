"""The statement's rows in binary, through Django's own cursor and past its driver's.

Imported only where psycopg 3 is the connection's driver.
"""

from datetime import datetime, tzinfo
from typing import Any, cast
from zoneinfo import ZoneInfo

from django.db import DatabaseError, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.postgresql.base import Cursor, ServerBindingCursor
from django.db.backends.utils import CursorWrapper
from psycopg import capabilities
from psycopg.adapt import Transformer
from psycopg.pq import Format
from psycopg.pq.abc import PGresult

from rowpath.fast.django.statement import Statement
from rowpath.fast.django.wrappers import is_theirs
from rowpath.fast.fallback import CannotCompileError, Holds, TheirsError
from rowpath.fast.psycopg.cursor import CHUNK_ROWS, BinaryCursor, Take
from rowpath.fast.psycopg.errors import is_stale, ours_alone
from rowpath.fast.psycopg.session import check_session


def binary_rows(statement: Statement, connection: BaseDatabaseWrapper) -> PGresult:
    """Run `statement` on `connection` and return the result, all rows in binary.

    It goes through `connection.cursor()`, so execute_wrappers, assertNumQueries, the query log and
    tools that wrap cursors see it. Raises CannotCompileError if a tool has put another cursor
    there.
    """
    return cast("PGresult", _run(statement, connection, None))


def take_binary_rows(
    statement: Statement,
    connection: BaseDatabaseWrapper,
    take: Take,
    *,
    at_most: int | None = None,
) -> None:
    """Run `statement` as `binary_rows` does, and give `take` the rows while more are made.

    `at_most` is how many there are at most, if that is known: few come in one piece. `take` need
    not be called if there are none. An error of the statement may come after some.
    """
    is_one_piece = at_most is not None and at_most <= CHUNK_ROWS
    if is_one_piece or not capabilities.has_stream_chunked():
        take(binary_rows(statement, connection))
    else:
        _run(statement, connection, take)


def _run(
    statement: Statement, connection: BaseDatabaseWrapper, take: Take | None
) -> PGresult | None:
    with connection.cursor() as cursor:
        if not isinstance(cursor, CursorWrapper):
            raise CannotCompileError(f"connection.cursor() returns a {type(cursor).__name__}")
        if type(cursor.cursor) not in (Cursor, ServerBindingCursor):
            raise CannotCompileError(f"the driver's cursor is a {type(cursor.cursor).__name__}")
        _check_session(connection)
        cursor.cursor.close()
        cursor.cursor = binary = _binary_cursor(connection, statement, take)
        try:
            cursor.execute(statement.sql, statement.params)
        except DatabaseError as error:
            reason = _ours_alone(error, binary)
            if reason is not None and connection.get_autocommit():
                raise CannotCompileError(reason) from error
            raise
        except Exception as error:
            _reopen(connection)
            if binary.failed is None:
                if is_theirs(error, connection):
                    raise TheirsError(error) from error
                raise
        if binary.failed is not None:
            raise binary.failed
        if binary.runs != 1:
            # What was taken is then of another run as well, or of none.
            times = f"a wrapper ran the statement {binary.runs} times"
            raise CannotCompileError(times, holds=Holds.VIEW_A_WHILE)
        return binary.pgresult


def _reopen(connection: BaseDatabaseWrapper) -> None:
    """Have Django connect again if a failing step had to close the driver's connection."""
    if not connection.connection.closed:
        return
    if connection.in_atomic_block:
        connection.errors_occurred = True  # it is looked at when the request is over
    else:
        connection.close()


def _ours_alone(error: DatabaseError, cursor: BinaryCursor) -> str | None:
    """Return why Django's own statements may not have raised `error`; None if they would."""
    if is_stale(error.__cause__):
        cursor.forget()
    return ours_alone(error.__cause__)


def _check_session(connection: BaseDatabaseWrapper) -> None:
    options = str(connection.settings_dict["OPTIONS"].get("options", ""))
    zone = connection.timezone_name
    check_session(connection.connection.pgconn, zone=zone, options=options)


def _binary_cursor(
    connection: BaseDatabaseWrapper, statement: Statement, take: Take | None
) -> BinaryCursor:
    options = connection.settings_dict["OPTIONS"]
    binds_on_server = options.get("server_side_binding") is True
    # Where it binds on the client, Django has psycopg prepare nothing, so its connection may lead
    # to a pooler that gives each statement another session.
    is_safe = binds_on_server and connection.get_autocommit()
    return BinaryCursor(
        connection.connection,
        statement,
        take,
        binds_on_server=binds_on_server,
        may_prepare=is_safe and not statement.is_planned_anew,
    )


def python_value(result: PGresult, row: int, column: int, using: str) -> Any:
    """Return one value of a binary result as Django would have read it, or raise as Django does."""
    cell = result.get_value(row, column)
    if cell is None:
        return None
    connection = connections[using]
    transformer = Transformer.from_context(connection.connection)
    with connection.wrap_database_errors:
        value = transformer.get_loader(result.ftype(column), Format.BINARY).load(cell)
    return value.replace(tzinfo=connection.timezone) if isinstance(value, datetime) else value


def connection_zone(connection: BaseDatabaseWrapper) -> tzinfo:
    """Return the zone in which `connection` hands out times."""
    return connection.timezone or ZoneInfo(connection.timezone_name)
