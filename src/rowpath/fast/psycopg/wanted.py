"""The statement that was compiled, and whether what reaches the cursor is still that one."""

import re
from operator import is_
from typing import Any, Protocol

from rowpath.fast.fallback import CannotCompileError, Holds


class Wanted(Protocol):
    """A statement that was compiled: nothing else is sent."""

    @property
    def sql(self) -> str:
        """Its text, with placeholders."""

    @property
    def params(self) -> tuple[Any, ...]:
        """What stands for them."""


def check_same(query: Any, params: Any, wanted: Wanted) -> None:
    """Raise CannotCompileError unless `query` is `wanted`; a comment may have been added."""
    given = tuple(params or ())
    is_same = len(given) == len(wanted.params) and all(map(is_, given, wanted.params))
    if not is_same or (query != wanted.sql and not _is_commented(query, wanted.sql)):
        raise CannotCompileError("a wrapper changed the statement", holds=Holds.VIEW_A_WHILE)


def _is_commented(query: Any, sql: str) -> bool:
    # As tools do that say where a statement comes from: in front of it or behind it.
    if not isinstance(query, str) or sql not in query:
        return False
    before, _, after = query.partition(sql)
    return all(_COMMENT.fullmatch(part) for part in (before, after))


# One comment, or none, in which no other begins; PostgreSQL nests them.
_COMMENT = re.compile(r"\s*(/\*(?:(?!/\*|\*/|%).|%%)*\*/)?\s*", re.DOTALL)
