"""Finding: columns that are loaded with the rows, and that nobody reads in the whole run."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rowpath.explain.asking.look import Look
from rowpath.explain.changes.eager_loading import quoted
from rowpath.explain.changes.edits import Edit
from rowpath.explain.changes.insertion_points import Point, points
from rowpath.explain.findings.unused import missing
from rowpath.explain.growth import FEWEST_ROWS
from rowpath.explain.messages import Evaluated, Narrowing
from rowpath.explain.trails import text_of

LEAST_BYTES = 4096
"""Of unread values in one answer: below it no difference could be shown."""
LEAST_SHARE = 0.2
"""Of all values' bytes, that the unread ones are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """Columns of a list that nobody reads, and the change by which `only()` names all others.

    They are in the order of their size. `looks` are the requests that pass the change's place.
    """

    point: Point
    model: str
    columns: tuple[str, ...]
    edit: Edit
    looks: tuple[Look, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Passing:
    look: Look
    evaluated: Evaluated


def unread(looks: Sequence[Look]) -> Iterator[Unread]:
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
            yield found


def _place(look: Look, evaluated: Evaluated) -> Point | None:
    """Return where a list's chain is continued, None where that takes no call."""
    view = None if evaluated.trail.parent else look.view
    found = points(evaluated.trail, view)
    return found[0] if found and not found[0].takes_names else None


def _found(point: Point, passing: Sequence[_Passing]) -> Unread | None:
    loaded = {each.evaluated.narrowing for each in passing}
    model = passing[0].evaluated.trail.model
    (narrowing, *others) = loaded
    if narrowing is None or others or max(each.evaluated.rows for each in passing) < FEWEST_ROWS:
        return None
    read = {
        "__".join(filter(None, (text_of(reads.path), column)))
        for each in passing
        for reads in each.evaluated.reads
        for column in reads.columns
    }
    names = _names(narrowing, read)
    left_out = [each for each in narrowing.columns if each not in names and each != narrowing.key]
    sizes = Counter({name: size for each in passing for name, size in each.evaluated.sizes})
    columns = tuple(sorted(left_out, key=lambda column: -sizes[column]))
    if not names or not _is_much(columns, passing):
        return None
    chain = f".only({', '.join(map(quoted, names))})"
    looks = tuple({id(each.look): each.look for each in passing}.values())
    return Unread(point=point, model=model, columns=columns, edit=point.edit(chain), looks=looks)


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
