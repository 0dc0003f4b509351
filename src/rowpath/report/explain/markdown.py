"""An explanation in Markdown, as it goes into a pull request."""

from collections.abc import Iterator

from rowpath.explain.changes.edits import diff
from rowpath.explain.values import Explained, Explanation, Finding
from rowpath.report.explain.sentences import sentences, share, statements, where
from rowpath.report.markdown_text import code, inert, row

_FENCE = "````"


def render(explanation: Explanation) -> str:
    """Return the explanation as GitHub's Markdown: a table of requests, then the findings."""
    return "\n".join(_lines(explanation)) + "\n"


def _lines(explanation: Explanation) -> Iterator[str]:
    yield row(("request", "statements", "ms", "findings"))
    yield row(("---", "--:", "--:", "--:"))
    for each in explanation.requests:
        cells = (str(each.statements), f"{each.duration_s * 1000:.1f}", str(len(each.findings)))
        yield row((code(each.request.name), *cells))
    for each in explanation.requests:
        yield from _request(each, explanation.root)
    if explanation.left_out:
        yield ""
        yield f"{len(explanation.left_out)} routes were left out."
    notes = [*explanation.notes, *(note for each in explanation.requests for note in each.notes)]
    if notes:
        yield ""
        yield from (f"- Note: {inert(note)}." for note in dict.fromkeys(notes))


def _request(explained: Explained, root: str) -> Iterator[str]:
    for finding in explained.findings:
        yield ""
        yield from _finding(finding, explained, root)


def _finding(finding: Finding, explained: Explained, root: str) -> Iterator[str]:
    of_them = share(finding)
    title = inert(f"{finding.confidence.value}: {finding.title}")
    yield f"**{title}** ({f'{of_them} of ' if of_them else ''}{code(explained.request.name)})"
    place = where(finding, root)
    if place:
        yield ""
        yield inert(place)
    texts = tuple(statements(finding))
    if texts:
        yield from ("", f"{_FENCE}sql", *texts, _FENCE)
    if finding.edits:
        yield from ("", f"{_FENCE}diff", diff(finding.edits, root).rstrip("\n"), _FENCE)
    told = [inert(sentence) for sentence in sentences(finding)]
    if told:
        yield ""
        yield "<br>".join(told)
