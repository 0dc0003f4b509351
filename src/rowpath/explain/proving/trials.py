"""Whether a change of what is loaded can be made: it, run in all requests that it is in."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from rowpath.errors import RowpathError
from rowpath.explain.answered import is_answered
from rowpath.explain.asking.look import Look, sameness_now
from rowpath.explain.asking.process import ProjectProcess
from rowpath.explain.changes.edits import Edit
from rowpath.explain.messages import Answer
from rowpath.explain.project_of import ProjectOf
from rowpath.explain.proving.judging import slower
from rowpath.explain.proving.timing import Timing, ratio_of
from rowpath.explain.values import Explained, Finding, Proof, Sameness

SAME = frozenset({Sameness.BYTES, Sameness.MASKED, Sameness.ROWS})
"""In which senses an answer may be the same."""
Bears = Callable[[ProjectProcess, Sequence[Answer]], bool]
"""Says of the answers with a change, and what gives them, whether these cost less."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trials:
    """Runs the changes: the project as it is, where it is, and how long to time."""

    unchanged: ProjectProcess
    project: ProjectOf
    timing: Timing | None
    tell: Callable[[str], None]

    def proof(self, edit: Edit, looks: Sequence[Look], bears: Bears) -> Proof | None:
        """Return what `proof_of` does, of a change that is one edit."""
        return self.proof_of((edit,), looks, bears)

    def proof_of(
        self, edits: tuple[Edit, ...], looks: Sequence[Look], bears: Bears
    ) -> Proof | None:
        """Return what the first request comes to by a change that is right in all of them.

        None where one answers otherwise, where it is not borne, or takes longer.
        """
        self.tell(f"running a change in {Path(edits[0].file).name}:{edits[0].line}")
        try:
            with ProjectProcess(self.project, edits) as changed:
                return self.proof_by(changed, looks, bears)
        except RowpathError:
            return None

    def proof_by(
        self, changed: ProjectProcess, looks: Sequence[Look], bears: Bears
    ) -> Proof | None:
        """Return the same of a process that has the change; its errors are raised."""
        answers = list(_answers(changed, looks))
        same = [
            sameness_now(look, self.unchanged, answer.compared)
            for look, answer in zip(looks, answers, strict=True)
        ]
        are_answered = all(
            is_answered(answer, look.ask.request)
            for look, answer in zip(looks, answers, strict=True)
        )
        if not (are_answered and set(same) <= SAME and bears(changed, answers)):
            return None
        look, answer = looks[0], answers[0]
        timing = self.timing
        ratio = ratio_of(self.unchanged, changed, look.ask, timing) if timing else None
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


def with_finding(
    explained: Sequence[Explained], looks: Sequence[Look], of: Look, finding: Finding
) -> list[Explained]:
    """Return the requests with one more finding of one of them."""
    return [
        replace(each, findings=(*each.findings, finding)) if look is of else each
        for each, look in zip(explained, looks, strict=True)
    ]
