"""An explanation as text for a terminal."""

from collections.abc import Iterator

from rich.text import Text

from rowpath.explain.edits import diff, shown
from rowpath.explain.values import (
    Confidence,
    Explained,
    Explanation,
    Finding,
    Growth,
    Proof,
    Reader,
    Sameness,
)

_INDENT = "   "
_STYLES = {
    Confidence.PROVED: "bold green",
    Confidence.ESTIMATED: "bold yellow",
    Confidence.ADVICE: "bold cyan",
}
_LEAST_SHARE = 0.01
MOST_READERS = 6


def render(explanation: Explanation) -> Text:
    """Return the requests, each with its findings, and the notes at the end."""
    text = Text()
    for number, explained in enumerate(explanation.requests):
        text.append("\n" if number else "")
        for line in _request(explained, explanation.root):
            text.append_text(line).append("\n")
    for note in explanation.notes:
        text.append(f"\nNote: {note}.")
    if explanation.notes:
        text.append("\n")
    return text


def _request(explained: Explained, root: str) -> Iterator[Text]:
    yield Text(_headline(explained), style="bold")
    if not explained.findings:
        yield Text(f"{_INDENT}No statement grows with the rows.")
    for number, finding in enumerate(explained.findings, 1):
        yield Text()
        yield from _finding(number, finding, root)
    for note in explained.notes:
        yield Text()
        yield Text(f"{_INDENT}Note: {note}.")


def _headline(explained: Explained) -> str:
    request = explained.request
    user = f" as {request.user}" if request.user else ""
    count = _statements(explained.statements)
    spent = sum(phase.duration_s for phase in explained.phases)
    shares = [
        f"{phase.name} {phase.duration_s / spent:.0%}"
        for phase in explained.phases
        if phase.duration_s >= _LEAST_SHARE * spent
    ]
    phases = f" ({', '.join(shares)})" if shares else ""
    return f"{request.path}{user}: {count}, {explained.duration_s * 1000:.1f} ms{phases}"


def _statements(number: int) -> str:
    return f"{number} statement" if number == 1 else f"{number} statements"


def _finding(number: int, finding: Finding, root: str) -> Iterator[Text]:
    share = f" ({finding.statements} of {finding.of_statements})"
    title = Text(f"{number}  ")
    title.append(finding.confidence.value.ljust(9), style=_STYLES[finding.confidence])
    yield title.append(f" {finding.title}{share}", style="bold")
    where = _where(finding, root)
    if where:
        yield Text(f"{_INDENT}{where}")
    if finding.statement is not None:
        yield Text(f"{_INDENT}{_cut(finding.statement)}", style="dim")
    yield from _change(finding, root)
    for sentence in _sentences(finding):
        yield Text(f"{_INDENT}{sentence}")


def _where(finding: Finding, root: str) -> str:
    place = finding.place
    parts = []
    if place is not None:
        function = f" in {place.function}" if place.function else ""
        parts.append(f"{shown(place.file, root)}:{place.line}{function}")
    if finding.paths:
        parts.append(f"loads {', '.join(finding.paths)}")
    if finding.readers:
        parts.append(f"read by {_readers(finding, root)}")
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


def _cut(statement: str, most: int = 160) -> str:
    return statement if len(statement) <= most else f"{statement[:most]}..."


def _change(finding: Finding, root: str) -> Iterator[Text]:
    if not finding.edits:
        return
    for line in diff(finding.edits, root, context=0).splitlines():
        if line.startswith(("---", "+++", "@@")):
            continue
        yield Text(f"{_INDENT}{line}", style="green" if line.startswith("+") else "red")


def _sentences(finding: Finding) -> Iterator[str]:
    if finding.proof is not None:
        yield _proof(finding.proof)
    if finding.confidence is Confidence.ESTIMATED:
        yield "Not in the diff: look at both answers yourself."
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
    sentence = f"{proof.statements_before} to {_statements(proof.statements_after)}; {same}"
    if proof.ratio is None:
        return f"{sentence}; not timed"
    ratio = proof.ratio
    nothing = ", which shows no difference" if ratio.low <= 1 <= ratio.high else ""
    bounds = f"({ratio.low:.2f} to {ratio.high:.2f})"
    return f"{sentence}; {ratio.estimate:.2f} of the time {bounds}{nothing}"


def _growth(growth: Growth) -> str:
    *first, last = map(str, growth.rows)
    after = "" if growth.after is None else f", by {growth.after:.2f} after"
    return (
        f"grows by {growth.per_row:.2f} statements a row today{after} "
        f"(measured at {', '.join(first)} and {last} rows)"
    )
