"""All that a process keeps is declared, can be forgotten, and depends on settings where it says."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import rowpath.fast
from fast.conftest import Copies
from fast.projects import Inside, inside

SOURCE = Path(rowpath.fast.__file__).parent
MODULES = sorted(SOURCE.rglob("*.py"))

# What is written into and is no store, and why.
NOT_KEPT = {
    "rowpath.fast.stores._stores": "it is the list of them",
    "rowpath.fast.shipped._stand_ins": "what stands in a library's class stays there",
    "rowpath.fast.drf.answering.responses._outcomes": "an outcome belongs to its response",
    "rowpath.fast.django.stream._of_thread": "what is open has to be closed",
}
_MAKING = {
    "Bounded",
    "Counter",
    "OrderedDict",
    "WeakKeyDictionary",
    "WeakSet",
    "WeakValueDictionary",
    "bytearray",
    "defaultdict",
    "deque",
    "dict",
    "list",
    "local",
    "set",
}
_CACHING = {"cache", "lru_cache"}
_LITERALS = (ast.Dict, ast.List, ast.Set, ast.DictComp, ast.ListComp, ast.SetComp)
_WRITING = {
    "add",
    "append",
    "appendleft",
    "clear",
    "discard",
    "extend",
    "insert",
    "pop",
    "popitem",
    "put",
    "remove",
    "setdefault",
    "update",
}


@pytest.fixture(scope="module")
def project(copies: Copies) -> Iterator[Inside]:
    with copies("shop_storing") as dsn, inside({"databases": {"default": dsn}}) as running:
        yield running


def _module(path: Path) -> str:
    parts = path.relative_to(SOURCE).with_suffix("").parts
    return ".".join(("rowpath.fast", *parts)).removesuffix(".__init__")


def _called(node: ast.expr) -> str:
    function = node.func if isinstance(node, ast.Call) else node
    return ast.unparse(function).rpartition(".")[2].partition("[")[0]


def _of_module_or_class(body: list[ast.stmt]) -> Iterator[tuple[str, ast.expr]]:
    """Yield each name that lives as long as the process, and what it is bound to."""
    for node in body:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                yield name, value
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                yield name, value
            case ast.ClassDef(body=within):
                yield from _of_module_or_class(within)
            case ast.If(body=within, orelse=other):
                yield from _of_module_or_class([*within, *other])
            case ast.Try(body=within, orelse=other):
                yield from _of_module_or_class([*within, *other])


def _written(tree: ast.AST) -> set[str]:
    """Return the names whose objects a function writes into, or binds anew."""
    functions = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
    within = [one for one in ast.walk(tree) if isinstance(one, functions)]
    return {name for function in within for node in ast.walk(function) for name in _writes(node)}


def _writes(node: ast.AST) -> list[str]:
    match node:
        case ast.Subscript(value=owner, ctx=ast.Store() | ast.Del()):
            return [_called(owner)]
        case ast.Call(func=ast.Attribute(value=owner, attr=attr)) if attr in _WRITING:
            return [_called(owner)]
        case ast.AugAssign(target=ast.Name(id=name)):
            return [name]
        case ast.Global(names=bound):
            return bound
    return []


def undeclared(module: str, source: str) -> list[str]:
    """Return what `source` keeps for the life of the process without declaring it."""
    tree = ast.parse(source)
    written = _written(tree)
    found = [
        name
        for name, value in _of_module_or_class(tree.body)
        if _called(value) != "kept"
        and (
            (isinstance(value, ast.Call) and _called(value) in _MAKING | _CACHING)
            or (isinstance(value, _LITERALS) and name in written)
        )
    ]
    for node in ast.walk(tree):
        if isinstance(node, ast.Global):
            found += node.names
        if isinstance(node, ast.FunctionDef):
            decorators = [_called(one) for one in node.decorator_list]
            if _CACHING.intersection(decorators) and decorators[0] != "kept":
                found.append(node.name)
    return [f"{module}.{name}" for name in found]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_a_store_is_declared_where_it_is_made(path: Path) -> None:
    """Every cache and every container that is written into is `kept`, or told why it is not."""
    module = _module(path)

    assert [name for name in undeclared(module, path.read_text()) if name not in NOT_KEPT] == []


@pytest.mark.parametrize(
    "source",
    [
        "_a: WeakKeyDictionary[type, int] = WeakKeyDictionary()",
        "_a = weakref.WeakSet()",
        "_a = Bounded[int](5)",
        "_a: dict[str, int] = {}\ndef f(): _a['b'] = 1",
        "_A = []\ndef f(): _A.append(1)",
        "@cache\ndef _a(): ...",
        "@functools.lru_cache(maxsize=5)\ndef _a(): ...",
        "class A:\n    @cache\n    def _a(self): ...",
        "class A:\n    _a = {}\n    def f(self): self._a[1] = 2",
        "_a = cache(f)",
        "_a = None\ndef f():\n    global _a\n    _a = 1",
    ],
)
def test_a_store_that_is_not_declared_is_found(source: str) -> None:
    """The search sees each form in which a module could keep something."""
    assert [name.casefold() for name in undeclared("m", source)] == ["m._a"]


@pytest.mark.parametrize(
    "source",
    [
        "_a: dict[str, int] = kept({})\ndef f(): _a['b'] = 1",
        "@kept\n@cache\ndef _a(): ...",
        "_a = kept(cache(f), changed_by='X')",
        "_A = {1: 2}\ndef f(): return _A[1]",
    ],
)
def test_a_declared_store_or_a_table_is_none(source: str) -> None:
    """What is declared, and a table that nobody writes into, are in order."""
    assert undeclared("m", source) == []


def test_every_store_of_the_imported_modules_is_declared(project: Inside) -> None:
    """What can be emptied, once all is imported, is declared, or a table that nobody writes."""
    written = {f"{_module(path)}.{name}" for path in MODULES for name in _names_written(path)}
    found = project.call("storing:found")

    # A table's name is in capitals, or that of a type: the search above sees that none is written.
    assert [
        name
        for name in found
        if name not in NOT_KEPT
        and (name in written or not name.rpartition(".")[2].lstrip("_")[0].isupper())
    ] == []


def _names_written(path: Path) -> set[str]:
    return _written(ast.parse(path.read_text()))


def test_what_is_no_store_is_there() -> None:
    """Each exception names something that a module still has."""
    found = {name for path in MODULES for name in undeclared(_module(path), path.read_text())}

    assert set(NOT_KEPT) - found == {"rowpath.fast.stores._stores"} - found


def test_a_list_is_compiled_anew_once_all_is_forgotten(project: Inside) -> None:
    """The second list is not compiled, one after forget() is; each has the same bytes."""
    told = project.call("storing:anew")

    assert told == {
        "compiled": [1, 0, 1],
        "same": [True] * 3,
        "ways": ["compiled"] * 3,
    }


def test_forgetting_empties_all_stores(project: Inside) -> None:
    """Whatever can be counted is zero after forget()."""
    before, after = project.call("storing:emptied")

    assert before > 0
    assert after == 0


def test_a_changed_setting_is_seen(project: Inside) -> None:
    """The fast path's own settings, and Django's, hold from the next list on, and back."""
    seen = project.call("storing:settings_seen")

    assert seen == [
        [True, True, "compiled"],
        [True, True, "stored: it needs compiled code to be fast."],
        [True, True, "compiled"],
        [True, False, "compiled"],
        [True, False, "compiled"],
        [True, True, "compiled"],
    ]


def test_two_mixins_do_not_see_each_others_answer(project: Inside) -> None:
    """Why a view falls back is known for the mixin that asks, whichever asked first."""
    first, second = project.call("storing:two_mixins")

    assert first == second
    by_fast, by_other = first
    assert by_fast == "fast.shop.storing._OwnList has a list() of its own"
    assert by_other is None
