"""What tables need before they are measured: statistics, nothing left to write, warm caches."""

from psycopg import Connection, Cursor
from psycopg.rows import scalar_row
from psycopg.sql import SQL, Identifier

from rowpath.lab.dataset.statements import named
from rowpath.lab.dataset.table import Dataset
from rowpath.lab.schema import SCHEMA

_WITH_STATISTICS = """
    SELECT DISTINCT tablename FROM pg_stats WHERE schemaname = %s AND tablename = ANY(%s)
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
_SIZES = """
    SELECT name, pg_total_relation_size(format('%%I.%%I', %(schema)s::text, name)::regclass)
    FROM unnest(%(names)s::text[]) AS name
"""
_READ_TABLE = SQL("SELECT count(held) FROM {} AS held")
_READ_INDEX = SQL("SELECT count(*) FROM (SELECT {0} FROM {1} ORDER BY {0}) AS held")


def has_statistics(connection: Connection, dataset: Dataset) -> bool:
    """Return whether the planner knows the columns of all tables that hold rows."""
    names = [table.name for table in dataset.tables if not table.working]
    return len(connection.execute(_WITH_STATISTICS, [SCHEMA, names]).fetchall()) == len(names)


def analyze_tables(connection: Connection, dataset: Dataset) -> None:
    """Give the planner its statistics, and autovacuum no reason to come later."""
    connection.execute(
        SQL("VACUUM (ANALYZE) {}").format(SQL(", ").join(map(named, dataset.tables)))
    )


def checkpoint(connection: Connection) -> None:
    """Write all that is left to write, where the user may order that."""
    if _scalar(connection, _MAY_CHECKPOINT):
        connection.execute("CHECKPOINT")


def table_sizes(cursor: Cursor, dataset: Dataset) -> dict[str, int]:
    """Return the bytes on disk of each table with its indexes."""
    names = [table.name for table in dataset.tables]
    return dict(cursor.execute(_SIZES, {"schema": SCHEMA, "names": names}).fetchall())


def prewarm_tables(connection: Connection, dataset: Dataset, *, may_install: bool) -> None:
    """Read the tables and their indexes into the server's memory, or at least the machine's.

    `may_install` says that the extension pg_prewarm may be added to the database.
    """
    if may_install and _scalar(connection, _CAN_INSTALL):
        connection.execute("CREATE EXTENSION IF NOT EXISTS pg_prewarm")
    function = _scalar(connection, _PREWARM)
    if not function:
        _read_through(connection, dataset)
        return
    for table in dataset.tables:
        name = f"{SCHEMA}.{table.name}"
        for (relation,) in connection.execute(_RELATIONS, {"table": name}).fetchall():
            connection.execute(f"SELECT {function}(%s::oid::regclass)", [relation])


def _read_through(connection: Connection, dataset: Dataset) -> None:
    """Read every row, and every index in its order."""
    for table in dataset.tables:
        connection.execute(_READ_TABLE.format(named(table)))
        for columns in (("id",), *table.unique, *table.indexes):
            order = SQL(", ").join(map(Identifier, columns))
            connection.execute(_READ_INDEX.format(order, named(table)))


def _scalar(connection: Connection, statement: str, *values: object) -> object:
    with connection.cursor(row_factory=scalar_row) as cursor:
        return cursor.execute(statement, values).fetchone()
