"""The text of a change that puts a mixin in front of a class's bases; pure."""

import ast

from rowpath.explain.changes.edits import Edit, insertion, read
from rowpath.explain.changes.imports import Names
from rowpath.explain.trails import ViewClass


def edits(owner: ViewClass, module: str, mixin: str) -> tuple[Edit, ...]:
    """Return the change with the import that it needs; empty where the class is not found."""
    source = read(owner.file)
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ClassDef) and node.name == owner.name and node.bases:
            named = Names(owner.file, source, node.lineno).of_function(module, mixin)
            first = node.bases[0]
            edit = insertion(owner.file, first.lineno, first.col_offset, f"{named.text}, ")
            return (edit, named.edit) if named.edit is not None else (edit,)
    return ()
