"""How a module names what a change needs, and the import that it lacks."""

import pytest

from rowpath.explain.changes.edits import Edit, applied
from rowpath.explain.changes.imports import Names, joined
from rowpath.explain.trails import Owner

FILE = "/srv/crud.py"
BOOK = Owner(module="shop.models", name="Book")


def written(source: str, edits: tuple[Edit | None, ...]) -> str:
    return applied(source.encode(), [edit for edit in edits if edit is not None]).decode()


@pytest.mark.parametrize(
    ("source", "text", "changed"),
    [
        (
            "from sqlalchemy.orm import Session\n",
            "joinedload",
            "from sqlalchemy.orm import Session, joinedload\n",
        ),
        (
            "from sqlalchemy.orm import Session, selectinload\n",
            "joinedload",
            "from sqlalchemy.orm import Session, joinedload, selectinload\n",
        ),
        (
            "from sqlalchemy.orm import (\n    Mapped,\n    Session,\n)\n",
            "joinedload",
            "from sqlalchemy.orm import (\n    Mapped,\n    Session,\n    joinedload,\n)\n",
        ),
        (
            "from sqlalchemy import select\n",
            "joinedload",
            "from sqlalchemy import select\nfrom sqlalchemy.orm import joinedload\n",
        ),
        ("from sqlalchemy import orm\n", "orm.joinedload", "from sqlalchemy import orm\n"),
        (
            "from sqlalchemy.orm import joinedload as joined\n",
            "joined",
            "from sqlalchemy.orm import joinedload as joined\n",
        ),
    ],
)
def test_a_function_is_imported_where_it_is_missing(source: str, text: str, changed: str) -> None:
    """What the module has is taken by its name there, and else added where its like stands."""
    named = Names(FILE, source.encode(), 1).of_function("sqlalchemy.orm", "joinedload")

    assert (named.text, written(source, (named.edit,))) == (text, changed)


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("from shop.models import Book\n", "Book"),
        ("from .models import Book as Row\n", "Row"),
        ("from shop import models\n", "models.Book"),
        ("from . import models as m\n", "m.Book"),
        ("from shop import db\nfrom shop.schemas import Book\nrows = db.Book\n", "db.Book"),
        ("class Book(Base): ...\n", "Book"),
    ],
)
def test_a_class_is_named_as_the_module_has_it(source: str, text: str) -> None:
    """A class of another module has the name that this one imported it by."""
    named = Names(FILE, source.encode(), 1).of_class(BOOK)

    assert (named.text, named.edit) == (text, None)


@pytest.mark.parametrize(
    "source",
    [
        "import os\n\nprint(os)\n",
        "import os\n\ndef other():\n    from shop.models import Book\n",
        "import os\n\nif TYPE_CHECKING:\n    from shop.models import Book\n",
    ],
)
def test_a_class_that_is_not_there_is_imported(source: str) -> None:
    """A class is imported from where it is, if the module, or one function, has no name of it."""
    named = Names(FILE, source.encode(), 1).of_class(BOOK)

    assert named.text == "Book"
    assert written(source, (named.edit,)).startswith("import os\nfrom shop.models import Book\n\n")


def test_imports_of_several_changes_are_one_line() -> None:
    """Two changes of a file that import from one module at one place make one line of it."""
    source = b"import os\n"
    functions = ("joinedload", "selectinload", "joinedload")
    made = [Names(FILE, source, 1).of_function("sqlalchemy.orm", name).edit for name in functions]

    (edit,) = joined(edit for edit in made if edit is not None)

    assert edit.text == "\nfrom sqlalchemy.orm import joinedload, selectinload"
