"""The text of a change by which a statement leaves columns out, in SQLAlchemy's words; pure."""

import ast
from collections.abc import Iterator, Sequence

from rowpath.explain.changes.edits import Edit, insertion, read
from rowpath.explain.changes.imports import Names, joined
from rowpath.explain.changes.insertion_points import Point
from rowpath.explain.messages import Part
from rowpath.explain.sqlalchemy.loader_options import (
    Words,
    arguments_of,
    call_at,
    is_loader,
    may_name,
    new_options,
)
from rowpath.explain.trails import Hop, Path, Trail, Way


def narrowing_edits(
    trail: Trail, point: Point, part: Part, left_out: Sequence[str]
) -> tuple[Edit, ...]:
    """Return the change at a point that leaves columns of a part of a list out; empty if none can.

    `load_only()` names what is left, or `defer()` what is not, whichever are fewer. What a loader
    of the chain leads to is narrowed behind that loader.
    """
    source = read(point.file)
    call = call_at(source, point)
    if call is None or point.span is None:
        return ()
    names = Names(point.file, source, point.line)
    words = Words(names, lambda hop: hop.name)
    named = [each for each in part.columns if each not in left_out] or [part.key]
    is_named = len(named) <= len(left_out)
    attributes = [
        words.attribute(Hop(name=name, way=Way.COLUMN, owner=part.owner))
        for name in (named if is_named else left_out)
    ]
    made: Edit | None
    if part.path:
        loader = _loader(call, part.path, words)
        end = (loader.end_lineno or 0, loader.end_col_offset or 0) if loader is not None else None
        calls = _calls("load_only" if is_named else "defer", attributes)
        made = insertion(point.file, *end, "".join(f".{each}" for each in calls)) if end else None
    else:
        hop = Hop(name=part.columns[0], way=Way.COLUMN, owner=part.owner)
        if not may_name(trail, point.span, source, names, [(hop,)]):
            return ()
        function = words.function("load_only" if is_named else "defer")
        made = new_options(call, point, ", ".join(_calls(function, attributes)))
    if made is None:
        return ()
    return joined((made, *(each.edit for each in words.needed.values() if each.edit is not None)))


def _calls(function: str, attributes: Sequence[str]) -> Iterator[str]:
    """Yield the options: one has all columns that are loaded, each that is not has its own."""
    if function.endswith("load_only"):
        yield f"{function}({', '.join(attributes)})"
    else:
        yield from (f"{function}({each})" for each in attributes)


def _loader(call: ast.Call, path: Path, words: Words) -> ast.Call | None:
    """Return the call of a chain's options that loads a path, and ends there."""
    for argument in arguments_of(call, "options"):
        chain = [argument]
        while isinstance(chain[0].func, ast.Attribute) and isinstance(
            chain[0].func.value, ast.Call
        ):
            chain.insert(0, chain[0].func.value)
        wanted = [words.attribute(hop) for hop in path]
        are_loaders = len(chain) >= len(path) and all(map(is_loader, chain[: len(path)]))
        if are_loaders and [ast.unparse(each.args[0]) for each in chain[: len(path)]] == wanted:
            return chain[len(path) - 1]
    return None
