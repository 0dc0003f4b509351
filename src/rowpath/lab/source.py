"""The source code of a variant, cut out of the measured application without importing it."""

import ast
from functools import cache
from pathlib import Path

from rowpath.lab.applications import APPLICATIONS, App
from rowpath.lab.experiment import Variant

APPS = Path(__file__).with_name("apps")

_Definition = ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def source_of(variant: Variant) -> str:
    """Return the classes and functions that the variant names, in that order.

    Nothing of an application that the lab does not host. LookupError for a name that the
    application does not define, or defines twice.
    """
    if not isinstance(variant.application, App):
        return ""
    definitions = _definitions(APPLICATIONS[variant.app].techniques or variant.app)
    parts = []
    for name in variant.asks.code:
        found = [text for known, text in definitions if known == name]
        if len(found) != 1:
            msg = f"the {variant.app} application defines {name} {len(found)} times"
            raise LookupError(msg)
        parts.extend(found)
    return "\n\n\n".join(parts)


@cache
def _definitions(app: App) -> list[tuple[str, str]]:
    """Return the name and text of each class and function that a module of `app` defines."""
    return [
        (node.name, _text(node, lines))
        for path in sorted((APPS / app).glob("*.py"))
        for text in [path.read_text(encoding="utf-8")]
        for lines in [text.splitlines()]
        for node in ast.parse(text).body
        if isinstance(node, _Definition)
    ]


def _text(node: _Definition, lines: list[str]) -> str:
    """Return the lines of a definition, its decorators included."""
    first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
    return "\n".join(lines[first - 1 : node.end_lineno])
