"""Finding: rows that are read to be skipped, as a late page has them before its own."""

from collections.abc import Iterator, Sequence

from rowpath.explain.asking.selects import Of, ms
from rowpath.explain.values import Confidence, Finding, Kind

LEAST_SHARE = 0.1
"""Of the request's time, that skipping takes."""
LEAST_S = 0.001


def findings(selects: Sequence[Of]) -> Iterator[tuple[Of, Finding]]:
    """Yield the SELECTs whose OFFSET costs a considerable part of their request's time."""
    for each in selects:
        select = each.select
        if select.from_start_s is None:
            continue
        skipping_s = select.duration_s - select.from_start_s
        if skipping_s >= max(LEAST_S, LEAST_SHARE * each.look.duration_s):
            yield each, _finding(each, select.duration_s, select.from_start_s)


def _finding(each: Of, duration_s: float, from_start_s: float) -> Finding:
    return Finding(
        kind=Kind.OFFSET,
        confidence=Confidence.ADVICE,
        title=f"{each.select.offset:,} rows of {each.model} are read to be skipped",
        place=each.place,
        statements=each.count,
        of_statements=len(each.look.observed.statements),
        statement=each.select.text,
        advice=f"It takes {ms(duration_s)}, and from the first row on {ms(from_start_s)}. A page "
        "that begins behind the last one's last row skips none: filter(pk__gt=last) instead of an "
        "OFFSET, which is what DRF's CursorPagination does. Such pages have no numbers.",
    )
