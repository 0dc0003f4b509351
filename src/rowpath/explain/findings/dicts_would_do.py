"""Finding: instances of a model, of which a loop reads nothing but columns: dicts would do."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from rowpath.explain.asking.look import Look
from rowpath.explain.asking.process import ProjectProcess
from rowpath.explain.changes.dict_edits import Dicts, as_dicts
from rowpath.explain.changes.insertion_points import own_span
from rowpath.explain.messages import Answer, Uses
from rowpath.explain.proving.trials import Trials, with_finding
from rowpath.explain.trails import Span
from rowpath.explain.values import Confidence, Explained, Finding, Kind, Place, Proof
from rowpath.stats.interval import Interval

LEAST_ROWS = 50
"""Fewer are made in less time than could be shown."""
MOST_LOOPS = 3
"""Loops of a run that are tried, those with most rows first."""
MOST_S = 4.0
"""What the timing of one may take."""
MOST_OF_TIME = 0.9
"""Of the time today: less is no reason to have dicts where objects were."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DictLoop:
    """A loop that could go through dicts, of how many rows, and the requests that come by it."""

    what: Dicts
    span: Span
    model: str
    rows: int
    looks: tuple[Look, ...]


def told(trials: Trials, explained: Sequence[Explained], looks: Sequence[Look]) -> list[Explained]:
    """Return the requests with loops that go through dicts in less time.

    That it is worth it only the time can show, so that without a timing nothing is said.
    """
    found = list(explained)
    if trials.timing is None:
        return found
    taken = {finding.place for each in explained for finding in each.findings if finding.edits}
    loops = [each for each in dict_loops(looks) if place_of(each) not in taken]
    for each in loops[:MOST_LOOPS]:
        proof = proved(trials, each)
        if proof is not None and is_worth_it(proof.ratio):
            found = with_finding(found, looks, each.looks[0], _finding(each, proof))
    return found


def dict_loops(looks: Sequence[Look]) -> list[DictLoop]:
    """Return the loops that read nothing but columns, those with most rows first.

    A queryset is gone through by one of them, once, and is asked for nothing else.
    """
    by_span: dict[Span, list[tuple[Look, Uses]]] = {}
    for look in looks:
        for uses in look.columns.uses:
            for asked in uses.iterated:
                span = own_span(asked.step)
                if span is not None and span is asked.step[0] and span.is_direct:
                    by_span.setdefault(span, []).append((look, uses))
    return sorted(_loops(by_span), key=lambda each: -each.rows)


def _loops(by_span: dict[Span, list[tuple[Look, Uses]]]) -> Iterator[DictLoop]:
    for span, alike in by_span.items():
        uses = max((uses for _, uses in alike), key=lambda uses: uses.rows)
        passing = tuple({id(look): look for look, _ in alike}.values())
        if len(passing) < len(alike) or uses.columns is None or uses.rows < LEAST_ROWS:
            continue
        what = as_dicts(span, uses.columns)
        if what is not None and all(_is_once(each) for _, each in alike):
            yield DictLoop(what=what, span=span, model=uses.model, rows=uses.rows, looks=passing)


def _is_once(uses: Uses) -> bool:
    is_first = len(uses.iterated) == 1 and uses.iterated[0].is_first
    return is_first and uses.is_fetched and not uses.asked


def proved(trials: Trials, each: DictLoop) -> Proof | None:
    """Return what dicts come to; None where an answer is another, costs more or takes longer."""

    def bears(_: ProjectProcess, answers: Sequence[Answer]) -> bool:
        return all(
            len(answer.observed.statements) <= len(look.observed.statements)
            for look, answer in zip(each.looks, answers, strict=True)
        )

    timing = trials.timing and replace(trials.timing, budget_s=min(MOST_S, trials.timing.budget_s))
    return replace(trials, timing=timing).proof_of(each.what.edits, each.looks, bears)


def is_worth_it(ratio: Interval | None) -> bool:
    """Return whether so much time is saved, by the whole interval, that dicts are worth it."""
    return ratio is not None and ratio.high <= MOST_OF_TIME


def place_of(each: DictLoop) -> Place:
    """Return where the loop is."""
    return Place(file=each.span.file, line=each.span.line, function=each.span.function)


def _finding(each: DictLoop, proof: Proof) -> Finding:
    model = each.model.rpartition(".")[2]
    columns = ", ".join(each.what.columns)
    return Finding(
        kind=Kind.DICTS,
        confidence=Confidence.PROVED,
        title=f"{each.rows} instances of {model} are made to read {columns}: dicts would do",
        place=place_of(each),
        statements=0,
        of_statements=proof.statements_before,
        edits=each.what.edits,
        proof=proof,
    )
