"""How the number of statements grows with the rows; pure."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rowpath.explain.messages import Observed, Seen
from rowpath.explain.trails import Trail

FEWEST_ROWS = 4
"""Below it a quarter, a half and the whole are not three numbers of rows."""
GROWS_FROM = 0.1
"""Statements a row from which a number grows: one for every tenth row or more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """What was observed with a list of so many rows."""

    rows: int
    body: bytes
    observed: Observed


def rows_of(trail: Trail, observed: Observed) -> int:
    """Return how many rows the querysets of a trail had."""
    return sum(each.rows for each in observed.evaluated if each.trail == trail)


def sizes_around(rows: int) -> tuple[int, int, int]:
    """Return a quarter, a half and the whole of a number of rows."""
    return max(1, rows // 4), max(2, rows // 2), rows


def slope(points: Sequence[Point], counted: Callable[[Seen], bool]) -> float:
    """Return how many of the counted statements a row more brings, between the largest sizes."""
    smaller, larger = points[-2], points[-1]
    more = _count(larger, counted) - _count(smaller, counted)
    return more / (larger.rows - smaller.rows)


def grows(points: Sequence[Point], counted: Callable[[Seen], bool]) -> bool:
    """Return whether a number of statements grows with the rows at every step.

    What is sent once at the most has another text for another number of rows, and does not grow.
    """
    found = counts(points, counted)
    is_repeated = found[-1] > 1 and list(found) == sorted(found)
    return is_repeated and slope(points, counted) >= GROWS_FROM


def counts(points: Sequence[Point], counted: Callable[[Seen], bool]) -> tuple[int, ...]:
    """Return how many of the counted statements there are at each number of rows."""
    return tuple(_count(point, counted) for point in points)


def _count(point: Point, counted: Callable[[Seen], bool]) -> int:
    return sum(map(counted, point.observed.statements))


def texts(observed: Observed) -> Counter[str]:
    """Return how often each text was sent."""
    return Counter(seen.text for seen in observed.statements)
