"""What a table needs before it is measured: statistics, nothing left to write, and warm caches."""

from psycopg import Connection
from psycopg.rows import scalar_row
from psycopg.sql import SQL

from rowpath.lab.dataset.catalog import PRODUCT, TABLE
from rowpath.lab.schema import SCHEMA

_HAS_STATISTICS = """
    SELECT count(*) > 0 FROM pg_stats WHERE schemaname = %s AND tablename = %s
"""
_MAY_CHECKPOINT = "SELECT pg_has_role('pg_checkpoint', 'USAGE')"
_PREWARM = """
    SELECT p.oid::regproc::text FROM pg_proc p JOIN pg_depend d ON d.objid = p.oid
    JOIN pg_extension e ON e.oid = d.refobjid
    WHERE extname = 'pg_prewarm' AND proname = 'pg_prewarm' AND d.deptype = 'e'
      AND has_function_privilege(p.oid, 'EXECUTE')
"""
_CAN_INSTALL = "SELECT count(*) > 0 FROM pg_available_extensions WHERE name = 'pg_prewarm'"
_RELATIONS = """
    SELECT %(table)s::regclass::oid
    UNION ALL SELECT indexrelid FROM pg_index WHERE indrelid = %(table)s::regclass
"""
_READ_THROUGH = (
    SQL("SELECT count(demand_qty) FROM {}").format(PRODUCT),
    SQL("SELECT count(*) FROM (SELECT time_created FROM {} ORDER BY time_created) t").format(
        PRODUCT
    ),
)


def has_statistics(connection: Connection) -> bool:
    """Return whether the planner knows the table's columns."""
    return bool(_scalar(connection, _HAS_STATISTICS, SCHEMA, TABLE))


def analyze_table(connection: Connection) -> None:
    """Give the planner its statistics, and autovacuum no reason to come later."""
    connection.execute(SQL("VACUUM (ANALYZE) {}").format(PRODUCT))


def checkpoint(connection: Connection) -> None:
    """Write all that is left to write, where the user may order that."""
    if _scalar(connection, _MAY_CHECKPOINT):
        connection.execute("CHECKPOINT")


def prewarm_table(connection: Connection, *, may_install: bool) -> None:
    """Read the table and its indexes into the server's memory, or at least into the machine's.

    `may_install` says that the extension pg_prewarm may be added to the database.
    """
    if may_install and _scalar(connection, _CAN_INSTALL):
        connection.execute("CREATE EXTENSION IF NOT EXISTS pg_prewarm")
    if function := _scalar(connection, _PREWARM):
        relations = connection.execute(_RELATIONS, {"table": f"{SCHEMA}.{TABLE}"}).fetchall()
        for (relation,) in relations:
            connection.execute(f"SELECT {function}(%s::oid::regclass)", [relation])
        return
    for statement in _READ_THROUGH:
        connection.execute(statement)


def _scalar(connection: Connection, statement: str, *values: object) -> object:
    with connection.cursor(row_factory=scalar_row) as cursor:
        return cursor.execute(statement, values).fetchone()
