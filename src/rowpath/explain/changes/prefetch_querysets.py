"""Prefetches with a queryset of their own, which joins what is behind the many rows; pure.

`prefetch_related("books__author")` sends a statement for the books and one for their authors. With
`Prefetch("books", queryset=Book.objects.select_related("author"))` it is one for both.
"""

from collections.abc import Iterable, Iterator, Sequence

from rowpath.explain.changes.eager_loading import Chain, calls, constants, longest, quoted
from rowpath.explain.changes.edits import Edit, insertion, read
from rowpath.explain.changes.imports import Named, Names, joined
from rowpath.explain.changes.insertion_points import Point
from rowpath.explain.trails import Hop, Path, Way, text_of

_Tails = dict[Path, tuple[Path, ...]]
"""What leads to many rows, with what leads on from these to one row each."""


def edits(point: Point, places: Sequence[Point], paths: Sequence[Path]) -> tuple[Edit, ...]:
    """Return the change by which a chain that ends at a point loads these relations.

    A relation to many that calls at `places` load already is given its queryset there. Empty where
    nothing is behind many rows.
    """
    tails = _tails(paths)
    made: list[Edit] = []
    needed: list[Edit] = []
    new: dict[str, str] = {}
    for many, behind in tails.items():
        text = text_of(many)
        site = None if many in paths else _site(places, text)
        written = _written(site or point, many[-1], text, behind)
        needed.extend(written.needed)
        if site is None:
            new[text] = written.text
        else:
            made.append(_in_place(site, text, written.text))
    return (*_continued(point, paths, tails, new), *made, *joined(needed)) if tails else ()


def _tails(paths: Iterable[Path]) -> _Tails:
    found: _Tails = {}
    for path in paths:
        last = max((i for i, hop in enumerate(path) if hop.model is not None), default=None)
        if last is None or last + 1 == len(path):
            continue
        behind = path[last + 1 :]
        if all(hop.way is Way.ONE for hop in behind):
            many = path[: last + 1]
            found[many] = (*found.get(many, ()), behind)
    return dict(sorted(found.items(), key=lambda item: text_of(item[0])))


def _continued(
    point: Point, paths: Sequence[Path], tails: _Tails, new: dict[str, str]
) -> Iterator[Edit]:
    """Yield the edit that loads what no existing call does: the new prefetches and all else."""
    covered = {(*many, *behind) for many, tail in tails.items() for behind in tail}
    rest = [path for path in paths if path not in covered and text_of(path) not in new]
    single = [path for path in rest if all(hop.way is Way.ONE for hop in path)]
    many = {text: quoted(text) for text in longest(path for path in rest if path not in single)}
    # A lookup that only passes what has a queryset must stand behind it.
    arguments = tuple(text for _, text in sorted((many | new).items()))
    chain = Chain(joined=longest(single), prefetched=arguments, is_source=True)
    if chain.text:
        yield point.edit(chain.text)


class _Written:
    """A `Prefetch(...)` as the code at a point writes it, with the imports that it lacks."""

    def __init__(self, text: str, named: Iterable[Named]) -> None:
        self.text = text
        self.needed = tuple(each.edit for each in named if each.edit is not None)


def _written(point: Point, hop: Hop, text: str, behind: Iterable[Path]) -> _Written:
    if hop.model is None:
        raise TypeError(hop)
    names = Names(point.file, read(point.file), point.line)
    prefetch = names.of_function("django.db.models", "Prefetch")
    model = names.of_class(hop.model.owner)
    queryset = (
        f"{model.text}.{hop.model.manager}{Chain(joined=longest(behind), prefetched=()).text}"
    )
    return _Written(
        f"{prefetch.text}({quoted(text)}, queryset={queryset})", named=(prefetch, model)
    )


def _site(places: Iterable[Point], text: str) -> Point | None:
    """Return the point whose calls name a lookup, or one that passes it."""
    return next((point for point in places if _named(point, text) is not None), None)


def _named(point: Point, text: str) -> Edit | None:
    """Return the region of a lookup's name, empty in front of one that only passes it."""
    if point.span is None:
        return None
    for call in calls(point, frozenset({"prefetch_related"})):
        for node, name in constants(call):
            if name == text:
                end_line, end_column = node.end_lineno or 0, node.end_col_offset or 0
                return Edit(
                    file=point.file,
                    line=node.lineno,
                    column=node.col_offset,
                    end_line=end_line,
                    end_column=end_column,
                    text="",
                )
            if name.startswith(f"{text}__"):
                return insertion(point.file, node.lineno, node.col_offset, ", ")
    return None


def _in_place(point: Point, text: str, written: str) -> Edit:
    region = _named(point, text)
    if region is None:
        raise ValueError(text)
    return Edit(
        file=region.file,
        line=region.line,
        column=region.column,
        end_line=region.end_line,
        end_column=region.end_column,
        text=f"{written}{region.text}",
    )
