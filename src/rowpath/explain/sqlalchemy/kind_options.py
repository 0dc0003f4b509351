"""The text of a change by which a relation is loaded by a statement of its own; pure."""

import ast
from collections.abc import Collection

from rowpath.explain.changes.edits import Edit, read, replacement
from rowpath.explain.changes.imports import Names, joined
from rowpath.explain.changes.insertion_points import Point
from rowpath.explain.sqlalchemy.loader_options import arguments_of, call_at

_ORM = "sqlalchemy.orm"


def selecting_edits(point: Point, names: Collection[str]) -> tuple[Edit, ...]:
    """Return the change of a chain that loads by `selectinload()` what it joins; empty if none."""
    source = read(point.file)
    call = call_at(source, point)
    selectin = Names(point.file, source, point.line).of_function(_ORM, "selectinload")
    made: list[Edit] = []
    for argument in arguments_of(call, "options") if call is not None else ():
        loader = _first(argument)
        attribute = loader.args[0] if len(loader.args) == 1 and not loader.keywords else None
        is_joined = ast.unparse(loader.func).rpartition(".")[2] == "joinedload"
        if is_joined and isinstance(attribute, ast.Attribute) and attribute.attr in names:
            made.append(replacement(point.file, loader.func, loader.func, selectin.text))
    if made and selectin.edit is not None:
        made.append(selectin.edit)
    return joined(made)


def _first(call: ast.Call) -> ast.Call:
    while isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Call):
        call = call.func.value
    return call
