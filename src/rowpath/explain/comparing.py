"""Whether two answers are the same, and which parts of one differ from request to request."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rowpath.explain.values import Sameness

_TOKENS = re.compile(rb"[\w.:+/-]+|[^\w.:+/-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mask:
    """Which words of an answer, by number, change from one asking to the next."""

    words: frozenset[int] = frozenset()
    is_comparable: bool = True


def mask_of(bodies: Sequence[bytes]) -> Mask:
    """Return what differs among answers to one request that should be the same.

    Answers of different numbers of words cannot be compared at all.
    """
    split = [_TOKENS.findall(body) for body in bodies]
    if len({len(words) for words in split}) > 1:
        return Mask(is_comparable=False)
    differing = {
        number for number, words in enumerate(zip(*split, strict=True)) if len(set(words)) > 1
    }
    return Mask(words=frozenset(differing))


def sameness(before: bytes, after: bytes, mask: Mask, *, has_order: bool) -> Sameness:
    """Return in which sense two answers are the same.

    `has_order` says that the rows were asked for in an order, so that theirs must not change.
    """
    if before == after:
        return Sameness.BYTES
    if not mask.is_comparable:
        return Sameness.UNKNOWN
    if mask.words and _masked(before, mask) == _masked(after, mask):
        return Sameness.MASKED
    if not has_order and _same_rows(before, after):
        return Sameness.ROWS
    return Sameness.DIFFERENT


def _masked(body: bytes, mask: Mask) -> list[bytes | None]:
    words = _TOKENS.findall(body)
    return [None if number in mask.words else word for number, word in enumerate(words)]


def _same_rows(before: bytes, after: bytes) -> bool:
    try:
        return bool(_sorted(json.loads(before)) == _sorted(json.loads(after)))
    except ValueError:
        return False


def _sorted(value: Any) -> Any:  # noqa: ANN401 any JSON
    """Return the value with its outermost lists in an order of their own."""
    if isinstance(value, list):
        return sorted(json.dumps(item, sort_keys=True) for item in value)
    if isinstance(value, dict):
        return {key: _sorted(item) for key, item in value.items()}
    return value
