"""The text of a `distinct()`, and whether all that it depends on is written beside it; pure."""

import ast
from collections.abc import Iterator
from itertools import chain as chained

from rowpath.explain.changes.edits import Edit, behind, read
from rowpath.explain.changes.insertion_points import own_span
from rowpath.explain.trails import Span, Trail, ViewClass

_ADDING = frozenset(
    {"filter", "exclude", "annotate", "alias", "complex_filter", "extra", "order_by", "union"}
)
"""Methods that may join what leads to many rows, by what they are given."""
_FILTERS = "filter"
"""What the attributes begin with by which a view lets those who ask filter."""
_NAMES = frozenset({"Q", "F", "models.Q", "models.F"})


def edit(span: Span, trail: Trail, view: ViewClass | None) -> Edit | None:
    """Return the edit that takes the call of `distinct()` away that ends a span.

    None where the span is of another call, or another request may bring more to the queryset: it is
    to be one expression, of which no value says which tables are joined.
    """
    tree = ast.parse(read(span.file))
    call = next((each for each in _calls(tree) if _is_distinct(each, span)), None)
    if call is None or not isinstance(call.func, ast.Attribute):
        return None
    top = next(node for node in tree.body if _holds(node, call))
    links = _chain(top, call)
    regions = {_ends(link) for link in links}
    others = (each for each in _calls(top) if _ends(each) not in regions)
    if not (
        all(map(_is_static, links))
        and all(_is_in(step, top, span.file) for step in trail.steps)
        and not any(_method(each) in _ADDING for each in others)
        and not _is_assigned_anew(top, links[0])
        and not _lets_filter(view)
    ):
        return None
    owner = call.func.value
    return behind(span.file, owner, call, ".all()" * isinstance(owner, ast.Attribute))


def _calls(tree: ast.AST) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def _method(call: ast.Call) -> str | None:
    return call.func.attr if isinstance(call.func, ast.Attribute) else None


def _is_distinct(call: ast.Call, span: Span) -> bool:
    is_plain = not (call.args or call.keywords)
    return _method(call) == "distinct" and is_plain and _ends(call) == _ends_of(span)


def _ends_of(span: Span) -> tuple[int, int]:
    return span.end_line, span.end_column


def _begins(node: ast.expr | ast.stmt) -> tuple[int, int]:
    return node.lineno, node.col_offset


def _ends(node: ast.expr | ast.stmt) -> tuple[int, int]:
    return node.end_lineno or 0, node.end_col_offset or 0


def _holds(outer: ast.expr | ast.stmt, inner: ast.expr) -> bool:
    return _begins(outer) <= _begins(inner) and _ends(outer) >= _ends(inner)


def _chain(top: ast.stmt, call: ast.Call) -> list[ast.Call]:
    """Return the calls of the chain that one stands in, the last first."""
    outer = [each for each in _calls(top) if _begins(each) == _begins(call) and _holds(each, call)]
    inner: list[ast.Call] = []
    value = call.func
    while isinstance(value, ast.Attribute | ast.Call):
        if isinstance(value, ast.Call):
            inner.append(value)
        value = value.value if isinstance(value, ast.Attribute) else value.func
    return sorted(chained(outer, inner), key=_ends, reverse=True)


def _is_in(step: tuple[Span, ...], top: ast.stmt, file: str) -> bool:
    """Return whether a step was made by a function or class, or by no line of the project's."""
    span = own_span(step)
    if span is None:
        return True
    begins = (span.line, span.column)
    return span.file == file and begins >= _begins(top) and _ends_of(span) <= _ends(top)


def _is_assigned_anew(top: ast.stmt, chain: ast.Call) -> bool:
    """Return whether a name that a chain is given is given something else besides."""
    given = [node for node in ast.walk(top) if isinstance(node, ast.Assign)]
    own = {ast.unparse(each.targets[0]) for each in given if _holds(each, chain)}
    return sum(ast.unparse(each.targets[0]) in own for each in given) > len(own)


def _is_static(call: ast.Call) -> bool:
    """Return whether a call says itself which columns it is about; their values are any."""
    return all(map(_is_text, call.args)) and all(each.arg is not None for each in call.keywords)


def _is_text(node: ast.expr) -> bool:
    if isinstance(node, ast.BinOp):
        return _is_text(node.left) and _is_text(node.right)
    if isinstance(node, ast.UnaryOp):
        return _is_text(node.operand)
    if isinstance(node, ast.Call):
        return ast.unparse(node.func) in _NAMES and _is_static(node)
    return isinstance(node, ast.Constant)


def _lets_filter(view: ViewClass | None) -> bool:
    """Return whether a view's class lets those who ask filter."""
    if view is None:
        return False
    return any(
        isinstance(target, ast.Name) and target.id.startswith(_FILTERS)
        for node in ast.walk(ast.parse(read(view.file)))
        if isinstance(node, ast.ClassDef) and node.name == view.name
        for said in node.body
        if isinstance(said, ast.Assign)
        for target in said.targets
    )
