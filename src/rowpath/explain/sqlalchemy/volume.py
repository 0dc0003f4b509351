"""How much a PostgreSQL sends, as it tells by `EXPLAIN (ANALYZE, SERIALIZE)` since version 17."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from rowpath.explain.sqlalchemy.statements import listening

_TELLS_FROM = (17,)
_EXPLAIN = "EXPLAIN (ANALYZE, SERIALIZE TEXT, TIMING OFF, FORMAT JSON) "
Sent = tuple[Engine, str, Any]


@contextmanager
def logged() -> Iterator[list[Sent]]:
    """Yield a list that gets each SELECT of the block that locks nothing, with its values."""
    sent: list[Sent] = []

    def add(connection: Any, _cursor: Any, text: str, values: Any, *_: Any) -> None:
        if text.startswith("SELECT") and " FOR " not in text:
            sent.append((connection.engine, text, values))

    with listening("before_cursor_execute", add):
        yield sent


def volume_kb(sent: list[Sent]) -> int | None:
    """Return what is sent in answer to SELECTs, which are run once more; None where none tells.

    For a greenlet of SQLAlchemy's, as drivers may be asynchronous.
    """
    total = 0
    for engine, text, values in sent:
        try:
            with engine.connect() as connection:
                if not _tells(connection):
                    return None
                plan: Any = connection.exec_driver_sql(_EXPLAIN + text, values).scalar()
        except SQLAlchemyError:
            continue
        whole = json.loads(plan) if isinstance(plan, str) else plan
        total += whole[0].get("Serialization", {}).get("Output Volume", 0)
    return total if sent else None


def _tells(connection: Any) -> bool:
    dialect = connection.dialect
    is_postgresql: bool = dialect.name == "postgresql"
    return is_postgresql and tuple(dialect.server_version_info) >= _TELLS_FROM
