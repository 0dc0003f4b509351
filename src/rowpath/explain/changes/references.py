"""Whether several parts of a project come by the same code, as its source tells."""

import ast
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path

from rowpath.explain.changes.receivers import Modules, Receivers
from rowpath.explain.project_of import ASGI, ProjectOf
from rowpath.explain.trails import Span

Shared = Callable[[Iterable[Span]], bool]
"""Says whether code beside what was asked may come by one of some calls."""
_ROUTES = frozenset(
    {
        *("get", "post", "put", "patch", "delete", "head", "options"),
        *("route", "api_route", "websocket"),
    }
)
"""Methods of an application or a router whose decorators make a function a route's."""
_LOOPS = (
    *(ast.For, ast.AsyncFor, ast.While),
    *(ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp),
)
_INSTALLED = frozenset({"site-packages", "dist-packages", "node_modules", "__pycache__"})


def shared_in(project: ProjectOf) -> Shared:
    """Return what says it of a project. Of Django's, the views of a trail are known by themselves.

    An application's function is shared where more than one place names it, or more than one route.
    """
    if project.framework is not ASGI:
        return lambda _: False

    @cache
    def modules(text: str) -> Sequence[ast.Module]:
        return tuple(_trees(project.folder, text))

    @cache
    def is_function_shared(file: str, name: str, owner: str) -> bool:
        return _is_shared(modules, file, name, owner)

    def is_shared(spans: Iterable[Span]) -> bool:
        functions = {(span.file, *each) for span in spans for each in _functions(span.function)}
        return any(is_function_shared(*each) for each in functions)

    return is_shared


def _functions(qualname: str) -> Iterator[tuple[str, str]]:
    """Yield the functions around code, each by its own name and its class's, if it is a method.

    Those of comprehensions are none.
    """
    for part in qualname.split(".<locals>."):
        owner, _, name = part.rpartition(".")
        if not name.startswith("<"):
            yield name, owner.rpartition(".")[2]


def _is_shared(modules: Modules, file: str, name: str, owner: str) -> bool:
    own = ast.parse(Path(file).read_bytes())
    routes = sum(_routes_of(own, name))
    if routes:
        return routes > 1 or any(isinstance(each, ast.Name) for each in _uses(own, name))
    uses = [(tree, list(_uses_of(tree, name, owner, modules))) for tree in modules(name)]
    is_used_once = sum(len(of_tree) for _, of_tree in uses) <= 1
    return not is_used_once or any(_is_handed_on_in_loop(*each) for each in uses)


def _uses_of(tree: ast.Module, name: str, owner: str, modules: Modules) -> Iterator[ast.AST]:
    """Yield what may name a function or, of an `owner`, its method."""
    receivers = Receivers(tree, modules)
    for each in _uses(tree, name):
        if not owner or (isinstance(each, ast.Attribute) and receivers.may_be_of(each, owner)):
            yield each


def _is_handed_on_in_loop(tree: ast.Module, uses: Sequence[ast.AST]) -> bool:
    """Return whether a loop gives a function to calls, which may make it several routes'."""
    return any(
        isinstance(argument, ast.Name | ast.Attribute) and argument in uses
        for loop in ast.walk(tree)
        if isinstance(loop, _LOOPS)
        for call in ast.walk(loop)
        if isinstance(call, ast.Call)
        for argument in (*call.args, *(keyword.value for keyword in call.keywords))
    )


def _routes_of(tree: ast.Module, name: str) -> Iterator[int]:
    """Yield how many decorators make each function of a name a route's."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name == name:
            calls = [each.func for each in node.decorator_list if isinstance(each, ast.Call)]
            yield sum(isinstance(each, ast.Attribute) and each.attr in _ROUTES for each in calls)


def _uses(node: ast.AST, name: str, *, is_local: bool = False) -> Iterator[ast.AST]:
    """Yield what names a function; in code that has a variable of its name that is no such name."""
    for child in ast.iter_child_nodes(node):
        is_function = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        is_own = is_local or (is_function and name in _variables(child))
        is_name = (
            isinstance(child, ast.Name)
            and isinstance(child.ctx, ast.Load)  # a schema's `author: Author` names no function
            and child.id == name
            and not is_own
        )
        if is_name or (isinstance(child, ast.Attribute) and child.attr == name):
            yield child
        yield from _uses(child, name, is_local=is_own)


def _variables(function: ast.AST) -> Iterator[str]:
    for node in ast.walk(function):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.arg):
            yield node.arg


def _trees(folder: Path, name: str) -> Iterator[ast.Module]:
    """Yield the project's modules that have a word."""
    for path in folder.rglob("*.py"):
        parts = path.relative_to(folder).parts
        is_own = not any(part in _INSTALLED or part.startswith(".") for part in parts)
        source = path.read_bytes() if is_own else b""
        if name.encode() in source:
            yield ast.parse(source)
