"""The text by which a loop goes through dicts instead of instances."""

from pathlib import Path

import pytest

from rowpath.explain.changes.dict_edits import Dicts, as_dicts
from rowpath.explain.changes.edits import applied
from rowpath.explain.trails import Columns, Scope, Span

NAMES = frozenset({"id", "title", "author_id", "cover"})
COLUMNS = Columns(
    key="id",
    is_ordered=False,
    names=NAMES,
    truths=frozenset(),
    summed=frozenset(),
    compared=frozenset(),
    equal=frozenset(),
    plain=NAMES - {"cover"},
)


def found(folder: Path, body: str, told: str) -> tuple[Dicts | None, str]:
    """What is found in a function's body, where Python tells so much of its last such line."""
    file = folder / "module.py"
    lines = ["def f(rows):", *(f"    {line}" for line in body.splitlines())]
    file.write_text("\n".join(lines) + "\n")
    number = next(number for number, line in enumerate(lines) if number and told in line)
    begin = lines[number].index(told)
    span = Span(
        file=str(file),
        function="f",
        scope=Scope.FUNCTION,
        line=number + 1,
        column=begin,
        end_line=number + 1,
        end_column=begin + len(told),
        is_direct=True,
    )
    what = as_dicts(span, COLUMNS)
    changed = applied(file.read_bytes(), what.edits if what else ()).decode()
    return what, "\n".join(line[4:] for line in changed.splitlines()[1:])


@pytest.mark.parametrize(
    ("body", "told", "expected"),
    [
        (
            "return [row.title for row in all_rows()]",
            "[row.title for row in all_rows()]",
            'return [row["title"] for row in all_rows().values("title")]',
        ),
        (
            "return {b.id: b.author_id for b in rows[:9] if b.title}",
            "rows[:9]",
            (
                'return {b["id"]: b["author_id"] for b in '
                'rows[:9].values("id", "author_id", "title") if b["title"]}'
            ),
        ),
        (
            "for row in rows:\n    print(row.title.upper())",
            "rows",
            'for row in rows.values("title"):\n    print(row["title"].upper())',
        ),
    ],
)
def test_each_reading_of_a_column_is_one_of_a_dict(
    tmp_path: Path, body: str, told: str, expected: str
) -> None:
    """The queryset names the columns in the order in which they are read."""
    what, changed = found(tmp_path, body, told)

    assert what is not None
    assert changed == expected


@pytest.mark.parametrize(
    "body",
    [
        "return [row for row in rows]",
        "return [str(row) for row in rows if row.title]",
        "return [row.author.name for row in rows]",
        "return [row.cover for row in rows]",
        "return [row.save() for row in rows]",
        "return [f'{row.title}' for row in rows]",
        "return [lambda row: row.title for row in rows]",
        "return [1 for row in rows]",
        "return [row.title for row in rows for row in row.title]",
        "for row in rows:\n    row.title = '-'",
        "for row in rows:\n    print(row.title)\nreturn row.title",
        "for row in rows:\n    row = row.title",
        "for row in rows:\n    print(row.title)\nelse:\n    print(row)",
        "row = None\nfor row in rows:\n    print(row.title)",
        "for row in rows:\n    del row.title",
    ],
)
def test_a_row_that_is_more_than_its_columns_is_left(tmp_path: Path, body: str) -> None:
    """Handed on, formatted, written, read by a relation or a file, or seen behind the loop."""
    assert found(tmp_path, body, "rows")[0] is None
