"""A plain install brings the fast path and nothing of the lab, with a compiler or without."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from psycopg.conninfo import make_conninfo
from psycopg.sql import SQL, Identifier

from fast.projects import TESTS
from rowpath.lab.database import Database, connect

ROOT = TESTS.parent
SOURCES = ("pyproject.toml", "setup.py", "README.md", "LICENSE", "src")
MADE = ("*.so", "_making.cpp", "_native.cpp", "_tags.cpp", "__pycache__", "*.egg-info")
COMPILERS: dict[str, dict[str, str]] = {
    "with a compiler": {},
    "without a compiler": {"CC": "/bin/false", "CXX": "/bin/false"},
}
FRAMEWORK = ("djangorestframework", "psycopg[binary]")
# The standard library aside, all that the fast path may load.
MAY_LOAD = {
    *("rowpath", "django", "rest_framework", "psycopg", "psycopg_binary"),
    *("asgiref", "sqlparse", "typing_extensions"),
}
# What compiled modules and the interpreter itself load under names of their own.
NOT_PACKAGES = ("_cython", "cython_runtime", "_sysconfigdata")
LOADS = """
import importlib, json, pkgutil, sys
started_with = set(sys.modules)
import django
from django.conf import settings
settings.configure(INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth"])
django.setup()
import rowpath.fast
for module in pkgutil.walk_packages(rowpath.fast.__path__, "rowpath.fast."):
    if not module.name.endswith("._native"):  # imported by encoding where it is there
        importlib.import_module(module.name)
from rowpath.fast.encoding.compiled import compiled
compiled()
print(json.dumps(sorted(set(sys.modules) - started_with)))
"""


@dataclass(frozen=True, slots=True)
class Installed:
    """An environment with the project installed in it; `packages` are those that this brought."""

    python: Path
    packages: set[str]
    has_compiler: bool


def pip(python: Path, *arguments: str, env: Mapping[str, str] | None = None) -> str:
    program = [sys.executable, "-m", "pip", "--python", str(python), *arguments]
    quiet = {"PIP_DISABLE_PIP_VERSION_CHECK": "1", **(env or {})}
    done = subprocess.run(
        program, env=os.environ | quiet, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def packages(python: Path) -> set[str]:
    return {one["name"] for one in json.loads(pip(python, "list", "--format", "json"))}


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project's files, as they are before anything is built.

    What Cython makes of them stays for the next installation, which then only compiles.
    """
    folder = tmp_path_factory.mktemp("source")
    for name in SOURCES:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns(*MADE))
        else:
            shutil.copy(ROOT / name, folder / name)
    setup = folder / "setup.py"
    # How quick it is, nobody asks here; whoever works on it has compiled it as it is shipped.
    setup.write_text(setup.read_text().replace('"-O3"', '"-O0"'))
    return folder


@pytest.fixture(scope="module", params=COMPILERS)
def installed(
    request: pytest.FixtureRequest, source: Path, tmp_path_factory: pytest.TempPathFactory
) -> Installed:
    """An environment from nothing, with the project and then the framework beside it."""
    compilers = COMPILERS[request.param]
    venv = tmp_path_factory.mktemp("installed") / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(venv)], check=True)
    python = venv / "bin" / "python"
    pip(python, "install", str(source), env=compilers)
    shutil.rmtree(source / "build")
    brought = packages(python)
    pip(python, "install", "--no-compile", *FRAMEWORK)
    return Installed(python=python, packages=brought, has_compiler=not compilers)


@pytest.fixture
def dsn(database: Database) -> Iterator[str]:
    with connect(database.dsn) as connection:
        connection.execute(SQL("CREATE DATABASE {}").format(Identifier("fast_installed")))
        yield make_conninfo(database.dsn, dbname="fast_installed")
        connection.execute(
            SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier("fast_installed"))
        )


def run(python: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [str(python), *arguments], cwd=TESTS, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done


def test_a_plain_install_brings_nothing_but_itself(installed: Installed) -> None:
    """`pip install rowpath` has no dependency; the lab's are in its extra."""
    assert installed.packages == {"rowpath"}


def test_the_fast_path_loads_the_framework_and_itself_alone(installed: Installed) -> None:
    """All modules of rowpath.fast together load nothing of the lab and none of its libraries."""
    loaded = json.loads(run(installed.python, "-c", LOADS).stdout)

    own = {name for name in loaded if name.startswith("rowpath.")}
    tops = {name.partition(".")[0] for name in loaded} - set(sys.stdlib_module_names)
    assert "rowpath.fast.drf.streaming" in own
    assert {name for name in own if not f"{name}.".startswith("rowpath.fast.")} == set()
    assert {top for top in tops if not top.startswith(NOT_PACKAGES)} <= MAY_LOAD
    assert ("rowpath.fast.encoding._native" in own) is installed.has_compiler


def test_every_list_has_the_bytes_of_drf(installed: Installed, dsn: str) -> None:
    """What is installed answers what DRF answers, and says once if it has no compiled code."""
    done = run(installed.python, "-m", "fast.shop.compare", dsn, "Asia/Kathmandu", "compiled")

    told: dict[str, dict[str, Any]] = {
        line["name"]: line for line in map(json.loads, done.stdout.splitlines())
    }
    assert [name for name, one in told.items() if "difference" in one] == []
    path = "compiled" if installed.has_compiler else "portable"
    for name in ("related", "annotated", "values"):
        assert told[name]["outcomes"] == [path]
    assert done.stderr.count("Cannot use compiled code: ") == (not installed.has_compiler)
