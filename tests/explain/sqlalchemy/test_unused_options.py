"""The text of a change that takes loader options out."""

import ast
from pathlib import Path

import pytest

from rowpath.explain.changes.comments import Commented
from rowpath.explain.changes.edits import applied
from rowpath.explain.sqlalchemy.unused_options import left_out

READ = frozenset({"author", "books.tags"})
LEFT_OUT = {
    "s.options(selectinload(A.x)).all()": "s.all()",
    "s.options(selectinload(A.x), joinedload(A.author))": "s.options(joinedload(A.author))",
    "s.options(joinedload(A.author), selectinload(A.x))": "s.options(joinedload(A.author))",
    "s.options(joinedload(A.x), joinedload(A.author), orm.subqueryload(A.y),)": (
        "s.options(joinedload(A.author),)"
    ),
    "s.options(joinedload(A.author), joinedload(A.x), joinedload(A.y))": (
        "s.options(joinedload(A.author))"
    ),
    "s.options(joinedload(A.author).selectinload(B.x).load_only(C.y))": (
        "s.options(joinedload(A.author))"
    ),
    "s.options(selectinload(A.books).options(joinedload(B.x), selectinload(B.tags)))": (
        "s.options(selectinload(A.books).options(selectinload(B.tags)))"
    ),
    "s.options(joinedload(A.author).options(joinedload(B.x)), joinedload(A.author))": (
        "s.options(joinedload(A.author), joinedload(A.author))"
    ),
    "s.options(selectinload(A.x), load_only(A.y))": "s.options(load_only(A.y))",
}
COMMENTED = {
    "s.options(\n    # Of x.\n    joinedload(A.x),\n    joinedload(A.author),\n)": (
        "s.options(\n    joinedload(A.author),\n)"
    ),
    "s.options(\n    joinedload(A.x),  # of x\n    # Of it.\n    joinedload(A.author),\n)": (
        "s.options(\n    # Of it.\n    joinedload(A.author),\n)"
    ),
    "s.options(\n    joinedload(A.author),  # who wrote it\n    joinedload(A.x)  # of x\n)": (
        "s.options(\n    joinedload(A.author),  # who wrote it\n)"
    ),
    "(\n    s.options(\n        # Of x.\n        joinedload(A.x)\n    )\n)": "(\n    s\n)",
    "(\n    s  # all\n    # Of x.\n    .options(joinedload(A.x))  # of x\n    .all()\n)": (
        "(\n    s  # all\n    .all()\n)"
    ),
}
SHARED = (
    "s.options(joinedload(A.x), joinedload(A.author))  # of x",
    "s.options(  # of x\n    joinedload(A.x), joinedload(A.author),\n)",
    "s.options(\n    joinedload(A.author).joinedload(B.x),  # of x\n)",
    "s.options(joinedload(A.x))  # of x",
    "s.options(\n    joinedload(A.author)\n    # Of x.\n    .joinedload(B.x),\n    f(y),\n)",
)
"""Where a comment stands beside other things as well."""
KEPT = (
    "s.options(joinedload(A.author), selectinload(A.books).selectinload(B.tags))",
    "s.options(selectinload(A.books))",
    "s.options(*options)",
    "s.options(option)",
    "s.options(contains_eager(A.x), defaultload(A.x).joinedload(B.y))",
    "s.options(joinedload(A.x, innerjoin=True))",
    "s.options(joinedload(A.x, B.y), joinedload(A.x.of_type(C)), joinedload(A.x.and_(B.y)))",
    's.options(joinedload(A.x).raiseload("*"), selectinload(A.x).load_only(B.y, raiseload=True))',
    "s.options(selectinload(A.x).lazyload(B.y))",
    's.options(selectinload(A.x), raiseload("*"))',
    's.options(selectinload(A.x), orm.raiseload("*"))',
)


def changed(folder: Path, source: str) -> tuple[tuple[str, ...], str]:
    """What is left out of a call that stands first in a file, and the file without it."""
    file = folder / "views.py"
    file.write_text(source)
    calls = [each for each in ast.walk(ast.parse(source)) if isinstance(each, ast.Call)]
    (call,) = (
        each
        for each in calls
        if isinstance(each.func, ast.Attribute)
        and each.func.attr == "options"
        and isinstance(each.func.value, ast.Name)
    )
    commented = Commented(file=str(file), source=source.encode())
    names, edits = left_out(call, READ, commented)
    return names, applied(source.encode(), edits).decode()


@pytest.mark.parametrize("source", LEFT_OUT)
def test_what_nobody_reads_is_taken_out(tmp_path: Path, source: str) -> None:
    """An option goes with its comma, the end of a chain by itself, and an empty call as well."""
    names, text = changed(tmp_path, source)

    assert names
    assert text == LEFT_OUT[source]


@pytest.mark.parametrize("source", COMMENTED)
def test_comments_of_what_goes_go_with_it(tmp_path: Path, source: str) -> None:
    """Those above and behind it; those of other options stay with these."""
    assert changed(tmp_path, source)[1] == COMMENTED[source]


@pytest.mark.parametrize("source", [*KEPT, *SHARED])
def test_what_is_read_or_in_another_form_stays(tmp_path: Path, source: str) -> None:
    """What leads to a relation that is read, and whatever is no plain chain of loaders."""
    assert changed(tmp_path, source) == ((), source)


def test_names_are_those_where_reading_ends(tmp_path: Path) -> None:
    """Of a chain the first relation that nobody asks for is named, by its path."""
    source = "s.options(joinedload(A.author).joinedload(B.x).joinedload(C.y), joinedload(A.z))"

    assert changed(tmp_path, source)[0] == ("author.x", "z")
