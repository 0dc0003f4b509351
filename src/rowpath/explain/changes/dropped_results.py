"""The text of a change that keeps what a call returns, where its result was dropped; pure.

A queryset is never altered: `books.prefetch_related("tags")` as a statement of its own loads
nothing, since what it returns is another one.
"""

import ast
from collections.abc import Iterator, Sequence

from rowpath.explain.changes.eager_loading import constants, longest
from rowpath.explain.changes.edits import Edit, insertion, read
from rowpath.explain.changes.insertion_points import Point
from rowpath.explain.trails import Path

_LOADING = frozenset({"select_related", "prefetch_related"})


def edits(point: Point, paths: Sequence[Path]) -> tuple[Edit, ...]:
    """Return the change by which calls around a point are kept that load all of these relations.

    Empty where there are none, or they load but a part.
    """
    made: list[Edit] = []
    names: set[str] = set()
    for statement in _dropped(point):
        call = statement.value
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute):
            names.update(name for _, name in constants(call))
            text = f"{ast.unparse(call.func.value)} = "
            made.append(insertion(point.file, statement.lineno, statement.col_offset, text))
    is_all = all(
        any(name == text or name.startswith(f"{text}__") for name in names)
        for text in longest(paths)
    )
    return tuple(made) if made and is_all else ()


def _dropped(point: Point) -> Iterator[ast.Expr]:
    """Yield the statements of the code around a point that load for a variable and keep nothing."""
    for function in ast.walk(ast.parse(read(point.file))):
        if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        if not function.lineno <= point.line <= (function.end_lineno or function.lineno):
            continue
        for node in ast.walk(function):
            if isinstance(node, ast.Expr) and _loads_for_a_name(node.value):
                yield node


def _loads_for_a_name(node: ast.expr) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in _LOADING
        and isinstance(node.func.value, ast.Name)
    )
