"""Loops that write: how a line of one writes, and the text that writes once instead; pure."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from rowpath.explain.changes.edits import Edit, read

METHODS = frozenset(
    {"create", "save", "add", "delete", "remove", "update", "get_or_create", "update_or_create"}
)
_LOOPS = (ast.For, ast.AsyncFor, ast.While)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_PLAIN = (
    ast.Name,
    ast.Attribute,
    ast.Constant,
    ast.Subscript,
    ast.JoinedStr,
    ast.FormattedValue,
    ast.BinOp,
    ast.operator,
    ast.expr_context,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Loop:
    """A line within a loop, by the method that writes there, and the change of the loop, if any."""

    method: str
    edit: Edit | None


def loop_of(file: str, line: int) -> Loop | None:
    """Return how a line writes that a loop of its own function runs; None where none does."""
    source = read(file)
    tree = ast.parse(source)
    loops = list(_loops(tree, line))
    if not loops:
        return None
    methods = {
        node.func.attr
        for node in ast.walk(loops[-1])
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in METHODS
        and node.lineno <= line <= (node.end_lineno or node.lineno)
    }
    if len(methods) != 1:
        return None
    return Loop(method=methods.pop(), edit=_edit(file, source.decode(), loops[-1]))


def _loops(parent: ast.AST, line: int) -> Iterator[ast.AST]:
    """Yield the loops whose body has a line, the outermost first; those of its own function."""
    found: list[ast.AST] = []
    for node in ast.walk(parent):
        if not _has(node, line):
            continue
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            found.clear()
        elif isinstance(node, _COMPREHENSIONS) or (
            isinstance(node, _LOOPS) and any(_has(each, line) for each in node.body)
        ):
            found.append(node)
    yield from found


def _has(node: ast.AST, line: int) -> bool:
    first = getattr(node, "lineno", None)
    return first is not None and first <= line <= (getattr(node, "end_lineno", None) or first)


def _edit(file: str, source: str, loop: ast.AST) -> Edit | None:
    """Return the edit of a loop that does nothing but `Model.objects.create(...)`, by names."""
    call = _created(loop)
    if call is None or not isinstance(loop, ast.For):
        return None
    manager = call.func.value  # type: ignore[attr-defined]  # _created says so
    model = manager.value

    def of(node: ast.AST) -> str:
        return ast.get_source_segment(source, node) or ast.unparse(node)

    given = ", ".join(f"{each.arg}={of(each.value)}" for each in call.keywords)
    text = (
        f"{of(manager)}.bulk_create({of(model)}({given}) for {of(loop.target)} in {of(loop.iter)})"
    )
    return Edit(
        file=file,
        line=loop.lineno,
        column=loop.col_offset,
        end_line=loop.end_lineno or loop.lineno,
        end_column=loop.end_col_offset or 0,
        text=text,
    )


def _created(loop: ast.AST) -> ast.Call | None:
    """Return the call of `create` that is all that a loop does, with values that do nothing."""
    if not isinstance(loop, ast.For) or loop.orelse or len(loop.body) != 1:
        return None
    (statement,) = loop.body
    call = statement.value if isinstance(statement, ast.Expr) else None
    if not isinstance(call, ast.Call) or call.args:
        return None
    manager = call.func.value if isinstance(call.func, ast.Attribute) else None
    is_create = isinstance(call.func, ast.Attribute) and call.func.attr == "create"
    is_of_model = isinstance(manager, ast.Attribute) and isinstance(manager.value, ast.Name)
    is_named = all(each.arg is not None for each in call.keywords)
    values = [node for each in call.keywords for node in ast.walk(each.value)]
    is_plain = is_named and all(isinstance(node, _PLAIN) for node in values)
    return call if is_create and is_of_model and is_plain else None
