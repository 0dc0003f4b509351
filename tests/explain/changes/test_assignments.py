"""What becomes of an assignment whose call is taken out."""

import ast
from pathlib import Path

import pytest

from rowpath.explain.changes.assignments import without
from rowpath.explain.changes.edits import applied

CUT = {
    "rows = all_rows()\nrows = rows.options(x)\nuse(rows)\n": "rows = all_rows()\nuse(rows)\n",
    "def f(rows):\n    rows = rows.options(\n        x,\n    )  # the x\n    return rows\n": (
        "def f(rows):\n    return rows\n"
    ),
    "rows = all_rows()\n# Of x.\n# It is read.\nrows = rows.options(x)\n": "rows = all_rows()\n",
    "if wanted:\n    rows = rows.options(x)\nuse(rows)": "if wanted:\n    pass\nuse(rows)",
    "rows = all_rows()\nrows = rows.options(x)": "rows = all_rows()\n",
}
KEPT = (
    "other = rows.options(x)\n",
    "rows = rows.filter(y).options(x)\n",
    "rows = other = rows.options(x)\n",
    "rows = rows.options(x); use(rows)\n",
    "use(rows); rows = rows.options(x)\n",
    "rows = rows.options(x).all()\n",
    "use(rows.options(x))\n",
)


def cut(folder: Path, source: str) -> str | None:
    """The source without the assignment; None if it stays."""
    file = folder / "views.py"
    file.write_text(source)
    tree = ast.parse(source)
    (call,) = (
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "options"
    )
    edit = without(tree, call, str(file))
    return None if edit is None else applied(source.encode(), [edit]).decode()


@pytest.mark.parametrize("source", CUT)
def test_an_assignment_to_itself_goes_as_a_whole(tmp_path: Path, source: str) -> None:
    """With its lines and what is said on them; `pass` stands for it where a block has no other."""
    assert cut(tmp_path, source) == CUT[source]


@pytest.mark.parametrize("source", KEPT)
def test_any_other_statement_stays(tmp_path: Path, source: str) -> None:
    """Where something else is assigned or called, or stands on the same line."""
    assert cut(tmp_path, source) is None
