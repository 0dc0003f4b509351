"""The text that gives a model one index more, in its `Meta`; pure."""

import ast
from collections.abc import Iterator, Sequence

from rowpath.explain.changes.edits import Edit, insertion, read
from rowpath.explain.changes.imports import Names
from rowpath.explain.selected import Index, Table

LONGEST_NAME = 30
"""That Django lets an index have."""
_MODELS = "django.db.models"


def edits(table: Table, index: Index) -> tuple[Edit, ...]:
    """Return the edits that add an index to a model's `Meta`; empty where they cannot be made."""
    if table.reason is not None or table.file is None:
        return ()
    source = read(table.file)
    found = list(_classes(ast.parse(source), table.name))
    if len(found) != 1:
        return ()
    names = Names(table.file, source, found[0].lineno)
    wanted = ["Index", "Q"] if index.condition else ["Index"]
    written = {name: names.of_function(_MODELS, name) for name in wanted}
    text = source_of(table, index, {name: each.text for name, each in written.items()})
    edit = _edit(table, found[0], text)
    if edit is None:
        return ()
    return (edit, *dict.fromkeys(each.edit for each in written.values() if each.edit))


def source_of(table: Table, index: Index, names: dict[str, str]) -> str:
    """Return an index as source, with these names for `Index` and `Q`."""
    fields = ", ".join(f'"{name}"' for name in index.fields)
    if not index.condition:
        return f"{names['Index']}(fields=[{fields}])"
    condition = ", ".join(
        f"{name}__isnull=True" if value is None else f"{name}={value}"
        for name, value in index.condition
    )
    name = name_of(table, index)
    return (
        f'{names["Index"]}(fields=[{fields}], name="{name}", condition={names["Q"]}({condition}))'
    )


def name_of(table: Table, index: Index) -> str:
    """Return a name for an index: Django asks for one where it has a condition."""
    parts = [table.name, *(each.lstrip("-") for each in index.fields)]
    parts += [name for name, _ in index.condition]
    return f"{'_'.join(parts).lower()[: LONGEST_NAME - 4].rstrip('_')}_idx"


def _classes(tree: ast.Module, name: str) -> Iterator[ast.ClassDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.ClassDef) and node.name == name)


def _edit(table: Table, node: ast.ClassDef, text: str) -> Edit | None:
    file = table.file or ""
    meta = next((each for each in node.body if _is_meta(each)), None)
    if isinstance(meta, ast.ClassDef):
        return _in_meta(file, meta, text, may_add=not table.has_inherited_meta)
    if table.has_inherited_meta:
        return None
    last = _last_field(node.body)
    if last is None:
        return None
    line, column = last.end_lineno or last.lineno, last.end_col_offset or 0
    outer, inner = " " * last.col_offset, " " * (2 * last.col_offset - node.col_offset)
    new = f"\n\n{outer}class Meta:\n{inner}indexes = [{text}]"
    return insertion(file, line, column, new)


def _is_meta(node: ast.stmt) -> bool:
    return isinstance(node, ast.ClassDef) and node.name == "Meta"


def _in_meta(file: str, meta: ast.ClassDef, text: str, *, may_add: bool) -> Edit | None:
    said = next((each for each in meta.body if _assigns_indexes(each)), None)
    if isinstance(said, ast.Assign):
        value = said.value
        return _in_list(file, value, text) if isinstance(value, ast.List | ast.Tuple) else None
    last = meta.body[-1]
    if not may_add or last.lineno == meta.lineno:
        return None
    line, column = last.end_lineno or last.lineno, last.end_col_offset or 0
    return insertion(file, line, column, f"\n{' ' * last.col_offset}indexes = [{text}]")


def _assigns_indexes(node: ast.stmt) -> bool:
    return isinstance(node, ast.Assign) and any(
        isinstance(target, ast.Name) and target.id == "indexes" for target in node.targets
    )


def _in_list(file: str, value: ast.List | ast.Tuple, text: str) -> Edit | None:
    if not value.elts:
        if value.lineno != value.end_lineno or isinstance(value, ast.Tuple):
            return None
        return insertion(file, value.lineno, value.col_offset + 1, text)
    first = value.elts[0]
    is_on_lines = first.lineno != value.lineno
    gap = f",\n{' ' * first.col_offset}" if is_on_lines else ", "
    return insertion(file, first.lineno, first.col_offset, f"{text}{gap}")


def _last_field(body: Sequence[ast.stmt]) -> ast.stmt | None:
    """Return the last of the assignments that a class begins with, its docstring among them."""
    last = None
    for node in body:
        if not isinstance(node, ast.Assign | ast.AnnAssign | ast.Expr):
            break
        last = node
    return last
