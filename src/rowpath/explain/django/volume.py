"""How much a PostgreSQL sends, as it tells by `EXPLAIN (ANALYZE, SERIALIZE)` since version 17."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import DatabaseError, connections, transaction

_TELLS_FROM = 170_000
_EXPLAIN = "EXPLAIN (ANALYZE, SERIALIZE TEXT, TIMING OFF, FORMAT JSON) "


def is_told() -> bool:
    """Return whether all databases tell how much they send."""
    return all(
        each.vendor == "postgresql" and getattr(each, "pg_version", 0) >= _TELLS_FROM
        for each in connections.all()
    )


@contextmanager
def told() -> Iterator[list[int]]:
    """Yield a list that gets the kB of each SELECT of the block, which is run once more for that.

    What locks rows is left out, and what the server refuses to explain.
    """
    volumes: list[int] = []

    def weigh(connection: Any, sql: str, params: Any) -> None:
        try:
            with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
                cursor.cursor.execute(_EXPLAIN + sql, params)
                ((plan,),) = cursor.cursor.fetchall()
        except DatabaseError:
            return
        whole = json.loads(plan) if isinstance(plan, str) else plan
        volumes.append(whole[0].get("Serialization", {}).get("Output Volume", 0))

    def listen(execute: Callable[..., Any], sql: Any, params: Any, many: Any, context: Any) -> Any:
        text = str(sql)
        if text.startswith("SELECT") and " FOR " not in text:
            weigh(context["connection"], text, params)
        return execute(sql, params, many, context)

    connected = list(connections.all())
    for connection in connected:
        connection.execute_wrappers.append(listen)
    try:
        yield volumes
    finally:
        for connection in connected:
            connection.execute_wrappers.remove(listen)
