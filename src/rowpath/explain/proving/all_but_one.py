"""What each change of a diff brings beside the others: all of them, run with it and without."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from rowpath.errors import RowpathError
from rowpath.explain.answered import is_answered
from rowpath.explain.asking.look import Look, second_answer
from rowpath.explain.asking.process import ProjectProcess
from rowpath.explain.changes.edits import Edit
from rowpath.explain.changes.imports import joined
from rowpath.explain.proving.timing import Timing, ratio_of
from rowpath.explain.proving.together import side_by_side
from rowpath.explain.proving.trials import Trials
from rowpath.explain.values import Explained, Finding, Kind, Marginal

MOST_CHANGES = 5
"""Each is left out in a project that is started for it."""
MOST_S = 5.0
"""What all timing of this may take, so that an endpoint is explained in less than 30 s."""


def told(
    trials: Trials,
    explained: Sequence[Explained],
    looks: Sequence[Look],
    changes: Sequence[tuple[Edit, ...]],
    edits: tuple[Edit, ...],
) -> list[Explained]:
    """Return the requests whose findings say what their change brings beside all others.

    `edits` is what stands together. There is nothing to say where that is one change, or where
    they do not go together.
    """
    changes = side_by_side(changes)
    found = list(explained)
    is_whole = edits == joined(edit for change in changes for edit in change)
    if len(changes) < 2 or not is_whole:  # noqa: PLR2004 one was proved by itself
        return found
    timing = trials.timing and _short(trials.timing, _findings(found, changes))
    try:
        with ProjectProcess(trials.project, edits) as whole:
            for change in changes[:MOST_CHANGES]:
                others = joined(edit for other in changes if other != change for edit in other)
                trials.tell(f"running all changes but that of line {change[0].line}")
                with ProjectProcess(trials.project, others) as without:
                    gain = _Gain(without=without, whole=whole, timing=timing)
                    found = [
                        replace(each, findings=tuple(gain.told(each, look, change)))
                        for each, look in zip(found, looks, strict=True)
                    ]
    except RowpathError:
        return found
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class _Gain:
    """Measures what one change brings, by the project with all changes and with all but it."""

    without: ProjectProcess
    whole: ProjectProcess
    timing: Timing | None

    def told(self, explained: Explained, look: Look, change: tuple[Edit, ...]) -> Iterator[Finding]:
        """Yield a request's findings, with the gain where they have this change."""
        for finding in explained.findings:
            # An index is in the database as long as it is proved alone, and not here.
            is_of = finding.edits == change and finding.kind is not Kind.INDEX
            yield replace(finding, marginal=self._of(look)) if is_of else finding

    def _of(self, look: Look) -> Marginal | None:
        answers = [second_answer(look, process) for process in (self.without, self.whole)]
        if not all(is_answered(answer, look.ask.request) for answer in answers):
            return None
        before, after = (len(answer.observed.statements) for answer in answers)
        timing = self.timing
        ratio = ratio_of(self.without, self.whole, look.ask, timing) if timing else None
        return Marginal(statements_before=before, statements_after=after, ratio=ratio)


def _findings(explained: Sequence[Explained], changes: Sequence[tuple[Edit, ...]]) -> int:
    """Return how many findings have one of the changes."""
    return sum(finding.edits in changes for each in explained for finding in each.findings)


def _short(timing: Timing, findings: int) -> Timing:
    """Return a timing of which so many take no longer than all of this may."""
    return replace(timing, budget_s=min(timing.budget_s, MOST_S / max(1, findings)))
