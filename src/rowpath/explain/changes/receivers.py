"""Of which class an object is whose method is called, as far as the source says it; pure."""

import ast
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property

Modules = Callable[[str], Sequence[ast.Module]]
"""Gives the project's modules that have a text."""
LIBRARY = "a library's"
_LIBRARIES = frozenset({"sqlalchemy", "sqlmodel", "fastapi", "starlette", "httpx", "redis"})
_BUILTIN = frozenset({"dict", "list", "set", "tuple", "str", "bytes"})
_OF_STATEMENTS = frozenset(
    {
        *("execute", "scalars", "stream", "stream_scalars", "query", "exec", "unique", "mappings"),
        *("filter", "filter_by", "where", "options", "order_by", "limit", "offset", "join"),
    }
)
"""Methods of SQLAlchemy's whose results have `all`, `first` and the like."""
_OF_ANY_CLASS = frozenset({"state", "app", "info"})
"""Attributes of libraries' objects that hold the project's."""
_Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


class Receivers:
    """Which attributes of a module may be a method of a class, and which are another's for sure."""

    def __init__(self, tree: ast.Module, modules: Modules) -> None:
        self._tree = tree
        self._modules = modules
        self._asking: set[ast.expr] = set()

    def may_be_of(self, attribute: ast.Attribute, owner: str) -> bool:
        """Return whether an attribute may be read of an object of a class, or of one below it."""
        if attribute in self._decorators:
            return False
        found = self._class_of(attribute.value)
        if found is None:
            return True
        if found == LIBRARY:
            return False
        bases = self._bases(found, set())
        return bool({owner, "Protocol"} & bases) or found in self._bases(owner, set())

    @cached_property
    def _decorators(self) -> set[ast.expr]:
        """Return what makes functions routes, as in `@router.get("/books")`."""
        return {
            call.func
            for node in ast.walk(self._tree)
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
            for call in node.decorator_list
            if isinstance(call, ast.Call)
        }

    @cached_property
    def _outer(self) -> dict[ast.AST, ast.AST]:
        return {
            child: node for node in ast.walk(self._tree) for child in ast.iter_child_nodes(node)
        }

    def _around(self, node: ast.AST) -> Iterator[ast.AST]:
        while node in self._outer:
            node = self._outer[node]
            yield node

    def _class_of(self, node: ast.expr) -> str | None:
        """Return the name of a class of the project's, or LIBRARY; None where nothing says it."""
        if node in self._asking:  # what is given to each other, as in `a, b = b, a`
            return None
        self._asking.add(node)
        try:
            return self._class_of_kind(node)
        finally:
            self._asking.remove(node)

    def _class_of_kind(self, node: ast.expr) -> str | None:
        if isinstance(node, ast.Await):
            return self._class_of(node.value)
        if isinstance(node, ast.Call):
            return self._class_of_result(node)
        if isinstance(node, ast.Name):
            return self._class_of_name(node)
        if isinstance(node, ast.Attribute):
            return self._class_of_attribute(node)
        return LIBRARY if isinstance(node, ast.Dict | ast.DictComp) else None

    def _class_of_result(self, call: ast.Call) -> str | None:
        if isinstance(call.func, ast.Name):
            return self._named(call.func.id)
        is_of_statement = isinstance(call.func, ast.Attribute) and call.func.attr in _OF_STATEMENTS
        return LIBRARY if is_of_statement and not self._defines(ast.unparse(call.func)) else None

    def _defines(self, name: str) -> bool:
        """Return whether the project has a function or method of a name."""
        own = name.rpartition(".")[2]
        return any(
            isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name == own
            for module in self._modules(f"def {own}(")
            for node in ast.walk(module)
        )

    def _class_of_name(self, name: ast.Name) -> str | None:
        for scope in self._around(name):
            if isinstance(scope, _Function):
                if scope.args.kwarg is not None and scope.args.kwarg.arg == name.id:
                    return LIBRARY
                found = [each for each in _arguments(scope) if each.arg == name.id]
                if found:
                    return self._class_of_argument(found[0], scope)
            if isinstance(scope, _Function | ast.Module):
                given = list(_given(scope, name.id))
                if given:
                    kinds = {None if each is None else self._class_of(each) for each in given}
                    return kinds.pop() if len(kinds) == 1 else None
        return None

    def _class_of_argument(self, argument: ast.arg, function: ast.AST) -> str | None:
        if argument.annotation is not None:
            return self.annotated(argument.annotation)
        owner = self._outer[function]
        return owner.name if argument.arg == "self" and isinstance(owner, ast.ClassDef) else None

    def _class_of_attribute(self, node: ast.Attribute) -> str | None:
        if isinstance(node.value, ast.Name) and node.value.id == "self":
            return self._class_of_own(node)
        is_of_standard = ast.unparse(node).partition(".")[0] in sys.stdlib_module_names
        is_any = node.attr in _OF_ANY_CLASS or self._class_of(node.value) != LIBRARY
        return LIBRARY if is_of_standard or not is_any else None

    def _class_of_own(self, node: ast.Attribute) -> str | None:
        """Return the class of `self.session`, which `__init__` was given, or the class declares."""
        classes = [each for each in self._around(node) if isinstance(each, ast.ClassDef)]
        if not classes:
            return None
        for said in classes[0].body:
            if isinstance(said, ast.AnnAssign) and ast.unparse(said.target) == node.attr:
                return self.annotated(said.annotation)
        given = [
            value
            for each in ast.walk(classes[0])
            if isinstance(each, ast.Assign)
            for target, value in _assigned(each)
            if ast.unparse(target) == f"self.{node.attr}"
        ]
        return self._class_of(given[0]) if len(given) == 1 else None

    def annotated(self, node: ast.expr, *, has_alias: bool = True) -> str | None:
        """Return the class that an annotation names, as `_class_of` does."""
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            return self._named(node.value)
        if isinstance(node, ast.BinOp):
            is_optional = isinstance(node.right, ast.Constant) and node.right.value is None
            return self.annotated(node.left, has_alias=has_alias) if is_optional else None
        if isinstance(node, ast.Subscript):
            first = node.slice.elts[0] if isinstance(node.slice, ast.Tuple) else node.slice
            is_wrapped = ast.unparse(node.value).rpartition(".")[2] in {"Annotated", "Optional"}
            return self.annotated(first if is_wrapped else node.value, has_alias=has_alias)
        name = ast.unparse(node).rpartition(".")[2]
        found = self._named(name)
        if found is not None or not has_alias:
            return found
        for module in self._modules(f"{name} = "):
            for value in _given(module, name):
                if value is not None:
                    return Receivers(module, self._modules).annotated(value, has_alias=False)
        return None

    def _named(self, name: str) -> str | None:
        if self._classes(name):
            return name
        imported = (
            node.module.partition(".")[0]
            for node in ast.walk(self._tree)
            if isinstance(node, ast.ImportFrom) and node.module and not node.level
            if any((each.asname or each.name) == name for each in node.names)
        )
        return LIBRARY if name in _BUILTIN or _LIBRARIES.intersection(imported) else None

    def _classes(self, name: str) -> list[ast.ClassDef]:
        return [
            node
            for module in self._modules(f"class {name}")
            for node in ast.walk(module)
            if isinstance(node, ast.ClassDef) and node.name == name
        ]

    def _bases(self, name: str, seen: set[str]) -> set[str]:
        """Return the names of a class and of all that it inherits from."""
        if name not in seen:
            seen.add(name)
            for each in self._classes(name):
                for base in each.bases:
                    inner = base.value if isinstance(base, ast.Subscript) else base
                    self._bases(ast.unparse(inner).rpartition(".")[2], seen)
        return seen


