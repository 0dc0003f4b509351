"""Text of others as Markdown shows it, and rows of its tables."""

import re
from collections.abc import Iterable

_ACTIVE = re.compile(r"([\\`*_{}\[\]<>|~&#@!])")


def inert(text: str) -> str:
    """Return text in which nothing means anything to Markdown: names and reasons are others'."""
    return _ACTIVE.sub(r"\\\1", text)


def code(text: str) -> str:
    """Return text as code, where no backslash helps: what would end it is percent-encoded."""
    encoded = text.replace("`", "%60").replace("|", "%7C")
    return f"`{encoded}`"


def row(cells: Iterable[str]) -> str:
    """Return a row of a table."""
    return f"| {' | '.join(cells)} |"
