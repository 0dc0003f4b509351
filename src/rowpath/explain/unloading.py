"""Whether eager loading that nobody reads can go: the change, run in all requests that it is in."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from rowpath.errors import RowpathError
from rowpath.explain.judging import slower
from rowpath.explain.look import Look, sameness_now
from rowpath.explain.messages import Answer, Observed
from rowpath.explain.process import ProjectProcess
from rowpath.explain.project_of import ProjectOf
from rowpath.explain.timing import Timing, ratio_of
from rowpath.explain.unused import Unused, unused
from rowpath.explain.values import Confidence, Explained, Finding, Kind, Place, Proof, Sameness

_OK = range(200, 300)
_SAME = frozenset({Sameness.BYTES, Sameness.MASKED, Sameness.ROWS})


@dataclass(frozen=True, slots=True, kw_only=True)
class Unloading:
    """Runs the changes: the project as it is, where it is, and how long to time."""

    unchanged: ProjectProcess
    project: ProjectOf
    timing: Timing | None
    tell: Callable[[str], None]

    def told(self, explained: Sequence[Explained], looks: Sequence[Look]) -> list[Explained]:
        """Return the requests with what is loaded and read in none of them.

        A finding stands with the first request that it is of. Where a change is not proved, nothing
        is said; where a view was not asked that shares the code, a note names it.
        """
        found = list(explained)
        for each in unused(looks):
            number = next(i for i, look in enumerate(looks) if look is each.looks[0])
            if each.missing:
                notes = (*found[number].notes, _not_asked(each))
                found[number] = replace(found[number], notes=notes)
            elif (proof := self._proof(each)) is not None:
                findings = (*found[number].findings, _finding(each, proof))
                found[number] = replace(found[number], findings=findings)
        return found

    def _proof(self, each: Unused) -> Proof | None:
        self.tell(f"running a change in {Path(each.span.file).name}:{each.edit.line}")
        try:
            with ProjectProcess(self.project, (each.edit,)) as changed:
                answers = list(_answers(changed, each.looks))
                same = [
                    sameness_now(look, self.unchanged, answer.body)
                    for look, answer in zip(each.looks, answers, strict=True)
                ]
                if not (set(same) <= _SAME and _is_lighter(each.looks, answers)):
                    return None
                look, answer = each.looks[0], answers[0]
                timing = self.timing
                ratio = ratio_of(self.unchanged, changed, look.ask, timing) if timing else None
        except RowpathError:
            return None
        if slower(ratio) is not None:
            return None
        return Proof(
            statements_before=len(look.observed.statements),
            statements_after=len(answer.observed.statements),
            sameness=same[0],
            ratio=ratio,
            growth_after=None,
        )


def _answers(changed: ProjectProcess, looks: Sequence[Look]) -> Iterator[Answer]:
    for look in looks:
        changed.ask(look.ask)  # what is loaded once, as content types are, is loaded by now
        yield changed.ask(look.ask)


def _is_lighter(looks: Sequence[Look], answers: Sequence[Answer]) -> bool:
    """Return whether no answer needs more statements, or heavier ones, and one needs less."""
    pairs = list(zip(looks, answers, strict=True))
    return (
        all(answer.status in _OK for answer in answers)
        and all(_weight(answer.observed) <= _weight(look.observed) for look, answer in pairs)
        and any(_weight(answer.observed) < _weight(look.observed) for look, answer in pairs)
    )


def _weight(observed: Observed) -> tuple[int, int]:
    """Return how many statements there are, and how long: a join less is columns less."""
    return len(observed.statements), sum(len(seen.text) for seen in observed.statements)


def _finding(each: Unused, proof: Proof) -> Finding:
    names = ", ".join(each.names)
    requests = len(each.looks)
    by = f"none of the {requests} requests that load it" if requests > 1 else "this request"
    return Finding(
        kind=Kind.UNUSED,
        confidence=Confidence.PROVED,
        title=f"{names}: {each.word} with the rows, and not read by {by}",
        place=Place(file=each.span.file, line=each.span.end_line, function=each.span.function),
        statements=proof.statements_before - proof.statements_after,
        of_statements=proof.statements_before,
        edits=(each.edit,),
        proof=proof,
        advice=None
        if proof.statements_after < proof.statements_before
        else "As many statements as before, one of them with fewer columns.",
    )


def _not_asked(each: Unused) -> str:
    return (
        f"{', '.join(each.names)} is {each.word} with the rows and not read here; "
        f"{', '.join(each.missing)} may read it and was not asked (--routes asks all)"
    )
