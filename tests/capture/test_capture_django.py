from collections.abc import Callable
from contextlib import nullcontext
from datetime import UTC, datetime
from decimal import Decimal
from threading import Thread
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, connection, connections, transaction
from psycopg.sql import SQL, Identifier

from conftest import PRODUCTS
from rowpath.capture.django import recorded
from rowpath.capture.recording import Recording
from rowpath.capture.trace import Statement, Trace

ROWS = 100

pytestmark = pytest.mark.usefixtures("django_database")


def product_at(pk: int) -> dict[str, object]:
    """Return the fields of a product that is not there."""
    return {
        "pk": pk,
        "low_price": Decimal("1.50"),
        "high_price": Decimal("2.50"),
        "demand_qty": 1,
        "offers_qty": 2,
        "bought_qty": 3,
        "sold_qty": 4,
        "time_created": datetime(2022, 1, 1, tzinfo=UTC),
    }


def count() -> int:
    from rowpath.lab.apps.django.models import Product  # noqa: PLC0415 after Django is set up

    return Product.objects.count()


def test_a_statement_is_recorded_with_its_text_and_rows() -> None:
    """The text is what Django gave the driver, placeholders included."""
    with recorded() as recording, connection.cursor() as cursor:
        cursor.execute("SELECT id FROM product WHERE id <= %s", [7])

    (statement,) = recording.statements()
    assert statement.text == "SELECT id FROM product WHERE id <= %s"
    assert statement.rows == 7
    assert statement.duration_s > 0


def test_only_one_field_sends_a_statement_more_for_each_row() -> None:
    """The talk's 101 queries including 100 similar (2.1)."""
    from rowpath.lab.apps.django.models import Product  # noqa: PLC0415 after Django is set up

    with recorded() as recording:
        for product in Product.objects.only("low_price")[:ROWS]:
            assert product.high_price

    trace = Trace(statements=recording.statements(), peak_bytes=0)
    assert len(trace.statements) == ROWS + 1
    assert trace.similar == ROWS
    assert trace.duplicates == 0
    assert trace.rows == 2 * ROWS
    places = [statement.place for statement in trace.statements]
    assert all(
        place is not None and place.file.endswith("test_capture_django.py") for place in places
    )
    assert [place.code for place in places if place is not None] == [
        'for product in Product.objects.only("low_price")[:ROWS]:',
        *["assert product.high_price"] * ROWS,
    ]
    assert trace.statements[1].text == (
        'SELECT "product"."id", "product"."high_price" FROM "product" '
        'WHERE "product"."id" = %s LIMIT 21'
    )


def test_what_is_asked_again_is_a_duplicate() -> None:
    """The same text with the same values, by the ORM or by a cursor, by place or by name."""
    from rowpath.lab.apps.django.models import Product  # noqa: PLC0415 after Django is set up

    with recorded() as recording, connection.cursor() as cursor:
        for pk in (1, 2, 1):
            Product.objects.get(pk=pk)
        for text, values in (
            ("SELECT %s::int", [1]),
            ("SELECT %(one)s::int", {"one": 1}),
            ("SELECT 1", None),
        ):
            cursor.execute(text, values)
            cursor.execute(text, values)

    trace = Trace(statements=recording.statements(), peak_bytes=0)
    assert trace.similar == 3 + 6
    assert trace.duplicates == 2 + 6


def test_an_iterator_is_one_statement_with_all_its_rows() -> None:
    """A server-side cursor is one SELECT, with the rows and the time of its fetches."""
    from rowpath.lab.apps.django.models import Product  # noqa: PLC0415 after Django is set up

    with recorded() as recording:
        read = [product.pk for product in Product.objects.iterator(chunk_size=30)]

    (statement,) = recording.statements()
    assert statement.text.startswith("SELECT")
    assert statement.rows == len(read) == PRODUCTS


def test_executemany_is_one_statement() -> None:
    """What the application sent once is recorded once."""
    with transaction.atomic(), recorded() as recording, connection.cursor() as cursor:
        cursor.executemany("UPDATE product SET sold_qty = %s WHERE id = %s", [(1, 1), (1, 2)])
        transaction.set_rollback(True)

    (statement,) = recording.statements()
    assert statement.rows == 2


def test_a_statement_that_fails_is_recorded() -> None:
    """It was sent, and waited for."""
    with recorded() as recording, pytest.raises(DatabaseError), connection.cursor() as cursor:
        cursor.execute("SELECT 1 / 0")

    assert [statement.text for statement in recording.statements()] == ["SELECT 1 / 0"]


