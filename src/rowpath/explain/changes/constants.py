"""Constants in source, and whether a column compares with them alike in Python and SQL; pure."""

import ast

from rowpath.explain.trails import Columns


def fits(node: ast.expr, column: str, columns: Columns) -> bool:
    """Return whether a value is a constant of the column's kind, or a name of one like `Kind.NEW`.

    Django would make a number of the text "2", and Python would not.
    """
    if isinstance(node, ast.Attribute):
        root = ast.unparse(node).partition(".")[0]
        return node.attr.isupper() and root[:1].isupper()
    value = constant(node)
    is_number = isinstance(value, int | float)
    return is_number if column in columns.compared else isinstance(value, str)


def constant(node: ast.expr) -> object:
    """Return the value that a literal has, a negative number as well; None where it is none."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        value = constant(node.operand)
        return -value if isinstance(value, int | float) else None
    return node.value if isinstance(node, ast.Constant) else None
