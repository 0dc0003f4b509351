"""Finding: rows that are loaded to be added up, compared or counted in Python, and for no more."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rowpath.explain.asking.look import Look
from rowpath.explain.asking.process import ProjectProcess
from rowpath.explain.changes.aggregate_edits import Aggregated, aggregated
from rowpath.explain.changes.insertion_points import own_span
from rowpath.explain.findings.for_a_number import LEAST_ROWS, fewer_rows
from rowpath.explain.messages import Answer, Uses
from rowpath.explain.proving.trials import Trials, with_finding
from rowpath.explain.trails import Span
from rowpath.explain.values import Confidence, Explained, Finding, Kind, Place, Proof

_FUNCTIONS = {"sum": "Sum", "max": "Max", "min": "Min"}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """An expression that takes one value of all rows, and the requests that come by it."""

    what: Aggregated
    span: Span
    uses: Uses
    looks: tuple[Look, ...]


def told(trials: Trials, explained: Sequence[Explained], looks: Sequence[Look]) -> list[Explained]:
    """Return the requests with what Python adds up, compares or counts of rows.

    A change is proved in all requests that come by it; what is not is left out. Where the database
    may answer otherwise, by rounding say, it is advice.
    """
    found = list(explained)
    for each in _found(looks):
        if not each.what.edits:
            found = with_finding(found, looks, each.looks[0], _advice(each))
            continue

        def borne(_: ProjectProcess, answers: Sequence[Answer], each: _Found = each) -> bool:
            pairs = zip(each.looks, answers, strict=True)
            return all(fewer_rows(look.observed, answer.observed) for look, answer in pairs)

        proof = trials.proof_of(each.what.edits, each.looks, borne)
        if proof is not None:
            found = with_finding(found, looks, each.looks[0], _finding(each, proof))
    return found


def _found(looks: Sequence[Look]) -> Iterator[_Found]:
    """Yield the expressions that go through a queryset, once for each request, and for no more."""
    by_span: dict[Span, list[tuple[Look, Uses]]] = {}
    for look in looks:
        for uses in look.columns.uses:
            for asked in uses.iterated:
                span = own_span(asked.step)
                if span is not None and span is asked.step[0] and span.is_direct:
                    by_span.setdefault(span, []).append((look, uses))
    for span, alike in by_span.items():
        uses = max((uses for _, uses in alike), key=lambda uses: uses.rows)
        passing = tuple({id(look): look for look, _ in alike}.values())
        if len(passing) < len(alike) or uses.columns is None or uses.rows < LEAST_ROWS:
            continue
        what = aggregated(span, uses.columns)
        if what is not None and all(_is_alone(each, what) for _, each in alike):
            yield _Found(what=what, span=span, uses=uses, looks=passing)


def _is_alone(uses: Uses, what: Aggregated) -> bool:
    """Return whether a queryset's rows are for this one value.

    `list` asks how many there are as well, so that a queryset with a name is not asked at all.
    """
    is_once = len(uses.iterated) == 1 and uses.iterated[0].is_first and uses.is_fetched
    return is_once and not (what.is_name and uses.asked)


def _title(each: _Found) -> str:
    model = each.uses.model.rpartition(".")[2]
    of = f"{each.what.column} of " if each.what.column else ""
    return f"{of}{each.uses.rows} rows of {model} are loaded to be {each.what.word} in Python"


def _place(span: Span) -> Place:
    return Place(file=span.file, line=span.line, function=span.function)


def _finding(each: _Found, proof: Proof) -> Finding:
    return Finding(
        kind=Kind.AGGREGATED,
        confidence=Confidence.PROVED,
        title=_title(each),
        place=_place(each.span),
        statements=proof.statements_before - proof.statements_after,
        of_statements=proof.statements_before,
        edits=each.what.edits,
        proof=proof,
    )


def _advice(each: _Found) -> Finding:
    column = each.what.column
    if each.what.method == "Counter":
        advice = (
            f'values_list("{column}").annotate(Count("pk")).order_by() counts them in the '
            "database, in an order of its own."
        )
    else:
        function = _FUNCTIONS[each.what.method]
        advice = (
            f'aggregate({function}("{column}")) does it in the database. Of no rows it is None, '
            "and sums that are no integers may be rounded otherwise."
        )
    return Finding(
        kind=Kind.AGGREGATED,
        confidence=Confidence.ADVICE,
        title=_title(each),
        place=_place(each.span),
        statements=0,
        of_statements=len(each.looks[0].observed.statements),
        advice=advice,
    )
