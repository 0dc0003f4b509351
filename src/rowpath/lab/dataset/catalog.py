"""What stands in the lab's schema, and whether rowpath made it.

The schema and every table carry a comment as a mark. Whatever lacks it is somebody else's, and is
neither written to nor dropped.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from psycopg import Connection
from psycopg.rows import dict_row, scalar_row
from psycopg.sql import SQL

from rowpath.errors import DatasetError
from rowpath.lab.circumstances import DatasetRecord
from rowpath.lab.dataset.statements import FINGERPRINT, FINGERPRINTS, named
from rowpath.lab.dataset.table import Dataset, Table
from rowpath.lab.schema import MARK, SCHEMA

_SCHEMA_MARK = """
    SELECT coalesce(obj_description(oid, 'pg_namespace'), '') FROM pg_namespace WHERE nspname = %s
"""
_RELATIONS = """
    SELECT relname, relkind = 'r' AND obj_description(c.oid, 'pg_class') IS NOT DISTINCT FROM %s
    FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
    WHERE nspname = %s AND relname = ANY(%s)
"""
_RECORD = SQL("""
    SELECT name, rows, seed, form, checksum, size_bytes, built_s, true AS reused FROM {}
    WHERE name = %s
""").format(FINGERPRINT)
_COLUMNS = """
    SELECT attname, format_type(atttypid, atttypmod), attnotnull
    FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped
"""
_INDEXED = """
    SELECT array(
        SELECT attname::text FROM unnest(indkey::int2[]) WITH ORDINALITY AS held (number, place)
        JOIN pg_attribute ON attrelid = indrelid AND attnum = number ORDER BY place
    ) FROM pg_index
    WHERE indrelid = %s::regclass AND indnatts = indnkeyatts AND indisvalid
      AND indpred IS NULL AND indexprs IS NULL
"""
_OBJECTS = """
    SELECT count(*) FROM pg_depend
    WHERE refclassid = 'pg_namespace'::regclass AND deptype = 'n'
      AND refobjid = (SELECT oid FROM pg_namespace WHERE nspname = %s)
"""
_STRANGERS = """
    WITH ours AS (
        SELECT c.oid FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
        WHERE nspname = %(schema)s AND relkind = 'r'
          AND obj_description(c.oid, 'pg_class') = %(mark)s
    ), sequences AS (
        SELECT objid AS oid FROM pg_depend
        WHERE classid = 'pg_class'::regclass AND refclassid = 'pg_class'::regclass
          AND deptype = 'i' AND refobjid IN (SELECT oid FROM ours)
    )
    SELECT pg_describe_object(classid, objid, objsubid) FROM pg_depend
    WHERE refclassid = 'pg_namespace'::regclass AND deptype = 'n'
      AND refobjid = (SELECT oid FROM pg_namespace WHERE nspname = %(schema)s)
      AND NOT (classid = 'pg_class'::regclass AND objid IN (TABLE ours UNION ALL TABLE sequences))
    ORDER BY 1
"""
_COUNT = SQL("SELECT count(*), coalesce(max(id), 0) FROM {}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """What of a dataset is there: its fingerprint, and what is wrong with its tables.

    There is damage without a fingerprint where the tables were made by another version.
    """

    has_schema: bool
    has_fingerprints: bool = False
    record: DatasetRecord | None = None
    damage: str | None = None


def examine(connection: Connection, dataset: Dataset, description: str) -> Contents:
    """Return what is there; DatasetError when the schema or a table of ours is not rowpath's."""
    with connection.cursor(row_factory=scalar_row) as cursor:
        mark = cursor.execute(_SCHEMA_MARK, [SCHEMA]).fetchone()
    if mark is None:
        return Contents(has_schema=False)
    if mark != MARK:
        raise DatasetError(
            f"Cannot use the schema {SCHEMA} of {description}: rowpath did not make it. Give "
            "another database, drop or rename the schema, or give it to rowpath with "
            f"COMMENT ON SCHEMA {SCHEMA} IS '{MARK}'."
        )
    names = [*(table.name for table in dataset.tables), FINGERPRINTS]
    relations: Mapping[str, bool] = dict(
        connection.execute(_RELATIONS, [MARK, SCHEMA, names]).fetchall()
    )
    foreign = [name for name in names if relations.get(name) is False]
    if foreign:
        raise DatasetError(
            f"Cannot use {SCHEMA}.{foreign[0]} of {description}: rowpath did not make it. "
            "Drop or rename it, or give another database."
        )
    has_fingerprints = FINGERPRINTS in relations
    record = _record(connection, dataset) if has_fingerprints else None
    return Contents(
        has_schema=True,
        has_fingerprints=has_fingerprints,
        record=record,
        damage=_damage(connection, dataset, record, there=relations.keys() - {FINGERPRINTS}),
    )


def _record(connection: Connection, dataset: Dataset) -> DatasetRecord | None:
    with connection.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute(_RECORD, [dataset.name]).fetchone()
    return DatasetRecord(**row, tables=dict(dataset.sizes(row["rows"]))) if row else None


def _damage(
    connection: Connection, dataset: Dataset, record: DatasetRecord | None, *, there: set[str]
) -> str | None:
    """Return in what the tables differ from those that were built, None when in nothing."""
    if record is None:
        return "its tables were made by another version of rowpath" if there else None
    for table in dataset.tables:
        if table.name not in there:
            return f"its table {table.name} is gone"
        damage = _damage_of(connection, table, record)
        if damage:
            return damage
    return None


def _damage_of(connection: Connection, table: Table, record: DatasetRecord) -> str | None:
    name = f"{SCHEMA}.{table.name}"
    found = connection.execute(_COLUMNS, [name]).fetchall()
    if sorted(found) != sorted((column, kind.sql, True) for column, kind in table.kinds.items()):
        return f"the columns of its table {table.name} are not those that were built"
    if table.working:
        return None
    indexed = {tuple(columns) for (columns,) in connection.execute(_INDEXED, [name])}
    for columns in (("id",), *table.unique, *table.indexes):
        if columns not in indexed:
            return f"the index on {' and '.join(columns)} of its table {table.name} is gone"
    rows = table.size(record.rows)
    held = connection.execute(_COUNT.format(named(table))).fetchone() or (0, 0)
    if held != (rows, rows):
        return f"its table {table.name} has {held[0]:,} rows and the largest id is {held[1]:,}"
    return None


def strangers(connection: Connection) -> tuple[str, ...]:
    """Return what is in the lab's schema that rowpath did not make, each with its kind."""
    return tuple(
        name for (name,) in connection.execute(_STRANGERS, {"schema": SCHEMA, "mark": MARK})
    )


def is_empty(connection: Connection) -> bool:
    """Return whether nothing at all is in the lab's schema."""
    with connection.cursor(row_factory=scalar_row) as cursor:
        return cursor.execute(_OBJECTS, [SCHEMA]).fetchone() == 0
