"""Findings: rows that are loaded for a number alone, and a number of rows that are loaded too."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from rowpath.explain.asking.look import Look
from rowpath.explain.asking.process import ProjectProcess
from rowpath.explain.changes.edits import Edit
from rowpath.explain.changes.insertion_points import own_span
from rowpath.explain.changes.number_edits import edit
from rowpath.explain.messages import Answer, Asked, Observed, Uses
from rowpath.explain.proving.trials import Trials, with_finding
from rowpath.explain.trails import Span
from rowpath.explain.values import Confidence, Explained, Finding, Kind, Place, Proof, is_framework

LEAST_ROWS = 10
"""Loaded for a number: fewer are loaded as fast as they are counted."""
_NUMBERS = {"count": "counted", "exists": "asked for being there"}
_BY_ROWS = {"len": "for their number", "bool": "to know whether there are any"}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """An expression that asks in the dearer way, and the requests that come by it."""

    kind: Kind
    asked: Asked
    span: Span
    edit: Edit
    uses: Uses
    looks: tuple[Look, ...]


def told(trials: Trials, explained: Sequence[Explained], looks: Sequence[Look]) -> list[Explained]:
    """Return the requests with what asks for a number and for rows where one of them does.

    A change is proved in all requests that come by it; what is not is left out. What a template
    counts is told as advice.
    """
    found = list(explained)
    for each in _found(looks):
        bears = _fewer_statements if each.kind is Kind.COUNTED else fewer_rows

        def borne(
            _: ProjectProcess,
            answers: Sequence[Answer],
            each: _Found = each,
            bears: "_Bears" = bears,
        ) -> bool:
            pairs = zip(each.looks, answers, strict=True)
            return all(bears(look.observed, answer.observed) for look, answer in pairs)

        proof = trials.proof(each.edit, each.looks, borne)
        if proof is not None:
            found = with_finding(found, looks, each.looks[0], _finding(each, proof))
    for look in looks:
        for uses, asked in _in_templates(look):
            found = with_finding(found, looks, look, _advice(look, uses, asked))
    return found


_Bears = Callable[[Observed, Observed], bool]


def _fewer_statements(today: Observed, changed: Observed) -> bool:
    return len(changed.statements) < len(today.statements)


def fewer_rows(today: Observed, changed: Observed) -> bool:
    """Return whether an answer loads fewer rows, by no more statements."""
    is_no_more = len(changed.statements) <= len(today.statements)
    return is_no_more and _rows(changed) < _rows(today)


def _rows(observed: Observed) -> int:
    return sum(each.rows for each in observed.evaluated)


def _found(looks: Sequence[Look]) -> Iterator[_Found]:
    """Yield the expressions all of whose querysets are asked in the dearer way."""
    by_span: dict[Span, list[tuple[Look, Uses, Asked]]] = {}
    for look in looks:
        for uses in look.columns.uses:
            for asked in uses.asked:
                span = own_span(asked.step)
                if span is not None and span is asked.step[0] and span.is_direct:
                    by_span.setdefault(span, []).append((look, uses, asked))
    for span, alike in by_span.items():
        kinds = {_kind(uses, asked) for _, uses, asked in alike}
        kind = kinds.pop()
        look, uses, asked = alike[0]
        made = edit(span, asked.method) if kind is not None and not kinds else None
        if kind is None or made is None:
            continue
        passing = tuple({id(look): look for look, _, _ in alike}.values())
        yield _Found(kind=kind, asked=asked, span=span, edit=made, uses=uses, looks=passing)


def _kind(uses: Uses, asked: Asked) -> Kind | None:
    """Return what is wrong with an asking, None where nothing is.

    A number is dear of rows that are all loaded and read afterwards; rows are dear that are asked
    for one number, once, and for nothing else.
    """
    if not asked.is_first or not uses.is_fetched:
        return None
    if asked.method in _NUMBERS:
        return Kind.COUNTED if uses.has_rows_read else None
    is_alone = len(uses.asked) == 1 and not uses.has_rows_read
    return Kind.NUMBER if is_alone and uses.rows >= LEAST_ROWS else None


def _in_templates(look: Look) -> Iterator[tuple[Uses, Asked]]:
    told: set[object] = set()
    for uses in look.columns.uses:
        for asked in uses.asked:
            if asked.reader in told or not is_framework(asked.place, asked.reader):
                continue
            if asked.method in _NUMBERS and _kind(uses, asked) is Kind.COUNTED:
                told.add(asked.reader)
                yield uses, asked


def _title(kind: Kind, uses: Uses, asked: Asked) -> str:
    model = uses.model.rpartition(".")[2]
    if kind is Kind.COUNTED:
        return f"rows of {model} are {_NUMBERS[asked.method]}, and then all loaded"
    return f"{uses.rows} rows of {model} are loaded {_BY_ROWS[asked.method]}"


def _finding(each: _Found, proof: Proof) -> Finding:
    return Finding(
        kind=each.kind,
        confidence=Confidence.PROVED,
        title=_title(each.kind, each.uses, each.asked),
        place=Place(file=each.span.file, line=each.span.line, function=each.span.function),
        statements=proof.statements_before - proof.statements_after,
        of_statements=proof.statements_before,
        edits=(each.edit,),
        proof=proof,
    )


def _advice(look: Look, uses: Uses, asked: Asked) -> Finding:
    reader = asked.reader
    return Finding(
        kind=Kind.COUNTED,
        confidence=Confidence.ADVICE,
        title=_title(Kind.COUNTED, uses, asked),
        place=None,
        statements=1,
        of_statements=len(look.observed.statements),
        readers=(reader,) if reader is not None else (),
        advice="The filter `length` counts the rows that are loaded, and `if` without `exists` "
        "asks them.",
    )
