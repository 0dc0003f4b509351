"""Numbers of rows as people write them, 10_000_000, 10,000,000, 100k, 10M, and the most of each."""

import re
from collections.abc import Sequence

from rowpath.errors import UsageError

_FACTORS = {"": 1, "k": 1_000, "m": 1_000_000}
_COUNT = re.compile(r"(\d[\d_,]{0,30})([km]?)", re.IGNORECASE | re.ASCII)
MOST_ROWS = 10**12
"""More than any disk holds; a slip of the hand is told at once."""
MOST_WORKERS = 64
"""Likewise: each is a process with a framework in it."""


def parse_count(text: str, option: str) -> int:
    """Return the number of rows, 1 or more, that `text` says; UsageError names the `option`."""
    match = _COUNT.fullmatch(text.strip())
    count = 0
    if match:
        digits, unit = match.groups()
        count = int(re.sub("[_,]", "", digits)) * _FACTORS[unit.lower()]
    if not 1 <= count <= MOST_ROWS:
        raise UsageError(
            f"Cannot read {option} {text[:40]!r}: it is no number of rows. "
            "Write a whole number from 1 to a million million, such as 1000, 1_000, 100k or 10M."
        )
    return count


def parse_sizes(text: str | None) -> Sequence[int]:
    """Return the sizes that a comma-separated list says, none for no list."""
    if text is None:
        return ()
    return tuple(parse_count(part, "--sizes") for part in text.split(","))
