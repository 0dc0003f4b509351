"""The text by which a queryset is asked for a number, or for its rows, and not for both; pure."""

import ast
from collections.abc import Callable, Iterator

from rowpath.explain.changes.edits import Edit, read, replacement
from rowpath.explain.trails import Span

_OPERANDS = (ast.Name, ast.Attribute, ast.Call, ast.Subscript)
"""What a method can be written behind without parentheses."""
_TESTS = (ast.If, ast.While, ast.IfExp, ast.Assert)


def edit(span: Span, method: str) -> Edit | None:
    """Return the edit of the expression that asked by a method; None where it is another one.

    `books.count()` and `books.exists()` become `len(books)` and `books`, which keep the rows;
    `len(books)` and `if books` become `books.count()` and `if books.exists()`, which load none.
    """
    source = read(span.file)
    tree = ast.parse(source)
    tests = {id(test) for test in _tests(tree)}
    for node in ast.walk(tree):
        if not isinstance(node, ast.expr | ast.stmt) or _place(node) != _region(span):
            continue
        asked = _asked(node) if method == "bool" else node
        if not isinstance(asked, ast.expr):
            continue
        text = _text(asked, method, source, is_test=id(asked) in tests)
        if text is not None:
            return replacement(span.file, asked, asked, text)
    return None


def _asked(node: ast.AST) -> ast.AST:
    """Return the expression whose truth is asked; up to Python 3.11 it is told by its statement."""
    if isinstance(node, _TESTS):
        return _asked(node.test)
    return _asked(node.operand) if _is_not(node) else node  # type: ignore[attr-defined]


def _is_not(node: ast.AST) -> bool:
    return isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not)


def _tests(tree: ast.AST) -> Iterator[ast.expr]:
    """Yield the expressions of which nothing but their truth is asked."""
    for node in ast.walk(tree):
        if isinstance(node, _TESTS):
            yield node.test
        elif _is_not(node):
            yield node.operand  # type: ignore[attr-defined]
        elif isinstance(node, ast.comprehension):
            yield from node.ifs


def _text(node: ast.expr, method: str, source: bytes, *, is_test: bool) -> str | None:
    def of(part: ast.expr) -> str:
        return ast.get_source_segment(source.decode(), part) or ast.unparse(part)

    if method in {"count", "exists"}:
        if not _is_call_of(node, method):
            return None
        owner = of(node.func.value)  # type: ignore[attr-defined]  # _is_call_of says so
        if method == "count":
            return f"len({owner})"
        return owner if is_test else f"bool({owner})"
    return _for_number(node, method, of)


def _for_number(node: ast.expr, method: str, of: Callable[[ast.expr], str]) -> str | None:
    asks = "count" if method == "len" else "exists"
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == method:
        argument = node.args[0] if len(node.args) == 1 else None
        return f"{of(argument)}.{asks}()" if isinstance(argument, _OPERANDS) else None
    is_read = isinstance(node, _OPERANDS) and method == "bool"
    return f"{of(node)}.exists()" if is_read else None


def _is_call_of(node: ast.expr, method: str) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == method
        and not node.args
        and not node.keywords
    )


def _place(node: ast.expr | ast.stmt) -> tuple[int, int, int | None, int | None]:
    return node.lineno, node.col_offset, node.end_lineno, node.end_col_offset


def _region(span: Span) -> tuple[int, int, int, int]:
    return span.line, span.column, span.end_line, span.end_column
