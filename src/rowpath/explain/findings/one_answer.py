"""Findings of one answer alone: what it loaded anew for several rows of one list.

Where a request cannot be asked with lists of several lengths, as in a test, this is what can be
told of growth: the same relation, loaded by a statement each for at least two rows that came by
one evaluation of one queryset. Relations of single objects are none, however many there are.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from rowpath.explain.changes.eager_loading import chains, loading_edits
from rowpath.explain.changes.edits import Edit
from rowpath.explain.changes.insertion_points import Point, points
from rowpath.explain.findings.repeated import advice_on, title
from rowpath.explain.growth import GROWS_FROM, grows, slope
from rowpath.explain.growth import Point as Measurement
from rowpath.explain.messages import Load, Observed, Seen
from rowpath.explain.project_of import DJANGO
from rowpath.explain.trails import Path, Trail, ViewClass, Way, text_of
from rowpath.explain.values import Confidence, Finding, Growth, Kind, Place

FEWEST_SENT = 4
"""Times that a line sends a statement, from which it is told of an answer alone."""
FEWEST_LOADED = 2
"""Rows of one list that a relation is loaded for, each by a statement of its own."""
Allows = Callable[[str], bool]
"""Says of a name like `shop.Book.author`, or of a function's, whether it may grow."""


def findings(observed: Observed, view: ViewClass | None, allows: Allows) -> Iterator[Finding]:
    """Yield what one answer loaded row by row, with the change that would load it at once.

    Nothing of it was run: all are advice.
    """
    by_trail: dict[Trail, list[Seen]] = defaultdict(list)
    for seen in observed.statements:
        if seen.load is not None:
            by_trail[seen.load.trail].append(seen)
    for trail, of_trail in by_trail.items():
        rows = _mean_rows(trail, observed)
        told = [seen for seen in of_trail if not allows(_name(seen))]
        plain = [seen for seen in told if not _load(seen).is_refined]
        refined = [seen for seen in told if _load(seen).is_refined]
        by_kind: dict[Kind, list[Seen]] = {Kind.RELATION: [], Kind.COLUMN: []}
        for path in _loaded_again(plain, rows):
            kind = Kind.COLUMN if path[-1].way is Way.COLUMN else Kind.RELATION
            by_kind[kind].extend(seen for seen in plain if _load(seen).path == path)
        for kind, loads in by_kind.items():
            if loads:
                yield _finding(kind, trail, loads, observed, view)
        for path in _loaded_again(refined, rows):
            loads = [seen for seen in refined if _load(seen).path == path]
            yield _finding(Kind.REPEATED, trail, loads, observed, view)


def often(observed: Observed) -> Iterator[Finding]:
    """Yield what a line of the project's sends again and again, with other values each time.

    Whether that grows with the rows cannot be told of one answer: all are advice.
    """
    sent: dict[tuple[str, Place], list[Seen]] = defaultdict(list)
    for seen in observed.statements:
        if seen.load is None and seen.place is not None:
            sent[seen.text, seen.place].append(seen)
    for (text, place), of_line in sent.items():
        different = len({seen.key for seen in of_line})
        if different < FEWEST_SENT:
            continue
        yield Finding(
            kind=Kind.REPEATED,
            confidence=Confidence.ADVICE,
            title=f"the same statement {len(of_line)} times, with {different} different values",
            place=place,
            statements=len(of_line),
            of_statements=len(observed.statements),
            advice=advice_on((), DJANGO),
            statement=text,
        )


def grown(
    measured: Sequence[Measurement], view: ViewClass | None, allows: Allows
) -> Iterator[Finding]:
    """Yield what grows from one measurement to the next; a relation as `findings` has it.

    The rows of a measurement are those that were added until then.
    """
    last = measured[-1].observed
    rows = tuple(point.rows for point in measured)
    for finding in findings(last, view, allows):
        yield replace(finding, growth=Growth(rows=rows, per_row=slope(measured, lambda _: True)))
    others = {(seen.text, seen.place): seen for seen in last.statements if seen.load is None}
    for (text, place), seen in others.items():

        def is_same(each: Seen, text: str = text, place: Place | None = place) -> bool:
            return (each.text, each.place, each.load) == (text, place, None)

        if allows(place.function if place else "") or not grows(measured, is_same):
            continue
        yield Finding(
            kind=Kind.REPEATED,
            confidence=Confidence.ADVICE,
            title=title(slope(measured, is_same), "row more"),
            place=place,
            statements=sum(map(is_same, last.statements)),
            of_statements=len(last.statements),
            readers=(seen.reader,) if seen.reader is not None and place is None else (),
            growth=Growth(rows=rows, per_row=slope(measured, is_same)),
            advice=advice_on((), DJANGO),
            statement=text,
        )


