"""The text of a change that reads a foreign key's own column, and not the row it leads to; pure."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from rowpath.explain.changes.edits import Edit, behind, read, replacement
from rowpath.explain.trails import Key

_OPERANDS = (ast.Name, ast.Attribute, ast.Call, ast.Subscript)
"""What `.pk` can be written behind without parentheses."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of source that reads a relation: an expression, or the field that names it."""

    file: str
    line: int
    is_field: bool


def edits(line: Line, name: str, key: Key) -> tuple[Edit, ...]:
    """Return the edits by which a line reads `author_id` where it read `author`, for its key alone.

    They are of `book.author.pk`, of comparisons, and of a serializer's `source="author.pk"`. Empty
    where the line has none of them.
    """
    tree = ast.parse(read(line.file))
    found = _of_field(tree, line, name, key) if line.is_field else _of_code(tree, line, name, key)
    return tuple(dict.fromkeys(found))


def _of_code(tree: ast.AST, line: Line, name: str, key: Key) -> Iterator[Edit]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Attribute | ast.Compare):
            continue
        if not node.lineno <= line.line <= (node.end_lineno or node.lineno):
            continue
        if isinstance(node, ast.Compare):
            yield from _of_comparison(node, line.file, name, key)
        elif node.attr in {"pk", key.target} and _is_read(node.value, name):
            yield _replaced(line.file, node.value, node, f".{key.column}")


def _of_comparison(node: ast.Compare, file: str, name: str, key: Key) -> Iterator[Edit]:
    """Yield the edits of a comparison with a row, or with None.

    NULL would be equal to the key of a row that is not saved, so that a column with NULLs is
    compared with None alone.
    """
    if len(node.ops) != 1:
        return
    sides = [node.left, node.comparators[0]]
    keyed = [side for side in sides if _is_read(side, name)]
    others = [side for side in sides if side not in keyed]
    is_none = any(isinstance(side, ast.Constant) and side.value is None for side in others)
    is_equality = isinstance(node.ops[0], ast.Eq | ast.NotEq)
    if not keyed or not (is_none or (is_equality and key.is_required)):
        return
    if not is_none and not all(isinstance(side, _OPERANDS) for side in others):
        return
    yield from (_replaced(file, side, side, f".{key.column}") for side in keyed)
    if not is_none:
        yield from (behind(file, side, side, ".pk") for side in others)


def _is_read(node: ast.expr, name: str) -> bool:
    return isinstance(node, ast.Attribute) and node.attr == name


def _replaced(file: str, attribute: ast.expr, end: ast.expr, text: str) -> Edit:
    """Return the edit of what stands from an attribute's dot to the end of an expression."""
    if not isinstance(attribute, ast.Attribute):
        raise TypeError(attribute)
    return behind(file, attribute.value, end, text)


def _of_field(tree: ast.AST, line: Line, name: str, key: Key) -> Iterator[Edit]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Assign) or node.lineno != line.line:
            continue
        if not isinstance(node.value, ast.Call):
            continue
        for keyword in node.value.keywords:
            source = _source(keyword, name, key)
            if source is None:
                continue
            if ast.unparse(node.targets[0]) != source:
                yield replacement(line.file, keyword.value, keyword.value, f'"{source}"')
            elif len(node.value.keywords) == 1 and not node.value.args:
                # DRF refuses a source that is the field's own name.
                call = node.value
                yield replacement(line.file, call, call, f"{ast.unparse(call.func)}()")


def _source(keyword: ast.keyword, name: str, key: Key) -> str | None:
    """Return what a field's `source` is to be, None where it does not end with the key."""
    if keyword.arg != "source" or not isinstance(keyword.value, ast.Constant):
        return None
    *before, relation, last = ["", *str(keyword.value.value).split(".")]
    if relation != name or last not in {"pk", key.target}:
        return None
    return ".".join([*before[1:], key.column])
