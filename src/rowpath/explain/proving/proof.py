"""A change, run: the project's source with it in memory, in a process of its own."""

from collections.abc import Sequence
from dataclasses import dataclass

from rowpath.errors import RowpathError
from rowpath.explain.answered import is_answered
from rowpath.explain.asking.look import Look
from rowpath.explain.asking.measuring import Measured
from rowpath.explain.asking.process import ProjectProcess
from rowpath.explain.changes.edits import Edit
from rowpath.explain.comparing import mask_of
from rowpath.explain.growth import Point
from rowpath.explain.messages import Answer
from rowpath.explain.project_of import ProjectOf
from rowpath.explain.proving.judging import growth_of, objection, slower, worst_sameness
from rowpath.explain.proving.timing import Timing, ratio_of
from rowpath.explain.trails import Trail
from rowpath.explain.values import Proof, Sameness


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What running a change showed; `refused` says why it is not to be made, None where it is.

    `after` has the request with the change at the lengths that it was measured at, empty where it
    was refused before.
    """

    proof: Proof | None
    refused: str | None
    after: tuple[Point, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """What a change is held against: the request today, and at several lengths of one list."""

    process: ProjectProcess
    look: Look
    trail: Trail
    measured: Measured

    @property
    def has_order(self) -> bool:
        """Whether the list's rows are asked for in an order."""
        evaluated = self.look.observed.evaluated
        return all(each.is_ordered for each in evaluated if each.trail == self.trail)


def prove(
    before: Before, project: ProjectOf, edits: Sequence[Edit], timing: Timing | None
) -> Outcome:
    """Return what a change of the project's source comes to; without a timing it is not timed."""
    try:
        with ProjectProcess(project, tuple(edits)) as changed:
            return _proved(before, changed, timing)
    except RowpathError as error:
        return Outcome(proof=None, refused=f"with it the project fails: {_short(str(error))}")


def _proved(before: Before, changed: ProjectProcess, timing: Timing | None) -> Outcome:
    seen = before.look
    first = changed.ask(seen.ask)
    if not is_answered(first, seen.ask.request):
        return Outcome(proof=None, refused=_failed(first))
    answers = [changed.ask(ask) for ask in (seen.ask, *before.measured.asks)]
    failed = [answer for answer in answers if not is_answered(answer, seen.ask.request)]
    if failed:
        return Outcome(proof=None, refused=_failed(failed[0]))
    after = _points(before, answers[1:])
    same = _compared(before, [answer.compared for answer in answers])
    if same is Sameness.DIFFERENT:
        return Outcome(proof=None, refused="with it the answer is another")
    against = objection(before.measured.points, after, seen.observed, answers[0].observed)
    if against is not None:
        return Outcome(proof=None, refused=against)
    ratio = ratio_of(before.process, changed, seen.ask, timing) if timing is not None else None
    proof = Proof(
        statements_before=len(seen.observed.statements),
        statements_after=len(answers[0].observed.statements),
        sameness=same,
        ratio=ratio,
        growth_after=growth_of(after),
    )
    return Outcome(proof=proof, refused=slower(ratio), after=after)


def _compared(before: Before, after: Sequence[bytes]) -> Sameness:
    """Return in which sense the answers are the same as today's."""
    old = [before.look.body, *(point.body for point in before.measured.points)]
    masks = [before.look.mask, *before.measured.masks]
    same = worst_sameness(old, after, masks, has_order=before.has_order)
    if same is not Sameness.DIFFERENT:
        return same
    # A time of day that is told in seconds was perhaps the same for all that was asked before.
    asks = (before.look.ask, *before.measured.asks)
    fresh = [before.process.ask(ask).compared for ask in asks]
    masks = [mask_of(bodies) for bodies in zip(old, fresh, strict=True)]
    return worst_sameness(fresh, after, masks, has_order=before.has_order)


def _points(before: Before, answers: Sequence[Answer]) -> tuple[Point, ...]:
    """Return the answers with the lengths that they had without the change."""
    lengths = before.measured.rows
    return tuple(
        Point(rows=rows, body=answer.compared, observed=answer.observed)
        for rows, answer in zip(lengths, answers, strict=True)
    )


def _failed(answer: Answer) -> str:
    reason = (answer.error or "").splitlines()
    return f"with it the request answers {answer.status}: {reason[-1] if reason else 'no reason'}"


def _short(text: str) -> str:
    return " ".join(text.split())[:300]
