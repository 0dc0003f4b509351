"""An explanation as SARIF 2.1.0, with its changes as fixes.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

import json
from collections.abc import Callable
from importlib.metadata import version
from typing import Any
from urllib.parse import quote

from rowpath.explain.baseline import key
from rowpath.explain.changes.edits import Edit, read, shown
from rowpath.explain.values import Confidence, Explanation, Finding, Kind, Place
from rowpath.report.explain.sentences import sentences, where

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS = {
    Confidence.PROVED: "warning",
    Confidence.ESTIMATED: "note",
    Confidence.ADVICE: "note",
}
_RULES = {
    Kind.RELATION: "A relation is loaded by a statement for each row.",
    Kind.COLUMN: "A column is loaded by a statement for each row.",
    Kind.REPEATED: "A statement is sent for each row.",
    Kind.ANEW: "A relation that is prefetched is asked for anew for each row.",
    Kind.SAME: "A statement is sent again with the same values.",
    Kind.UNUSED: "A relation is loaded with the rows, and not read.",
    Kind.KEY: "A row is loaded for a key that the row which leads to it has.",
    Kind.MULTIPLIED: "Rows are sent once for each of the many that are joined to them.",
    Kind.UNREAD: "Columns are loaded with the rows, and not read.",
    Kind.DICTS: "Instances are made of which nothing but columns is read.",
    Kind.COUNTED: "Rows are counted, or asked for being there, and then all loaded.",
    Kind.NUMBER: "Rows are loaded for their number alone.",
    Kind.AGGREGATED: "Rows are loaded to be summed or counted in Python.",
    Kind.FAST: "A list of DRF's would be answered in less time by FastListMixin.",
    Kind.BLOCKS: "A statement holds up the event loop.",
    Kind.INDEX: "Rows are read, or sorted, that an index would leave out.",
    Kind.DISTINCT: "A DISTINCT has no row to leave out.",
    Kind.OFFSET: "Rows are read to be skipped.",
    Kind.PAGE_COUNT: "All rows are counted for a page of them.",
    Kind.WRITTEN: "Rows are written one by one in a loop.",
    Kind.WRITES: "A GET writes.",
}
_ROOT = "ROOT"
SourceOf = Callable[[str], bytes]


def to_sarif(explanation: Explanation, source_of: SourceOf = read) -> bytes:
    """Return the explanation as UTF-8 JSON that ends with a newline."""
    driver = {
        "name": "rowpath",
        "version": version("rowpath"),
        "rules": [
            {"id": kind, "shortDescription": {"text": text}} for kind, text in _RULES.items()
        ],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "utf16CodeUnits",
        "originalUriBaseIds": {_ROOT: {"uri": f"file://{quote(explanation.root)}/"}},
        "results": [
            _result(finding, each.request.path, explanation.root, source_of)
            for each in explanation.requests
            for finding in each.findings
        ],
    }
    content = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(content, indent=2).encode() + b"\n"


def _result(finding: Finding, path: str, root: str, source_of: SourceOf) -> dict[str, Any]:
    accepted = key(finding, root)
    texts = (f"{path}: {finding.title}", where(finding, root), *sentences(finding))
    result: dict[str, Any] = {
        "ruleId": finding.kind,
        "level": _LEVELS[finding.confidence],
        "message": {"text": "\n".join(filter(None, texts))},
        "partialFingerprints": {
            "rowpath/v1": f"{accepted.kind}|{accepted.file}|{accepted.function}|{accepted.path}"
        },
        "properties": {"confidence": finding.confidence, "request": path},
    }
    if finding.place is not None:
        result["locations"] = [_location(finding.place, root)]
    if finding.edits and finding.confidence is Confidence.PROVED:
        result["fixes"] = [_fix(finding, root, source_of)]
    return result


def _location(place: Place, root: str) -> dict[str, Any]:
    artifact, region = _artifact(place.file, root), {"startLine": place.line}
    return {"physicalLocation": {"artifactLocation": artifact, "region": region}}


def _artifact(file: str, root: str) -> dict[str, str]:
    name = shown(file, root)
    if name == file:  # it is not below the root
        return {"uri": f"file://{quote(file)}"}
    return {"uri": quote(name), "uriBaseId": _ROOT}


def _fix(finding: Finding, root: str, source_of: SourceOf) -> dict[str, Any]:
    files = dict.fromkeys(edit.file for edit in finding.edits)
    changes = [
        {
            "artifactLocation": _artifact(file, root),
            "replacements": [
                _replacement(edit, source_of(file)) for edit in finding.edits if edit.file == file
            ],
        }
        for file in files
    ]
    return {"description": {"text": finding.title}, "artifactChanges": changes}


def _replacement(edit: Edit, source: bytes) -> dict[str, Any]:
    lines = source.splitlines()
    region = {
        "startLine": edit.line,
        "startColumn": _column(lines[edit.line - 1], edit.column),
        "endLine": edit.end_line,
        "endColumn": _column(lines[edit.end_line - 1], edit.end_column),
    }
    return {"deletedRegion": region, "insertedContent": {"text": edit.text}}


def _column(line: bytes, column: int) -> int:
    """Return a column of bytes from 0 as SARIF has it: of UTF-16's code units, from 1."""
    return len(line[:column].decode(errors="replace").encode("utf-16-le")) // 2 + 1
