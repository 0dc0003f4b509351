"""The rows of a statement of instances, as Django's compiler gives them, and read faster."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.sql.compiler import SQLCompiler, cursor_iter
from django.db.models.sql.constants import CURSOR

from rowpath.fast.django.drivers import has_binary_rows
from rowpath.fast.fallback import CannotCompileError


def rows_of(
    compiler: SQLCompiler, quicken: Callable[[Any], None], *, chunked_fetch: bool, chunk_size: int
) -> Any:
    """Return what execute_sql() returns: the rows in lists, or what yields such lists.

    A cursor of psycopg's is given to `quicken`, once it has the statement's result.
    """
    connection = compiler.connection
    send: Any = partial(compiler.execute_sql, chunked_fetch=chunked_fetch, chunk_size=chunk_size)
    if not _has_psycopg(connection):
        return send()
    cursor = send(result_type=CURSOR)
    if cursor is None:  # Django has no need to ask
        return iter(())
    quicken(cursor)
    width = compiler.col_count if compiler.has_extra_select else None
    blocks = cursor_iter(cursor, connection.features.empty_fetchmany_value, width, chunk_size)
    are_chunks = chunked_fetch and connection.features.can_use_chunked_reads
    return blocks if are_chunks else list(blocks)


def _has_psycopg(connection: BaseDatabaseWrapper) -> bool:
    try:
        return has_binary_rows(connection)
    except CannotCompileError:
        return False  # a version that was not proved, say
