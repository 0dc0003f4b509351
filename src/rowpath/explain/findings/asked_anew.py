"""Finding: a relation that is prefetched, and asked anew for each row, past what was loaded."""

from collections.abc import Collection, Iterator
from dataclasses import replace

from rowpath.explain.changes.anew_edits import edits
from rowpath.explain.changes.edits import Edit
from rowpath.explain.findings.row_by_row import About, Attempt, Prove, Told, told
from rowpath.explain.growth import grows
from rowpath.explain.messages import Seen
from rowpath.explain.proving.proof import Before
from rowpath.explain.trails import Path, text_of
from rowpath.explain.values import Confidence, Kind, Place, is_framework

_Same = tuple[Place | None, Path]


def findings(
    before: Before, prove: Prove, known: Collection[tuple[str, Place | None]]
) -> Iterator[Told]:
    """Yield each line that asks a prefetched relation of a trail's rows by a statement for each.

    Such a statement is one that filters, orders or cuts. `known` are texts with their places that
    were told already.
    """
    groups: dict[_Same, list[Seen]] = {}
    for seen in before.look.observed.statements:
        load = seen.load
        if load is None or load.prefetched is None or load.trail != before.trail:
            continue
        if (seen.text, seen.place) not in known:
            groups.setdefault((seen.place, load.path), []).append(seen)
    for same, alike in groups.items():
        if grows(before.measured.points, lambda seen, same=same: _is_of(seen, same)):  # type: ignore[misc]
            yield _told(before, prove, same, alike)


def _is_of(seen: Seen, same: _Same) -> bool:
    load = seen.load
    return load is not None and load.prefetched is not None and (seen.place, load.path) == same


def _told(before: Before, prove: Prove, same: _Same, alike: list[Seen]) -> Told:
    place, path = same
    made = _edits(alike[0], path)
    attempts = [Attempt(point=None, edits=made)] if made else []
    about = About(kind=Kind.ANEW, paths=(path,), is_of=lambda seen: _is_of(seen, same))
    found = told(about, before, attempts, prove)
    is_proved = found.finding.confidence is not Confidence.ADVICE
    name = text_of(path)
    others = dict.fromkeys(seen.text for seen in alike)
    finding = replace(
        found.finding,
        title=f"{found.finding.title}, for {name}, which is prefetched",
        place=place,
        reason=found.finding.reason if made else None,
        advice=f"Who comes to this line without the prefetch then loads all rows of {name}."
        if is_proved
        else _advice(name),
        statement=next(iter(others)),
        other_statements=tuple(others)[1:],
    )
    return replace(found, finding=finding)


def _edits(seen: Seen, path: Path) -> tuple[Edit, ...]:
    load, place = seen.load, seen.place
    if load is None or load.prefetched is None or place is None:
        return ()
    if is_framework(place, seen.reader) and not str((seen.reader or place).file).endswith(".py"):
        return ()
    return edits(place.file, place.line, path[-1].name, load.prefetched)


def _advice(name: str) -> str:
    last = name.rpartition("__")[2]
    return (
        f"What filters, orders or cuts {name} asks the database, whatever was prefetched. Ask the "
        f"rows that .{last}.all() has, in Python, or have these with the rows: by "
        f"Prefetch({name!r}, queryset=..., to_attr=...). Without either, leave the prefetch out."
    )
