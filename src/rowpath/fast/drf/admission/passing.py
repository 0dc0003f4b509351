"""What code calls with the data that it asks a serializer for, if it does nothing else with it.

`return Response(serializer.data)` looks at no row, and what DRF does with an answer's data is
known. So the rows need not be data there. It is told by the source, if that is there and compiles
to the code that runs: by the expression that asks, and what is called with its value.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import islice
from pathlib import Path
from types import CodeType, FrameType

from rowpath.fast.bounded import Bounded
from rowpath.fast.drf.admission.askers import Asked
from rowpath.fast.stores import kept

Callee = tuple[str, ...]
"""What is called, by its names: `Response`, or `self` and `get_paginated_response`."""

# Where an expression ends in its file, by line and column: the same in the tree and in the code.
_End = tuple[int, int]

_ASKED_FOR = "data"
# What is called with these may look at any variable of the function.
_LOOKING = frozenset(("dir", "eval", "exec", "locals", "vars"))
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_SCOPES = (*_FUNCTIONS, *_COMPREHENSIONS, ast.ClassDef, ast.Lambda)


@dataclass(frozen=True, slots=True)
class Site:
    """A place in a code that asks for data."""

    code: CodeType
    callees: tuple[Callee, ...]
    """All that may be called with the data; none if anything else may be done with it."""
    asked: Asked = field(default_factory=Asked)
    """How often somebody looked at the answers of this place."""


# By the code's identity, which the Site holds, and the instruction: two codes may be equal.
_sites: Bounded[Site] = kept(Bounded(1_000))


def site_of(frame: FrameType) -> Site:
    """Return the place at which `frame` is."""
    code, at = frame.f_code, frame.f_lasti
    return _sites.get((id(code), at), lambda: Site(code, _callees(code, at)))


def _callees(code: CodeType, at: int) -> tuple[Callee, ...]:
    # A code unit is two bytes.
    _, line, _, column = next(islice(code.co_positions(), at // 2, None))
    if line is None or column is None:  # a process without positions
        return ()
    source = _source_of(code.co_filename)
    return source.passed.get((line, column), ()) if code in source.codes else ()


@dataclass(frozen=True, slots=True)
class _Source:
    """A file: its codes, and what is called with the data that expressions in it ask for."""

    codes: frozenset[CodeType]
    passed: dict[_End, tuple[Callee, ...]]


@kept
@cache
def _source_of(file: str) -> _Source:
    try:
        tree = ast.parse(Path(file).read_bytes(), file)
        codes = frozenset(_within(compile(tree, file, "exec", dont_inherit=True)))
        return _Source(codes, dict(_passed(tree)))
    except (OSError, RecursionError, SyntaxError, ValueError):
        return _Source(frozenset(), {})


def _within(code: CodeType) -> Iterator[CodeType]:
    yield code
    for one in code.co_consts:
        if isinstance(one, CodeType):
            yield from _within(one)


def _passed(tree: ast.Module) -> Iterator[tuple[_End, tuple[Callee, ...]]]:
    parents = {child: parent for parent in ast.walk(tree) for child in ast.iter_child_nodes(parent)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr == _ASKED_FOR:
            callees = _callees_with(node, parents)
            if callees and node.end_lineno is not None and node.end_col_offset is not None:
                yield (node.end_lineno, node.end_col_offset), callees


_Parents = dict[ast.AST, ast.AST]


def _callees_with(node: ast.expr, parents: _Parents) -> tuple[Callee, ...]:
    """Return what is called with the value of `node`; nothing if that may go anywhere else."""
    value = _around(node, parents)
    if (callee := _called_with(value, parents)) is not None:
        return () if _is_bound_anew(callee, _scope(node, parents)) else (callee,)
    parent = parents.get(value)
    if isinstance(parent, ast.Assign) and len(parent.targets) == 1:
        target = parent.targets[0]
        if isinstance(target, ast.Name):
            found = _callees_with_name(target, parents)
            function = _scope(target, parents)
            return () if any(_is_bound_anew(one, function) for one in found) else found
    return ()


def _is_bound_anew(callee: Callee, function: ast.AST | None) -> bool:
    """Whether what `callee` begins with may be another when it is called than it is now."""
    if function is None:
        return True
    bound = [
        node
        for node in ast.walk(function)
        if isinstance(node, ast.Name) and node.id == callee[0] and not _is_read(node)
    ]
    walrus = (node.target for node in ast.walk(function) if isinstance(node, ast.NamedExpr))
    return len(bound) > 1 or any(target in bound for target in walrus)


def _is_read(name: ast.Name) -> bool:
    return isinstance(name.ctx, ast.Load)


def _around(node: ast.expr, parents: _Parents) -> ast.expr:
    """Return the display of a dict that has `node` for a value, and so on; or `node` itself."""
    while True:
        parent = parents.get(node)
        if isinstance(parent, ast.Dict):
            at = next((at for at, one in enumerate(parent.values) if one is node), None)
            if at is None or parent.keys[at] is None:  # a key, or unpacked
                return node
        elif not (isinstance(parent, ast.IfExp) and node is not parent.test):
            return node
        node = parent


def _called_with(value: ast.expr, parents: _Parents) -> Callee | None:
    """Return what is called with `value` as an answer's data."""
    parent = parents.get(value)
    call = parents.get(parent) if isinstance(parent, ast.keyword) else parent
    if not isinstance(call, ast.Call):
        return None
    is_data = isinstance(parent, ast.keyword) and parent.arg == _ASKED_FOR
    if is_data or (call.args and call.args[0] is value):
        return _names(call.func)
    return None


def _names(expression: ast.expr) -> Callee | None:
    if isinstance(expression, ast.Name):
        return (expression.id,)
    if isinstance(expression, ast.Attribute):
        owner = _names(expression.value)
        return None if owner is None else (*owner, expression.attr)
    return None


def _callees_with_name(target: ast.Name, parents: _Parents) -> tuple[Callee, ...]:
    """Return what is called with the variable `target` of a function, wherever it is read."""
    function = _scope(target, parents)
    if not isinstance(function, _FUNCTIONS):
        return ()
    callees: list[Callee] = []
    for node in ast.walk(function):
        if isinstance(node, (ast.Global, ast.Nonlocal)) and target.id in node.names:
            return ()
        if isinstance(node, ast.Name) and node.id in _LOOKING:
            return ()
        if not isinstance(node, ast.Name) or node.id != target.id:
            continue
        if _scope(node, parents) is not function or isinstance(parents[node], ast.AugAssign):
            return ()
        if isinstance(node.ctx, ast.Load):
            callee = _called_with(_around(node, parents), parents)
            if callee is None:
                return ()
            callees.append(callee)
    return tuple(callees)


def _scope(node: ast.AST, parents: _Parents) -> ast.AST | None:
    around = parents.get(node)
    while around is not None and not isinstance(around, _SCOPES):
        around = parents.get(around)
    return around
