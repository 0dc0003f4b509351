"""Comments beside what a change takes out: they go with it, or it stays; pure."""

import ast
from dataclasses import dataclass, field
from io import BytesIO
from tokenize import COMMENT, tokenize

from rowpath.explain.changes.edits import Edit, behind


@dataclass(frozen=True, slots=True, kw_only=True)
class Commented:
    """A file's source, and the lines that have comments."""

    file: str
    source: bytes
    _lines: list[bytes] = field(init=False, repr=False)
    _commented: dict[int, bool] = field(init=False, repr=False)
    """By line, whether it has nothing but a comment."""

    def __post_init__(self) -> None:
        """Find the comments."""
        tokens = tokenize(BytesIO(self.source).readline)
        found = (token for token in tokens if token.type == COMMENT)
        alone = {token.start[0]: not token.line[: token.start[1]].strip() for token in found}
        object.__setattr__(self, "_commented", alone)
        object.__setattr__(self, "_lines", self.source.splitlines())

    def are_on(self, first: int, last: int) -> bool:
        """Return whether one of some lines has a comment."""
        return any(line in self._commented for line in range(first, last + 1))

    def argument(self, node: ast.expr) -> Edit | None:
        """Return the edit without the lines of an argument, None where it shares them."""
        return self._whole((node.lineno, node.col_offset), node, b",")

    def calls(self, owner: ast.expr, first: ast.Attribute, last: ast.Call) -> Edit | None:
        """Return the edit without calls of a chain, None where a comment would be left of them.

        They are what stands behind an expression, from a method's name on.
        """
        line, column = first.end_lineno or 0, first.end_col_offset or 0
        end = last.end_lineno or 0
        if not (self.are_on(owner.end_lineno or 0, line) or self.are_on(end, end)):
            return behind(self.file, owner, last, "")
        return self._whole((line, column - len(f".{first.attr}".encode())), last, b"")

    def statement(self, node: ast.stmt) -> Edit | None:
        """Return the edit without the lines of a statement, None where it shares them."""
        return self._whole((node.lineno, node.col_offset), node, b"")

    def _whole(
        self, begin: tuple[int, int], node: ast.expr | ast.stmt, comma: bytes
    ) -> Edit | None:
        """Return the edit of whole lines, with the comments above and behind what they have."""
        first, column = begin
        last = node.end_lineno or first
        behind = self._lines[last - 1][node.end_col_offset or 0 :].strip()
        rest = behind.removeprefix(comma).strip()
        if self._lines[first - 1][:column].strip() or (rest and not rest.startswith(b"#")):
            return None
        while first - 1 in self._alone():
            first -= 1
        return Edit(file=self.file, line=first, column=0, end_line=last + 1, end_column=0, text="")

    def _alone(self) -> set[int]:
        return {line for line, is_alone in self._commented.items() if is_alone}
