"""The tables that django-silk makes in the lab's schema, by its own migrations."""

from psycopg import Cursor
from psycopg.sql import SQL, Identifier

from rowpath.lab.schema import MARK, SCHEMA, TOOL_TABLES

_OURS = """
    SELECT relname FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
    WHERE nspname = %s AND relname = ANY(%s) AND relkind = 'r'
      AND obj_description(c.oid, 'pg_class') = %s
"""


def drop_tool_tables(cursor: Cursor) -> None:
    """Drop those of the tables that are there with rowpath's mark, within a transaction."""
    ours = cursor.execute(_OURS, [SCHEMA, list(TOOL_TABLES), MARK]).fetchall()
    if ours:
        names = SQL(", ").join(Identifier(SCHEMA, name) for (name,) in ours)
        cursor.execute(SQL("DROP TABLE {}").format(names))
