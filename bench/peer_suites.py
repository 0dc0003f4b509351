"""DRF's own test suite and those of packages around it, with rowpath's classes in their bases.

The suites come with the source distributions: of DRF and django-filter in the versions that are
installed here, of others in the newest. They run on SQLite, where the portable way answers, and on
an embedded PostgreSQL, where the compiled one does. Each runs as it is; with FastListMixin first in
the bases of each list view that the suite writes, and FastSerializer in those of each serializer,
where every test that has passed must pass, as where every serializer is marked as by FastMixin
instead, and where each list is tried behind DRF's answer, its views as they are; and once more with
DRF answering each list too that was answered fast, and making data of each row, where status,
content type, body and data must be the same, in values and types. What differs is told, and the
exit code is 1. It takes about ten minutes.

    python bench/peer_suites.py [--suite django-filter] [--database sqlite]
"""

import argparse
import importlib.metadata
import json
import os
import subprocess
import sys
import tarfile
import tempfile
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

from psycopg.conninfo import conninfo_to_dict

from rowpath.lab.database.embedded import embedded_postgresql
from scratch_venv import make_venv

BENCH = Path(__file__).parent
SQLITE, POSTGRESQL = "SQLite", "PostgreSQL"
PIP = (sys.executable, "-m", "pip", "-qq", "--disable-pip-version-check")
MODES = ("plain", "mixin", "marked", "everywhere", "compare")

# DRF's suite reads DATABASE_URL itself; for the others these settings do.
SETTINGS = """
import dj_database_url
from {settings} import *
if url := dj_database_url.config():
    DATABASES = {{"default": url}}
INSTALLED_APPS = tuple(app for app in INSTALLED_APPS if app != "django_nose")  # it is no more
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Suite:
    """A package's tests, what they need, and those that cannot pass with the mixin, with why."""

    package: str
    needs: tuple[str, ...]
    folder: str = "tests"
    settings: str | None = "tests.settings"
    """The module of its settings; None if its conftest configures Django."""
    path: str = "."
    """Where its imports begin."""
    databases: tuple[str, ...] = (SQLITE, POSTGRESQL)
    options: tuple[str, ...] = ()
    """Options of pytest."""
    expected: Mapping[str, str] = field(default_factory=dict)
    counting: frozenset[str] = frozenset()
    """Tests that count statements, of which a list that is tried sends more."""

    @property
    def requirement(self) -> str:
        """The version that is installed here, or the newest."""
        try:
            return f"{self.package}=={importlib.metadata.version(self.package)}"
        except importlib.metadata.PackageNotFoundError:
            return self.package


