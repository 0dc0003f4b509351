"""The statement's rows in binary, as psycopg 3 has them from PostgreSQL.

Imported only where psycopg 3 is the connection's driver.
"""

from datetime import datetime, tzinfo
from typing import Any, cast
from zoneinfo import ZoneInfo

import psycopg
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper
from psycopg.adapt import Transformer
from psycopg.pq.abc import PGresult

from rowpath.fast.django.statement import Statement
from rowpath.fast.fallback import CannotCompileError


class BinaryCursor(psycopg.Cursor[Any]):
    """A cursor that binds parameters as Django's own does, and asks for binary rows.

    Django's cursor binds on the client, where PostgreSQL sends text only. So psycopg's
    ClientCursor binds, exactly as for any other statement of this connection, and the ordinary
    cursor runs what it bound. With OPTIONS["server_side_binding"] the server binds, as Django's.
    """

    binds_on_server = False

    def execute(self, query: Any, params: Any = None, **_: Any) -> "BinaryCursor":
        """Run `query`; the result is in `pgresult`."""
        if (params or "%" in query) and not self.binds_on_server:
            query, params = psycopg.ClientCursor(self.connection).mogrify(query, params), None
        return super().execute(query, params or None, binary=True)


def binary_rows(statement: Statement) -> PGresult:
    """Run `statement` on its connection and return the result, all rows in binary.

    It goes through `connection.cursor()`, so execute_wrappers, assertNumQueries, the query log and
    tools that wrap cursors see it. Raises CannotCompileError if a tool has put another cursor
    there.
    """
    connection = connections[statement.using]
    with connection.cursor() as cursor:
        if not isinstance(cursor, CursorWrapper):
            raise CannotCompileError(f"connection.cursor() returns a {type(cursor).__name__}")
        cursor.cursor.close()
        binary = _binary_cursor(connection)
        cursor.cursor = binary
        cursor.execute(statement.sql, statement.params)
        return cast("PGresult", binary.pgresult)


def _binary_cursor(connection: BaseDatabaseWrapper) -> BinaryCursor:
    cursor = BinaryCursor(connection.connection)
    options = connection.settings_dict["OPTIONS"]
    cursor.binds_on_server = options.get("server_side_binding") is True
    return cursor


def python_value(result: PGresult, row: int, column: int, using: str) -> Any:
    """Return one value of a binary result as Django would have read it."""
    connection = connections[using]
    transformer = Transformer.from_context(connection.connection)
    transformer.set_pgresult(result)
    value = transformer.load_row(row, tuple)[column]
    return value.replace(tzinfo=connection.timezone) if isinstance(value, datetime) else value


def connection_zone(using: str) -> tzinfo:
    """Return the zone in which the connection behind `using` hands out times."""
    connection = connections[using]
    return connection.timezone or ZoneInfo(connection.timezone_name)