def test_nothing_is_recorded_after_the_block() -> None:
    """The wrapper is gone from the connection, also after an exception."""
    with pytest.raises(RuntimeError), recorded() as recording:
        raise RuntimeError

    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")

    assert recording.statements() == ()
    assert connection.execute_wrappers == []


def test_threads_do_not_mix() -> None:
    """A statement of another thread is in that thread's recording alone."""
    seen: list[tuple[Statement, ...]] = []

    def work() -> None:
        with recorded() as other, connection.cursor() as cursor:
            cursor.execute("SELECT 2")
        seen.append(other.statements())
        connections.close_all()

    with recorded() as recording:
        thread = Thread(target=work)
        thread.start()
        thread.join()

    assert recording.statements() == ()
    assert [[statement.text for statement in part] for part in seen] == [["SELECT 2"]]


def test_a_plan_is_asked_for_only_on_demand() -> None:
    """What is recorded has no plan until somebody asks for it."""
    from rowpath.lab.apps.django.models import Product  # noqa: PLC0415 after Django is set up

    with recorded() as recording:
        assert len(Product.objects.filter(pk__in=[1, 2])) == 2

    assert [statement.plan for statement in recording.statements()] == [None]
    recording.explain()
    (statement,) = recording.statements()
    assert statement.plan is not None
    assert "Scan using" in statement.plan or "Bitmap Heap Scan" in statement.plan
    assert " on product" in statement.plan


def test_an_iterator_has_the_plan_of_its_select() -> None:
    """A server-side cursor is explained as the SELECT that it was declared for."""
    from rowpath.lab.apps.django.models import Product  # noqa: PLC0415 after Django is set up

    with recorded() as recording:
        for _ in Product.objects.filter(low_price__gt=Decimal("0.5")).iterator(chunk_size=500):
            pass
    recording.explain()

    (statement,) = recording.statements()
    assert " on product" in (statement.plan or "")


def test_what_writes_is_explained_and_not_done_again() -> None:
    """INSERT, UPDATE and DELETE have plans, and the table is afterwards as they left it."""
    from rowpath.lab.apps.django.models import Product  # noqa: PLC0415 after Django is set up

    with transaction.atomic():
        with recorded() as recording:
            Product.objects.bulk_create(
                [Product(**product_at(PRODUCTS + 1)), Product(**product_at(PRODUCTS + 2))]
            )
            assert Product.objects.filter(pk=PRODUCTS + 1).update(sold_qty=5) == 1
            assert Product.objects.filter(pk=PRODUCTS + 2).delete()[0] == 1
        recording.explain()
        assert count() == PRODUCTS + 1
        transaction.set_rollback(True)

    explained = [
        (statement.text.split()[0], (statement.plan or "").splitlines()[0].split("  ")[0])
        for statement in recording.statements()
        if statement.plan is not None
    ]
    assert explained == [
        ("INSERT", "Insert on product"),
        ("UPDATE", "Update on product"),
        ("DELETE", "Delete on product"),
    ]


def test_statements_of_one_text_share_the_plan_of_the_first_values() -> None:
    """Each text is explained once, with the values that it was first sent with."""
    with recorded() as recording, connection.cursor() as cursor:
        for most in (1, PRODUCTS):
            cursor.execute("SELECT low_price FROM product WHERE id <= %s", [most])
    recording.explain()

    plans = [statement.plan for statement in recording.statements()]
    assert plans == [plans[0]] * 2
    assert "Index" in (plans[0] or "")


@pytest.mark.parametrize("sets", [list, iter, tuple])
def test_executemany_is_explained_with_its_first_values(
    sets: Callable[[list[tuple[int, int]]], Any],
) -> None:
    """Many sets of values are sent whole, an iterator too, and the first has the plan."""
    update = "UPDATE product SET sold_qty = %s WHERE id = %s"
    with transaction.atomic(), connection.cursor() as cursor:
        with recorded() as recording:
            cursor.executemany(update, sets([(7_654_321, 1), (7_654_321, 2), (7_654_321, 3)]))
        recording.explain()
        cursor.execute("SELECT count(*) FROM product WHERE sold_qty = 7654321")
        assert cursor.fetchone() == (3,)
        transaction.set_rollback(True)

    (statement,) = recording.statements()
    assert statement.rows == 3
    assert "Update on product" in (statement.plan or "")


