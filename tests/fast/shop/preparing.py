"""Lists whose statements psycopg prepares, and what becomes of those when their table changes."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction
from django.db.models import BooleanField
from django.db.models.expressions import RawSQL
from django.test import RequestFactory

from fast.shop.asking import ask, told, way_of
from fast.shop.models import Note
from fast.shop.views import Flat
from fast.shop.ways import fast
from rowpath.fast.drf import outcome_of

# One that comes in chunks, and one of a known and small number of rows.
LISTS = ("notes-flat/", "notes/?limit=3")


def prepared() -> dict[str, list[object]]:
    """Return for each list, asked for again and again, how, and how many statements it prepares."""
    found: dict[str, list[object]] = {}
    for path in LISTS:
        before = _prepared()
        ways = {_way_of_same(path, ask(path, "drf")) for _ in range(4)}
        found[path] = [*ways, len(_prepared() - before)]
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
    theirs = ask("notes-flat/", "drf")  # once: it is not prepared yet
    ways = {_way_of_same("notes-flat/", theirs) for _ in range(3)}
    connection.connection.pgconn.exec_(sql.encode())
    return [*ways, *(_way_of_same("notes-flat/", theirs) for _ in range(2))]


def in_a_transaction_after_a_change(*, sql: str, by: str) -> list[str | None]:
    """Return how a list is answered in a transaction after `sql`, as DRF does, and after it."""
    theirs = ask("notes-flat/", "drf")
    for _ in range(3):
        _way_of_same("notes-flat/", theirs)
    connection.connection.pgconn.exec_(sql.encode())
    with transaction.atomic() if by == "atomic" else _without_autocommit():
        within = _way_of_same("notes-flat/", theirs)
    return [within, _way_of_same("notes-flat/", theirs)]


def literals() -> list[object]:
    """Return how a list is answered whose SQL has a literal, and the statements prepared for it."""
    later = RawSQL("clock_timestamp() > 'now'::timestamptz", (), output_field=BooleanField())
    view = type("Later", (Flat,), {"queryset": Note.objects.filter(later).order_by("id")})
    outcomes = [outcome_of(fast(view).as_view()(RequestFactory().get("/"))) for _ in range(4)]
    ways = {outcome.path if outcome else None for outcome in outcomes}
    return [*ways, [statement for statement in _prepared() if "'now'" in statement]]


def _way_of_same(path: str, theirs: Any) -> str | None:
    """Return how the list at `path` is answered, which is as in DRF's answer."""
    ours = ask(path, "fast")
    assert told(ours) == told(theirs)
    return way_of(ours)


@contextmanager
def _without_autocommit() -> Iterator[None]:
    transaction.set_autocommit(False)
    try:
        yield
    finally:
        transaction.commit()
        transaction.set_autocommit(True)


def _prepared() -> set[str]:
    """Return the statements that the fast path has prepared."""
    with connection.cursor() as cursor:
        cursor.execute(r"SELECT statement FROM pg_prepared_statements WHERE name ~ '^rowpath_'")
        return {statement for (statement,) in cursor.fetchall()}
