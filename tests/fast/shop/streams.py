"""Streams within one process: transactions around them, and answers that nobody reads."""

from typing import Any

from django.core.signals import request_started
from django.db import connection, transaction
from django.test import RequestFactory
from rest_framework.response import Response

from fast.shop.models import Note
from fast.shop.views import Numbers
from fast.shop.ways import fast


def _rows(rows: int) -> None:
    given = {"app.rows": str(rows), "app.odd_row": "0", "app.odd": ""}
    with connection.cursor() as cursor:
        for name, value in given.items():
            cursor.execute("SELECT set_config(%s, %s, false)", [name, value])


def _list() -> Any:
    return fast(Numbers).as_view()(RequestFactory().get("/"))


def within_an_open_transaction() -> bool:
    """A transaction that is open is not the stream's to end, so there is none."""
    _rows(5_000)
    with transaction.atomic():
        response = _list()
        return isinstance(response, Response) and connection.in_atomic_block


def by_a_client_that_drops_the_response() -> bool:
    _rows(5_000)
    response = _list()
    was_open = response.streaming and connection.in_atomic_block
    del response
    request_started.send(sender=None)
    return was_open and not connection.in_atomic_block


def with_what_middleware_writes_after_the_view() -> bool:
    """What is written on the same connection while the stream lasts is committed at its end."""
    _rows(5_000)
    response = _list()
    note = Note.objects.order_by("id")[0]
    Note.objects.filter(pk=note.pk).update(text="written after the view")
    length = len(list(response))
    response.close()
    with connection.copy().cursor() as other:
        other.execute("SELECT text FROM shop_note WHERE id = %s", [note.pk])
        [text] = other.fetchone()
        other.connection.close()
    return length > 1 and text == "written after the view"