_ALL_NEED = ("pytest", "pytest-django", "dj-database-url", "markdown")
SUITES = (
    Suite(
        package="djangorestframework",
        # What its dependency groups `test` and `optional` name.
        needs=(
            *_ALL_NEED,
            "importlib-metadata<10.0",
            "django-guardian<3.6",
            "inflection",
            "legacy-cgi; python_version >= '3.13'",
            "pygments",
            "pyyaml",
            "requests",
            "uritemplate",
        ),
        settings=None,
        counting=frozenset(
            f"tests/test_generics.py::TestRootView::test_{method}_root_view"
            for method in ("get", "head")
        ),
    ),
    Suite(
        package="django-filter",
        needs=(*_ALL_NEED, "django-crispy-forms", "pytz"),
    ),
    Suite(
        package="drf-spectacular",
        needs=(*_ALL_NEED, "inflection"),
        settings=None,
        databases=(SQLITE,),  # its conftest names no other
    ),
    Suite(
        package="drf-extensions",
        needs=(*_ALL_NEED, "django-guardian<3.6", "mock"),
        folder="tests_app",
        settings="settings",
        path="tests_app",
        databases=(POSTGRESQL,),  # slow enough
        options=("--override-ini", "python_files=test*.py"),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What bench/peer_suites_plugin.py has written of one run."""

    tests: Mapping[str, str]
    lists: Mapping[str, int]
    reasons: Mapping[str, int]
    errors: Mapping[str, str]
    uncollected: Mapping[str, str]
    """Files of tests that could not be imported, and why."""
    differences: tuple[str, ...]

    def passed(self) -> set[str]:
        """Return the tests that passed."""
        return {test for test, outcome in self.tests.items() if outcome == "passed"}


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--suite", choices=[suite.package for suite in SUITES])
    parser.add_argument("--database", choices=[SQLITE, POSTGRESQL], type=_database)
    options = parser.parse_args()
    suites = [suite for suite in SUITES if options.suite in (None, suite.package)]
    databases = [options.database] if options.database else [SQLITE, POSTGRESQL]
    with tempfile.TemporaryDirectory(prefix="rowpath-peers-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # PostgreSQL runs as another user when we are root
        wrong = run_suites(suites, databases, folder)
    sys.exit(1 if wrong else 0)


def _database(name: str) -> str:
    return {"sqlite": SQLITE, "postgresql": POSTGRESQL}.get(name.lower(), name)


def run_suites(suites: Iterable[Suite], databases: Iterable[str], folder: Path) -> list[str]:
    """Run each suite on each database, print the table, and return what is wrong."""
    wrong: list[str] = []
    uncollected: dict[str, str] = {}
    reasons: Counter[str] = Counter()
    print_row(
        "suite", "database", *PASSED.values(), *PATHS.values(), "rows, marked", "tried", "differ"
    )
    print_row(*["---"] * (8 + len(PATHS) + 1))
    with embedded_postgresql(folder) as database:
        urls = {SQLITE: "", POSTGRESQL: url_of(database.dsn)}
        for suite in suites:
            prepared = prepare(suite, folder)
            for name in (name for name in databases if name in suite.databases):
                runs = {mode: run(suite, mode, prepared, urls[name]) for mode in MODES}
                print_row(prepared.version, name, *summary(runs))
                wrong += [f"{suite.package}, {name}: {what}" for what in differences(suite, runs)]
                for mode in ("mixin", "everywhere"):
                    reasons.update(runs[mode].reasons)
                uncollected |= runs["plain"].uncollected
    print_list("DRF answered, since", [f"{why}: {count}" for why, count in reasons.most_common()])
    print_list("Not run, with the mixin and without", map(": ".join, uncollected.items()))
    print_list("Differ", wrong)
    return wrong


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A suite that can be run: its version, an interpreter that has all it needs, its folder."""

    version: str
    python: Path
    folder: Path


def prepare(suite: Suite, folder: Path) -> Prepared:
    """Download the suite, and install what it needs."""
    sources = folder / suite.package
    # Only this one package from source: what its build needs may be wheels.
    download = ["download", "--no-deps", "--no-binary", suite.package, "--dest", str(sources)]
    subprocess.run([*PIP, *download, suite.requirement], check=True)
    [archive] = sources.glob("*.tar.gz")
    with tarfile.open(archive) as tar:
        tar.extractall(sources, filter="data")
    [root] = [entry for entry in sources.iterdir() if entry.is_dir()]
    version = f"{suite.package}=={root.name.rpartition('-')[2]}"
    tests = sources / "alone"  # without the package beside it, which is the installed one
    tests.mkdir()
    for name in (suite.folder, "pyproject.toml"):
        if (root / name).exists():
            (root / name).rename(tests / name)
    (tests / "peer_settings.py").write_text(SETTINGS.format(settings=suite.settings))
    python = make_venv(folder / f"venv-{suite.package}", [*suite.needs, version])
    return Prepared(version=version, python=python, folder=tests)


def run(suite: Suite, mode: str, prepared: Prepared, database_url: str) -> Run:
    """Run the suite in a process of its own. Ends the program if that cannot be done."""
    result, log = prepared.folder / "result.json", prepared.folder / "log.txt"
    environ = os.environ | {
        "PYTHONPATH": os.pathsep.join((str(BENCH), str(prepared.folder / suite.path))),
        "PEER_SUITES_MODE": mode,
        "PEER_SUITES_RESULT": str(result),
    }
    environ |= {"DATABASE_URL": database_url} if database_url else {}
    environ |= {"DJANGO_SETTINGS_MODULE": "peer_settings"} if suite.settings else {}
    program = [str(prepared.python), "-m", "pytest", "-p", "peer_suites_plugin", *suite.options]
    # Some files need what cannot be installed any more; the others are run all the same.
    program += ["-p", "no:cacheprovider", "--continue-on-collection-errors", suite.folder]
    result.unlink(missing_ok=True)
    with log.open("wb") as output:
        ended = subprocess.run(
            program, cwd=prepared.folder, env=environ, stdout=output, stderr=output, check=False
        )
    if ended.returncode not in (0, 1) or not result.exists():  # neither all passed nor some failed
        sys.exit(f"Cannot run the tests of {suite.package}: pytest ended with\n{log.read_text()}")
    written: dict[str, Any] = json.loads(result.read_text())
    return Run(**written | {"differences": tuple(written["differences"])})


PASSED = {
    "plain": "tests passed",
    "mixin": "with rowpath",
    "marked": "with marks",
    "everywhere": "tried behind DRF",
}
PATHS = {
    "compiled": "compiled",
    "portable": "portable",
    "instances": "instances",
    "data": "data",
    "drf": "DRF's",
    "rows": "rows",
}


def summary(runs: Mapping[str, Run]) -> list[str]:
    """Return the cells of a row of the table."""
    tests = (f"{len(runs[mode].passed()):,}" for mode in PASSED)
    counts = (str(runs["mixin"].lists.get(path, 0)) for path in PATHS)
    others = (runs["marked"].lists.get("rows", 0), runs["everywhere"].lists.get("tried", 0))
    differ = sum(len(run.differences) for run in runs.values())
    return [*tests, *counts, *map(str, others), str(differ)]


def differences(suite: Suite, runs: Mapping[str, Run]) -> list[str]:
    """Return what rowpath has changed, without what is expected."""
    plain, mixin = runs["plain"], runs["mixin"]
    lost = sorted(mixin.uncollected.keys() - plain.uncollected.keys())
    fixed = sorted(suite.expected.keys() & mixin.passed())
    return [
        *(f"{file} cannot be imported with the mixin: {mixin.uncollected[file]}" for file in lost),
        *(
            f"{test} fails {PASSED[mode]}: {runs[mode].errors.get(test)}"
            for mode in PASSED
            for test in sorted(plain.passed() - runs[mode].passed() - suite.expected.keys())
            if mode != "everywhere" or test not in suite.counting
        ),
        *(f"{test} is expected to fail and passes" for test in fixed),
        *sorted({one for run in runs.values() for one in run.differences}),
    ]


def url_of(dsn: str) -> str:
    """Return `dsn`, whose host is a folder, as a URL."""
    given = conninfo_to_dict(dsn)
    host = quote(str(given["host"]), safe="")
    return f"postgres://{given['user']}@{host}:{given['port']}/{given['dbname']}"


def print_list(title: str, lines: Iterable[str]) -> None:
    """Print a list, if there is anything in it."""
    if given := list(lines):
        print(f"\n{title}", *given, sep="\n- ")


def print_row(*cells: str) -> None:
    """Print one row of a Markdown table."""
    print("|", " | ".join(cells), "|", flush=True)


if __name__ == "__main__":
    main()
