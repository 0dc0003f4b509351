"""Runs that are kept: a file each, in a folder below the current one."""

import os
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_hex

FOLDER = Path(".rowpath/runs")
VARIABLE = "ROWPATH_RUNS_DIR"


def keep(text: str, *, kind: str, started_at: datetime, folder: Path | None) -> Path:
    """Write a run's JSON to a file of its own and return where it is; OSError where that fails.

    Without a `folder` it is that of ROWPATH_RUNS_DIR, or `.rowpath/runs` below the current one.
    """
    chosen = folder or Path(os.environ.get(VARIABLE) or FOLDER)
    chosen.mkdir(parents=True, exist_ok=True)
    if chosen.parent.name == FOLDER.parent.name:
        ignored = chosen.parent / ".gitignore"
        if not ignored.exists():
            ignored.write_text("*\n", encoding="utf-8")
    at = started_at.astimezone(UTC).strftime("%Y-%m-%dT%H-%M-%S")
    path = chosen / f"{at}-{kind}-{token_hex(3)}.json"
    part = path.with_name(f"{path.name}.part")
    try:
        part.write_text(text, encoding="utf-8")
        part.replace(path)
    except OSError:
        part.unlink(missing_ok=True)
        raise
    return path
