"""Finding: statements of a session that is not asynchronous, in code that the event loop runs."""

from collections.abc import Iterator, Sequence

from rowpath.explain.messages import Observed, Seen
from rowpath.explain.values import Confidence, Finding, Kind

ADVICE = (
    "While it waits for the database nothing else is answered by this process. Write `def` for the "
    "endpoint or dependency, which FastAPI runs in a thread, or ask by an AsyncSession."
)


def findings(observed: Observed) -> Iterator[Finding]:
    """Yield each function of the project's whose statements hold up the event loop."""
    by_function: dict[tuple[str, str], list[Seen]] = {}
    for seen in observed.statements:
        if seen.blocks and seen.place is not None:
            by_function.setdefault((seen.place.file, seen.place.function), []).append(seen)
    for alike in by_function.values():
        yield _finding(alike, observed)


def _finding(alike: Sequence[Seen], observed: Observed) -> Finding:
    number = len(alike)
    texts = tuple(dict.fromkeys(seen.text for seen in alike))
    return Finding(
        kind=Kind.BLOCKS,
        confidence=Confidence.ADVICE,
        title=f"{number} statement{'' if number == 1 else 's'} of a sync session hold"
        f"{'s' if number == 1 else ''} up the event loop",
        place=alike[0].place,
        statements=number,
        of_statements=len(observed.statements),
        advice=ADVICE,
        statement=texts[0],
        other_statements=texts[1:],
    )
