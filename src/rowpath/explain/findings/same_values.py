"""Finding: the same statement with the same values, more than once in one request."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from rowpath.explain.messages import Observed, Seen
from rowpath.explain.recording.statement_text import is_write
from rowpath.explain.trails import text_of
from rowpath.explain.values import Confidence, Finding, Kind, Place, Reader

_LOCKS = "FOR UPDATE"


def findings(observed: Observed, told: Iterable[Finding]) -> Iterator[Finding]:
    """Yield what a request asks again though nothing was written meanwhile.

    What `told` findings are about is left out: with their change it is not sent again. So is what
    no line of the project's sends.
    """
    by_text: dict[str, list[list[Seen]]] = defaultdict(list)
    for same in _same(observed.statements):
        if not _is_told(same[0], told) and _repeats([same]):
            by_text[same[0].text].append(same)
    by_line: dict[Place, list[list[Seen]]] = defaultdict(list)
    for groups in by_text.values():
        by_line[_repeats(groups)[0]].extend(groups)
    for place, groups in by_line.items():
        yield _finding(place, groups, len(observed.statements))


def _finding(place: Place, groups: Sequence[Sequence[Seen]], of_statements: int) -> Finding:
    """Return what one line asks again; the first of each group asked first."""
    text, *others = dict.fromkeys(same[0].text for same in groups)
    return Finding(
        kind=Kind.SAME,
        confidence=Confidence.ADVICE,
        title="asked again with the same values",
        place=place,
        statements=len(_repeats(groups)),
        of_statements=of_statements,
        readers=_others((seen for same in groups for seen in same), place),
        advice="Ask once, and keep the answer: in a variable, on the object, on the request.",
        statement=text,
        other_statements=tuple(others),
    )


def _repeats(groups: Iterable[Sequence[Seen]]) -> list[Place]:
    """Return the lines of the project's that asked again."""
    return [seen.place for same in groups for seen in same[1:] if seen.place is not None]


def _same(statements: Sequence[Seen]) -> Iterator[list[Seen]]:
    """Yield statements that are the same with the same values, with no write between them."""
    groups: dict[tuple[int, int], list[Seen]] = defaultdict(list)
    writes = 0
    for seen in statements:
        writes += is_write(seen.text)
        row = seen.load.row if seen.load is not None else 0
        if _LOCKS not in seen.text:
            groups[writes, hash((seen.key, row))].append(seen)
    return (same for same in groups.values() if len(same) > 1 and not is_write(same[0].text))


def _is_told(seen: Seen, told: Iterable[Finding]) -> bool:
    path = text_of(seen.load.path) if seen.load is not None else None
    return any(path in each.paths or seen.text in each.texts for each in told)


def _others(seen: Iterable[Seen], place: Place | None) -> tuple[Reader, ...]:
    """Return the other lines that ask the same."""
    places = dict.fromkeys(each.place for each in seen if each.place not in {None, place})
    return tuple(
        Reader(text=each.function, file=each.file, line=each.line) for each in places if each
    )
