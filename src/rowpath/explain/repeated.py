"""Finding: a statement that grows with the rows, and that no relation explains."""

from collections.abc import Iterator, Sequence

from rowpath.explain.growth import Point, grows, slope
from rowpath.explain.messages import Seen
from rowpath.explain.project_of import Framework
from rowpath.explain.proof import Before
from rowpath.explain.trails import Path, text_of
from rowpath.explain.values import Confidence, Finding, Growth, Kind, Place, Reader

_Same = tuple[str, Place | None, Path]


def findings(before: Before, after: Sequence[Point]) -> Iterator[Finding]:
    """Yield the statements that grow with a trail's rows and are no plain loading of a relation.

    `after` is the measurement with the changes that were proved, empty without one: what does not
    grow there any more needs no advice.
    """
    groups: dict[_Same, Seen] = {}
    for seen in before.look.observed.statements:
        if seen.load is None or (seen.load.is_refined and seen.load.trail == before.trail):
            groups.setdefault(_same(seen), seen)
    for same, example in groups.items():
        if not grows(before.measured.points, lambda seen, same=same: _same(seen) == same):  # type: ignore[misc]
            continue
        text = example.text
        if after and not grows(after, lambda seen, text=text: seen.text == text):  # type: ignore[misc]
            continue
        yield _finding(before, same, example)


def _same(seen: Seen) -> _Same:
    path = seen.load.path if seen.load is not None and seen.load.is_refined else ()
    return seen.text, seen.place, path


def _finding(before: Before, same: _Same, example: Seen) -> Finding:
    statements = before.look.observed.statements
    per_row = slope(before.measured.points, lambda seen: _same(seen) == same)
    model = before.trail.model.rpartition(".")[2]
    path = same[2]
    own = (
        Reader(text=example.place.function, file=example.place.file, line=example.place.line)
        if example.place
        else None
    )
    readers = (example.reader,) if example.reader is not None and example.reader != own else ()
    return Finding(
        kind=Kind.REPEATED,
        confidence=Confidence.ADVICE,
        title=title(per_row, model),
        place=example.place,
        statements=sum(_same(seen) == same for seen in statements),
        of_statements=len(statements),
        paths=(text_of(path),) if path else (),
        readers=readers,
        growth=Growth(rows=before.measured.rows, per_row=per_row),
        advice=advice_on(path, before.process.framework),
        statement=example.text,
    )


def title(per_row: float, model: str) -> str:
    """Return how often the same statement is sent for every `model`."""
    shown = f"{per_row:.1f}".removesuffix(".0")
    return f"the same statement {shown} {'time' if shown == '1' else 'times'} for every {model}"


def advice_on(path: Path, framework: Framework) -> str:
    """Return what to do instead of a statement for each row, which is for a path or for none."""
    if path:
        name = text_of(path)
        return (
            f"{name} is filtered, ordered, cut or counted anew for each row. "
            f"{framework.refine_once.format(name=name)}"
        )
    return framework.ask_once