def test_executemany_of_nothing_is_recorded_without_a_plan() -> None:
    """There are no values that it could be explained with."""
    with recorded() as recording, connection.cursor() as cursor:
        cursor.executemany("UPDATE product SET sold_qty = %s WHERE id = %s", [])
    recording.explain()

    assert [statement.plan for statement in recording.statements()] == [None]


@pytest.mark.parametrize("text", ["SAVEPOINT x", "SET LOCAL timezone = 'UTC'", "SHOW timezone"])
def test_a_statement_without_a_plan_has_none(text: str) -> None:
    """PostgreSQL is not even asked."""
    with transaction.atomic(), recorded() as recording, connection.cursor() as cursor:
        cursor.execute(text)
        recording.explain()

    (statement,) = recording.statements()
    assert statement.text == text
    assert statement.plan is None


def test_a_statement_that_fails_has_no_plan() -> None:
    """Not even where explaining it would raise what the driver raised."""
    no_values: Any = 5
    with recorded() as recording, connection.cursor() as cursor:
        with pytest.raises(DatabaseError):
            cursor.execute("SELECT 1 / 0")
        with pytest.raises(TypeError):
            cursor.execute("SELECT %s", no_values)
    recording.explain()

    assert [statement.plan for statement in recording.statements()] == [None, None]


@pytest.mark.parametrize("is_atomic", [False, True])
def test_explaining_is_not_recorded_and_leaves_the_connection_usable(*, is_atomic: bool) -> None:
    """In autocommit and inside atomic, though one text cannot be explained any more."""
    with transaction.atomic() if is_atomic else nullcontext(), connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE gone (id integer)")
        with recorded() as recording:
            cursor.execute("SELECT id FROM gone")
            cursor.execute("SELECT id FROM product WHERE id = 1")
            cursor.execute("DROP TABLE gone")
            recording.explain()
            statements = recording.statements()

        assert [statement.plan is None for statement in statements] == [True, False, True]
        cursor.execute("SELECT id FROM product WHERE id = 2")
        assert cursor.fetchone() == (2,)


def test_a_broken_transaction_is_not_asked_for_plans() -> None:
    """After an error inside atomic the application's own rollback is what comes next."""
    with recorded() as recording, pytest.raises(DatabaseError, match="zero"):
        explained_after_an_error(recording)

    assert [statement.plan for statement in recording.statements()] == [None, None]
    assert count() == PRODUCTS


def explained_after_an_error(recording: Recording) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT id FROM product WHERE id = 1")
        try:
            cursor.execute("SELECT 1 / 0")
        finally:
            recording.explain()


def test_a_connection_that_was_closed_is_opened_for_the_plans() -> None:
    """As Django opens it for whatever comes next."""
    with recorded() as recording, connection.cursor() as cursor:
        cursor.execute("SELECT id FROM product WHERE id = 1")
    connection.close()
    recording.explain()

    (statement,) = recording.statements()
    assert "product" in (statement.plan or "")


def test_composed_sql_is_recorded_as_postgresql_gets_it() -> None:
    """The text is SQL, not the representation of a Python object."""
    with recorded() as recording, connection.cursor() as cursor:
        cursor.execute(SQL("SELECT id FROM {} WHERE id = %s").format(Identifier("product")), [1])
    recording.explain()

    (statement,) = recording.statements()
    assert statement.text == 'SELECT id FROM "product" WHERE id = %s'
    assert "product" in (statement.plan or "")


def test_copy_is_one_statement_with_its_rows() -> None:
    """psycopg's COPY goes past Django's wrappers, and is recorded all the same."""
    copy_text = "COPY kept FROM STDIN"
    before = psycopg.Cursor.copy
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE kept (id integer)")

    with recorded() as recording:
        with connection.cursor() as cursor, cursor.copy(copy_text) as copy:
            for number in range(100):
                copy.write_row((number,))
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM kept")
    recording.explain()

    copied, counted = recording.statements()
    assert (copied.text, copied.rows, copied.plan) == (copy_text, 100, None)
    assert copied.duration_s > 0
    assert counted.plan is not None
    assert before is psycopg.Cursor.copy


def test_a_copy_past_django_is_not_recorded() -> None:
    """A connection of psycopg's own, in the same thread, is not Django's."""
    with (
        recorded() as recording,
        psycopg.connect(**connection.get_connection_params()) as other,
        other.cursor() as cursor,
        cursor.copy("COPY (SELECT 1) TO STDOUT") as copy,
    ):
        assert list(copy.rows()) == [("1",)]

    assert recording.statements() == ()
