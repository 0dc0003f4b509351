"""Statements that end before their last row, and what becomes of their connection."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Thread
from typing import Any

from django.db import DataError, connection, connections
from django.db.models import F, IntegerField
from django.db.models.functions import Cast
from django.db.models.lookups import GreaterThan
from rest_framework.generics import ListAPIView

from fast.shop.models import Number
from fast.shop.odd import asked, hold
from fast.shop.views import NumberFields
from fast.shop.ways import fast
from rowpath.fast.django.binary import take_binary_rows
from rowpath.fast.django.statement import Statement


class DividesLate(ListAPIView):
    serializer_class = NumberFields
    queryset = Number.objects.annotate(part=Cast(100 / (F("id") - 900), IntegerField())).filter(
        GreaterThan(F("part"), -1000)
    )


def after_an_error_among_the_rows() -> list[Any]:
    """Return whether both ways raise the same, and whether the connection goes on."""
    hold(2_000)
    raised = []
    for view in (DividesLate, fast(DividesLate)):
        try:
            asked(view)
        except DataError as error:
            raised.append(str(error))
    with connection.cursor() as cursor:
        cursor.execute("SELECT 7")
        return [len(raised) == 2 and raised[0] == raised[1], cursor.fetchone()[0]]


class _Interrupted(BaseException):
    pass


def after_an_interruption() -> int:
    """Return what the connection reads after a statement was left in the middle."""

    statement = Statement(
        "SELECT n, repeat('x', 100) FROM generate_series(1, 200000) n", (), "default"
    )
    for interruption in (_Interrupted, KeyboardInterrupt, _Interrupted):

        def interrupt(_: Any, interruption: type[BaseException] = interruption) -> None:
            raise interruption

        try:
            take_binary_rows(statement, connections["default"], interrupt)
        except interruption:
            continue
    with connection.cursor() as cursor:
        cursor.execute("SELECT 7")
        return int(cursor.fetchone()[0])


def where_nobody_cancels() -> bool:
    """Return whether a connection is given up whose statement is left, and cannot be canceled.

    The statement has no end: what waits for it waits for ever.
    """
    endless = Statement("SELECT generate_series(1, 1000000000000)", (), "one-way")

    def interrupt(_: Any) -> None:
        raise _Interrupted

    with _to_a_server_of_one_connection() as port:
        options = connections["default"].settings_dict["OPTIONS"]
        own = {"OPTIONS": {**options, "host": "127.0.0.1", "port": str(port)}}
        connections.settings["one-way"] = {**connections.settings["default"], **own}
        try:
            take_binary_rows(endless, connections["one-way"], interrupt)
        except _Interrupted:
            return bool(connections["one-way"].connection.closed)
        finally:
            connections["one-way"].close()
    return False


@contextmanager
def _to_a_server_of_one_connection() -> Iterator[int]:
    """Yield a port that leads to the database, once: whoever comes after is refused."""
    connection.ensure_connection()
    at = connection.connection.info
    listener = socket.create_server(("127.0.0.1", 0))

    def lead() -> None:
        client, _ = listener.accept()
        listener.close()
        server = socket.socket(socket.AF_UNIX)
        server.connect(f"{at.host}/.s.PGSQL.{at.port}")
        for one, other in ((client, server), (server, client)):
            Thread(target=_pump, args=(one, other), daemon=True).start()

    Thread(target=lead, daemon=True).start()
    yield listener.getsockname()[1]


def _pump(one: socket.socket, other: socket.socket) -> None:
    """Give `other` what comes from `one`, until one of them has gone."""
    with one, suppress(OSError):
        while data := one.recv(65_536):
            other.sendall(data)
    with suppress(OSError):
        other.shutdown(socket.SHUT_RDWR)
