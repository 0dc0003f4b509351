"""The text of a change that loads relations at once, made from the paths that were loaded."""

import ast
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from rowpath.explain.changes.edits import Edit, behind, read, replacement
from rowpath.explain.changes.insertion_points import Point
from rowpath.explain.trails import Path, Way, text_of

_CONTINUED = frozenset({"only", "defer"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """Calls that continue a queryset, like `.select_related("author").prefetch_related("tags")`."""

    joined: tuple[str, ...]
    prefetched: tuple[str, ...]
    is_source: bool = False
    """Whether what is prefetched is source rather than names."""

    @property
    def text(self) -> str:
        """The calls as source."""
        prefetched = self.prefetched if self.is_source else map(quoted, self.prefetched)
        return _call("select_related", map(quoted, self.joined)) + _call(
            "prefetch_related", prefetched
        )

    @property
    def names(self) -> str | None:
        """What is joined, as the items of a list; None where something is prefetched."""
        return None if self.prefetched else ", ".join(map(quoted, self.joined))


def _call(method: str, arguments: Iterable[str]) -> str:
    text = ", ".join(arguments)
    return f".{method}({text})" if text else ""


def quoted(name: str) -> str:
    """Return a name as source."""
    return f'"{name}"'


def chains(paths: Iterable[Path]) -> tuple[Chain, ...]:
    """Return the calls that load these relations, the best first.

    What leads to one row all the way is joined; what leads to many is prefetched, with all that
    is behind it. The second choice joins nothing.
    """
    relations = set(paths)
    joined = [path for path in relations if all(hop.way is Way.ONE for hop in path)]
    prefetched = [path for path in relations if path not in joined]
    first = Chain(joined=longest(joined), prefetched=longest(prefetched))
    second = Chain(joined=(), prefetched=longest(relations))
    return tuple(dict.fromkeys((first, second)))


def longest(paths: Iterable[Path]) -> tuple[str, ...]:
    """Return the paths that no other begins with: what leads on loads what is on the way."""
    texts = sorted(map(text_of, paths))
    return tuple(
        text for text in texts if not any(other.startswith(f"{text}__") for other in texts)
    )


def loading_edits(names: Sequence[str], points: Sequence[Point]) -> tuple[Edit, ...]:
    """Return the edits by which `only()` names these columns, and `defer()` does no more.

    The calls are looked for in the expressions of the points; empty where there is none that
    names its columns literally.
    """
    for point in points:
        span = point.span
        if span is None:
            continue
        for node in calls(point, _CONTINUED):
            edit = _loading(node, names, span.file)
            if edit is not None:
                return (edit,)
    return ()


def calls(point: Point, methods: Collection[str]) -> Iterator[ast.Call]:
    """Yield the calls of some methods in the chain that ends at a point, the last first."""
    tree = ast.parse(read(point.file))
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        if (node.end_lineno, node.end_col_offset) != (point.line, point.column):
            continue
        current: ast.expr = node
        while isinstance(current, ast.Call) and isinstance(current.func, ast.Attribute):
            if current.func.attr in methods:
                yield current
            current = current.func.value


def constants(call: ast.Call) -> list[tuple[ast.Constant, str]]:
    """Return the arguments that are plain text, each with it."""
    return [
        (arg, arg.value)
        for arg in call.args
        if isinstance(arg, ast.Constant) and isinstance(arg.value, str)
    ]


def _loading(node: ast.Call, names: Sequence[str], file: str) -> Edit | None:
    named = [name for _, name in constants(node)]
    if len(named) != len(node.args) or not node.args or not isinstance(node.func, ast.Attribute):
        return None
    first, last, owner = node.args[0], node.args[-1], node.func.value
    if node.func.attr == "only":
        kept = [*named, *names]
        return replacement(file, first, last, ", ".join(quoted(name) for name in kept))
    kept = [name for name in named if name not in names]
    if len(kept) == len(named):
        return None
    if kept:
        return replacement(file, first, last, ", ".join(quoted(name) for name in kept))
    return behind(file, owner, node, "")
