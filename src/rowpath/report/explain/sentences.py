"""What is told of a finding in words; every output that people read takes them from here."""

from collections.abc import Callable, Iterator

from rowpath.explain.changes.edits import diff, shown
from rowpath.explain.values import (
    Confidence,
    Explained,
    Finding,
    Growth,
    Kind,
    Marginal,
    Proof,
    Reader,
    Sameness,
    saved,
)
from rowpath.stats.interval import Interval

MOST_READERS = 6
MOST_OF_STATEMENT = 160
MOST_STATEMENTS = 3


def counted(statements: int) -> str:
    """Return a number of statements in words."""
    return f"{statements} statement" if statements == 1 else f"{statements} statements"


def times(number: int) -> str:
    """Return how often, in words."""
    return "once" if number == 1 else f"{number:,} times"


def share(finding: Finding) -> str | None:
    """Return how many of the request's statements a finding is about; None for those of none."""
    if not finding.statements:
        return None
    return f"{counted(finding.statements)} of {finding.of_statements}"


def saving(explained: Explained, time: Callable[[float], str]) -> str:
    """Return the time and the statements that the best proved change saves, empty for neither."""
    time_s, statements = saved(explained)
    parts = (time(time_s) if time_s else "", counted(statements) if statements else "")
    return " and ".join(filter(None, parts))


def where(finding: Finding, root: str) -> str:
    """Return the line to change, what is loaded, and what reads it; empty where none is known."""
    place = finding.place
    parts = []
    if place is not None:
        function = f" in {place.function}" if place.function else ""
        parts.append(f"{shown(place.file, root)}:{place.line}{function}")
    if finding.paths:
        parts.append(f"loads {', '.join(finding.paths)}")
    if finding.readers:
        verb = "also asked by" if finding.kind is Kind.SAME else "read by"
        parts.append(f"{verb} {_readers(finding, root)}")
    return "; ".join(parts)


def _readers(finding: Finding, root: str) -> str:
    """Return who reads; the file of one is named where it is not that of the one before."""
    texts, file = [], finding.place.file if finding.place is not None else None
    for reader in finding.readers[:MOST_READERS]:
        texts.append(_reader(reader, file, root))
        file = reader.file
    more = len(finding.readers) - MOST_READERS
    return ", ".join(texts) + (f" and {more} more" if more > 0 else "")


def _reader(reader: Reader, file: str | None, root: str) -> str:
    if reader.file is None or reader.line is None:
        return reader.text
    where = "" if reader.file == file else shown(reader.file, root)
    return f"{reader.text} {where}:{reader.line}"


def statements(finding: Finding) -> Iterator[str]:
    """Yield a line for each statement that a finding is about, and how many there are more."""
    texts = [text for text in (finding.statement, *finding.other_statements) if text is not None]
    yield from map(cut, texts[:MOST_STATEMENTS])
    if len(texts) > MOST_STATEMENTS:
        yield f"and {len(texts) - MOST_STATEMENTS} more"


def cut(statement: str) -> str:
    """Return as much of a statement as a line takes."""
    most = MOST_OF_STATEMENT
    return statement if len(statement) <= most else f"{statement[:most]}..."


def changed_lines(finding: Finding, root: str) -> list[str]:
    """Return the lines that a change takes away and puts in, as a diff has them.

    Empty ones are left out. What is changed in another file than the finding's place stands below
    its name.
    """
    told, place = [], finding.place
    for file in dict.fromkeys(edit.file for edit in finding.edits):
        edits = tuple(edit for edit in finding.edits if edit.file == file)
        if place is None or file != place.file:
            told.append(f"{shown(file, root)}:{min(edit.line for edit in edits)}")
        lines = diff(edits, root, context=0).splitlines()
        told += [each for each in lines if not each.startswith(("---", "+++", "@@")) and each[1:]]
    return told


def sentences(finding: Finding) -> Iterator[str]:
    """Yield the proof, the growth, why no change is given, and what else to do."""
    if finding.proof is not None:
        yield _proof(finding.proof)
    if finding.marginal is not None:
        yield _marginal(finding.marginal)
    if finding.confidence is Confidence.ESTIMATED:
        # A database's expectation has nothing that ran, and so no proof.
        instead = ": look at both answers yourself" if finding.proof else ", since it was not run"
        yield f"Not in the diff{instead}."
    if finding.growth is not None:
        yield _growth(finding.growth)
    if finding.reason is not None:
        yield f"No change is given: {finding.reason}."
    if finding.advice is not None:
        yield finding.advice


def _proof(proof: Proof) -> str:
    same = {
        Sameness.UNKNOWN: "the answer cannot be compared",
        Sameness.MASKED: f"the answer is the same {Sameness.MASKED}",
        Sameness.BYTES: f"the answer is the same, {Sameness.BYTES}",
        Sameness.ROWS: f"the answer has {Sameness.ROWS}",
        Sameness.DIFFERENT: "the answer is another",
    }[proof.sameness]
    sentence = f"{proof.statements_before} to {counted(proof.statements_after)}; {same}"
    return f"{sentence}; {_time(proof.ratio)}"


def _marginal(marginal: Marginal) -> str:
    after = counted(marginal.statements_after)
    return (
        f"beside the other changes of the diff: {marginal.statements_before} to {after}; "
        f"{_time(marginal.ratio)}"
    )


def _time(ratio: Interval | None) -> str:
    if ratio is None:
        return "not timed"
    nothing = ", which shows no difference" if ratio.low <= 1 <= ratio.high else ""
    bounds = f"({ratio.low:.2f} to {ratio.high:.2f})"
    return f"{ratio.estimate:.2f} of the time {bounds}{nothing}"


def _growth(growth: Growth) -> str:
    *first, last = map(str, growth.rows)
    after = "" if growth.after is None else f", by {growth.after:.2f} after"
    return (
        f"grows by {growth.per_row:.2f} statements a row today{after} "
        f"(measured at {', '.join(first)} and {last} rows)"
    )
