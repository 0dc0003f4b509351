"""Whether eager loading that nobody reads can go: the change, run in all requests it is in."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from rowpath.explain.asking.look import Look
from rowpath.explain.asking.process import ProjectProcess
from rowpath.explain.changes.references import shared_in
from rowpath.explain.findings.declared_loads import declared
from rowpath.explain.findings.unused import Unused, unused
from rowpath.explain.messages import Answer, Observed
from rowpath.explain.proving.trials import Trials, with_finding
from rowpath.explain.values import Confidence, Explained, Finding, Kind, Place, Proof


def told(trials: Trials, explained: Sequence[Explained], looks: Sequence[Look]) -> list[Explained]:
    """Return the requests with what is loaded and read in none of them.

    A finding stands with the first request that it is of. Where a change is not proved, nothing is
    said; where a view was not asked that shares the code, a note names it.
    """
    found = list(explained)
    is_shared = shared_in(trials.project)
    for each in (*unused(looks, is_shared), *declared(looks, is_shared)):
        if each.missing:
            number = next(i for i, look in enumerate(looks) if look is each.looks[0])
            notes = (*found[number].notes, _not_asked(each))
            found[number] = replace(found[number], notes=notes)
            continue

        def bears(_: ProjectProcess, answers: Sequence[Answer], each: Unused = each) -> bool:
            return _is_lighter(each.looks, answers)

        proof = trials.proof_of(each.edits, each.looks, bears)
        if proof is not None:
            found = with_finding(found, looks, each.looks[0], _finding(each, proof))
    return found


def _is_lighter(looks: Sequence[Look], answers: Sequence[Answer]) -> bool:
    """Return whether no answer needs more statements, or heavier ones, and one needs less."""
    pairs = list(zip(looks, answers, strict=True))
    return all(
        _weight(answer.observed) <= _weight(look.observed) for look, answer in pairs
    ) and any(_weight(answer.observed) < _weight(look.observed) for look, answer in pairs)


def _weight(observed: Observed) -> tuple[int, int]:
    """Return how many statements there are, and how long: a join less is columns less."""
    return len(observed.statements), sum(len(seen.text) for seen in observed.statements)


def _finding(each: Unused, proof: Proof) -> Finding:
    names = ", ".join(each.names)
    requests = len(each.looks)
    by = f"any of the {requests} requests that load it" if requests > 1 else "this request"
    return Finding(
        kind=Kind.UNUSED,
        confidence=Confidence.PROVED,
        title=f"{names}: {each.word} with the rows, and not read by {by}",
        place=Place(file=each.span.file, line=each.span.end_line, function=each.span.function),
        statements=proof.statements_before - proof.statements_after,
        of_statements=proof.statements_before,
        edits=each.edits,
        proof=proof,
        advice=" ".join(_advice(each, proof)) or None,
    )


def _advice(each: Unused, proof: Proof) -> Iterator[str]:
    if proof.statements_after >= proof.statements_before:
        yield "As many statements as before, one of them with fewer columns."
    if each.declared is not None:
        yield (
            f"A relationship(lazy=...) of {each.declared} loads that with all rows; where no other "
            "list reads it, take it out there instead."
        )


def _not_asked(each: Unused) -> str:
    return (
        f"{', '.join(each.names)} is {each.word} with the rows and not read here; "
        f"{', '.join(each.missing)} may read it and was not asked (--routes asks all)"
    )
