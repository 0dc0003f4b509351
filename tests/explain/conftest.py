import json
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from psycopg.conninfo import conninfo_to_dict

from explain.shop_project import copied, explained, filled, requests_of
from explain.store import APP, Store, store_of
from explain.store import filled as filled_store
from rowpath.explain.changes.edits import diff
from rowpath.explain.project_of import ProjectOf, application_in
from rowpath.explain.session import Wanted, explain
from rowpath.explain.values import Explained, Explanation, Finding
from rowpath.lab.database import Database, connect


@dataclass(frozen=True, slots=True, kw_only=True)
class Shop:
    """The shop, and what was found of some of its paths in one run."""

    project: ProjectOf
    explanation: Explanation

    def of(self, path: str) -> Explained:
        """What was found of a path."""
        (found,) = (each for each in self.explanation.requests if each.request.path == path)
        return found

    def only(self, path: str) -> Finding:
        """The one finding of a path."""
        (finding,) = self.of(path).findings
        return finding


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> ProjectOf:
    """A shop with 24 books, which no test changes."""
    return filled(copied(tmp_path_factory.mktemp("explain") / "shop"))


@pytest.fixture(scope="module")
def shop(project: ProjectOf, request: pytest.FixtureRequest) -> Shop:
    """What one untimed run finds of the PATHS that the file of tests names."""
    return Shop(project=project, explanation=explained(project, request.module.PATHS))


@pytest.fixture(scope="module")
def on_postgresql(
    database: Database, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[Shop]:
    """The same in a PostgreSQL, of the file's PATHS or of what it has WANTED.

    With rows of the WIDTH, and as many SALES, as the file names, if any.
    """
    name = request.module.__name__.rpartition(".")[2]
    with connect(database.dsn) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    place = conninfo_to_dict(database.dsn)
    options = {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": name,
        "USER": place.get("user", ""),
        "PASSWORD": place.get("password", ""),
        "HOST": place.get("host", ""),
        "PORT": str(place.get("port", "")),
    }
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("SHOP_DATABASES", json.dumps({"default": options}))
        patched.setenv("SHOP_WIDTH", getattr(request.module, "WIDTH", "1"))
        patched.setenv("SHOP_SALES", getattr(request.module, "SALES", "0"))
        project = filled(copied(tmp_path_factory.mktemp("postgresql") / "shop"))
        paths = getattr(request.module, "PATHS", ())
        wanted = getattr(request.module, "WANTED", Wanted(requests=requests_of(paths)))
        yield Shop(project=project, explanation=explain(wanted, project, None, lambda _: None))


@pytest.fixture(scope="module")
def repaired_on_postgresql(on_postgresql: Shop, tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """A copy of that shop to which git applied the diff, explained anew."""
    return _repaired(on_postgresql, tmp_path_factory)


@pytest.fixture(scope="module")
def repaired(shop: Shop, tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """A copy of the shop to which git applied the diff, explained anew."""
    return _repaired(shop, tmp_path_factory)


def _repaired(shop: Shop, tmp_path_factory: pytest.TempPathFactory) -> Shop:
    folder = tmp_path_factory.mktemp("repaired") / "shop"
    shutil.copytree(shop.project.folder, folder, ignore=shutil.ignore_patterns("__pycache__"))
    change = diff(shop.explanation.edits, shop.explanation.root)
    subprocess.run(["git", "apply"], cwd=folder, input=change, text=True, check=True, timeout=60)  # noqa: S607 git of PATH
    own = ProjectOf(folder=Path(folder), settings=shop.project.settings)
    paths = [each.request.path for each in shop.explanation.requests]
    return Shop(project=own, explanation=explained(own, paths))


@pytest.fixture(scope="session")
def store_project(tmp_path_factory: pytest.TempPathFactory) -> ProjectOf:
    """A store with 24 books, which no test changes."""
    return filled_store(tmp_path_factory.mktemp("explain") / "store")


@pytest.fixture(scope="module")
def store(store_project: ProjectOf, request: pytest.FixtureRequest) -> Store:
    """What one untimed run finds of the PATHS that the file of tests names."""
    return store_of(store_project, request.module.PATHS)


@pytest.fixture(scope="module")
def repaired_store(store: Store, tmp_path_factory: pytest.TempPathFactory) -> Store:
    """A copy of the store to which git applied the diff, explained anew."""
    folder = tmp_path_factory.mktemp("repaired") / "store"
    shutil.copytree(store.project.folder, folder, ignore=shutil.ignore_patterns("__pycache__"))
    change = diff(store.explanation.edits, store.explanation.root)
    subprocess.run(["git", "apply"], cwd=folder, input=change, text=True, check=True, timeout=60)  # noqa: S607 git of PATH
    paths = [each.request.path for each in store.explanation.requests]
    return store_of(application_in(folder, APP), paths)
