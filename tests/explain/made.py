"""Observations made by hand, for what judges them."""

from rowpath.explain.growth import Point
from rowpath.explain.messages import Load, Observed, Seen
from rowpath.explain.trails import Hop, Path, Scope, Span, Trail, Way

AUTHOR = (Hop(name="author", way=Way.ONE),)
TAGS = (Hop(name="tags", way=Way.MANY),)
BOOKS = Trail(model="shop.Book", steps=((),))


def seen(text: str, path: Path | None = None) -> Seen:
    """A statement, for a relation of the books' where a path is given."""
    load = None if path is None else Load(trail=BOOKS, path=path, is_refined=False)
    return Seen(text=text, load=load, place=None, reader=None)


def observed(*counts: tuple[str, int]) -> Observed:
    """What was seen: each text so many times."""
    return Observed(statements=tuple(seen(text) for text, count in counts for _ in range(count)))


def points(*lengths: tuple[int, Observed]) -> tuple[Point, ...]:
    """A measurement at several lengths of a list."""
    return tuple(Point(rows=rows, body=b"", observed=each) for rows, each in lengths)


def span(
    line: int, scope: Scope = Scope.VIEW, *, file: str = "/srv/api.py", is_direct: bool = True
) -> Span:
    """An expression on a line, from the column 4 to the column 20."""
    return Span(
        file=file,
        function=f"f{line}",
        scope=scope,
        line=line,
        column=4,
        end_line=line,
        end_column=20,
        is_direct=is_direct,
    )
