"""Where a class declares one of its attributes."""

import ast
import inspect
from functools import cache
from textwrap import dedent


@cache
def declared(owner: type, name: str | None) -> tuple[str | None, int | None]:
    """Return the file and line where a class or one of its bases declares an attribute.

    Else, and without a name, where the class begins; None where it was made without source.
    """
    begins: tuple[str | None, int | None] = (None, None)
    for each in owner.__mro__:
        try:
            lines, first = inspect.getsourcelines(each)
            file = inspect.getsourcefile(each)
        except (OSError, TypeError):  # a class that was made without source
            continue
        if begins == (None, None):
            begins = file, first
        line = _line_of(name, lines)
        if line is not None:
            return file, first + line - 1
    return begins


def _line_of(name: str | None, lines: list[str]) -> int | None:
    tree = ast.parse(dedent("".join(lines)))
    body = tree.body[0].body if isinstance(tree.body[0], ast.ClassDef) else []
    for statement in body:
        if isinstance(statement, ast.Assign):
            targets = statement.targets
        elif isinstance(statement, ast.AnnAssign):
            targets = [statement.target]
        else:
            continue
        if any(isinstance(target, ast.Name) and target.id == name for target in targets):
            return statement.lineno
    return None
