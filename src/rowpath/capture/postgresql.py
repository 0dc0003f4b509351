"""Asks PostgreSQL how it would carry out a statement."""

import re
from typing import Any

from psycopg import AsyncConnection, ClientCursor, Connection, Cursor
from psycopg.abc import Params
from psycopg.pq import TransactionStatus
from psycopg.rows import tuple_row

# What EXPLAIN takes (and the lab sends), behind comments, white space and parentheses. The groups
# never give back what they took, so that a comment cannot grow to swallow a statement.
_EXPLAINABLE = re.compile(
    r"(?>\s|\(|--[^\n]*|/\*.*?\*/)*+(?:SELECT|INSERT|UPDATE|DELETE|WITH|VALUES|MERGE)\b",
    re.IGNORECASE | re.DOTALL,
)
# A connection in any other state is broken, busy, or in a transaction that has failed.
_USABLE = {TransactionStatus.IDLE, TransactionStatus.INTRANS}
LOCK_TIMEOUT_MS = 1_000
"""How long EXPLAIN may wait for a lock, which an open transaction of the request could hold."""


def is_explainable(text: str) -> bool:
    """Return whether a statement is of a kind that PostgreSQL has a plan for."""
    return _EXPLAINABLE.match(text) is not None


def backend_of(connection: object) -> int | None:
    """Return the process of PostgreSQL behind a connection of psycopg's; None where it is none."""
    if not isinstance(connection, Connection | AsyncConnection) or connection.closed:
        return None
    return connection.info.backend_pid


def plan_of(connection: object, text: str, parameters: Params | None) -> str | None:
    """Return PostgreSQL's EXPLAIN of a statement with its values, as text; nothing is executed.

    None where `connection`, psycopg's, cannot be asked now. psycopg.Error where PostgreSQL cannot
    explain the statement. The connection is left as it was found, in or outside a transaction.
    """
    if not isinstance(connection, Connection):
        return None
    if connection.info.transaction_status not in _USABLE:
        return None
    return _explained(connection, text, parameters)


def _explained(connection: Connection[Any], text: str, parameters: Params | None) -> str:
    # The values become literals: PostgreSQL does not take EXPLAIN's parameters apart from it for
    # every type, and only a plan for values is the plan that the statement had.
    bound = ClientCursor(connection).mogrify(text, parameters).encode(connection.info.encoding)
    with (
        connection.transaction(force_rollback=True),
        Cursor(connection, row_factory=tuple_row) as cursor,
    ):
        cursor.execute(b"SET LOCAL lock_timeout = %d" % LOCK_TIMEOUT_MS)
        # A binary result takes the protocol that refuses a second statement after a semicolon,
        # which the simple one would execute.
        cursor.execute(b"EXPLAIN " + bound, binary=True)
        return "\n".join(line for (line,) in cursor)
