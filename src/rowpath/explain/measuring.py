"""The same request with lists of several lengths."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from rowpath.explain.comparing import Mask, mask_of
from rowpath.explain.growth import FEWEST_ROWS, Point, rows_of, sizes_around
from rowpath.explain.look import Look
from rowpath.explain.messages import Ask, Limit
from rowpath.explain.process import ProjectProcess
from rowpath.explain.trails import Trail

_OK = range(200, 300)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A request with lists of at least two lengths, the shortest first, and how each was asked."""

    asks: tuple[Ask, ...]
    points: tuple[Point, ...]
    masks: tuple[Mask, ...]

    @property
    def rows(self) -> tuple[int, ...]:
        """The lengths."""
        return tuple(point.rows for point in self.points)


def measured(process: ProjectProcess, seen: Look, trail: Trail) -> Measured | None:
    """Return the request with lists of a trail's of three lengths.

    Pages of DRF's are doubled twice, or where there are not so many rows halved; other lists are
    halved. None where there are too few rows, or the request does not bear such a list.
    """
    rows = rows_of(trail, seen.observed)
    if rows < FEWEST_ROWS:
        return None
    if seen.observed.is_paginated:
        for sizes in ((rows, 2 * rows, 4 * rows), sizes_around(rows)):
            limits = [Limit(rows=size, model=None) for size in sizes]
            found = _at(process, seen, trail, limits)
            if found is not None:
                return found
    limits = [Limit(rows=size, model=trail.model) for size in sizes_around(rows)]
    return _at(process, seen, trail, limits)


def _at(
    process: ProjectProcess, seen: Look, trail: Trail, limits: Iterable[Limit]
) -> Measured | None:
    asks, points, masks = [], [], []
    for limit in limits:
        ask = replace(seen.ask, limit=limit)
        answer = process.ask(ask)
        if answer.status not in _OK:
            return None
        bodies = [answer.body]
        if seen.mask.words or not seen.mask.is_comparable:
            bodies.append(process.ask(ask).body)
        rows = rows_of(trail, answer.observed)
        asks.append(ask)
        points.append(Point(rows=rows, body=answer.body, observed=answer.observed))
        masks.append(mask_of(bodies))
    lengths = [point.rows for point in points]
    if lengths != sorted(set(lengths)):
        return None
    return Measured(asks=tuple(asks), points=tuple(points), masks=tuple(masks))
