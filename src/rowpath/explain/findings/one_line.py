"""Proved changes of one line, joined to one finding whose change was proved as well."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from rowpath.explain.changes.edits import Edit
from rowpath.explain.changes.imports import joined
from rowpath.explain.findings.row_by_row import Prove
from rowpath.explain.proving.judging import counts_of
from rowpath.explain.proving.proof import Before, Outcome
from rowpath.explain.proving.together import side_by_side
from rowpath.explain.values import Confidence, Finding, Growth, Kind, Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A finding, and what its change was held against."""

    finding: Finding
    before: Before


def findings(found: Sequence[Found], prove: Prove) -> Iterator[Finding]:
    """Yield the findings, those of relations on one line as one where one change serves them.

    Where their changes are not proved together, each stays by itself.
    """
    told: set[Place] = set()
    for each in found:
        place = each.finding.place
        if place is None or not _is_joined(each.finding):
            yield each.finding
        elif place not in told:
            told.add(place)
            of_line = [
                other
                for other in found
                if other.finding.place == place and _is_joined(other.finding)
            ]
            yield from _of_line(of_line, prove)


def _is_joined(finding: Finding) -> bool:
    return finding.kind is Kind.RELATION and finding.confidence is Confidence.PROVED


def _of_line(found: Sequence[Found], prove: Prove) -> Iterator[Finding]:
    every = [each.finding for each in found]
    changes = list(dict.fromkeys(finding.edits for finding in every))
    edits = joined(edit for change in changes for edit in change)
    if len(changes) == 1:
        yield _joined(every, edits, every[0]) if len(every) > 1 else every[0]
        return
    if len(side_by_side(changes)) < len(changes):
        yield from every
        return
    outcome = prove(found[0].before, edits)
    if outcome.refused is not None or outcome.proof is None or not outcome.proof.same_answer:
        yield from every
        return
    shown = replace(every[0], proof=outcome.proof, growth=_growth(every[0].growth, outcome))
    yield _joined(every, edits, shown)


def _growth(today: Growth | None, outcome: Outcome) -> Growth | None:
    if today is None or outcome.proof is None:
        return today
    after = outcome.proof.growth_after
    return replace(today, after=after, statements_after=counts_of(outcome.after))


def _joined(every: Sequence[Finding], edits: tuple[Edit, ...], shown: Finding) -> Finding:
    """Return one finding with all paths and readers; `shown` has the proof and the growth."""
    return replace(
        shown,
        title=", and ".join(dict.fromkeys(finding.title for finding in every)),
        statements=sum(finding.statements for finding in every),
        paths=tuple(sorted({path for finding in every for path in finding.paths})),
        readers=tuple(dict.fromkeys(reader for finding in every for reader in finding.readers)),
        edits=edits,
    )
