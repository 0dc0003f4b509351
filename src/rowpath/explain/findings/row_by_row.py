"""Finding: a relation, or a deferred column, that is loaded anew for each row of a queryset."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from rowpath.explain.changes import dropped_results, prefetch_querysets
from rowpath.explain.changes.eager_loading import chains, loading_edits
from rowpath.explain.changes.edits import Edit
from rowpath.explain.changes.insertion_points import Point, points
from rowpath.explain.growth import Point as Measurement
from rowpath.explain.growth import grows, slope
from rowpath.explain.messages import Seen
from rowpath.explain.project_of import Framework
from rowpath.explain.proving.judging import counts_of, growth_of
from rowpath.explain.proving.proof import Before, Outcome
from rowpath.explain.sqlalchemy import loader_options
from rowpath.explain.trails import Path, Trail, Way, text_of
from rowpath.explain.values import Confidence, Finding, Growth, Kind, Place, Reader, Sameness

MOST_ATTEMPTS = 6
"""Each starts the project: places and forms of a change that are tried before it is given up."""

Prove = Callable[[Before, Sequence[Edit]], Outcome]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A finding, and the measurement with its change, which is empty without one."""

    finding: Finding
    after: tuple[Measurement, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """A change to be tried; `point` is where it continues a queryset, None for any other."""

    point: Point | None
    edits: tuple[Edit, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What a finding is of: paths, and which statements load these in its way."""

    kind: Kind
    paths: tuple[Path, ...]
    is_of: Callable[[Seen], bool]


def about(kind: Kind, before: Before, paths: Sequence[Path]) -> About:
    """Return what a finding is of that has all statements which load some paths of a trail's."""
    return About(kind=kind, paths=tuple(paths), is_of=_of(before.trail, paths))


def findings(before: Before, prove: Prove, known: Collection[str] = ()) -> Iterator[Told]:
    """Yield what is loaded row by row for a trail's rows: relations together, columns together.

    `known` are paths of it that were told already.
    """
    growing = [path for path in growing_paths(before) if text_of(path) not in known]
    view = None if before.trail.parent else before.look.view
    places = points(before.trail, view)
    relations = [path for path in growing if path[-1].way is not Way.COLUMN]
    columns = [path for path in growing if path[-1].way is Way.COLUMN]
    if relations:
        attempts = [
            *_attempts_to_keep(places, relations),
            *_attempts(before.trail, places, relations),
            *_attempts_of_parent(before, relations),
        ]
        yield told(about(Kind.RELATION, before, relations), before, attempts, prove)
    if columns:
        attempts = list(_attempts_of_columns(before.trail, places, columns))
        yield told(about(Kind.COLUMN, before, columns), before, attempts, prove)


def _attempts(trail: Trail, places: Sequence[Point], paths: Sequence[Path]) -> Iterator[Attempt]:
    for point in places:
        if _is_sqlalchemy(paths):
            for edits in loader_options.edits(trail, point, paths):
                yield Attempt(point=point, edits=edits)
            continue
        joining = () if point.takes_names else prefetch_querysets.edits(point, places, paths)
        if joining:
            yield Attempt(point=point, edits=joining)
        for chain in chains(paths):
            text = chain.names if point.takes_names else chain.text
            if text is not None:
                yield Attempt(point=point, edits=(point.edit(text),))


def _attempts_to_keep(places: Sequence[Point], paths: Sequence[Path]) -> Iterator[Attempt]:
    """Yield the change that keeps what a call returned which loads these relations already."""
    point = next(iter(places), None)
    kept = () if point is None or _is_sqlalchemy(paths) else dropped_results.edits(point, paths)
    if kept:
        yield Attempt(point=None, edits=kept)


def _attempts_of_columns(
    trail: Trail, places: Sequence[Point], paths: Sequence[Path]
) -> Iterator[Attempt]:
    if _is_sqlalchemy(paths):
        changes = {point: loader_options.column_edits(trail, point, paths) for point in places}
        yield from (Attempt(point=point, edits=made) for point, made in changes.items() if made)
        return
    edits = loading_edits([text_of(path) for path in paths], places)
    if edits:
        yield Attempt(point=None, edits=edits)


def _is_sqlalchemy(paths: Sequence[Path]) -> bool:
    return paths[0][0].owner is not None


def _attempts_of_parent(before: Before, paths: Sequence[Path]) -> Iterator[Attempt]:
    """Yield the changes of where a single object comes from, for the rows of a relation of it."""
    if before.trail.parent is not None:
        parent, way = before.trail.parent
        longer = [(*way, *path) for path in paths]
        yield from _attempts(parent, points(parent, before.look.view), longer)


def growing_paths(before: Before) -> list[Path]:
    """Return the paths whose statements grow with the trail's rows."""
    paths = {
        seen.load.path: None
        for seen in before.look.observed.statements
        if seen.load is not None and seen.load.trail == before.trail and not seen.load.is_refined
    }
    return [path for path in paths if grows(before.measured.points, _of(before.trail, [path]))]


def _of(trail: Trail, paths: Iterable[Path]) -> Callable[[Seen], bool]:
    wanted = set(paths)

    def is_of(seen: Seen) -> bool:
        load = seen.load
        return (
            load is not None and load.trail == trail and load.path in wanted and not load.is_refined
        )

    return is_of


def told(about: About, before: Before, attempts: Sequence[Attempt], prove: Prove) -> Told:
    """Return the finding about some paths, with the first of the attempts that is proved."""
    attempt, outcome, refusals = _best(before, attempts, prove)
    kind, paths, is_of = about.kind, about.paths, about.is_of
    seen = [each for each in before.look.observed.statements if is_of(each)]
    per_row = slope(before.measured.points, is_of)
    proof = outcome.proof if outcome is not None else None
    edits = attempt.edits if attempt is not None else ()
    model = before.trail.model.rpartition(".")[2]
    finding = Finding(
        kind=kind,
        confidence=_confidence(outcome),
        title=f"{_number(per_row)} for every {model}",
        place=_place(before, attempt, edits),
        statements=len(seen),
        of_statements=len(before.look.observed.statements),
        paths=tuple(sorted(text_of(path) for path in paths)),
        readers=_readers(seen),
        growth=Growth(
            rows=before.measured.rows,
            per_row=growth_of(before.measured.points),
            after=proof.growth_after if proof is not None else None,
            statements=counts_of(before.measured.points),
            statements_after=counts_of(outcome.after) if outcome is not None else (),
        ),
        edits=edits,
        proof=proof,
        reason=_reason(before.process.framework, attempts, refusals) if outcome is None else None,
        advice=_advice(before, paths) if outcome is None else None,
    )
    return Told(finding=finding, after=outcome.after if outcome is not None else ())


def _best(
    before: Before, attempts: Sequence[Attempt], prove: Prove
) -> tuple[Attempt | None, Outcome | None, list[str]]:
    """Return the first attempt that is proved, with what it showed, and why others are not."""
    refusals: list[str] = []
    for attempt in attempts[:MOST_ATTEMPTS]:
        outcome = prove(before, attempt.edits)
        if outcome.refused is None:
            return attempt, outcome, refusals
        refusals.append(outcome.refused)
    return None, None, refusals


def _confidence(outcome: Outcome | None) -> Confidence:
    if outcome is None or outcome.proof is None:
        return Confidence.ADVICE
    is_known = outcome.proof.sameness is not Sameness.UNKNOWN
    return Confidence.PROVED if is_known else Confidence.ESTIMATED


def _number(per_row: float) -> str:
    shown = f"{per_row:.1f}".removesuffix(".0")
    return f"{shown} statement" if shown == "1" else f"{shown} statements"


def _place(before: Before, attempt: Attempt | None, edits: Sequence[Edit]) -> Place | None:
    """Return the line that is changed, or without a change that where the queryset is made."""
    if edits:
        parent = before.trail.parent[0].steps if before.trail.parent is not None else ()
        spans = [span for step in (*before.trail.steps, *parent) for span in step]
        inside = next((span for span in spans if span.file == edits[0].file), None)
        point = attempt.point if attempt is not None else None
        function = point.function if point is not None else inside.function if inside else ""
        return Place(file=edits[0].file, line=edits[0].line, function=function)
    for step in reversed(before.trail.steps):
        if step:
            return Place(file=step[0].file, line=step[0].end_line, function=step[0].function)
    view = before.look.view
    return None if view is None else Place(file=view.file, line=view.line, function=view.name)


def _readers(seen: Sequence[Seen]) -> tuple[Reader, ...]:
    return tuple(dict.fromkeys(each.reader for each in seen if each.reader is not None))


def _reason(framework: Framework, attempts: Sequence[Attempt], refusals: Sequence[str]) -> str:
    if not attempts:
        return framework.no_line
    return refusals[0].rstrip(".")


def _advice(before: Before, paths: Sequence[Path]) -> str:
    if grows(before.measured.points, lambda seen: seen.is_refresh):
        return before.process.framework.expired
    names = ", ".join(sorted(text_of(path) for path in paths))
    return f"Load {names} with the rows, where these are asked for."
