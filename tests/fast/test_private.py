"""What libraries keep to themselves is used only where a list says so, and that is checked."""

import ast
import functools
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Self

import pytest

import rowpath.fast
from fast.conftest import Copies
from fast.projects import Inside, inside
from rowpath.fast.django import private as of_django
from rowpath.fast.drf import private as of_drf
from rowpath.fast.private import Names, missing
from rowpath.fast.psycopg import private as of_psycopg

SOURCE = Path(rowpath.fast.__file__).parent
MODULES = sorted(path for path in SOURCE.rglob("*.py") if path.name != "private.py")

LISTS: tuple[Names, ...] = (
    of_django.NEEDED,
    of_django.USED_IF_THERE,
    of_drf.NEEDED,
    of_drf.USED_IF_THERE,
    of_psycopg.NEEDED,
    of_psycopg.USED_IF_THERE,
)
LISTED = {name for names in LISTS for found in names.values() for name in found}
LISTED_MODULES = {part for names in LISTS for path in names for part in path.split(".")}
# Named with an underscore, and documented all the same: by Django, and by Python.
DOCUMENTED = {"_meta", "_state", "_getframe"}
# Of rowpath's own that other modules name: what was compiled, and what is put into an instance.
OURS = {
    "_making",
    "_native",
    "_objects",
    "_tags",
    "_rowpath_source",
    "_rowpath_chunks",
    "_rowpath_instead_of",
    "_rowpath_looks",
    "_rowpath_mark",
    "_rowpath_marks",
    "_rowpath_represent",
    "_rowpath_stands_in",
    "_rowpath_wanted",
}
# What an import by name asks for in psycopg's own libpq; whoever asks answers for its absence.
ASKED_FOR = {"_pq_ctypes"}

_PRIVATE = re.compile(r"_[a-z]\w*")


@pytest.fixture(scope="module")
def dsn(copies: Copies) -> Iterator[str]:
    with copies("shop_private") as copied:
        yield copied


@pytest.fixture
def project(dsn: str) -> Iterator[Inside]:
    with inside({"databases": {"default": dsn}}) as running:
        yield running


def _used(tree: ast.AST) -> Iterator[str]:
    """Yield each private name that is looked up, stands in a string, or is imported."""
    for node in ast.walk(tree):
        found: tuple[object, ...] = ()
        if isinstance(node, ast.Attribute):
            found = (node.attr,)
        elif isinstance(node, ast.Constant):
            found = (node.value,)
        elif isinstance(node, ast.ImportFrom):
            found = (*(node.module or "").split("."), *(alias.name for alias in node.names))
        yield from (one for one in found if isinstance(one, str) and _PRIVATE.fullmatch(one))


def _own(tree: ast.AST) -> Iterator[object]:
    """Yield the names that a module gives to what is its own."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            yield node.name
        elif isinstance(node, ast.ClassDef):
            yield from (name for one in node.body for name in _of_class(one))
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            if isinstance(node.value, ast.Name) and node.value.id == "self":
                yield node.attr
        elif isinstance(node, ast.Dict):  # what is put into vars() of an instance
            yield from (key.value for key in node.keys if isinstance(key, ast.Constant))


def _of_class(node: ast.stmt) -> Iterator[object]:
    if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
        yield node.target.id
    elif isinstance(node, ast.Assign):
        for target in node.targets:
            if isinstance(target, ast.Name) and target.id == "__slots__":
                yield from (one.value for one in ast.walk(node) if isinstance(one, ast.Constant))


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_no_private_name_is_used_that_is_not_listed(path: Path) -> None:
    """Whatever a module uses of a library's private names, the library's list has."""
    tree = ast.parse(path.read_text())
    allowed = LISTED | LISTED_MODULES | DOCUMENTED | OURS | ASKED_FOR

    assert {*_used(tree)} - {*_own(tree)} - allowed == set()


def test_no_private_name_is_listed_that_is_not_used() -> None:
    """What is used no more is no reason to leave a list to DRF."""
    used = {name for path in MODULES for name in _used(ast.parse(path.read_text()))}

    assert {name for name in LISTED if name.startswith("_")} - used == set()


def test_the_libraries_have_what_is_needed(project: Inside) -> None:
    """With the versions that are installed here nothing is missing."""
    assert project.call("private:not_there") == [None, None, None]


def test_whatever_name_has_moved_all_lists_are_drfs(project: Inside) -> None:
    """Each name is gone in turn: the reason names it, the log does once, and DRF answers."""
    count, wrong, is_same, how = project.call("private:each_moved")

    assert wrong == []
    assert count > 40
    assert is_same
    assert how == "compiled"


def test_what_a_tool_has_put_in_front_of_a_class_hides_no_name(project: Inside) -> None:
    """It may be gone for the next list, and what is not there would be so for good."""
    assert project.call("private:made_by_a_tool") == [None, None]


def test_a_module_that_has_moved_is_no_error(project: Inside) -> None:
    """psycopg's private modules are looked for before anything imports them."""
    is_same, how, warnings = project.call("private:without_a_module")

    assert is_same
    assert how == ["there is no psycopg._preparing."] * 2
    assert warnings == [
        "The fast path is off on PostgreSQL, DRF answers: there is no psycopg._preparing."
    ]


class Base:
    _annotated: int

    def __new__(cls) -> Self:
        made = super().__new__(cls)
        made._made = 1  # type: ignore[attr-defined]
        return made


class Owner(Base):
    _of_class = 1

    def __init__(self) -> None:
        self._set = self._of_class


class Wrapped(Owner):
    @functools.wraps(Owner.__init__)  # type: ignore[misc] # mypy takes it for no function
    def __init__(self) -> None: ...


class Hidden(Owner):
    __init__ = functools.partialmethod(Owner.__init__)


@pytest.mark.parametrize("owner", ["Owner", "Wrapped", "Hidden"])
@pytest.mark.parametrize("name", ["_of_class", "_set", "_made"])
def test_a_name_is_found_wherever_it_is_set(owner: str, name: str) -> None:
    """One of the class, or one that an instance gets as it is made, also by a wrapped function."""
    assert missing({f"{__name__}.{owner}": (name,)}) is None


@pytest.mark.parametrize("name", ["_annotated", "_gone"])
def test_a_name_that_nothing_sets_is_missing(name: str) -> None:
    """An annotation alone is no attribute."""
    assert missing({f"{__name__}.Owner": ("_set", name)}) == f"{__name__}.Owner has no {name}"


@pytest.mark.parametrize("path", ["psycopg._gone", "psycopg._gone.Manager", "gone"])
def test_an_owner_that_there_is_not(path: str) -> None:
    """A class or module that has moved is told as it was named."""
    assert missing({path: ("_name",)}) == f"there is no {path}"
