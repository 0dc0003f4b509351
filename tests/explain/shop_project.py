"""The shop of these tests: a Django project that is copied, filled and explained."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from rowpath.explain.asking.route_list import RoutesWanted
from rowpath.explain.project_of import ProjectOf
from rowpath.explain.proving.timing import Timing
from rowpath.explain.session import Wanted, explain
from rowpath.explain.values import Explanation, Request

SOURCE = Path(__file__).parent / "project"
SETTINGS = "config.settings"
SHORT = Timing(most_blocks=6, budget_s=0)


def copied(folder: Path) -> Path:
    """Return a copy of the shop's source."""
    return shutil.copytree(SOURCE, folder, ignore=shutil.ignore_patterns("__pycache__"))


def filled(folder: Path) -> ProjectOf:
    """Return a shop with tables and rows, in SQLite or the database that SHOP_DATABASES names."""
    subprocess.run([sys.executable, "fill.py"], cwd=folder, check=True, timeout=60)
    return ProjectOf(folder=folder, settings=SETTINGS)


def printed(project: ProjectOf, script: str) -> Any:  # noqa: ANN401 - any JSON
    """Return the JSON that a script prints which sets up Django in the project."""
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=project.folder,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": project.settings},
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
    )
    return json.loads(done.stdout)


def explained(
    project: ProjectOf,
    paths: Sequence[str],
    *,
    timing: Timing | None = None,
    user: str | None = None,
    routes: tuple[str, ...] = (),
) -> Explanation:
    """Return what is found of paths and routes, without timing unless one is named."""
    requests = requests_of(paths, user)
    like = Request(path="", user=user)
    wanted = Wanted(
        requests=requests,
        routes=RoutesWanted(like=like, patterns=routes) if routes else None,
    )
    return explain(wanted, project, timing, lambda _: None)


def requests_of(paths: Sequence[str], user: str | None = None) -> tuple[Request, ...]:
    """Return a GET of each path."""
    return tuple(Request(path=path, user=user) for path in paths)


def visits(file: str, table: str) -> int:
    """Return how many visits the table of a SQLite has."""
    with closing(sqlite3.connect(file)) as connection:
        (number,) = connection.execute(f"SELECT COUNT(*) FROM {table}").fetchone()  # noqa: S608 ours
    return int(number)
