"""Changes of source text, made in memory and shown as a diff."""

import pytest

from rowpath.explain.changes.edits import Edit, applied, diff, insertion

SOURCE = 'names = ["é"]\nbooks = all_of(names)\n'.encode()


def test_an_insertion_counts_columns_in_bytes() -> None:
    """A column counts bytes of UTF-8, as Python's positions do."""
    changed = applied(SOURCE, [insertion("a.py", 1, 13, ", 1")])

    assert changed.decode().splitlines()[0] == 'names = ["é", 1]'


def test_several_edits_of_a_file_do_not_shift_one_another() -> None:
    """Edits name places of the source as it is, in whatever order they come."""
    edits = [insertion("a.py", 1, 0, "x = 1; "), insertion("a.py", 2, 21, ".all()")]

    assert applied(SOURCE, edits).decode() == (
        'x = 1; names = ["é"]\nbooks = all_of(names).all()\n'
    )


def test_a_replacement_takes_the_place_of_its_region() -> None:
    """An edit whose end is behind its start takes out what is between."""
    edit = Edit(file="a.py", line=2, column=8, end_line=2, end_column=14, text="some_of")

    assert b"books = some_of(names)" in applied(SOURCE, [edit])


@pytest.mark.parametrize("line", [0, 9])
def test_a_line_that_is_not_there_is_refused(line: int) -> None:
    """An edit outside of the source is a mistake of the caller's."""
    with pytest.raises(ValueError, match="no line"):
        applied(SOURCE, [insertion("a.py", line, 0, "x")])


def test_overlapping_edits_are_refused() -> None:
    """Of two edits of one region neither is made."""
    one = Edit(file="a.py", line=2, column=0, end_line=2, end_column=9, text="")
    two = Edit(file="a.py", line=2, column=4, end_line=2, end_column=12, text="")

    with pytest.raises(ValueError, match="overlaps"):
        applied(SOURCE, [one, two])


def test_a_diff_has_paths_below_the_root() -> None:
    """A file below the root is named from there, as `git apply` wants it."""
    text = diff([insertion("/srv/shop/a.py", 2, 21, ".all()")], "/srv", source_of=lambda _: SOURCE)

    assert text.startswith("--- a/shop/a.py\n+++ b/shop/a.py\n")
    assert "-books = all_of(names)\n+books = all_of(names).all()\n" in text


def test_a_file_without_a_last_newline_is_told_as_git_tells_it() -> None:
    """A last line without an end is marked, so that the diff can be applied."""
    text = diff([insertion("/srv/a.py", 1, 1, "1")], "/srv", source_of=lambda _: b"x")

    assert text.endswith("-x\n\\ No newline at end of file\n+x1\n\\ No newline at end of file\n")
