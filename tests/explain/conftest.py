import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from explain.shop_project import copied, explained, filled
from rowpath.explain.edits import diff
from rowpath.explain.project_of import ProjectOf
from rowpath.explain.values import Explained, Explanation, Finding

PROVED = (
    "/api/books/",
    "/api/authors/",
    "/api/strings/",
    "/api/page/",
    "/template/",
    "/generic/",
    "/helper/",
    "/manager/",
    "/property/",
    "/only/",
    "/defer/",
    "/iterator/",
    "/generic-key/",
    "/behind/",
    "/loop/",
    "/unordered/",
    "/now/",
    "/durable/",
)
OTHERS = (
    "/lookup/",
    "/filtered/",
    "/counted/",
    "/repaired/",
    "/detail/",
    "/few/",
    "/random/",
    "/union/",
    "/altered/",
    "/dearer/",
    "/writes/",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shop:
    """The shop, and what was found of all of its paths in one run."""

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


@pytest.fixture(scope="session")
def shop(project: ProjectOf) -> Shop:
    """All that one run finds of the shop, untimed."""
    return Shop(project=project, explanation=explained(project, (*PROVED, *OTHERS)))


@pytest.fixture(scope="session")
def repaired(shop: Shop, tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """A copy of the shop to which git applied the diff, explained anew."""
    folder = tmp_path_factory.mktemp("repaired") / "shop"
    shutil.copytree(shop.project.folder, folder, ignore=shutil.ignore_patterns("__pycache__"))
    change = diff(shop.explanation.edits, shop.explanation.root)
    subprocess.run(["git", "apply"], cwd=folder, input=change, text=True, check=True, timeout=60)  # noqa: S607 git of PATH
    own = ProjectOf(folder=Path(folder), settings=shop.project.settings)
    return Shop(project=own, explanation=explained(own, PROVED))
