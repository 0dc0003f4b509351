"""Finding: columns that are loaded with the rows, and that nobody reads in the whole run."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from rowpath.explain.asking.look import Look
from rowpath.explain.changes.eager_loading import quoted
from rowpath.explain.changes.edits import Edit
from rowpath.explain.changes.imports import joined
from rowpath.explain.changes.insertion_points import Point, points
from rowpath.explain.changes.references import Shared
from rowpath.explain.findings.unused import missing
from rowpath.explain.growth import FEWEST_ROWS
from rowpath.explain.messages import Evaluated, Narrowing, Part
from rowpath.explain.sqlalchemy.column_options import narrowing_edits
from rowpath.explain.trails import text_of

LEAST_BYTES = 4096
"""Of unread values in one answer: below it no difference could be shown."""
LEAST_SHARE = 0.2
"""Of all values' bytes, that the unread ones are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """Columns of a list that nobody reads, and the change by which they are left out.

    They are in the order of their size. `owners` are the classes of SQLAlchemy's that they are of,
    by what stands before their names; all of Django's are of the `model`. `looks` are the requests
    that pass the change's place.
    """

    point: Point
    model: str
    columns: tuple[str, ...]
    owners: Mapping[str, str]
    edits: tuple[Edit, ...]
    looks: tuple[Look, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Passing:
    look: Look
    evaluated: Evaluated


def unread(looks: Sequence[Look], is_shared: Shared) -> Iterator[Unread]:
    """Yield the lists of which columns go unread by all requests that come by the same code.

    A list whose code another view shares that was not asked is passed over.
    """
    by_point: dict[Point, list[_Passing]] = {}
    for look in looks:
        for evaluated in look.columns.evaluated:
            place = _place(look, evaluated)
            if place is not None:
                by_point.setdefault(place, []).append(_Passing(look=look, evaluated=evaluated))
    for point, passing in by_point.items():
        found = _found(point, passing)
        if found is not None and not missing(found.looks, looks):
            steps = (step for each in passing for step in each.evaluated.trail.steps)
            if not is_shared(span for step in steps for span in step):
                yield found


def _place(look: Look, evaluated: Evaluated) -> Point | None:
    """Return where a list's chain is continued, None where that takes no call."""
    view = None if evaluated.trail.parent else look.view
    found = points(evaluated.trail, view)
    return found[0] if found and not found[0].takes_names else None


def _found(point: Point, passing: Sequence[_Passing]) -> Unread | None:
    trail = passing[0].evaluated.trail
    (narrowing, *others) = {each.evaluated.narrowing for each in passing}
    if narrowing is None or others or max(each.evaluated.rows for each in passing) < FEWEST_ROWS:
        return None
    if narrowing.parts:
        left_out, edits = _by_options(point, narrowing.parts, passing)
    else:
        left_out, edits = _by_only(point, narrowing, passing)
    if not edits:
        return None
    looks = tuple({id(each.look): each.look for each in passing}.values())
    columns = _by_size(left_out, passing)
    return Unread(
        point=point,
        model=trail.model,
        columns=columns,
        owners={part.prefix: part.owner.name for part in narrowing.parts},
        edits=edits,
        looks=looks,
    )


def _by_only(
    point: Point, narrowing: Narrowing, passing: Sequence[_Passing]
) -> tuple[list[str], tuple[Edit, ...]]:
    """Return the columns that an `only()` leaves out, and its edit; none if these are few."""
    read = {
        "__".join(filter(None, (text_of(reads.path), column)))
        for each in passing
        for reads in each.evaluated.reads
        for column in reads.columns
    }
    names = _names(narrowing, read)
    left_out = [each for each in narrowing.columns if each not in names and each != narrowing.key]
    if not names or not _is_much(left_out, passing):
        return [], ()
    return left_out, (point.edit(f".only({', '.join(map(quoted, names))})"),)


def _by_options(
    point: Point, parts: Sequence[Part], passing: Sequence[_Passing]
) -> tuple[list[str], tuple[Edit, ...]]:
    """Return the columns that SQLAlchemy's loader options leave out, and the edits of these."""
    trail = passing[0].evaluated.trail
    all_left_out: list[str] = []
    made: list[Edit] = []
    asked = {text for each in passing for text in each.evaluated.read}
    for part in parts:
        if part.path and text_of(part.path) not in asked:
            continue  # what nobody asks for is not to be narrowed, but left out
        read = {
            column
            for each in passing
            for reads in each.evaluated.reads
            if reads.path == part.path
            for column in reads.columns
        }
        left_out = [column for column in part.columns if column not in read]
        names = [f"{part.prefix}{column}" for column in left_out]
        if _is_much(names, passing):
            # What loads a relation may stand in an earlier chain than the one that is continued.
            places = points(trail, None) if part.path else (point,)
            tried = (narrowing_edits(trail, place, part, left_out) for place in places)
            edits: tuple[Edit, ...] = next(filter(None, tried), ())
            made.extend(edits)
            all_left_out.extend(names if edits else ())
    return all_left_out, joined(made)


def _by_size(columns: Sequence[str], passing: Sequence[_Passing]) -> tuple[str, ...]:
    """Return columns, the largest first."""
    sizes = Counter({name: size for each in passing for name, size in each.evaluated.sizes})
    return tuple(sorted(columns, key=lambda column: -sizes[column]))


def _names(narrowing: Narrowing, read: set[str]) -> list[str]:
    """Return what `only()` is to name; nothing where a joined relation is not read itself.

    A foreign key that is joined is loaded by the columns that are named behind it.
    """
    names = [each for each in narrowing.columns if each in read and each != narrowing.key]
    for relation in narrowing.joined:
        if not any(name.startswith(f"{relation}__") for name in names):
            return []
    return names


def _is_much(columns: Sequence[str], passing: Sequence[_Passing]) -> bool:
    """Return whether the values of columns are much of what some request loads."""
    for each in passing:
        sizes = dict(each.evaluated.sizes)
        unread_bytes = sum(sizes.get(column, 0) for column in columns)
        if unread_bytes >= max(LEAST_BYTES, LEAST_SHARE * sum(sizes.values())):
            return True
    return False
