"""The text of a change that loads relations at once, in SQLAlchemy's words; pure."""

import ast
from collections.abc import Callable, Iterator, Sequence

from rowpath.explain.changes.edits import Edit, insertion, read
from rowpath.explain.changes.imports import Named, Names, joined
from rowpath.explain.changes.insertion_points import Point
from rowpath.explain.trails import Hop, Owner, Path, Span, Trail, Way

_ORM = "sqlalchemy.orm"
_LOADERS = frozenset(
    {
        *("contains_eager", "defaultload", "immediateload"),
        *("joinedload", "selectinload", "subqueryload"),
    }
)
"""By which a relation is loaded that leads on to others."""
_ASKS = frozenset({"select", "query", "get", "get_one"})
"""By which a class is asked for: whatever else is called has its statement from there."""
_GETS = frozenset({"get", "get_one"})
"""What asks for one row by its key takes options as an argument."""
Loader = Callable[[Hop], str]


def edits(trail: Trail, point: Point, paths: Sequence[Path]) -> Iterator[tuple[Edit, ...]]:
    """Yield the changes at a point that load these relations with a trail's rows, the best first.

    What leads to one row is joined, and what leads to many is loaded by a statement of its own;
    the second choice joins nothing. None where the point's code serves other classes too.
    """
    relations = [path for path in paths if path[-1].way is not Way.COLUMN]
    made = dict.fromkeys(
        _at(trail, point, relations, loader) for loader in (_joined, _selected) if relations
    )
    yield from (each for each in made if each)


def column_edits(trail: Trail, point: Point, paths: Sequence[Path]) -> tuple[Edit, ...]:
    """Return the change at a point that loads these columns with a trail's rows."""
    return _named_columns(point, paths) or _at(trail, point, paths, _joined)


def lazy_edits(trail: Trail, point: Point, relations: Path) -> tuple[Edit, ...]:
    """Return the change at a point that leaves relations out which their mapping says to load."""
    return _at(trail, point, [(hop,) for hop in relations], lambda _: "lazyload")


def _joined(hop: Hop) -> str:
    if hop.way is Way.COLUMN:
        return "undefer"
    return "joinedload" if hop.way is Way.ONE else "selectinload"


def _selected(hop: Hop) -> str:
    return "undefer" if hop.way is Way.COLUMN else "selectinload"


def _at(trail: Trail, point: Point, paths: Sequence[Path], loader: Loader) -> tuple[Edit, ...]:
    source = read(point.file)
    call = call_at(source, point)
    names = Names(point.file, source, point.line)
    if call is None or point.span is None or not may_name(trail, point.span, source, names, paths):
        return ()
    words = Words(names, loader)
    made, rest = _continued(call, point.file, paths, words)
    if rest:
        new = new_options(call, point, ", ".join(words.options(rest)))
        if new is None:
            return ()
        made.append(new)
    missing = joined(named.edit for named in words.needed.values() if named.edit is not None)
    return (*made, *missing)


def _continued(
    call: ast.Call, file: str, paths: Sequence[Path], words: "Words"
) -> tuple[list[Edit], list[Path]]:
    """Return the edits that continue loaders which the chain has, and the paths that are left."""
    made: list[Edit] = []
    left = list(paths)
    for argument in arguments_of(call, "options"):
        for hop in {path[0]: None for path in left}:
            behind = [path[1:] for path in left if path[0] == hop]
            is_it = is_loader(argument) and ast.unparse(argument.args[0]) == words.attribute(hop)
            if is_it and all(behind):
                line, column = argument.end_lineno or 0, argument.end_col_offset or 0
                made.append(insertion(file, line, column, words.continuation(behind)))
                left = [path for path in left if path[0] != hop]
    return made, left


def is_loader(call: ast.Call) -> bool:
    """Return whether a call loads one relation, or leads through it."""
    name = ast.unparse(call.func).rpartition(".")[2]
    return name in _LOADERS and len(call.args) == 1 and not isinstance(call.args[0], ast.Starred)


def arguments_of(call: ast.Call, method: str) -> Iterator[ast.Call]:
    """Yield what calls of a method in a chain are given, as far as it is calls."""
    current: ast.expr = call
    while isinstance(current, ast.Call) and isinstance(current.func, ast.Attribute):
        if current.func.attr == method:
            yield from (each for each in current.args if isinstance(each, ast.Call))
        current = current.func.value


