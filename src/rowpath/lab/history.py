"""Runs that are kept: one JSON file each, in a folder below the current one."""

import os
import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from secrets import token_hex

from rowpath.errors import UsageError

FOLDER = Path(".rowpath/runs")
VARIABLE = "ROWPATH_RUNS_DIR"
_NAME = re.compile(r"\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d-\d{6}-[a-z]+-[0-9a-f]{6}\.json")
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

    Those are they that are named as `keep` names them, whatever they hold. UsageError for a folder
    that cannot be read.
    """
    return [path for path in _files(folder) if _NAME.fullmatch(path.name)]


def strays(folder: Path | None = None) -> Sequence[Path]:
    """Return the other JSON files beside the kept runs: found by their names, and never as last.

    UsageError for a folder that cannot be read.
    """
    return [path for path in _files(folder) if not _NAME.fullmatch(path.name)]


def _files(folder: Path | None) -> Sequence[Path]:
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


def find(
    text: str, folder: Path | None = None, *, is_run: Callable[[Path], bool] = Path.exists
) -> Path:
    """Return the file of a run that is named by its path, by the start of its name, or as `last`.

    `last~1` is the one before the last, and so on, of the kept runs that `is_run` says are some: it
    is asked of no more than it takes. UsageError where there is none, or more than one. A path
    wins: it is what a shell completes.
    """
    path = Path(text)
    if path.is_file():
        return path
    if (counted := _LAST.fullmatch(text)) is not None:
        return _counted(text, int(counted[1] or 0), folder, is_run)
    place = runs_folder(folder)
    found = [each for each in _files(folder) if text and each.name.startswith(text)]
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


def _counted(text: str, back: int, folder: Path | None, is_run: Callable[[Path], bool]) -> Path:
    """Return the kept run that stands so many before the last."""
    runs = (path for path in reversed(kept_runs(folder)) if is_run(path))
    seen = list(islice(runs, back + 1))
    if len(seen) > back:
        return seen[back]
    number = f"{len(seen)} run{'' if len(seen) == 1 else 's'}"
    if others := strays(folder):
        number += f" named as kept runs are, and {len(others)} other JSON"
        number += f" file{'' if len(others) == 1 else 's'} such as {others[0].name}"
    raise UsageError(
        f"Cannot find the run {text}: {runs_folder(folder)} has {number}. See `rowpath runs` for "
        "what there is, or give the path of a run's JSON."
    )
