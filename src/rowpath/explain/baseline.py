"""Findings that were accepted, in a file: what is new is told from what was there."""

import json
from dataclasses import dataclass, replace
from typing import Any

from rowpath.errors import UsageError
from rowpath.explain.changes.edits import shown
from rowpath.explain.values import Explained, Explanation, Finding

SCHEMA_VERSION = 1
_FIELDS = ("kind", "file", "function", "path")


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Accepted:
    """A finding by what stays the same when lines move: kind, file, function, and what is loaded.

    `path` is the relations of a finding, or else the beginning of its statement.
    """

    kind: str
    file: str
    function: str
    path: str


def key(finding: Finding, root: str) -> Accepted:
    """Return what a finding is accepted by."""
    place = finding.place
    return Accepted(
        kind=finding.kind,
        file="" if place is None else shown(place.file, root),
        function="" if place is None else place.function,
        path=", ".join(finding.paths) or finding.statement or finding.title,
    )


def to_json(explanation: Explanation) -> bytes:
    """Return the file in which all findings of a run are accepted."""
    root = explanation.root
    keys = sorted(
        {key(finding, root) for each in explanation.requests for finding in each.findings}
    )
    accepted = [{name: getattr(each, name) for name in _FIELDS} for each in keys]
    content = {"schema_version": SCHEMA_VERSION, "accepted": accepted}
    return json.dumps(content, indent=2).encode() + b"\n"


def from_json(text: bytes, name: str) -> frozenset[Accepted]:
    """Return what a file accepts; UsageError where it is no such file."""
    try:
        content: Any = json.loads(text)
        version = content["schema_version"]
        found = frozenset(
            Accepted(**{field: str(each[field]) for field in _FIELDS})
            for each in content["accepted"]
        )
    except (ValueError, KeyError, TypeError) as error:
        reason = f"there is no {error}" if isinstance(error, KeyError) else f"{error}"
        raise _unreadable(name, reason) from error
    if version != SCHEMA_VERSION:
        raise _unreadable(name, f"its schema_version is {version!r}, not {SCHEMA_VERSION}")
    return found


def _unreadable(name: str, reason: str) -> UsageError:
    return UsageError(
        f"Cannot read the baseline {name}: {reason}. Write it anew with --write-baseline."
    )


def without(explanation: Explanation, accepted: frozenset[Accepted]) -> Explanation:
    """Return a run without the findings that are accepted; a note says how many they were.

    The diff is that of the run, which was made without them.
    """
    requests = tuple(new(each, accepted, explanation.root) for each in explanation.requests)
    before, after = (
        sum(len(each.findings) for each in every) for every in (explanation.requests, requests)
    )
    number = before - after
    told = f"{number} {'finding is' if number == 1 else 'findings are'} accepted by the baseline"
    notes = (*explanation.notes, told) if number else explanation.notes
    return replace(explanation, requests=requests, notes=notes)


def new(explained: Explained, accepted: frozenset[Accepted], root: str) -> Explained:
    """Return a request without the findings that are accepted."""
    findings = tuple(each for each in explained.findings if key(each, root) not in accepted)
    return replace(explained, findings=findings)
