"""The same request with lists of several lengths."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from rowpath.explain.answered import is_answered
from rowpath.explain.asking.look import Look
from rowpath.explain.asking.process import ProjectProcess
from rowpath.explain.comparing import Mask, mask_of
from rowpath.explain.growth import FEWEST_ROWS, Point, rows_of, sizes_around
from rowpath.explain.messages import Ask, Limit
from rowpath.explain.trails import Trail


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A request with lists of at least two lengths, the shortest first, and how each was asked.

    `is_whole` says that all rows of the queryset are those of the list.
    """

    asks: tuple[Ask, ...]
    points: tuple[Point, ...]
    masks: tuple[Mask, ...]
    is_whole: bool = True

    @property
    def rows(self) -> tuple[int, ...]:
        """The lengths."""
        return tuple(point.rows for point in self.points)


def measurements(process: ProjectProcess, seen: Look, trail: Trail) -> Iterator[Measured]:
    """Yield the request with lists of a trail's of three lengths.

    Pages of DRF's are doubled twice, or where there are not so many rows halved; other lists are
    halved. Both are measured where a view goes through more rows than its page has. Nothing where
    there are too few rows, or the request does not bear such a list.
    """
    rows, page = rows_of(trail, seen.observed), seen.observed.page_rows
    if page is not None and min(page, rows) >= FEWEST_ROWS:
        for sizes in ((page, 2 * page, 4 * page), sizes_around(min(page, rows))):
            found = _at(process, seen, trail, [Limit(rows=size, model=None) for size in sizes])
            if found is None:
                continue
            yield found
            if found.is_whole:
                return
            break
    if rows >= FEWEST_ROWS:
        is_of_one = trail.parent is not None
        limits = [
            Limit(rows=size, model=trail.model, with_prefetches=is_of_one)
            for size in sizes_around(rows)
        ]
        found = _at(process, seen, trail, limits)
        if found is not None:
            yield found


def _at(
    process: ProjectProcess, seen: Look, trail: Trail, limits: Sequence[Limit]
) -> Measured | None:
    asks, answers, masks = [], [], []
    for limit in limits:
        ask = replace(seen.ask, limit=limit)
        answer = process.ask(ask)
        if not is_answered(answer, ask.request):
            return None
        bodies = [answer.compared]
        if seen.mask.words or not seen.mask.is_comparable:
            bodies.append(process.ask(ask).compared)
        asks.append(ask)
        answers.append(answer)
        masks.append(mask_of(bodies))
    lengths = [rows_of(trail, answer.observed) for answer in answers]
    is_whole = _increases(lengths)
    if not is_whole:
        # All rows are gone through whatever the page has; what is done for its rows alone grows.
        lengths = [limit.rows for limit in limits]
        counts = [len(answer.observed.statements) for answer in answers]
        if limits[0].model is not None or not _increases(counts):
            return None
    points = [
        Point(rows=rows, body=answer.compared, observed=answer.observed)
        for rows, answer in zip(lengths, answers, strict=True)
    ]
    return Measured(asks=tuple(asks), points=tuple(points), masks=tuple(masks), is_whole=is_whole)


def _increases(numbers: Sequence[int]) -> bool:
    return list(numbers) == sorted(set(numbers))
