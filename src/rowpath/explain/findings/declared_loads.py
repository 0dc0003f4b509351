"""Finding: a relation that a mapping of SQLAlchemy's loads with each row, and that nobody reads."""

from collections.abc import Iterator, Sequence

from rowpath.explain.asking.look import Look
from rowpath.explain.changes.insertion_points import Point, points
from rowpath.explain.changes.references import Shared
from rowpath.explain.findings.unused import Unused
from rowpath.explain.messages import Evaluated
from rowpath.explain.sqlalchemy.loader_options import lazy_edits


def declared(looks: Sequence[Look], is_shared: Shared) -> Iterator[Unused]:
    """Yield the statements that load, by `lazy="selectin"` or the like, what nobody reads.

    The change is of the statement alone: others of the same class may read it.
    """
    by_point: dict[Point, list[tuple[Look, Evaluated]]] = {}
    for look in looks:
        for evaluated in look.columns.evaluated:
            for point in points(evaluated.trail, None)[:1]:
                by_point.setdefault(point, []).append((look, evaluated))
    for point, passing in by_point.items():
        trail = passing[0][1].trail
        hops = [set(evaluated.declared) for _, evaluated in passing]
        unread = tuple(sorted(set.intersection(*hops), key=lambda hop: hop.name))
        edits = lazy_edits(trail, point, unread) if unread else ()
        steps = (step for _, evaluated in passing for step in evaluated.trail.steps)
        if not edits or point.span is None or is_shared(span for step in steps for span in step):
            continue
        yield Unused(
            span=point.span,
            word="loaded",
            names=tuple(hop.name for hop in unread),
            edits=edits,
            looks=tuple({id(look): look for look, _ in passing}.values()),
            missing=(),
            declared=trail.model.rpartition(".")[2],
        )
