"""Finding: what a page's COUNT of all rows takes of its request's time."""

from collections.abc import Iterator, Sequence

from rowpath.explain.asking.selects import Of, ms
from rowpath.explain.values import Confidence, Finding, Kind

LEAST_SHARE = 0.25
"""Of the request's time."""
LEAST_S = 0.002


def findings(selects: Sequence[Of]) -> Iterator[tuple[Of, Finding]]:
    """Yield the counts of paginators that cost a considerable part of their request's time."""
    for each in selects:
        duration_s, whole_s = each.select.duration_s, each.look.duration_s
        if each.select.is_page_count and duration_s >= max(LEAST_S, LEAST_SHARE * whole_s):
            yield each, _finding(each, duration_s, min(1.0, duration_s / whole_s))


def _finding(each: Of, duration_s: float, share: float) -> Finding:
    return Finding(
        kind=Kind.PAGE_COUNT,
        confidence=Confidence.ADVICE,
        title=f"all rows of {each.model} are counted for one page of them",
        place=each.place,
        statements=each.count,
        of_statements=len(each.look.observed.statements),
        statement=each.select.text,
        advice=f"It takes {ms(duration_s)}, {share:.0%} of the request's time. DRF's "
        "CursorPagination counts nothing; a paginator whose `count` is kept in the cache, or ends "
        "at a most (queryset[:10_000].count()), counts seldom or little.",
    )
