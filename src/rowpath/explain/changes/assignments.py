"""Assignments that a change would leave as `rows = rows`; pure."""

import ast
from collections.abc import Iterator

from rowpath.explain.changes.edits import Edit, read


def without(tree: ast.Module, call: ast.Call, file: str) -> Edit | None:
    """Return the edit without `rows = rows.method(...)`, of which `call` is what stands behind `=`.

    The comments above and behind it go as well. None where it is no such assignment, or not alone
    on its lines. Where it is all that a block has, `pass` stands there instead.
    """
    owner = call.func.value if isinstance(call.func, ast.Attribute) else None
    for block in _blocks(tree):
        for statement in block:
            if (
                isinstance(statement, ast.Assign)
                and statement.value is call
                and isinstance(owner, ast.Name)
                and [_name(target) for target in statement.targets] == [owner.id]
            ):
                return _cut(statement, file, is_all=len(block) == 1)
    return None


def _name(target: ast.expr) -> str | None:
    return target.id if isinstance(target, ast.Name) else None


def _blocks(tree: ast.Module) -> Iterator[list[ast.stmt]]:
    for node in ast.walk(tree):
        for _, value in ast.iter_fields(node):
            if isinstance(value, list) and value and isinstance(value[0], ast.stmt):
                yield value


def _cut(statement: ast.Assign, file: str, *, is_all: bool) -> Edit | None:
    first, last = statement.lineno, statement.end_lineno or statement.lineno
    lines = read(file).splitlines()
    indent = lines[first - 1][: statement.col_offset]
    rest = lines[last - 1][statement.end_col_offset :].strip()
    if indent.strip() or (rest and not rest.startswith(b"#")):
        return None
    while first > 1 and lines[first - 2].strip().startswith(b"#"):
        first -= 1
    text = f"{indent.decode()}pass\n" if is_all else ""
    return Edit(file=file, line=first, column=0, end_line=last + 1, end_column=0, text=text)