def _name(seen: Seen) -> str:
    load = _load(seen)
    return f"{load.trail.model}.{text_of(load.path)}"


def _load(seen: Seen) -> Load:
    if seen.load is None:
        raise TypeError(seen)
    return seen.load


def _mean_rows(trail: Trail, observed: Observed) -> float:
    evaluated = [each for each in observed.evaluated if each.trail == trail]
    return sum(each.rows for each in evaluated) / max(1, sum(each.times for each in evaluated))


def _loaded_again(seen: Iterable[Seen], rows: float) -> list[Path]:
    """Return the paths that were loaded for several rows of one list, and not for a few of many."""
    found: dict[tuple[Path, str, int], set[int]] = defaultdict(set)
    for each in seen:
        load = _load(each)
        found[load.path, each.text, load.evaluation].add(load.row)
    fewest = max(FEWEST_LOADED, GROWS_FROM * rows)
    return list(dict.fromkeys(key[0] for key, loaded in found.items() if len(loaded) >= fewest))


def _finding(
    kind: Kind, trail: Trail, loads: Sequence[Seen], observed: Observed, view: ViewClass | None
) -> Finding:
    paths = list(dict.fromkeys(_load(seen).path for seen in loads))
    read = {(_load(seen).path, _load(seen).row) for seen in loads}
    rows = max(sum(path == of for of, _ in read) for path in paths)
    edits, places = _edits(kind, paths, trail, view)
    is_refined = kind is Kind.REPEATED
    return Finding(
        kind=kind,
        confidence=Confidence.ADVICE,
        title=f"{', '.join(sorted({_name(seen) for seen in loads}))}: {len(loads)} statements "
        f"for {rows} rows",
        place=_place(trail, edits, places, view),
        statements=len(loads),
        of_statements=len(observed.statements),
        paths=tuple(sorted(map(text_of, paths))),
        readers=tuple(dict.fromkeys(seen.reader for seen in loads if seen.reader is not None)),
        edits=edits,
        advice=advice_on([text_of(paths[0])], DJANGO) if is_refined else None,
        statement=loads[0].text if is_refined else None,
    )


def _edits(
    kind: Kind, paths: Sequence[Path], trail: Trail, view: ViewClass | None
) -> tuple[tuple[Edit, ...], tuple[Point, ...]]:
    """Return the likeliest change and where one may stand; no change where no line takes one.

    The rows of a relation of a single object are loaded from where the relation is read, or else
    from where the object comes from.
    """
    places = points(trail, None if trail.parent else view)
    if kind is Kind.REPEATED:
        return (), places
    if kind is Kind.COLUMN:
        return loading_edits([text_of(path) for path in paths], places), places
    edit = _eager(paths, places)
    if edit is None and trail.parent is not None:
        parent, way = trail.parent
        places = points(parent, view)
        edit = _eager([(*way, *path) for path in paths], places)
    return (edit,) if edit else (), places


def _eager(paths: Sequence[Path], places: Sequence[Point]) -> Edit | None:
    for point in places:
        for chain in chains(paths):
            text = chain.names if point.takes_names else chain.text
            if text is not None:
                return point.edit(text)
    return None


def _place(
    trail: Trail, edits: Sequence[Edit], places: Sequence[Point], view: ViewClass | None
) -> Place | None:
    """Return the line to change, or without one that where the queryset is made."""
    if edits:
        function = next((each.function for each in places if each.file == edits[0].file), "")
        return Place(file=edits[0].file, line=edits[0].line, function=function)
    for step in reversed(trail.steps):
        if step:
            return Place(file=step[0].file, line=step[0].end_line, function=step[0].function)
    return None if view is None else Place(file=view.file, line=view.line, function=view.name)
