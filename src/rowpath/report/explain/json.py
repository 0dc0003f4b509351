"""An explanation as JSON. The names are fixed: programs read them."""

import json
from typing import Any

from rowpath.explain.changes.edits import diff, shown
from rowpath.explain.values import Explained, Explanation, Finding, Growth, Marginal, Proof, Reader
from rowpath.stats.interval import Interval

SCHEMA_VERSION = 1


def to_json(explanation: Explanation) -> bytes:
    """Return the explanation as UTF-8 JSON that ends with a newline."""
    root = explanation.root
    content = {
        "schema_version": SCHEMA_VERSION,
        "requests": [_request(each) for each in explanation.requests],
        "findings": [
            {"request": each.request.path, **_finding(finding, root)}
            for each in explanation.requests
            for finding in each.findings
        ],
        "diff": diff(explanation.edits, root),
        "left_out": [{"route": each.route, "reason": each.reason} for each in explanation.left_out],
        "notes": list(explanation.notes),
    }
    return json.dumps(content, indent=2).encode() + b"\n"


def _request(explained: Explained) -> dict[str, Any]:
    return {
        "path": explained.request.path,
        "method": explained.request.method,
        "user": explained.request.user,
        "logged": explained.request.logged,
        "statements": explained.statements,
        "duration_ms": explained.duration_s * 1000,
        "phases": {phase.name: phase.duration_s * 1000 for phase in explained.phases},
        "notes": list(explained.notes),
    }


def _finding(finding: Finding, root: str) -> dict[str, Any]:
    place = finding.place
    return {
        "kind": finding.kind,
        "confidence": finding.confidence,
        "title": finding.title,
        "file": None if place is None else shown(place.file, root),
        "line": None if place is None else place.line,
        "function": None if place is None else place.function,
        "path": ", ".join(finding.paths) or None,
        "paths": list(finding.paths),
        "readers": [_reader(reader, root) for reader in finding.readers],
        "statements": finding.statements,
        "statement": finding.statement,
        "other_statements": list(finding.other_statements),
        "growth": None if finding.growth is None else _growth(finding.growth),
        "change": diff(finding.edits, root) or None,
        "proof": None if finding.proof is None else _proof(finding.proof),
        "marginal": None if finding.marginal is None else _marginal(finding.marginal),
        "reason": finding.reason,
        "advice": finding.advice,
    }


def _reader(reader: Reader, root: str) -> dict[str, Any]:
    file = None if reader.file is None else shown(reader.file, root)
    return {"text": reader.text, "file": file, "line": reader.line}


def _growth(growth: Growth) -> dict[str, Any]:
    return {
        "rows": list(growth.rows),
        "per_row": growth.per_row,
        "after": growth.after,
        "statements": list(growth.statements),
        "statements_after": list(growth.statements_after),
    }


def _proof(proof: Proof) -> dict[str, Any]:
    return {
        "statements_before": proof.statements_before,
        "statements_after": proof.statements_after,
        "same_answer": proof.same_answer,
        "same_in": proof.sameness,
        "ratio": _ratio(proof.ratio),
    }


def _marginal(marginal: Marginal) -> dict[str, Any]:
    return {
        "statements_before": marginal.statements_before,
        "statements_after": marginal.statements_after,
        "ratio": _ratio(marginal.ratio),
    }


def _ratio(ratio: Interval | None) -> dict[str, float] | None:
    if ratio is None:
        return None
    return {"estimate": ratio.estimate, "low": ratio.low, "high": ratio.high}
