"""The text by which a loop goes through dicts, where it reads nothing but columns; pure.

`[book.title for book in books]` has an instance of a model made for each row, and
`[book["title"] for book in books.values("title")]` a dict.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from rowpath.explain.changes.edits import Edit, insertion, read, replacement
from rowpath.explain.trails import Columns, Span

_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_OPERANDS = (ast.Name, ast.Attribute, ast.Call, ast.Subscript)
"""What a method can be written behind without parentheses."""
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef, ast.Module)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dicts:
    """A loop that could go through dicts: the columns that it reads, and the change."""

    columns: tuple[str, ...]
    edits: tuple[Edit, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Loop:
    """`for row in rows`: a statement or a comprehension, in the code that could see its row."""

    node: ast.For | ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp
    row: str
    rows: ast.expr
    scope: ast.AST


def as_dicts(span: Span, columns: Columns) -> Dicts | None:
    """Return the loop that goes through a queryset where Python tells; None where rows are needed.

    Its row is read by plain columns alone, and is neither handed on, written nor seen behind it.
    """
    source = read(span.file)
    region = (span.line, span.column, span.end_line, span.end_column)
    loops = [loop for loop in _loops(ast.parse(source)) if region in _regions(loop)]
    if len(loops) != 1 or not isinstance(loops[0].rows, _OPERANDS):
        return None
    (loop,) = loops
    reads = _reads(loop)
    plain = columns.plain | ({"pk"} if columns.key in columns.plain else set())
    if not reads or not {each.attr for each in reads} <= plain:
        return None
    named = tuple(dict.fromkeys(each.attr for each in reads))
    quoted = ", ".join(f'"{name}"' for name in named)
    rows = loop.rows
    line, column = rows.end_lineno or 0, rows.end_col_offset or 0
    return Dicts(
        columns=named,
        edits=(
            insertion(span.file, line, column, f".values({quoted})"),
            *(replacement(span.file, each, each, f'{loop.row}["{each.attr}"]') for each in reads),
        ),
    )


def _loops(tree: ast.AST) -> Iterator[_Loop]:
    """Yield the loops over one thing, by a plain name."""
    for node, scope in _scoped(tree, tree):
        if isinstance(node, ast.For) and isinstance(node.target, ast.Name):
            yield _Loop(node=node, row=node.target.id, rows=node.iter, scope=scope)
        elif isinstance(node, _COMPREHENSIONS) and len(node.generators) == 1:
            (only,) = node.generators
            if isinstance(only.target, ast.Name) and not only.is_async:
                yield _Loop(node=node, row=only.target.id, rows=only.iter, scope=node)


def _scoped(parent: ast.AST, scope: ast.AST) -> Iterator[tuple[ast.AST, ast.AST]]:
    """Yield all nodes with the code whose names they have."""
    for node in ast.iter_child_nodes(parent):
        yield node, scope
        yield from _scoped(node, node if isinstance(node, _SCOPES) else scope)


def _regions(loop: _Loop) -> Iterator[tuple[int, int, int, int]]:
    """Yield what Python may tell where the loop begins; of a statement it is one by its version."""
    nodes: tuple[ast.expr | ast.For, ...] = (loop.rows, loop.node)
    for node in nodes:
        yield node.lineno, node.col_offset, node.end_lineno or 0, node.end_col_offset or 0


def _reads(loop: _Loop) -> list[ast.Attribute]:
    """Return all that is done with the row; nothing where that is more than to read attributes.

    A name in a string that is formatted has no place that Python 3.11 tells, nor quotes of its own.
    """
    within = {id(node) for node in ast.walk(loop.node)} - {id(node) for node in ast.walk(loop.rows)}
    formatted = {
        id(node)
        for string in ast.walk(loop.node)
        if isinstance(string, ast.JoinedStr)
        for node in ast.walk(string)
    }
    found: list[ast.Attribute] = []
    named: set[int] = set()
    for node in ast.walk(loop.scope):
        if isinstance(node, ast.Attribute) and _is_row(node.value, loop):
            if (
                not isinstance(node.ctx, ast.Load)
                or id(node) in formatted
                or id(node) not in within
            ):
                return []
            found.append(node)
            named.add(id(node.value))
    target = loop.node.target if isinstance(loop.node, ast.For) else loop.node.generators[0].target
    others = [
        node
        for node in ast.walk(loop.scope)
        if _names(node, loop.row) and id(node) not in {*named, id(target)}
    ]
    return [] if others else found


def _is_row(node: ast.AST, loop: _Loop) -> bool:
    return isinstance(node, ast.Name) and node.id == loop.row


def _names(node: ast.AST, name: str) -> bool:
    """Return whether a node has a name of its own, or gives it to another thing."""
    if isinstance(node, ast.Name):
        return node.id == name
    if isinstance(node, ast.arg):
        return node.arg == name
    return isinstance(node, ast.Global | ast.Nonlocal) and name in node.names
