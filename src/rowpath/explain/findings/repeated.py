"""Finding: a statement that grows with the rows, and that no relation explains."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from rowpath.explain.growth import Point, counts, grows, slope
from rowpath.explain.messages import Seen
from rowpath.explain.project_of import Framework
from rowpath.explain.proving.proof import Before
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
    by_line: dict[object, dict[_Same, Seen]] = {}
    for same, example in groups.items():
        if not grows(before.measured.points, lambda seen, same=same: _same(seen) == same):  # type: ignore[misc]
            continue
        text = example.text
        if after and not grows(after, lambda seen, text=text: seen.text == text):  # type: ignore[misc]
            continue
        by_line.setdefault(example.place or same, {})[same] = example
    for growing in by_line.values():
        yield _finding(before, growing)


def _same(seen: Seen) -> _Same:
    path = seen.load.path if seen.load is not None and seen.load.is_refined else ()
    return seen.text, seen.place, path


def _finding(before: Before, growing: Mapping[_Same, Seen]) -> Finding:
    """Return what one line sends for each row, which one change of that line ends."""
    statements = before.look.observed.statements
    points = before.measured.points

    def is_of_line(seen: Seen) -> bool:
        return _same(seen) in growing

    per_row = slope(points, is_of_line)
    model = before.trail.model.rpartition(".")[2]
    first, *others = growing.values()
    names = tuple(sorted({text_of(path) for _, _, path in growing if path}))
    return Finding(
        kind=Kind.REPEATED,
        confidence=Confidence.ADVICE,
        title=title(per_row, model, len({text for text, _, _ in growing})),
        place=first.place,
        statements=sum(map(is_of_line, statements)),
        of_statements=len(statements),
        paths=names,
        readers=_readers(growing.values()),
        growth=Growth(
            rows=before.measured.rows, per_row=per_row, statements=counts(points, is_of_line)
        ),
        advice=before.process.framework.expired
        if all(seen.is_refresh for seen in growing.values())
        else _advice(growing, before.process.framework),
        statement=first.text,
        other_statements=tuple(dict.fromkeys(each.text for each in others)),
    )


def _readers(growing: Iterable[Seen]) -> tuple[Reader, ...]:
    """Return who reads, without the line itself that sends."""
    found = dict.fromkeys(
        seen.reader
        for seen in growing
        if seen.reader is not None and seen.reader != _line(seen.place)
    )
    return tuple(found)


def _line(place: Place | None) -> Reader | None:
    if place is None:
        return None
    return Reader(text=place.function, file=place.file, line=place.line)


def _advice(growing: Iterable[_Same], framework: Framework) -> str:
    """Return what to do with all that a line sends: of relations, and of what is none."""
    names = tuple(sorted({text_of(path) for _, _, path in growing if path}))
    others = any(not path for _, _, path in growing)
    of_each = ([names] if names else []) + ([()] if others else [])
    return " ".join(advice_on(each, framework) for each in of_each)


def title(per_row: float, model: str, texts: int = 1) -> str:
    """Return how often the same statement, or one of so many texts, is sent for every `model`."""
    shown = f"{per_row:.1f}".removesuffix(".0")
    if texts > 1:
        return f"{shown} statements for every {model}, sent by one line"
    return f"the same statement {shown} {'time' if shown == '1' else 'times'} for every {model}"


def advice_on(names: Sequence[str], framework: Framework) -> str:
    """Return what to do instead of a statement for each row, which is for relations or none."""
    if names:
        verb = "is" if len(names) == 1 else "are"
        return (
            f"{', '.join(names)} {verb} filtered, ordered, cut or counted anew for each row. "
            f"{framework.refine_once.format(name=names[0])}"
        )
    return framework.ask_once
