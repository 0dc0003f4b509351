"""The lock on a data folder, which the kernel gives up with the command, however that ends."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rowpath.errors import BusyError, DatabaseError

NAME = "lock"


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the folder for this command; BusyError names the pid of the command that does."""
    try:
        file = os.open(folder / NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise DatabaseError(
            f"Cannot use the data folder {folder}: {error.strerror}. "
            "Name a folder that you may write with the environment variable ROWPATH_DATA_DIR."
        ) from error
    try:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise _busy(folder, os.pread(file, 32, 0).decode(errors="replace").strip()) from None
        os.ftruncate(file, 0)
        os.pwrite(file, f"{os.getpid()}\n".encode(), 0)
        yield
    finally:
        os.close(file)


def _busy(folder: Path, holder: str) -> BusyError:
    command = f"pid {holder}" if holder else "its pid is not known yet"
    return BusyError(
        f"Cannot use the database in {folder}: another command of rowpath does ({command}). "
        "Wait until it has ended, stop it, or use another folder with ROWPATH_DATA_DIR."
    )
