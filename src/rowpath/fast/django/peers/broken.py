"""Whether a connection takes another statement behind one that was an error."""

from typing import Any

from django.db import connections

# Of libpq's PQtransactionStatus(), in psycopg 2 and 3: in a failed transaction, and unknown, which
# is that of a connection that is gone.
_FAILED = (3, 4)


def is_broken(alias: str) -> bool:
    """Whether another statement on a connection is certain to be an error, or may be one."""
    connection: Any = connections[alias]
    drivers = connection.connection
    if drivers is None:  # it could not be opened
        return True
    if connection.vendor == "postgresql":
        return bool(drivers.closed) or drivers.info.transaction_status in _FAILED
    if connection.vendor == "sqlite":
        # SQLite ends the transaction itself where it cannot go on with it.
        return bool(connection.in_atomic_block) and not drivers.in_transaction
    return bool(connection.in_atomic_block)
