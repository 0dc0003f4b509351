"""The text by which a model has one index more."""

from pathlib import Path

import pytest

from rowpath.explain.changes.edits import applied, read
from rowpath.explain.findings.meta_edits import edits, name_of
from rowpath.explain.selected import Index, Table

INDEX = Index(model="shop.Sale", fields=("kind", "-day"))
PARTIAL = Index(model="shop.Sale", fields=("number",), condition=(("is_paid", False),))
FIELD = "    kind = models.TextField()\n"
MODEL = f"from django.db import models\n\n\nclass Sale(models.Model):\n{FIELD}"
ADDED = 'models.Index(fields=["kind", "-day"])'

META = "\n    class Meta:\n        indexes = [\n"


def table(
    file: Path,
    *,
    indexed: tuple[tuple[str, ...], ...] = (),
    has_inherited_meta: bool = False,
    reason: str | None = None,
) -> Table:
    """The table of the sales, whose class is in a file."""
    return Table(
        model="shop.Sale",
        app="shop",
        name="Sale",
        table="shop_sale",
        file=str(file),
        indexed=indexed,
        has_inherited_meta=has_inherited_meta,
        reason=reason,
    )


def changed(file: Path, source: str, index: Index = INDEX, of: Table | None = None) -> str | None:
    """The source with an index more; None where it cannot be had."""
    file.write_text(source)
    made = edits(of or table(file), index)
    return applied(read(str(file)), made).decode() if made else None


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The module of the models."""
    return tmp_path / "models.py"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", f"\n    class Meta:\n        indexes = [{ADDED}]\n"),
        (
            "\n    class Meta:\n        ordering = ['id']\n",
            f"\n    class Meta:\n        ordering = ['id']\n        indexes = [{ADDED}]\n",
        ),
        (
            "\n    class Meta:\n        indexes = []\n",
            f"\n    class Meta:\n        indexes = [{ADDED}]\n",
        ),
        (
            f"{META}            old,\n        ]\n",
            f"{META}            {ADDED},\n            old,\n        ]\n",
        ),
        (
            "\n    def __str__(self):\n        return self.kind\n",
            (
                f"\n    class Meta:\n        indexes = [{ADDED}]\n"
                "\n    def __str__(self):\n        return self.kind\n"
            ),
        ),
    ],
    ids=["none", "other-options", "empty", "on-lines", "before-methods"],
)
def test_the_index_stands_in_the_meta(file: Path, before: str, after: str) -> None:
    """A class without one gets it behind its fields; what it has is continued."""
    assert changed(file, MODEL + before) == MODEL + after


def test_a_condition_has_a_name_and_what_it_needs_is_imported(file: Path) -> None:
    """Django asks for a name of a partial index; names that are there are used."""
    source = f"from django.db.models import Model, TextField\n\n\nclass Sale(Model):\n{FIELD}"
    found = changed(file, source, PARTIAL)

    assert found is not None
    assert "from django.db.models import Index, Model, Q, TextField" in found
    assert (
        'Index(fields=["number"], name="sale_number_is_paid_idx", condition=Q(is_paid=False))'
    ) in found


@pytest.mark.parametrize(
    ("source", "is_inherited"),
    [
        (MODEL, True),
        (f"{MODEL}\n    class Meta(Base.Meta):\n        abstract = False\n", True),
        (f"{MODEL}\n    class Meta:\n        indexes = INDEXES\n", False),
        ("Sale = made()\n", False),
    ],
    ids=["inherited", "continued", "computed", "made"],
)
def test_what_is_not_plain_is_left_alone(file: Path, source: str, is_inherited: bool) -> None:  # noqa: FBT001
    """A Meta of its own would hide what a base says, and a computed list is not text."""
    of = table(file, has_inherited_meta=is_inherited)

    assert changed(file, source, of=of) is None


def test_a_librarys_model_is_left_alone(file: Path) -> None:
    """Its Meta is not the project's to change."""
    assert changed(file, MODEL, of=table(file, reason="Sale is a library's model")) is None


def test_names_are_as_short_as_django_asks(tmp_path: Path) -> None:
    """An index's name has 30 characters at the most."""
    index = Index(model="shop.Sale", fields=("a_long_name_of_a_field", "another_long_name"))

    assert name_of(table(tmp_path), index) == "sale_a_long_name_of_a_fiel_idx"
