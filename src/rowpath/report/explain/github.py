"""An explanation as GitHub's workflow commands, which become annotations of a pull request.

https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
"""

from rowpath.explain.changes.edits import shown
from rowpath.explain.values import Confidence, Explanation, Finding
from rowpath.report.explain.sentences import changed_lines, sentences

_LEVELS = {
    Confidence.PROVED: "warning",
    Confidence.ESTIMATED: "notice",
    Confidence.ADVICE: "notice",
}
"""GitHub shows ten of a kind in a step, so that those which are proved are not left out."""


def render(explanation: Explanation) -> str:
    """Return a line for each finding that has a place in the project; the same is told once."""
    root = explanation.root
    lines = [
        _command(finding, each.request.path, root)
        for each in explanation.requests
        for finding in each.findings
        if finding.place is not None
    ]
    return "".join(f"{line}\n" for line in dict.fromkeys(lines))


def _command(finding: Finding, path: str, root: str) -> str:
    place = finding.place
    if place is None:
        raise TypeError(finding)
    title = f"rowpath {finding.confidence.value}: {finding.title}"
    message = "\n".join((path, *changed_lines(finding, root), *sentences(finding)))
    properties = {"file": shown(place.file, root), "line": str(place.line), "title": title}
    shown_properties = ",".join(f"{name}={_property(text)}" for name, text in properties.items())
    return f"::{_LEVELS[finding.confidence]} {shown_properties}::{_data(message)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
