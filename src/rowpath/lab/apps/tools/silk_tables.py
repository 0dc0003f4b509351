"""django-silk's tables, in the lab's schema."""

from django.core.management import call_command
from django.db import connection, transaction

from rowpath.lab.schema import MARK, SCHEMA, TOOL_TABLES

_LOCK = 0x51_1C
"""Any number: workers that start at once make the tables one after another."""


def make_tables(*, emptied: bool) -> None:
    """Make silk's tables in the lab's schema by its own migrations, or leave what is there.

    All of them have rowpath's mark, by which `rowpath lab data --drop` knows what to remove.
    RuntimeError where one of these names is there without it; nothing is changed then.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        cursor.execute(
            "SELECT relname FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace "
            "WHERE nspname = %s AND relname = ANY(%s) "
            "AND obj_description(c.oid, 'pg_class') IS DISTINCT FROM %s",
            [SCHEMA, list(TOOL_TABLES), MARK],
        )
        strange = [name for (name,) in cursor.fetchall()]
        if strange:
            msg = (
                f"Cannot make django-silk's tables: rowpath did not make {SCHEMA}.{strange[0]}. "
                "Drop or rename it."
            )
            raise RuntimeError(msg)
        call_command("migrate", "silk", verbosity=0, interactive=False)
        for table in TOOL_TABLES:
            cursor.execute(f"COMMENT ON TABLE {SCHEMA}.{table} IS '{MARK}'")
        if emptied:
            names = ", ".join(name for name in TOOL_TABLES if name.startswith("silk_"))
            cursor.execute(f"TRUNCATE {names}")
