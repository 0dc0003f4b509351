"""Which field of a serializer reads, told from the frames of DRF's own code."""

import ast
import inspect
from functools import cache
from textwrap import dedent
from types import FrameType
from typing import Any

from rest_framework.fields import Field

from rowpath.explain.values import Reader

_READING = frozenset({"get_attribute", "to_representation", "get_instance"})


def reader_of(frame: FrameType) -> Reader | None:
    """Return the serializer's field that a frame reads for, with the line that declares it."""
    if frame.f_code.co_name not in _READING:
        return None
    field = frame.f_locals.get("self")
    if not isinstance(field, Field) or not field.field_name or field.parent is None:
        return None
    owner: Any = type(field.parent)
    name = field.field_name
    file, line = _declared(owner, name)
    return Reader(text=f"{owner.__name__}.{name}", file=file, line=line)


@cache
def _declared(owner: type, name: str) -> tuple[str | None, int | None]:
    """Return where a class or one of its bases declares a field; else where the class begins."""
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


def _line_of(name: str, lines: list[str]) -> int | None:
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
