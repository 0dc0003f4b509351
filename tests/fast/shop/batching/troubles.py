"""What a database, a driver or a router may be in a list's way with."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from django.db import DatabaseError, connections, transaction
from django.db.models.signals import post_init

from fast.shop.batching.models import LITE, Writer, alias_of, calls


@contextmanager
def refused() -> Iterator[None]:
    """Have every statement refused that asks for several rows at once."""

    def refuse(execute: Any, sql: str, *said: Any) -> Any:
        if " IN (" in sql:
            raise DatabaseError("too many at once")
        return execute(sql, *said)

    with connections["default"].execute_wrapper(refuse), connections[LITE].execute_wrapper(refuse):
        yield


@contextmanager
def with_value(change: str, back: str) -> Iterator[None]:
    """Have a value in both databases that Django would not write there."""

    def execute(statement: str) -> None:
        for alias in ("default", LITE):
            with connections[alias].cursor() as cursor:
                cursor.execute(statement)

    execute(change)
    try:
        yield
    finally:
        execute(back)


def unreadable() -> AbstractContextManager[None]:
    """Have a city that the driver cannot load."""
    return with_value(
        "UPDATE shop_city SET founded = 'infinity' WHERE id = 3",
        "UPDATE shop_city SET founded = NULL WHERE id = 3",
    )


@contextmanager
def broken() -> Iterator[None]:
    """Have every statement be an error in the database that asks for several rows at once."""

    def fail(execute: Any, sql: str, params: Any, *said: Any) -> Any:
        return execute(*(("SELECT 1 / 0", None) if " IN (" in sql else (sql, params)), *said)

    with connections["default"].execute_wrapper(fail):
        yield


@contextmanager
def opened_anew() -> Iterator[None]:
    try:
        yield
    finally:
        connections["default"].close()


def cutting_off(_: Any, row: Any) -> int:
    """Have the database end the session before the first relation is asked for."""
    if row.pk == 1:
        ended = connections["default"].connection.info.backend_pid
        other = connections.create_connection("default")
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s, 10000)", [ended])
        other.close()
    return 1


@contextmanager
def received() -> Iterator[None]:
    def receive(instance: Any, **_: Any) -> None:
        calls.append(type(instance).__name__)

    post_init.connect(receive, sender=Writer)
    try:
        yield
    finally:
        post_init.disconnect(receive, sender=Writer)


class Router:
    """Says of each row where its relations are."""

    def db_for_read(self, _model: Any, **hints: Any) -> str | None:
        instance = hints.get("instance")
        return None if instance is None else alias_of(instance)


@contextmanager
def undoing(alias: str) -> Iterator[None]:
    """Run the block in a transaction, and take back what it has written."""
    with transaction.atomic(using=alias):
        yield
        transaction.set_rollback(True, using=alias)
