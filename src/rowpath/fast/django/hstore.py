"""The type hstore, which each database has under an OID of its own."""

from django.apps import apps


def hstore_oid(using: str) -> int | None:
    """Return the OID of hstore in the database `using`, if its values are read as dicts there.

    They are strings where django.contrib.postgres is not installed.
    """
    if not apps.is_installed("django.contrib.postgres"):
        return None
    # Needs psycopg, which a project on another database lacks.
    from django.contrib.postgres.signals import get_hstore_oids  # noqa: PLC0415

    oids, _ = get_hstore_oids(using)
    return int(oids[0]) if len(oids) == 1 else None
