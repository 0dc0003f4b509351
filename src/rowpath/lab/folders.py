"""Where the lab keeps what outlives a command."""

import os
import sys
from pathlib import Path

import platformdirs

from rowpath.errors import UsageError

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
        except RuntimeError as error:
            raise UsageError(
                f"Cannot use the data folder {named}: {error}. Name another one with {VARIABLE}."
            ) from error
    if os.geteuid() != 0:
        return platformdirs.user_data_path("rowpath", appauthor=False)
    if sys.platform == "darwin":
        return platformdirs.site_data_path("rowpath", appauthor=False)
    return ROOT_FOLDER
