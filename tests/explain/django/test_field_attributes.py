"""Which columns are read of a row, told by the attributes of its model's class."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from explain.shop_project import SETTINGS
from rowpath.explain.project_of import ProjectOf

SCRIPT = """
import copy, json, pickle
import django
django.setup()
from shop.models import Author, Book
from django.db.models import Model
from rowpath.explain.django import field_attributes, project
from rowpath.explain.recording.phase_clock import PhaseClock

recorder = project.recorder()
patches = project.patches(recorder, PhaseClock())

def attributes():
    return {f"{owner.__name__}.{name}": value
            for owner in (Model, Author, Book) for name, value in vars(owner).items()}

def read_by(act):
    with recorder.watching(None, reads_columns=True):
        act()
    return {str(path): sorted(reads.columns)
            for each in recorder.observed().evaluated for reads in each.reads
            for path in ["__".join(hop.name for hop in reads.path)]}

def titles():
    return [book.title for book in Book.objects.all()]

def names():
    return [book.author.name for book in Book.objects.select_related("author")]

def changed():
    for book in Book.objects.all():
        book.title = "other"
        del book.title
        book.title = "again"

def pickled():
    return pickle.dumps(list(Author.objects.all()))

before = attributes()
with patches.recorded(), field_attributes.recorded(recorder):
    during = attributes()
    told = {act.__name__: read_by(act) for act in (titles, names, changed, pickled)}
told["same"] = attributes() == before
told["patched"] = sorted(name for name in before if during[name] is not before[name])
print(json.dumps(told))
"""


@pytest.fixture(scope="module")
def told(project: ProjectOf) -> dict[str, object]:
    """What a script says that reads the shop's rows while their attributes are watched."""
    script = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        cwd=project.folder,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": SETTINGS, "PYTHONPATH": str(Path.cwd())},
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
    )
    found: dict[str, object] = json.loads(script.stdout)
    return found


@pytest.mark.parametrize(
    ("act", "expected"),
    [
        ("titles", {"": ["title"]}),
        ("names", {"": [], "author": ["name"]}),
        ("changed", {"": []}),
        ("pickled", {"": ["bio", "id", "name", "publisher_id"]}),
    ],
)
def test_each_column_that_is_read_is_told(
    told: dict[str, object], act: str, expected: dict[str, list[str]]
) -> None:
    """A read is told, a write is none, and what takes a row whole reads all of it."""
    assert told[act] == expected


def test_attributes_are_as_before_behind_the_block(told: dict[str, object]) -> None:
    """Every column's attribute was replaced, and all are what they were."""
    assert told["same"] is True
    assert told["patched"] == [
        "Author.bio",
        "Author.id",
        "Author.name",
        "Author.publisher_id",
        "Book.author_id",
        "Book.blurb",
        "Book.id",
        "Book.is_published",
        "Book.title",
        "Model.__reduce__",
        "Model.save_base",
    ]
