"""Runs that are kept: one JSON file each, in a folder below the current one."""

import os
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_hex

from rowpath.errors import UsageError

FOLDER = Path(".rowpath/runs")
VARIABLE = "ROWPATH_RUNS_DIR"
_LAST = re.compile(r"last(?:~(\d{1,6}))?")


def runs_folder(chosen: Path | None = None) -> Path:
    """Return the folder of the kept runs; it need not be there yet.

    That is the `chosen` one, else that of ROWPATH_RUNS_DIR, else `.rowpath/runs` below the current
    folder.
    """
    return chosen or Path(os.environ.get(VARIABLE) or FOLDER)


def keep(text: str, *, kind: str, started_at: datetime, folder: Path | None) -> Path:
    """Write a run's JSON to a file of its own and return where it is; OSError where that fails.

    The file is there whole or not at all. Its name begins with the start in UTC, so names are in
    the order of time.
    """
    chosen = runs_folder(folder)
    chosen.mkdir(parents=True, exist_ok=True)
    if chosen.absolute().parent.name == FOLDER.parent.name:
        _ignore(chosen.absolute().parent)
    at = started_at.astimezone(UTC).strftime("%Y-%m-%dT%H-%M-%S-%f")
    path = chosen / f"{at}-{kind}-{token_hex(3)}.json"
    part = path.with_name(f"{path.name}.part")
    try:
        part.write_text(text, encoding="utf-8")
        part.replace(path)
    except OSError:
        part.unlink(missing_ok=True)
        raise
    return path


def _ignore(folder: Path) -> None:
    """Keep the folder out of a repository, unless somebody decided otherwise there."""
    file = folder / ".gitignore"
    if not file.exists():
        file.write_text("*\n", encoding="utf-8")


def kept_runs(folder: Path | None = None) -> Sequence[Path]:
    """Return the files of all kept runs, the newest last; none where there is no folder.

    UsageError for a folder that cannot be read.
    """
    chosen = runs_folder(folder)
    try:
        return sorted(path for path in chosen.iterdir() if path.suffix == ".json")
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise UsageError(
            f"Cannot list the runs in {chosen}: {error.strerror or error}. "
            f"Name another folder with --runs-dir or {VARIABLE}."
        ) from error


def find(text: str, folder: Path | None = None) -> Path:
    """Return the file of a run that is named by its path, by the start of its name, or as `last`.

    `last~1` is the one before the last, and so on. UsageError where there is none, or more than
    one. A path wins: it is what a shell completes.
    """
    path = Path(text)
    if path.is_file():
        return path
    kept = kept_runs(folder)
    place = runs_folder(folder)
    counted = _LAST.fullmatch(text)
    if counted:
        back = int(counted[1] or 0)
        if back < len(kept):
            return kept[-1 - back]
        number = f"{len(kept)} run{'' if len(kept) == 1 else 's'}"
        raise UsageError(
            f"Cannot find the run {text}: {place} has {number}. See `rowpath runs` for what there "
            "is, or give the path of a run's JSON."
        )
    found = [each for each in kept if text and each.name.startswith(text)]
    if len(found) == 1:
        return found[0]
    if found:
        raise UsageError(
            f"Cannot find the run {text}: {len(found)} in {place} begin so, such as "
            f"{found[0].name} and {found[1].name}. Give more of the name."
        )
    raise UsageError(
        f"Cannot find the run {text}: it is no file, and none in {place} begins so. See "
        "`rowpath runs` for what there is."
    )