def new_options(call: ast.Call, point: Point, options: str) -> Edit | None:
    """Return the edit that gives new options to a statement, None where it has no place for it."""
    if _method(call) not in _GETS:
        return insertion(point.file, point.line, point.column, f".options({options})")
    if any(keyword.arg == "options" for keyword in call.keywords):
        return None
    last = [*call.args, *(keyword.value for keyword in call.keywords)][-1]
    line, column = last.end_lineno or last.lineno, last.end_col_offset or 0
    return insertion(point.file, line, column, f", options=[{options}]")


class Words:
    """How one module writes loader options; `needed` has all that it needs for them."""

    def __init__(self, names: Names, loader: Loader) -> None:
        self._names = names
        self._loader = loader
        self.needed: dict[str | Owner, Named] = {}

    def options(self, paths: Sequence[Path]) -> Iterator[str]:
        """Yield the loader options of paths, each with those of what is behind it."""
        for hop in {path[0]: None for path in sorted(paths, key=_by_name)}:
            behind = [path[1:] for path in paths if path[0] == hop and len(path) > 1]
            text = f"{self.function(self._loader(hop))}({self.attribute(hop)})"
            yield f"{text}{self.continuation(behind)}" if behind else text

    def continuation(self, behind: Sequence[Path]) -> str:
        """Return the calls that load what is behind a relation with it."""
        inner = list(self.options(behind))
        return f".{inner[0]}" if len(inner) == 1 else f".options({', '.join(inner)})"

    def function(self, name: str) -> str:
        """Return how a function of SQLAlchemy's is written."""
        return self.needed.setdefault(name, self._names.of_function(_ORM, name)).text

    def attribute(self, hop: Hop) -> str:
        """Return how a class's attribute is written."""
        if hop.owner is None:
            raise ValueError(hop)
        named = self.needed.setdefault(hop.owner, self._names.of_class(hop.owner))
        return f"{named.text}.{hop.name}"


def _by_name(path: Path) -> list[str]:
    return [hop.name for hop in path]


def call_at(source: bytes, point: Point) -> ast.Call | None:
    """Return the outermost call that ends at a point."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and _end(node) == (point.line, point.column):
            return node
    return None


def _end(node: ast.expr) -> tuple[int | None, int | None]:
    return node.end_lineno, node.end_col_offset


def _method(call: ast.Call) -> str | None:
    return call.func.attr if isinstance(call.func, ast.Attribute) else None


def may_name(trail: Trail, span: Span, source: bytes, names: Names, paths: Sequence[Path]) -> bool:
    """Return whether a span may name the class: not where its own code does not.

    A `select(self.model)` that many classes share must not name the attributes of one.
    """
    first = trail.steps[0]
    made = first[0] if first else None
    if made is None or (made.file, made.function) != (span.file, span.function):
        return True
    owner = paths[0][0].owner
    text = names.of_class(owner).text if owner is not None else ""
    asked = [
        node
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call) and _end(node) == (made.end_line, made.end_column)
    ]
    while asked and isinstance(asked[0].func, ast.Attribute):
        inner = asked[0].func.value
        if not isinstance(inner, ast.Call):
            break
        asked = [inner]
    if not asked or ast.unparse(asked[0].func).rpartition(".")[2] not in _ASKS:
        return True
    return any(text == ast.unparse(each) for each in asked[0].args)


def _named_columns(point: Point, paths: Sequence[Path]) -> tuple[Edit, ...]:
    """Return the edit that adds columns of the rows themselves to a `load_only()` of the chain."""
    if any(len(path) > 1 for path in paths):
        return ()
    source = read(point.file)
    call = call_at(source, point)
    words = Words(Names(point.file, source, point.line), _joined)
    for argument in arguments_of(call, "options") if call is not None else ():
        if argument.args and ast.unparse(argument.func).rpartition(".")[2] == "load_only":
            last = argument.args[-1]
            added = "".join(f", {words.attribute(path[0])}" for path in paths)
            return (insertion(point.file, last.end_lineno or 0, last.end_col_offset or 0, added),)
    return ()
