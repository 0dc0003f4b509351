"""Statements that may change what others read, seen on their way to the database."""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from django.db import connections

from rowpath.fast.stores import kept

# What stands in front of a bracket in the text of a query that only reads. A function that is not
# among them may do anything: one of the project's own, nextval(), set_config().
_READING = frozenset(
    (
        *("ABS", "ALL", "AND", "ANY", "ARRAY", "ARRAY_AGG", "AS", "AVG", "BETWEEN", "BOOL_AND"),
        *("BOOL_OR", "BY", "CASE", "CAST", "CEIL", "CEILING", "COALESCE", "CONCAT", "COUNT"),
        *("DATE_TRUNC", "DISTINCT", "ELSE", "EXCEPT", "EXISTS", "EXTRACT", "FILTER", "FLOOR"),
        *("FROM", "GREATEST", "HAVING", "IN", "INTERSECT", "JOIN", "JSON_AGG", "JSONB_AGG"),
        *("JSONB_BUILD_OBJECT", "JSON_OBJECT", "LEAST", "LENGTH", "LIKE", "LOWER", "LPAD", "LTRIM"),
        *("MAX", "MIN", "MOD", "NOT", "NULLIF", "NUMERIC", "ON", "OR", "OVER", "POWER"),
        *("RANK", "REPLACE", "ROUND", "ROW_NUMBER", "RTRIM", "SELECT", "STDDEV_POP"),
        *("STRING_AGG", "SUBSTR", "SUBSTRING", "SUM", "THEN", "TRIM", "UNION", "UPPER", "USING"),
        *("VALUES", "VARCHAR", "WHEN", "WHERE"),
    )
)
_BEFORE_BRACKET = re.compile(r'([\w"]+)\s*\(')
_ELSEWHERE = re.compile(r";|\bINTO\b", re.IGNORECASE)

Execute = Callable[[Any, Any, bool, Any], Any]


@kept
@lru_cache(maxsize=1_000)
def only_reads(sql: str) -> bool:
    """Whether `sql` certainly changes nothing that another query could read."""
    if not sql.startswith(("SELECT ", "(SELECT ")) or _ELSEWHERE.search(sql):
        return False
    return all(word.upper() in _READING for word in _BEFORE_BRACKET.findall(sql))


class Watch:
    """Tells of the first statement that may write, on any connection of this thread."""

    def __init__(self, tell: Callable[[], None]) -> None:
        self._tell = tell
        self._watched: list[list[Any]] = []

    def begin(self) -> None:
        """Look at each statement before anybody else does."""
        for connection in connections.all():
            wrappers = connection.execute_wrappers
            # The first of them is the outermost. And who puts one behind it takes away the last.
            wrappers.insert(0, self._look)
            self._watched.append(wrappers)

    def end(self) -> None:
        """Look no longer."""
        for wrappers in self._watched:
            if self._look in wrappers:
                wrappers.remove(self._look)
        self._watched.clear()

    def _look(self, execute: Execute, sql: Any, params: Any, many: bool, context: Any) -> Any:  # noqa: FBT001 - as Django calls it
        try:
            may_write = many or not isinstance(sql, str) or not only_reads(sql)
        except Exception:  # noqa: BLE001 - a defect of ours, and the statement is the project's
            may_write = True
        if may_write:
            self._tell()
        return execute(sql, params, many, context)
