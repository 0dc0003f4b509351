"""Which code several parts of an application come by."""

from pathlib import Path

import pytest

from rowpath.explain.changes.references import shared_in
from rowpath.explain.project_of import ASGI, DJANGO, ProjectOf
from rowpath.explain.trails import Scope, Span

ROUTES = """
from shop import crud
import os

@app.get("/one")
def one(): return crud.once()

@app.get("/two")
def two(): return [crud.twice() for _ in range(2)]

@app.get("/three")
@app.get("/four")
def three(): return crud.twice()

@app.get("/five")
def five(): return five_books()

@app.get("/books")
def books(): return shelf.books

def others():
    books = shelf.all()
    return books

class Shelf(BaseModel):
    shelves: list[str]

@app.get("/shelves", response_model=list[Shelf])
def shelves(): return crud.query()

def looped(): return crud.query()

for path in PATHS:
    app.get(path)(looped)

def keyed(): return crud.query()

for path in PATHS:
    app.add_api_route(path, endpoint=keyed)

def listed(): return crud.query()

more = [Route(path, listed) for path in PATHS]

def listed_by_keyword(): return crud.query()

yet_more = [Route(path, endpoint=listed_by_keyword) for path in PATHS]

@app.get("/called")
def called(): return 1

def calls(): return called()

@app.get("/listing")
def listing(): return [list(each) for each in crud.Repository().list()]

def five_books(): return [each.books for each in crud.method()]
"""
CRUD = """
def once(): ...
def twice(): ...
class Books:
    def method(self): ...
    def all(self): ...
class Repository:
    def list(self): ...
    def get(self): ...
def unnamed(): ...
"""


@pytest.fixture
def project(tmp_path: Path) -> ProjectOf:
    """An application with functions that one and that several places name."""
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "main.py").write_text(ROUTES)
    (tmp_path / "shop" / "crud.py").write_text(CRUD)
    installed = tmp_path / ".venv" / "site-packages"
    installed.mkdir(parents=True)
    (installed / "other.py").write_text("once(); once()\nfive_books()\n")
    return ProjectOf(folder=tmp_path, settings="shop.main:app", framework=ASGI)


def is_shared(project: ProjectOf, *functions: str) -> bool:
    """Whether others may come by functions of the project's, innermost first."""
    in_crud = {"once", "twice", "Books.method", "unnamed", "Repository.list", "Repository.get"}
    spans = (
        Span(
            file=str(project.folder / "shop" / f"{'crud' if function in in_crud else 'main'}.py"),
            function=function,
            scope=Scope.VIEW,
            line=1,
            column=0,
            end_line=1,
            end_column=1,
            is_direct=True,
        )
        for function in functions
    )
    return shared_in(project)(spans)


@pytest.mark.parametrize(
    "functions",
    [
        ("one",),
        ("once", "one"),
        ("unnamed",),
        ("two.<locals>.<listcomp>", "two"),
        ("Books.method", "five_books", "five"),
        ("Repository.list", "listing"),
        ("Repository.get", "one"),
        ("books",),
        ("shelves",),
    ],
)
def test_what_one_place_names_is_of_one_route(project: ProjectOf, *, functions: list[str]) -> None:
    """A route's function, and what it alone calls, by a comprehension or others; or nobody."""
    assert not is_shared(project, *functions)


@pytest.mark.parametrize(
    "functions",
    [
        ("twice", "two"),
        ("three",),
        ("called",),
        ("looped",),
        ("keyed",),
        ("listed",),
        ("listed_by_keyword",),
    ],
)
def test_what_several_places_name_is_shared(project: ProjectOf, *, functions: list[str]) -> None:
    """A function of two callers, of two routes, of a route and a caller, or of routes in a loop."""
    assert is_shared(project, *functions)


def test_views_of_django_are_known_by_themselves(project: ProjectOf) -> None:
    """Of its trails nothing is said by names."""
    django = ProjectOf(folder=project.folder, settings="shop.settings", framework=DJANGO)

    assert not is_shared(django, "twice", "two")
