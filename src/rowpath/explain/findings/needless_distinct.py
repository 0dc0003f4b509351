"""Finding: a `distinct()` that leaves out no row, and cannot."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rowpath.explain.asking.look import Look
from rowpath.explain.asking.process import ProjectProcess
from rowpath.explain.asking.selects import Of, ms, selects_of
from rowpath.explain.changes.distinct_edits import edit
from rowpath.explain.changes.edits import Edit
from rowpath.explain.changes.insertion_points import own_span
from rowpath.explain.findings.unused import missing
from rowpath.explain.messages import Answer
from rowpath.explain.proving.trials import Trials
from rowpath.explain.trails import Span, Trail
from rowpath.explain.values import Confidence, Finding, Kind, Place, Proof
from rowpath.stats.interval import Interval

_DISTINCT = "SELECT DISTINCT "


@dataclass(frozen=True, slots=True, kw_only=True)
class _Distinct:
    """A call of `distinct()`, the SELECT that has it, and all requests that come by the call."""

    span: Span
    edit: Edit
    of: Of
    looks: tuple[Look, ...]


def findings(
    trials: Trials, looks: Sequence[Look], selects: Sequence[Of]
) -> Iterator[tuple[Of, Finding]]:
    """Yield each `distinct()` that can go, proved in all requests that come by it.

    Where it is timed, it has to take time.
    """
    for each in _found(selects):
        if missing(each.looks, looks):
            continue
        after: list[float | None] = []

        def bears(
            changed: ProjectProcess,
            answers: Sequence[Answer],
            each: _Distinct = each,
            after: list[float | None] = after,
        ) -> bool:
            after.append(_plain_s(changed, each.of))
            return after[0] is not None and all(
                len(answer.observed.statements) <= len(look.observed.statements)
                for look, answer in zip(each.looks, answers, strict=True)
            )

        proof = trials.proof(each.edit, each.looks, bears)
        if proof is not None and is_worth_it(proof.ratio):
            yield each.of, _finding(each, proof, after[0] or 0.0)


def is_worth_it(ratio: Interval | None) -> bool:
    """Return whether the whole request takes less time, by its interval, where it is timed."""
    return ratio is None or ratio.high < 1


def _found(selects: Sequence[Of]) -> Iterator[_Distinct]:
    by_span: dict[Span, list[Of]] = {}
    for each in selects:
        for span in _direct(each.select.trail):
            by_span.setdefault(span, []).append(each)
    for span, alike in by_span.items():
        of = next((each for each in alike if each.select.is_distinct_anyway), None)
        if of is None or of.select.trail is None or not all(map(_is_anyway, alike)):
            continue
        change = edit(span, of.select.trail, of.look.view)
        if change is not None:
            looks = tuple({id(each.look): each.look for each in alike}.values())
            yield _Distinct(span=span, edit=change, of=of, looks=looks)


def _is_anyway(each: Of) -> bool:
    """Return whether a SELECT has no DISTINCT that is needed; a page's count has its page's."""
    select = each.select
    return select.is_distinct_anyway or select.is_page_count or "DISTINCT" not in select.text


def _direct(trail: Trail | None) -> Iterator[Span]:
    for step in trail.steps if trail is not None else ():
        span = own_span(step)
        if span is not None and span is step[0] and span.is_direct:
            yield span


def _plain_s(changed: ProjectProcess, of: Of) -> float | None:
    """Return what the same SELECT takes without its DISTINCT; None where it is not sent."""
    text = of.select.text.replace(_DISTINCT, "SELECT ", 1)
    found = (each.duration_s for each in selects_of(changed, of.look) if each.text == text)
    return next(found, None)


def _finding(each: _Distinct, proof: Proof, plain_s: float) -> Finding:
    of = each.of
    return Finding(
        kind=Kind.DISTINCT,
        confidence=Confidence.PROVED,
        title=f"distinct() has no row of {of.model} to leave out: none comes twice",
        place=Place(file=each.span.file, line=each.span.end_line, function=each.span.function),
        statements=of.count,
        of_statements=proof.statements_before,
        edits=(each.edit,),
        proof=proof,
        statement=of.select.text,
        advice=f"Nothing is joined that leads to many rows. The SELECT takes "
        f"{ms(of.select.duration_s)} with it, and {ms(plain_s)} without.",
    )
