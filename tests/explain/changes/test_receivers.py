"""Of which class an object is whose method is called."""

import ast

import pytest

from rowpath.explain.changes.receivers import Receivers

MODULE = """
import os
from typing import Annotated, Any, Protocol
from fastapi import APIRouter, Depends, Request
from sqlalchemy.orm import Session

router = APIRouter()
SessionDep = Annotated[Session, Depends(get_db)]
ShelfDep = Annotated["Shelf", Depends()]
Round = Annotated[Round, Depends()]

class Base:
    def get(self, id): ...

class Shelf(Base):
    shared: "Shelf"
    def __init__(self, db: Session, other: "Crate"):
        self.db = db
        self.other = other
        self.first, self.second = other, db
    def get(self, id): CALL
    def list(self): ...

class Crate:
    def get(self, id): ...

class Has(Protocol):
    def get(self, id): ...

def resolved(): ...

@router.get("/")
def view(
    shelf: Shelf, dep: ShelfDep, base: Base, has: Has, unknown, any_: Any, crate: Crate,
    session: SessionDep, own: Session, request: Request, maybe: Shelf | None,
    options: dict[str, str], either: Shelf | Crate, round_: Round, **kwargs,
):
    local = Shelf(own)
    made = Crate()
    for looped in shelves: ...
    one, other = other, one
    both = Shelf(own) if made else made
    CALL
"""
ITS = (
    *("shelf.get(1)", "dep.get(1)", "base.get(1)", "has.get(1)", "unknown.get(1)", "any_.get(1)"),
    *("maybe.get(1)", "either.get(1)", "local.get(1)", "looped.get(1)", "both.get(1)"),
    *("one.get(1)", "round_.get(1)"),
    *("Shelf(own).get(1)", "resolved().get(1)", "request.state.shelf.get(1)", "Shelf.get"),
)
ITS_OWN = ("self.get(1)", "self.shared.get(1)", "self.unknown.get(1)")
ANOTHERS = (
    *("crate.get(1)", "made.get(1)", "session.get(Book, 1)", "own.get(Book, 1)", "{}.get(1)"),
    *("request.headers.get(1)", "kwargs.get(1)", "options.get(1)", "os.environ.get(1)"),
    *("Crate().get(1)", "own.scalars(select(Book)).get(1)", "router.get"),
)
ANOTHERS_OWN = (
    *("self.db.get(Book, 1)", "self.other.get(1)"),
    *("self.first.get(1)", "self.second.get(Book, 1)"),
)


def may_be_of(text: str, *, in_class: bool = False) -> bool:
    """Whether what is called in the view, or in the class, may be the shelf's method."""
    first, second, third = MODULE.split("CALL")
    tree = ast.parse(
        f"{first}{text if in_class else '...'}{second}{'...' if in_class else text}{third}"
    )
    (found,) = (
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and text.startswith(ast.unparse(node))
        if node.attr == "get"
        and node.lineno > len(MODULE.split("def view", maxsplit=1)[0].splitlines()) * (not in_class)
    )
    return Receivers(tree, lambda text: [tree] if text in MODULE else []).may_be_of(found, "Shelf")


@pytest.mark.parametrize("text", ITS)
def test_what_may_be_of_the_class_counts(text: str) -> None:
    """Of it, of what it inherits from, of a protocol, and of what nothing is known of."""
    assert may_be_of(text)


@pytest.mark.parametrize("text", ITS_OWN)
def test_what_its_own_object_has_counts(text: str) -> None:
    """Of itself, of what it declares as its class's, and of what it says nothing of."""
    assert may_be_of(text, in_class=True)


@pytest.mark.parametrize("text", ANOTHERS)
def test_what_is_anothers_for_sure_does_not_count(text: str) -> None:
    """Of another class of the project's, of libraries' objects, and of a result of SQLAlchemy's."""
    assert not may_be_of(text)


@pytest.mark.parametrize("text", ANOTHERS_OWN)
def test_what_its_object_was_given_is_of_its_annotation(text: str) -> None:
    """`self.db` is what `__init__` says that it is given."""
    assert not may_be_of(text, in_class=True)


def test_the_decorator_of_a_route_is_no_method_of_a_class() -> None:
    """`@router.get("/")`, wherever the router is from."""
    tree = ast.parse(MODULE.replace("CALL", "...").replace("router = APIRouter()", ""))
    (found,) = (
        node for node in ast.walk(tree) if isinstance(node, ast.Attribute) if node.attr == "get"
    )

    assert not Receivers(tree, lambda _: [tree]).may_be_of(found, "Shelf")
