"""Runs `manage.py rowpath_plan` in the shop's project."""

import json
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

from fast.projects import TESTS, environment

Done = subprocess.CompletedProcess[str]

# What each object of --json has: what the first version had, and what came beside it.
FIRST_KEYS = {"route", "view", "has_mixin", "path", "falls_back", "sql", "saving", "unmeasured"}
KEYS = FIRST_KEYS | {
    "verdict",
    "mixin",
    "way",
    "data_by_drf",
    "one_piece",
    "unloaded",
    "missing",
    "blockers",
    "has_all_blockers",
    "unwritten",
    "mixin_behind",
    "rendered_otherwise",
    "refused",
}


def plan(
    dsn: str,
    *arguments: str,
    urls: str = "planned",
    settings: Mapping[str, Any] | None = None,
    environ: Mapping[str, str] | None = None,
    database: Mapping[str, Any] | None = None,
) -> Done:
    """Return what the command said, which is never a traceback."""
    own = {"ROOT_URLCONF": f"fast.shop.{urls}", **(settings or {})}
    given = {"databases": {"default": dsn}, "settings": own, "database": dict(database or {})}
    program = [sys.executable, "-W", "error", "-m", "django", "rowpath_plan", *arguments]
    done = subprocess.run(
        program,
        cwd=TESTS,
        env=environment(given) | dict(environ or {}),
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in done.stdout + done.stderr
    return done


def forecasts(dsn: str, *arguments: str, urls: str = "planned") -> dict[str, dict[str, Any]]:
    """Return what --json tells, by route."""
    done = plan(dsn, "--json", *arguments, urls=urls)
    assert done.returncode == 0, done.stderr
    return {one["route"]: one for one in json.loads(done.stdout)}