def _arguments(function: _Function) -> Iterator[ast.arg]:
    given = function.args
    yield from (*given.posonlyargs, *given.args, *given.kwonlyargs)


def _given(scope: ast.AST, name: str) -> Iterator[ast.expr | None]:
    """Yield what a name is given in a function, or by a module's own lines; None by a loop, say."""
    nodes = scope.body if isinstance(scope, ast.Module) else list(ast.walk(scope))
    values: dict[int, ast.expr] = {}
    for node in nodes:
        if isinstance(node, ast.Assign):
            values |= {id(target): value for target, value in _assigned(node)}
        elif isinstance(node, ast.NamedExpr):
            values[id(node.target)] = node.value
    for node in nodes if not isinstance(scope, ast.Module) else _targets(scope):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and node.id == name:
            yield values.get(id(node))


def _assigned(node: ast.Assign) -> Iterator[tuple[ast.expr, ast.expr]]:
    """Yield what is assigned to what, of `a, b = c, d` each by itself."""
    for target in node.targets:
        if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
            if len(target.elts) == len(node.value.elts):
                yield from zip(target.elts, node.value.elts, strict=True)
        else:
            yield target, node.value


def _targets(module: ast.Module) -> Iterator[ast.expr]:
    for node in module.body:
        if isinstance(node, ast.Assign):
            yield from node.targets
