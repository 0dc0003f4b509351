"""What stands in the lab's schema, and whether rowpath made it.

The schema and both tables carry a comment as a mark. Whatever lacks it is somebody else's, and is
neither written to nor dropped.
"""

from dataclasses import dataclass

from psycopg import Connection
from psycopg.rows import class_row, scalar_row
from psycopg.sql import SQL, Identifier

from rowpath.errors import DatasetError
from rowpath.lab.record import DatasetRecord
from rowpath.lab.schema import SCHEMA

TABLE = "product"
FINGERPRINTS = "dataset"
MARK = "made by rowpath"
PRODUCT = Identifier(SCHEMA, TABLE)
FINGERPRINT = Identifier(SCHEMA, FINGERPRINTS)

COLUMNS = {
    "id": "bigint",
    "low_price": "numeric(7,2)",
    "high_price": "numeric(7,2)",
    "demand_qty": "integer",
    "offers_qty": "integer",
    "bought_qty": "integer",
    "sold_qty": "integer",
    "time_created": "timestamp with time zone",
}
INDEXED = ("id", "time_created")

_SCHEMA_MARK = """
    SELECT coalesce(obj_description(oid, 'pg_namespace'), '') FROM pg_namespace WHERE nspname = %s
"""
_RELATIONS = """
    SELECT relname, relkind = 'r' AND obj_description(c.oid, 'pg_class') IS NOT DISTINCT FROM %s
    FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
    WHERE nspname = %s AND relname = ANY(%s)
"""
_OBJECTS = """
    SELECT pg_describe_object(classid, objid, objsubid) FROM pg_depend
    WHERE refclassid = 'pg_namespace'::regclass AND deptype = 'n'
      AND refobjid = (SELECT oid FROM pg_namespace WHERE nspname = %s)
    ORDER BY 1
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
    SELECT attname FROM pg_index
    JOIN pg_attribute ON attrelid = indrelid AND attnum = indkey[0]
    WHERE indrelid = %s::regclass AND indnatts = 1 AND indisvalid AND indpred IS NULL
"""
_COUNT = SQL("SELECT count(*), coalesce(max(id), 0) FROM {}").format(PRODUCT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """What of ours is there: the schema, the fingerprint, and what is wrong with the table."""

    has_schema: bool
    record: DatasetRecord | None = None
    damage: str | None = None


def examine(connection: Connection, description: str) -> Contents:
    """Return what is there; DatasetError when the schema or a table in it is not rowpath's."""
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
    named: list[tuple[str, bool]] = connection.execute(
        _RELATIONS, [MARK, SCHEMA, [TABLE, FINGERPRINTS]]
    ).fetchall()
    relations = dict(named)
    foreign = [name for name in (TABLE, FINGERPRINTS) if relations.get(name) is False]
    if foreign:
        raise DatasetError(
            f"Cannot use {SCHEMA}.{foreign[0]} of {description}: rowpath did not make it. "
            "Drop or rename it, or give another database."
        )
    if FINGERPRINTS not in relations:
        return Contents(has_schema=True)
    return _contents(connection, has_table=TABLE in relations)


def objects_in_schema(connection: Connection) -> tuple[str, ...]:
    """Return all that is in the lab's schema, functions and types too, each with its kind."""
    return tuple(name for (name,) in connection.execute(_OBJECTS, [SCHEMA]))


def _contents(connection: Connection, *, has_table: bool) -> Contents:
    with connection.cursor(row_factory=class_row(DatasetRecord)) as cursor:
        record = cursor.execute(_RECORD, [TABLE]).fetchone()
    if record is None:
        return Contents(has_schema=True)
    damage = _damage(connection, record) if has_table else "the table is gone"
    return Contents(has_schema=True, record=record, damage=damage)


def _damage(connection: Connection, record: DatasetRecord) -> str | None:
    """Return in what the table differs from the one that was built, None when in nothing."""
    table = f"{SCHEMA}.{TABLE}"
    found = connection.execute(_COLUMNS, [table]).fetchall()
    if sorted(found) != sorted((name, kind, True) for name, kind in COLUMNS.items()):
        return "its columns are not those that were built"
    indexed = {name for (name,) in connection.execute(_INDEXED, [table])}
    missing = [name for name in INDEXED if name not in indexed]
    if missing:
        return f"its index on {missing[0]} is gone"
    held = connection.execute(_COUNT).fetchone() or (0, 0)
    if held != (record.rows, record.rows):
        return f"it has {held[0]:,} rows and the largest id is {held[1]:,}"
    return None
