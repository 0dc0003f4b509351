"""Transactions that leave nothing behind: read-only where the database can, rolled back always."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from django.db import connections, transaction

from rowpath.explain.django.driver_guards import Refused, closed_to_writes, open_to_writes
from rowpath.explain.recording.statement_text import refuse_end


@contextmanager
def rolled_back(*, may_write: bool) -> Iterator[Refused]:
    """Have all that the block does in the databases undone, and refused where it may not write.

    Blocks that are to be the outermost (`durable=True`) pass, as in Django's own tests. What a
    driver's own connection would commit is refused, and noted in what is yielded.
    """
    refused = Refused()
    with ExitStack() as stack:
        for connection in connections.all():
            stack.enter_context(closed_to_writes(connection))
            outer = transaction.atomic(using=connection.alias)
            # What Django's TestCase sets: without it a durable block inside is refused.
            outer._from_testcase = True
            stack.enter_context(outer)
            stack.callback(transaction.set_rollback, True, using=connection.alias)
            if may_write:
                stack.enter_context(open_to_writes(connection, refused.note))
            else:
                stack.enter_context(_read_only(connection))
            stack.enter_context(connection.execute_wrapper(_in_its_transaction))
        yield refused


def _in_its_transaction(execute: Callable[..., Any], sql: Any, *said: Any) -> Any:
    """Send a statement, unless it ends the transaction."""
    refuse_end(str(sql))
    return execute(sql, *said)


@contextmanager
def _read_only(connection: Any) -> Iterator[None]:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION READ ONLY")
        yield
    elif connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA query_only = 1")
        try:
            yield
        finally:
            connection.connection.execute("PRAGMA query_only = 0")
    else:  # rolled back all the same
        yield
