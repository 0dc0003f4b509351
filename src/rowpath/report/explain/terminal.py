"""An explanation as text for a terminal."""

from collections.abc import Iterator

from rich.text import Text

from rowpath.explain.values import Confidence, Explained, Explanation, Finding
from rowpath.report.explain.sentences import (
    changed_lines,
    counted,
    saving,
    sentences,
    statements,
    times,
    where,
)

_INDENT = "   "
_STYLES = {
    Confidence.PROVED: "bold green",
    Confidence.ESTIMATED: "bold yellow",
    Confidence.ADVICE: "bold cyan",
}
_SIGNS = {"+": "green", "-": "red"}
_LEAST_SHARE = 0.01
MOST_WHOLE = 3
"""Requests that are told one after the other; of more there is an overview first."""
MOST_ROUTES = 8


def render(explanation: Explanation) -> Text:
    """Return the requests, each with its findings, and the notes at the end."""
    text = Text()
    for line in _overview(explanation):
        text.append_text(line).append("\n")
    for number, explained in enumerate(explanation.requests):
        if len(explanation.requests) > MOST_WHOLE and not _has_more(explained):
            continue
        text.append("\n" if number else "")
        for line in _request(explained, explanation.root):
            text.append_text(line).append("\n")
    if explanation.left_out:
        text.append("\nLeft out:\n")
    for reason, routes in left_out(explanation):
        text.append(f"{_INDENT}{reason}: {routes}\n")
    for note in explanation.notes:
        text.append(f"\nNote: {note}.")
    if explanation.notes:
        text.append("\n")
    return text


def _overview(explanation: Explanation) -> Iterator[Text]:
    """Yield a line for each request where there are many: what it costs, and what can be saved."""
    requests = explanation.requests
    if len(requests) <= MOST_WHOLE:
        return
    widest = max(len(each.request.name) for each in requests)
    for each in requests:
        saves = saving(each, lambda time_s: f"{time_s * 1000:.1f} ms")
        found = f"  {saves} can be saved" if saves else _unsaving(each)
        logged = f"{each.request.logged:>9,} times" if each.request.logged else ""
        noun = "statement " if each.statements == 1 else "statements"
        yield Text(
            f"{each.request.name.ljust(widest)}{logged}  {each.statements:>5} {noun} "
            f"{each.duration_s * 1000:>8.1f} ms{found}",
            style="bold" if saves else "",
        )
    yield Text()


def _unsaving(explained: Explained) -> str:
    """Return how many findings there are where none saves time or statements."""
    proved = [each.confidence is Confidence.PROVED for each in explained.findings]
    if any(proved):
        return f"  {sum(proved)} proved, without a difference in time"
    return f"  {len(proved)} without a change" if proved else ""


def _has_more(explained: Explained) -> bool:
    return bool(explained.findings or explained.notes)


def left_out(explanation: Explanation) -> Iterator[tuple[str, str]]:
    """Yield each reason with the routes that it keeps out."""
    for reason in dict.fromkeys(each.reason for each in explanation.left_out):
        routes = [each.route for each in explanation.left_out if each.reason == reason]
        more = len(routes) - MOST_ROUTES
        shown = ", ".join(f"/{route}" for route in routes[:MOST_ROUTES])
        yield reason, shown + (f" and {more} more" if more > 0 else "")


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
    count = counted(explained.statements)
    logged = f", {times(request.logged)} in the log" if request.logged else ""
    spent = sum(phase.duration_s for phase in explained.phases)
    shares = [
        f"{phase.name} {phase.duration_s / spent:.0%}"
        for phase in explained.phases
        if phase.duration_s >= _LEAST_SHARE * spent
    ]
    phases = f" ({', '.join(shares)})" if shares else ""
    return f"{request.name}{user}: {count}, {explained.duration_s * 1000:.1f} ms{phases}{logged}"


def _finding(number: int, finding: Finding, root: str) -> Iterator[Text]:
    statements_of = f"{finding.statements} of {finding.of_statements}"
    share = f" ({statements_of})" if finding.statements else ""
    title = Text(f"{number}  ")
    title.append(finding.confidence.value.ljust(9), style=_STYLES[finding.confidence])
    yield title.append(f" {finding.title}{share}", style="bold")
    place = where(finding, root)
    if place:
        yield Text(f"{_INDENT}{place}")
    for statement in statements(finding):
        yield Text(f"{_INDENT}{statement}", style="dim")
    for line in changed_lines(finding, root):
        yield Text(f"{_INDENT}{line}", style=_SIGNS.get(line[0], ""))
    for sentence in sentences(finding):
        yield Text(f"{_INDENT}{sentence}")
