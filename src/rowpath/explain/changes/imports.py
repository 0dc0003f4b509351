"""The names that a module has for what a change needs, and the imports that it lacks; pure."""

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import groupby

from rowpath.explain.changes.edits import Edit, insertion
from rowpath.explain.trails import Owner


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """How a module's code writes something, and the import that it lacks for that, if any."""

    text: str
    edit: Edit | None = None


class Names:
    """The names that one module's source has on one of its lines."""

    def __init__(self, file: str, source: bytes, line: int) -> None:
        self._file = file
        self._line = line
        self._tree = ast.parse(source)

    def of_function(self, module: str, name: str) -> Named:
        """Return how a function of a library's is written here."""
        package, _, last = module.rpartition(".")
        for node, alias in self._froms():
            if node.module == module and alias.name == name:
                return Named(text=alias.asname or name)
            if node.module == package and alias.name == last:
                return Named(text=f"{alias.asname or last}.{name}")
        known = [node for node in self._tree.body if _is_from(node, module)]
        edit = _added(self._file, known[-1], name) if known else None
        return Named(text=name, edit=edit or self._import(module, name))

    def of_class(self, owner: Owner) -> Named:
        """Return how a class is written here."""
        for node in self._seen(self._tree):
            if isinstance(node, ast.ClassDef) and node.name == owner.name:
                return Named(text=owner.name)
        froms = [(node, alias) for node, alias in self._froms() if alias.name == owner.name]
        for node, alias in froms:
            if _last(node.module) == _last(owner.module):
                return Named(text=alias.asname or alias.name)
        for node in ast.walk(self._tree):
            if isinstance(node, ast.Attribute) and node.attr == owner.name and _is_dotted(node):
                return Named(text=ast.unparse(node))
        for _, alias in froms:
            return Named(text=alias.asname or alias.name)
        for _, alias in self._froms():
            if alias.name == _last(owner.module):
                return Named(text=f"{alias.asname or alias.name}.{owner.name}")
        return Named(text=owner.name, edit=self._import(owner.module, owner.name))

    def _froms(self) -> Iterator[tuple[ast.ImportFrom, ast.alias]]:
        for node in self._seen(self._tree):
            if isinstance(node, ast.ImportFrom):
                yield from ((node, alias) for alias in node.names)

    def _seen(self, parent: ast.AST) -> Iterator[ast.AST]:
        """Yield the nodes whose names the line has: not those of other functions."""
        for node in ast.iter_child_nodes(parent):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not (
                node.lineno <= self._line <= (node.end_lineno or node.lineno)
            ):
                continue
            if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
                continue  # what is imported there is for those who read types alone
            yield node
            yield from self._seen(node)

    def _import(self, module: str, name: str) -> Edit | None:
        """Return the edit that imports a name on a line of its own, behind the last import."""
        imports = [
            node for node in self._tree.body if isinstance(node, ast.Import | ast.ImportFrom)
        ]
        if not imports:
            return None
        last = imports[-1]
        line, column = last.end_lineno or last.lineno, last.end_col_offset or 0
        return insertion(self._file, line, column, f"{_beginning(module)}{name}")


def _is_from(node: ast.stmt, module: str) -> bool:
    return isinstance(node, ast.ImportFrom) and node.module == module and node.level == 0


def _is_dotted(node: ast.expr) -> bool:
    if isinstance(node, ast.Attribute):
        return _is_dotted(node.value)
    return isinstance(node, ast.Name)


def _last(module: str | None) -> str:
    return (module or "").rpartition(".")[2]


def _added(file: str, node: ast.stmt, name: str) -> Edit | None:
    """Return the edit that adds a name to an import, where the order of its names has it."""
    names = node.names if isinstance(node, ast.ImportFrom) else []
    if not names or names[0].name == "*":
        return None
    after = next((alias for alias in names if alias.name > name), None)
    is_on_lines = len({alias.lineno for alias in names}) > 1
    if after is not None:
        gap = f",\n{' ' * after.col_offset}" if is_on_lines else ", "
        return insertion(file, after.lineno, after.col_offset, f"{name}{gap}")
    last = names[-1]
    gap = f",\n{' ' * last.col_offset}" if is_on_lines else ", "
    line, column = last.end_lineno or last.lineno, last.end_col_offset or 0
    return insertion(file, line, column, f"{gap}{name}")


_INDEXES = "indexes = ["
"""What a model's `Meta` has its indexes behind."""


def _beginning(module: str) -> str:
    return f"\nfrom {module} import "


def is_import(edit: Edit) -> bool:
    """Return whether an edit is a line of its own that imports."""
    return edit.text.startswith("\nfrom ")


def joined(edits: Iterable[Edit]) -> tuple[Edit, ...]:
    """Return the edits, those that go on as one: imports from one module, a model's indexes."""
    made: list[Edit] = []
    for (_, beginning), group in groupby(sorted(edits), key=_kind):
        alike = list(dict.fromkeys(group))
        ends = [edit.text.removeprefix(beginning) for edit in alike]
        if not beginning:
            made.extend(alike)
        elif beginning.endswith(_INDEXES):
            indexes = ", ".join(end.removesuffix("]") for end in ends)
            made.append(replace(alike[0], text=f"{beginning}{indexes}]"))
        else:
            names = {name for end in ends for name in end.split(", ")}
            made.append(replace(alike[0], text=f"{beginning}{', '.join(sorted(names))}"))
    return tuple(made)


def goes_on(edit: Edit) -> bool:
    """Return whether `joined` makes an edit and others of its place one."""
    return bool(_kind(edit)[1])


def _kind(edit: Edit) -> tuple[tuple[str, int, int], str]:
    """Return the place of an edit, and the beginning that others have which go on with it."""
    place = (edit.file, edit.line, edit.column)
    if is_import(edit):
        return place, edit.text.partition(" import ")[0] + " import "
    head, indexes, _ = edit.text.partition(_INDEXES)
    return place, f"{head}{indexes}" if indexes and edit.text.startswith("\n") else ""
