"""Lists whose statements psycopg prepares, and what becomes of those when their table changes."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction
from django.db.models import BooleanField
from django.db.models.expressions import RawSQL
from django.test import RequestFactory

from fast.shop.asking import same, way_of
from fast.shop.models import Note
from fast.shop.views import Flat
from fast.shop.ways import fast
from rowpath.fast.drf import outcome_of

# One that comes in chunks, and one of a known and small number of rows.
LISTS = ("notes-flat/", "notes/?limit=3")


def prepared() -> dict[str, bool]:
    """Return for each list, asked for again and again, whether its statement is prepared once."""
    found = {}
    for path in LISTS:
        before = _prepared()
        ways = {way_of(same(path)) for _ in range(4)}
        new = _prepared() - before
        found[path] = ways == {"compiled"} and sum('FROM "shop_note"' in one for one in new) == 1
    return found


def most_that_are_kept() -> int:
    """Return how many statements are prepared after lists of more shapes than psycopg keeps."""
    connection.ensure_connection()
    connection.connection.prepared_max = 2
    for ordering in ("id", "-id", "text", "-text", "topic", "-topic"):
        view = type("Ordered", (Flat,), {"queryset": Note.objects.order_by(ordering)})
        for _ in range(3):
            fast(view).as_view()(RequestFactory().get("/"))
    return sum("ORDER BY" in statement for statement in _prepared())


def after_a_change(*, sql: str) -> list[str | None]:
    """Return how a list is answered before and twice after `sql`, of which psycopg knows nothing.

    The answers are DRF's.
    """
    ways = {way_of(same("notes-flat/")) for _ in range(3)}
    connection.connection.pgconn.exec_(sql.encode())
    return [*ways, *(way_of(same("notes-flat/")) for _ in range(2))]


def in_a_transaction_after_a_change(*, sql: str, by: str) -> list[str | None]:
    """Return how a list is answered in a transaction after `sql`, as DRF does, and after it."""
    for _ in range(3):
        same("notes-flat/")
    connection.connection.pgconn.exec_(sql.encode())
    with transaction.atomic() if by == "atomic" else _without_autocommit():
        within = way_of(same("notes-flat/"))
    return [within, way_of(same("notes-flat/"))]


def literals() -> list[object]:
    """Return how a list is answered whose SQL has a literal, and the statements prepared for it."""
    later = RawSQL("clock_timestamp() > 'now'::timestamptz", (), output_field=BooleanField())
    view = type("Later", (Flat,), {"queryset": Note.objects.filter(later).order_by("id")})
    outcomes = [outcome_of(fast(view).as_view()(RequestFactory().get("/"))) for _ in range(4)]
    ways = {outcome.path if outcome else None for outcome in outcomes}
    return [*ways, [statement for statement in _prepared() if "'now'" in statement]]


def names_that_are_taken() -> list[str | None]:
    """Return how a list is answered whose statement's name another client has taken."""
    connection.ensure_connection()
    for number in range(3):
        connection.connection.pgconn.prepare(f"_pg3_{number}".encode(), b"SELECT 1")
    return [way_of(same("notes-flat/")) for _ in range(3)]


@contextmanager
def _without_autocommit() -> Iterator[None]:
    transaction.set_autocommit(False)
    try:
        yield
    finally:
        transaction.commit()
        transaction.set_autocommit(True)


def _prepared() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement FROM pg_prepared_statements")
        return {statement for (statement,) in cursor.fetchall()}
