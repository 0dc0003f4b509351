"""By what a database refuses what a driver's own connection commits, behind a framework's back.

A replay is undone by rolling back, which a commit by the driver would forestall. PostgreSQL checks
a deferred constraint at the commit, however the driver is told to make it, and that of TABLE is
broken by BREAK. SQLite asks an authorizer of each statement.
"""

import sqlite3

REFUSED = "rowpath_explain_undoes_no_commit_by_the_driver"
"""The name of the constraint, which PostgreSQL's error has."""
TABLE = f"""
    CREATE TEMPORARY TABLE IF NOT EXISTS rowpath_explain_guard (
        id int PRIMARY KEY,
        no_id int CONSTRAINT {REFUSED} REFERENCES rowpath_explain_guard
            DEFERRABLE INITIALLY DEFERRED
    )
"""
BREAK = "INSERT INTO pg_temp.rowpath_explain_guard VALUES (1, 2) ON CONFLICT DO NOTHING"
READ_WRITE = "SET TRANSACTION READ WRITE"
_WRITES = frozenset(
    {
        *range(1, 9),  # CREATE
        *range(10, 18),  # DROP
        *(26, 27, 28, 29, 30),  # ALTER, REINDEX, ANALYZE, virtual tables
    }
)
_CHANGES_ROWS = frozenset({sqlite3.SQLITE_INSERT, sqlite3.SQLITE_UPDATE, sqlite3.SQLITE_DELETE})
"""The actions that an authorizer is asked for: https://sqlite.org/c3ref/c_alter_table.html."""


def objection(error: str | None, *, is_refused: bool, behind: str, instead: str) -> str | None:
    """Return what speaks against a request that ended so: its driver's connection wrote.

    `error` is the end of its traceback, None where it raised nothing. To be asked where no
    statement of the framework's was refused.
    """
    if is_refused or REFUSED in (error or ""):
        does = "commits"
    elif _is_read_only(error or ""):
        does = "writes"
    else:
        return None
    return (
        f"it {does} by the driver's connection, behind {behind}, which could not be undone, and "
        f"was refused. Use {instead}, or name another path"
    )


def ends_or_escapes(own: sqlite3.Connection, action: int, first: str | None) -> bool:
    """Return whether a statement of SQLite's ends the transaction, or writes where none is.

    The driver begins one itself for what changes rows, unless it was told to leave that alone.
    """
    if action == sqlite3.SQLITE_TRANSACTION:
        return first == "COMMIT"
    if own.in_transaction:
        return False
    if action in _CHANGES_ROWS:
        return own.isolation_level is None
    return action in _WRITES or (action == sqlite3.SQLITE_SAVEPOINT and first == "BEGIN")


def _is_read_only(error: str) -> bool:
    return "read-only transaction" in error or "readonly database" in error
