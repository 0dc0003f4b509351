"""Imports rowpath.fast with each of its attribute look-ups able to fail, one at a time.

`obj.name` becomes a call that raises AttributeError where that place in the source is `broken`: as
it would be if a later version of a library had moved the name, or if rowpath had a defect there.
"""

import ast
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from importlib.util import find_spec
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

Place = tuple[str, int, int, str]
"""A module, the line and column in it, and the name that is looked up."""

_PACKAGE = "rowpath.fast."
_LOOK_UP = "__look_up__"
# Places by number, which is all that a look-up has to do with: there are thousands in an answer.
_places: list[Place] = []
_seen: set[int] = set()
_broken: set[int] = set()
_failed: set[int] = set()


def _look_up(found: Any, name: str, number: int) -> Any:
    _seen.add(number)
    if number in _broken:
        _failed.add(number)
        raise AttributeError(f"{type(found).__name__!r} has no attribute {name!r}")
    return getattr(found, name)


def _put_into(folder: Path) -> None:
    """Have what fails be raised in a file of the package, as whoever looks for its place sees."""
    _look_up.__code__ = _look_up.__code__.replace(co_filename=str(folder / "look_up.py"))


class _Places(ast.NodeTransformer):
    def __init__(self, module: str) -> None:
        self._module = module

    def visit_match_case(self, node: ast.match_case) -> ast.match_case:
        # A pattern names its classes, and cannot call.
        node.body = [self.visit(statement) for statement in node.body]
        node.guard = node.guard and self.visit(node.guard)
        return node

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        self.generic_visit(node)
        if not isinstance(node.ctx, ast.Load):
            return node
        _places.append((self._module, node.lineno, node.col_offset, node.attr))
        number = len(_places) - 1
        look_up = ast.Name(_LOOK_UP, ast.Load())
        call = ast.Call(look_up, [node.value, ast.Constant(node.attr), ast.Constant(number)], [])
        return ast.fix_missing_locations(ast.copy_location(call, node))


class _Loader(SourceFileLoader):
    def get_code(self, fullname: str) -> CodeType:  # noqa: ARG002 - past the compiled file
        return self.source_to_code(self.get_data(self.path), self.path)

    def source_to_code(self, data: Any, path: Any, **_: Any) -> CodeType:  # type: ignore[override]
        tree = _Places(self.name).visit(ast.parse(data))
        return compile(tree, path, "exec", dont_inherit=True)

    def exec_module(self, module: ModuleType) -> None:
        vars(module)[_LOOK_UP] = _look_up
        super().exec_module(module)


class _Finder(MetaPathFinder):
    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if not fullname.startswith(_PACKAGE):
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is not None and type(spec.loader) is SourceFileLoader:
            spec.loader = _Loader(spec.loader.name, spec.loader.path)
        return spec


def install() -> None:
    """Have all modules of rowpath.fast that are imported from now on be able to fail."""
    for name in [name for name in sys.modules if name.startswith(_PACKAGE)]:
        del sys.modules[name]  # Django has imported the app's package
    sys.meta_path.insert(0, _Finder())
    package = find_spec(_PACKAGE.rstrip("."))
    assert package is not None
    assert package.origin is not None
    _put_into(Path(package.origin).parent)


def seen() -> list[Place]:
    """Return the places that were looked up since they were asked for last, in their order."""
    found = sorted(_places[number] for number in _seen)
    _seen.clear()
    return found


@contextmanager
def breaking(place: Place) -> Iterator[None]:
    """Have the look-up at `place` fail for as long as the block lasts."""
    _failed.clear()
    _broken.add(_places.index(place))
    try:
        yield
    finally:
        _broken.clear()


def has_failed(place: Place) -> bool:
    """Whether the look-up at `place` failed while it was broken last."""
    return _places.index(place) in _failed


def forget() -> None:
    """Have the package know nothing, as in a process that has just started."""
    # As instrumented: the one that is imported here would be from before install().
    import_module(f"{_PACKAGE}stores").forget()
