"""The processes of a PostgreSQL on this machine, as one of its backends leads to them."""

import psutil
from psycopg import Connection
from psycopg.rows import scalar_row


def first_process(connection: Connection) -> psutil.Process | None:
    """Return the server's first process; None where the server is on another machine.

    It is the parent of the backend that answers us, and of every other process of the server.
    """
    with connection.cursor(row_factory=scalar_row) as cursor:
        backend = cursor.execute("SELECT pg_backend_pid()").fetchone()
    try:
        process = psutil.Process(int(str(backend)))
        return process.parent() if process.name().startswith("postgres") else None
    except psutil.Error:  # the pid is another machine's, or means somebody else here
        return None


def server_pids(first: psutil.Process) -> tuple[int, ...]:
    """Return the server's processes as they are now: backends and parallel workers come and go."""
    try:
        return (first.pid, *(child.pid for child in first.children()))
    except psutil.NoSuchProcess:
        return ()
