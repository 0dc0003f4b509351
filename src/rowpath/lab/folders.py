"""Where the lab keeps what outlives a command."""

import os
import sys
from pathlib import Path
from tempfile import TemporaryFile

import platformdirs

from rowpath.errors import OutputError, UsageError

VARIABLE = "ROWPATH_DATA_DIR"
ROOT_FOLDER = Path("/var/lib/rowpath")


def data_folder() -> Path:
    """Return the folder for the database and the logs; it need not be there yet.

    The environment variable ROWPATH_DATA_DIR names it. Otherwise it is the user's data folder, and
    for root one of the system's: PostgreSQL refuses to run as root, and the OS user that it runs
    as could not enter root's own.
    """
    named = os.environ.get(VARIABLE)
    if named:
        try:
            return Path(named).expanduser().absolute()
        except (RuntimeError, OSError) as error:  # no such user; no such current folder
            reason = getattr(error, "strerror", None) or str(error).rstrip(".")
            raise UsageError(
                f"Cannot use the data folder {named}: {reason}. Name another one with {VARIABLE}."
            ) from error
    if os.geteuid() != 0:
        return _of_user()
    if sys.platform == "darwin":
        return platformdirs.site_data_path("rowpath", appauthor=False)
    return ROOT_FOLDER


def _of_user() -> Path:
    """Return the user's data folder; UsageError where he has no home, as some users of containers.

    platformdirs raises an error then, and in older versions it returns a path that begins with ~.
    """
    try:
        folder = platformdirs.user_data_path("rowpath", appauthor=False)
    except RuntimeError:
        folder = Path()
    if folder.is_absolute():
        return folder
    raise UsageError(
        f"Cannot choose a data folder: the OS user {os.geteuid()} has no home. "
        f"Name one with {VARIABLE}."
    )


def logs_folder() -> Path:
    """Return the folder of the servers' logs, made; OutputError where nothing can be written."""
    folder = data_folder() / "logs"
    try:
        make(folder)
        with TemporaryFile(dir=folder):
            return folder
    except OSError as error:
        raise OutputError(
            f"Cannot write logs to {folder}: {error.strerror}. Name a data folder that you may "
            f"write with the environment variable {VARIABLE}."
        ) from error


def make(folder: Path) -> None:
    """Make the folder with those above it, all or none, for every user to enter.

    PostgreSQL may run as another OS user than we, whatever our umask is.
    """
    missing = [each for each in (folder, *folder.parents) if not each.exists()]
    made: list[Path] = []
    try:
        for each in reversed(missing):
            each.mkdir()
            made.append(each)
            each.chmod(0o755)
    except OSError:
        for each in reversed(made):
            each.rmdir()
        raise


def nearest(folder: Path) -> Path:
    """Return the folder, or the first above it that is there."""
    return next(each for each in (folder, *folder.parents) if each.exists())
