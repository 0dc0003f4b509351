"""The store of these tests: an ASGI application with SQLAlchemy, copied, filled and explained."""

import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from psycopg.conninfo import conninfo_to_dict

from explain.shop_project import explained
from rowpath.explain.changes.edits import diff
from rowpath.explain.project_of import ProjectOf, application_in
from rowpath.explain.values import Explained, Explanation, Finding
from rowpath.lab.database import Database, connect

SOURCE = Path(__file__).parent / "application"
APP = "store.main:app"


class Store:
    """The store, and what was found of some of its paths in one run."""

    def __init__(self, project: ProjectOf, explanation: Explanation) -> None:
        self.project = project
        self.explanation = explanation

    def of(self, path: str) -> Explained:
        """What was found of a path."""
        (found,) = (each for each in self.explanation.requests if each.request.path == path)
        return found

    def only(self, path: str) -> Finding:
        """The one finding of a path."""
        (finding,) = self.of(path).findings
        return finding

    def added(self, path: str) -> tuple[str, ...]:
        """The lines that the change of a path's one finding adds, without their indents."""
        text = diff(self.only(path).edits, self.explanation.root, context=0)
        lines = [line[1:] for line in text.splitlines() if line.startswith("+")]
        return tuple(line.strip() for line in lines if not line.startswith("++ "))


def copied(folder: Path, app: str = APP) -> ProjectOf:
    """Return a copy of the store's source, without tables."""
    shutil.copytree(SOURCE, folder, ignore=shutil.ignore_patterns("__pycache__", "*.sqlite3"))
    return application_in(folder, app)


def filled(folder: Path) -> ProjectOf:
    """Return a store with tables and rows, in SQLite or the database that STORE_DATABASE names."""
    project = copied(folder)
    subprocess.run([sys.executable, "fill.py"], cwd=folder, check=True, timeout=60)
    return project


@contextmanager
def in_postgresql(database: Database, name: str) -> Iterator[None]:
    """Have stores that are filled in the block in a new database of that name."""
    with connect(database.dsn) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    place = conninfo_to_dict(database.dsn)
    user = f"{place.get('user', '')}:{place.get('password', '')}"
    query = f"host={place.get('host', '')}&port={place.get('port', '')}"
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("STORE_DATABASE", f"postgresql+psycopg://{user}@/{name}?{query}")
        yield


def store_of(project: ProjectOf, paths: Sequence[str]) -> Store:
    """Return what is found of paths, without timing."""
    return Store(project, explained(project, paths))
