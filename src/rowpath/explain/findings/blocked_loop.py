"""Finding: statements of a session that is not asynchronous, in code that the event loop runs."""

from collections.abc import Iterator

from rowpath.explain.messages import Observed
from rowpath.explain.values import Confidence, Finding, Kind

ADVICE = (
    "While it waits for the database nothing else is answered by this process. Write `def` for the "
    "endpoint or dependency, which FastAPI runs in a thread, or ask by an AsyncSession."
)


def findings(observed: Observed) -> Iterator[Finding]:
    """Yield what a request asks while nothing else is answered, as one finding.

    What a response model loads after the endpoint has returned has no line of the project's.
    """
    blocking = [seen for seen in observed.statements if seen.blocks]
    number = len(blocking)
    if not blocking:
        return
    place = next((seen.place for seen in blocking if seen.place is not None), None)
    texts = tuple(dict.fromkeys(seen.text for seen in blocking))
    readers = dict.fromkeys(seen.reader for seen in blocking if seen.place is None)
    yield Finding(
        kind=Kind.BLOCKS,
        confidence=Confidence.ADVICE,
        title=f"{number} statement{'' if number == 1 else 's'} of a sync session hold"
        f"{'s' if number == 1 else ''} up the event loop",
        place=place,
        statements=number,
        of_statements=len(observed.statements),
        readers=tuple(reader for reader in readers if reader is not None),
        advice=ADVICE,
        statement=texts[0],
        other_statements=texts[1:],
    )
