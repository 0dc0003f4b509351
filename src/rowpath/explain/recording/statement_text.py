"""SQL texts made alike, so that a statement is told again whatever number of rows it is for."""

import re
from functools import lru_cache

from rowpath.errors import AnswerError

_PLACEHOLDER = re.compile(r"(?:%\(\w+\)s|\$\d+)(?:::[A-Z]+(?:\[\])?)?")
"""psycopg's and asyncpg's placeholders with their casts: names and numbers count the values."""
_IN_LIST = re.compile(r"\bIN \((?:%s|\?)(?:, ?(?:%s|\?))*\)")
_ALTERNATIVES = re.compile(r"\(([^\s()]+ = (?:%s|\?))(?: OR \1)+\)")
"""How Django asks for the other ends of foreign keys, one alternative for each."""
_ROWS = re.compile(r"\b(LIMIT|OFFSET) \d+", re.IGNORECASE)
_TRANSACTION = re.compile(
    r"\s*(SAVEPOINT|RELEASE|ROLLBACK|BEGIN|COMMIT|SET |PRAGMA )", re.IGNORECASE
)
_WRITES = re.compile(
    r"\s*(INSERT|UPDATE|DELETE|MERGE|REPLACE|TRUNCATE|CREATE|ALTER|DROP)\b", re.IGNORECASE
)

_ENDS = re.compile(
    r"\s*(?:(?:COMMIT|END|ABORT|ROLLBACK)(?:\s+(?:WORK|TRANSACTION))?(?:\s+AND\s+(?:NO\s+)?CHAIN)?"
    r"\s*;?\s*$|PREPARE\s+TRANSACTION\b|SET\b.*\bREAD\s+WRITE\b)",
    re.IGNORECASE,
)
"""What ends a transaction behind the framework's back, or has it write."""


@lru_cache(maxsize=1024)
def normalized(text: str) -> str:
    """Return a text whose lists of values and numbers of rows are left out."""
    unnamed = _PLACEHOLDER.sub("%s", text)
    alike = _ALTERNATIVES.sub(r"\1", _IN_LIST.sub("IN (...)", unnamed))
    return _ROWS.sub(r"\1 ...", alike)


def is_work(text: str) -> bool:
    """Return whether a statement is the request's own, and no frame of a transaction."""
    return text.startswith("SELECT ") or _TRANSACTION.match(text) is None


def is_write(text: str) -> bool:
    """Return whether a statement writes, as far as its first word says."""
    return _WRITES.match(text) is not None


def refuse_end(text: str) -> None:
    """Raise AnswerError if a statement ends the transaction that is to be undone."""
    if _ENDS.match(text):
        raise AnswerError(
            f"Cannot explain a request that sends {' '.join(text.split())!r} itself: what it "
            "writes could not be undone. Name another path."
        )
