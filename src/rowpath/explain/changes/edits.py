"""Changes of source text, as values: applied in memory, shown as a diff, written nowhere."""

import ast
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from difflib import unified_diff
from itertools import groupby
from pathlib import Path

CONTEXT_LINES = 3
"""As many as `git diff` shows."""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Edit:
    """A region of a file, replaced by a text; an insertion where it ends where it starts.

    `file` is absolute. Lines count from 1, columns from 0 in bytes of UTF-8.
    """

    file: str
    line: int
    column: int
    end_line: int
    end_column: int
    text: str


def insertion(file: str, line: int, column: int, text: str) -> Edit:
    """Return the edit that puts a text at a point."""
    return Edit(file=file, line=line, column=column, end_line=line, end_column=column, text=text)


def replacement(file: str, first: ast.expr, last: ast.expr, text: str) -> Edit:
    """Return the edit of what stands from the begin of an expression to the end of one."""
    return _between(file, (first.lineno, first.col_offset), last, text)


def behind(file: str, owner: ast.expr, last: ast.expr, text: str) -> Edit:
    """Return the edit of what stands behind an expression, to the end of another one."""
    return _between(file, (owner.end_lineno or 0, owner.end_col_offset or 0), last, text)


def _between(file: str, start: tuple[int, int], last: ast.expr, text: str) -> Edit:
    line, column = start
    end_line, end_column = last.end_lineno or 0, last.end_col_offset or 0
    return Edit(
        file=file, line=line, column=column, end_line=end_line, end_column=end_column, text=text
    )


def applied(source: bytes, edits: Iterable[Edit]) -> bytes:
    """Return a file's source with the edits of that file made; they must not overlap.

    ValueError where one lies outside of the source, or two overlap.
    """
    lines = source.splitlines(keepends=True)
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line))
    changed, limit = source, len(source)
    for edit in sorted(set(edits), reverse=True):
        begin = _offset(starts, edit.line, edit.column)
        end = _offset(starts, edit.end_line, edit.end_column)
        if not begin <= end <= limit:
            msg = f"{edit} lies outside of the source, or overlaps with another edit"
            raise ValueError(msg)
        changed = changed[:begin] + edit.text.encode() + changed[end:]
        limit = begin
    return changed


def _offset(starts: list[int], line: int, column: int) -> int:
    if not 1 <= line < len(starts) + 1:
        msg = f"There is no line {line}"
        raise ValueError(msg)
    return starts[line - 1] + column


def read(file: str) -> bytes:
    """Return a file's source as it is on disk."""
    return Path(file).read_bytes()


def diff(
    edits: Iterable[Edit],
    root: str,
    *,
    context: int = CONTEXT_LINES,
    source_of: Callable[[str], bytes] = read,
) -> str:
    """Return the edits as one unified diff with paths below `root`, for `git apply`.

    Empty without edits.
    """
    return "".join(
        _file_diff(file, list(of_file), root, context, source_of(file))
        for file, of_file in groupby(sorted(edits), key=lambda edit: edit.file)
    )


def _file_diff(file: str, edits: list[Edit], root: str, context: int, source: bytes) -> str:
    name = shown(file, root)
    old = source.decode().splitlines(keepends=True)
    new = applied(source, edits).decode().splitlines(keepends=True)
    return "".join(
        line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
        for line in unified_diff(old, new, f"a/{name}", f"b/{name}", n=context)
    )


def shown(file: str, root: str) -> str:
    """Return a file as it is named to people: from `root` where it is below it."""
    path = Path(file)
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else file
