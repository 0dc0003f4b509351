from threading import Thread

import pytest
from django.db import DatabaseError, connection, connections, transaction

from conftest import PRODUCTS
from rowpath.capture.django import recorded
from rowpath.capture.trace import Statement, Trace

ROWS = 100

pytestmark = pytest.mark.usefixtures("django_database")


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
    assert trace.rows == 2 * ROWS
    assert trace.statements[1].text == (
        'SELECT "product"."id", "product"."high_price" FROM "product" '
        'WHERE "product"."id" = %s LIMIT 21'
    )


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
