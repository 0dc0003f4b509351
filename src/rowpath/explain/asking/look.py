"""A request as it is answered today: warmed up, checked, and compared with itself."""

from dataclasses import dataclass, replace
from statistics import median

from rowpath.errors import AnswerError, ServerError
from rowpath.explain.answered import is_answered
from rowpath.explain.asking.process import ProjectProcess
from rowpath.explain.comparing import Mask, mask_of, sameness
from rowpath.explain.messages import Answer, Ask, Observed, Watch
from rowpath.explain.project_of import Framework
from rowpath.explain.trails import ViewClass
from rowpath.explain.values import Phase, Request, Sameness

_REDIRECTS = range(300, 400)
_NOT_ALLOWED = (401, 403)
_NOT_FOUND = 404
_FAILED = 500
TIMED = 5
MOST_SAID = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What one request comes to today; `ask` asks it again in the same way.

    `columns` is what was observed with each column that was read. `written` is what a
    read-only transaction refused of it, None where that was nothing.
    """

    ask: Ask
    body: bytes
    mask: Mask
    observed: Observed
    columns: Observed
    phases: tuple[Phase, ...]
    duration_s: float
    view: ViewClass | None
    written: str | None
    asked: str | None = None
    siblings: tuple[str, ...] = ()


def look(process: ProjectProcess, request: Request) -> Look:
    """Return what a request comes to; AnswerError or ServerError where it gives no answer."""
    ask = Ask(request=request, watch=Watch.STATEMENTS, may_write=request.may_write)
    first = process.ask(ask)
    written = first.written
    if written is not None and not ask.may_write:
        ask = replace(ask, may_write=True)
        first = process.ask(ask)
    check(first, request, process.framework)
    process.ask(ask)  # what is loaded once, as content types are, is loaded by now
    once, again = process.ask(ask), process.ask(ask)
    columns = process.ask(replace(ask, watch=Watch.COLUMNS)).observed
    phases = process.ask(replace(ask, watch=Watch.PHASES, times=2))
    timed = process.ask(replace(ask, watch=Watch.NOTHING, times=TIMED))
    return Look(
        ask=ask,
        body=again.compared,
        mask=mask_of([each.compared for each in (once, again, phases, timed)]),
        observed=again.observed,
        columns=columns,
        phases=phases.observed.phases,
        duration_s=median(timed.durations_s),
        view=again.view,
        written=written,
        asked=again.asked,
        siblings=again.siblings,
    )


def sameness_now(seen: Look, today: ProjectProcess, body: bytes) -> Sameness:
    """Return in which sense an answer is the same as today's, asked again where it is another.

    A time of day, or how long ago something was, was perhaps the same for all that was asked then.
    """
    has_order = all(each.is_ordered for each in seen.observed.evaluated)
    same = sameness(seen.body, body, seen.mask, has_order=has_order)
    if same is not Sameness.DIFFERENT:
        return same
    fresh = today.ask(seen.ask).compared
    mask = mask_of([seen.body, fresh])
    return sameness(fresh, body, mask, has_order=has_order)


def second_answer(seen: Look, process: ProjectProcess) -> Answer:
    """Return what `process` answers once what is loaded once, as content types are, is loaded."""
    process.ask(seen.ask)
    return process.ask(seen.ask)


def check(answer: Answer, request: Request, framework: Framework) -> None:
    """AnswerError or ServerError where an answer is none that could be explained."""
    path, status = request.name, answer.status
    if is_answered(answer, request):
        return
    if answer.error is not None or status >= _FAILED:
        raise ServerError(
            f"Cannot explain {path}: it answers {status}. Correct the error first:\n"
            f"{answer.error or answer.body[:200].decode(errors='replace')}"
        )
    if status in _REDIRECTS:
        raise AnswerError(
            f"Cannot explain {path}: it answers {status} and leads to {answer.location}. "
            + ("Name that path." if request.user else f"{framework.log_in}, or name that path.")
        )
    if status in _NOT_ALLOWED:
        raise AnswerError(
            f"Cannot explain {path}: it answers {status}"
            + (
                f" to {request.user}. Log in as another --user."
                if request.user
                else f". {framework.log_in}."
            )
        )
    if status == _NOT_FOUND:
        raise AnswerError(
            f"Cannot explain {path}: it answers 404. Name a path of the project's URLs, with its "
            "slashes, whose rows are in the database."
        )
    if request.may_write:
        said = " ".join(answer.body[:MOST_SAID].decode(errors="replace").split())
        raise AnswerError(
            f"Cannot explain {path}: it answers {status}{said and f', {said!r}'}. Correct --data "
            "or --method, so that it answers 2xx, or leads on by 302 or 303."
        )
    raise AnswerError(f"Cannot explain {path}: it answers {status}. Name a path that answers 200.")
