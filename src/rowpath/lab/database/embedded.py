"""A PostgreSQL of our own: on a Unix socket, in a data folder, for the time of one command."""

import re
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psycopg
from psycopg.conninfo import make_conninfo

from rowpath.errors import DatabaseError, DiskError, ServerError
from rowpath.lab.database.cluster import (
    STOP_TIMEOUT_S,
    SUPERUSER,
    free_of_leftovers,
    give,
    make_cluster,
    require_room_for,
)
from rowpath.lab.database.lock import locked
from rowpath.lab.database.os_user import OsUser, user_for
from rowpath.lab.database.place import Database, one_line
from rowpath.lab.database.programs import (
    ENVIRONMENT,
    Programs,
    find_programs,
    reachable,
    require_reach,
)
from rowpath.lab.database.settings import PRELOADED, memory_bytes, settings_for
from rowpath.lab.folders import make
from rowpath.lab.servers.process import Process, Program, running
from rowpath.lab.variables import libpq_without_environment

# sun_path of unix(7) holds 108 bytes, on macOS 104; "/.s.PGSQL.5432" and a zero take 15.
LONGEST_SOCKET_FOLDER = 104 - 15
SHORT_FOLDER = Path("/tmp")  # noqa: S108  # what is made there is made by mkdtemp, closed to others
OWN = re.compile(r"lock|logs|sockets|programs-.*|lost\+found|\..*")
"""What may be in a data folder without a database."""
START_TIMEOUT_S = 300.0  # after a crash, the server first replays its log
START_PAUSE_S = 0.02


@contextmanager
def embedded_postgresql(
    folder: Path,
    settings: Mapping[str, str] | None = None,
    programs: Programs | None = None,
) -> Iterator[Database]:
    """Run PostgreSQL in the data folder for as long as the block lasts.

    `settings` go over those that fit the machine, `programs` are others than those that are found
    first. DatabaseError when it cannot be run, with the server's last words; BusyError when another
    command runs it; DiskError when there is no room.
    """
    programs = programs or find_programs()
    cluster = folder / f"postgresql-{programs.major}"
    user = _admitted(folder, cluster, programs)
    _make(folder)
    with locked(folder), libpq_without_environment(authenticating=False):
        programs = reachable(programs, user, folder)
        make_cluster(cluster, programs, user)
        free_of_leftovers(cluster)
        chosen = dict(_settings(programs)) | dict(settings or {})
        with _sockets(folder, user) as sockets:
            program = _program(programs, cluster, sockets, user, chosen)
            with _started(program) as process:
                dsn = make_conninfo(
                    host=str(sockets),
                    port=5432,
                    dbname="postgres",
                    user=SUPERUSER,
                    # Nobody asks for it. Without one, libpq would read the user's ~/.pgpass.
                    password=SUPERUSER,
                )
                _wait_until_ready(dsn, process, chosen)
                description = f"embedded PostgreSQL {programs.version}"
                yield Database(dsn=dsn, embedded=True, description=description)


def _admitted(folder: Path, cluster: Path, programs: Programs) -> OsUser | None:
    """Return whom to run PostgreSQL as in the folder; what is refused is so before it is made."""
    try:
        strange = [] if cluster.exists() else _strange(folder)
    except OSError as error:
        raise DatabaseError(
            f"Cannot use the data folder {folder}: {error.strerror}. "
            "Name another one with the environment variable ROWPATH_DATA_DIR."
        ) from error
    if strange:
        raise DatabaseError(
            f"Cannot use the data folder {folder}: it holds what is not rowpath's "
            f"({', '.join(strange[:3])}{', ...' if len(strange) > 3 else ''}). "  # noqa: PLR2004 as many as fit a line
            "Name a new or an empty one with the environment variable ROWPATH_DATA_DIR."
        )
    user = user_for(cluster)
    _check_entry(folder, user)
    require_reach(programs, user)
    require_room_for(cluster)
    return user


def _strange(folder: Path) -> list[str]:
    """Return what is in the folder that neither rowpath nor a file system or desktop puts there.

    None where PostgreSQL has a data folder in it.
    """
    names = sorted(each.name for each in folder.iterdir()) if folder.exists() else []
    if any(re.match(r"postgresql-\d", name) for name in names):
        return []
    return [name for name in names if not OWN.fullmatch(name)]


def _make(folder: Path) -> None:
    try:
        make(folder)
    except OSError as error:
        raise DatabaseError(
            f"Cannot make the data folder {folder}: {error.strerror}. "
            "Name another one with the environment variable ROWPATH_DATA_DIR."
        ) from error


def _check_entry(folder: Path, user: OsUser | None) -> None:
    barrier = user.barrier(folder) if user else None
    if user is not None and barrier is not None:
        raise DatabaseError(
            f"Cannot run PostgreSQL in {folder}: the OS user {user.name}, whom root runs it as, "
            f"cannot enter {barrier}. Let others enter it (chmod o+x), or name another folder "
            "with the environment variable ROWPATH_DATA_DIR."
        )


def _settings(programs: Programs) -> Mapping[str, str]:
    return settings_for(memory_bytes(), statements=programs.has_library(PRELOADED))


@contextmanager
def _sockets(folder: Path, user: OsUser | None) -> Iterator[Path]:
    """Make a folder for the server's socket that only its user and root can enter."""
    sockets = folder / "sockets"
    if not _may_hold_sockets(sockets):
        sockets = Path(tempfile.mkdtemp(prefix="rowpath-", dir=SHORT_FOLDER))
    else:
        sockets.mkdir(exist_ok=True)
    try:
        give(sockets, user)
        yield sockets
    finally:
        shutil.rmtree(sockets, ignore_errors=True)  # somebody may have removed it meanwhile


def _may_hold_sockets(folder: Path) -> bool:
    """Return whether server and client can be told of the folder: to both, a comma ends its name.

    A connection string is UTF-8, which a name need not be.
    """
    try:
        length = len(str(folder).encode())
    except UnicodeEncodeError:
        return False
    return length <= LONGEST_SOCKET_FOLDER and not set(',"') & set(str(folder))


def _program(
    programs: Programs,
    cluster: Path,
    sockets: Path,
    user: OsUser | None,
    settings: Mapping[str, str],
) -> Program:
    options = [f"--{name}={value}" for name, value in settings.items()]
    return Program(
        name=f"PostgreSQL {programs.version}",
        argv=(programs.path("postgres"), "-D", str(cluster), "-k", str(sockets), *options),
        env=ENVIRONMENT,
        log=cluster.with_suffix(".log"),
        stop_signal=signal.SIGINT,  # a fast shutdown: sessions are ended, the data is written
        stop_timeout_s=STOP_TIMEOUT_S,
        user=user.name if user else None,
    )


@contextmanager
def _started(program: Program) -> Iterator[Process]:
    """Run the server; a failure to start it is one of the database here."""
    with ExitStack() as stack:
        try:
            process = stack.enter_context(running(program))
        except ServerError as error:
            raise DatabaseError(str(error)) from error
        yield process


def _wait_until_ready(dsn: str, process: Process, settings: Mapping[str, str]) -> None:
    """Return when the server answers; DatabaseError with its last words when it never will."""
    deadline = time.monotonic() + START_TIMEOUT_S
    while True:
        try:
            with psycopg.connect(dsn, autocommit=True) as connection:
                if settings.get("shared_preload_libraries") == PRELOADED:
                    connection.execute(f"CREATE EXTENSION IF NOT EXISTS {PRELOADED}")
                return
        except psycopg.OperationalError as error:
            if not process.is_alive():
                raise _ended(process.log_tail()) from error
            if time.monotonic() > deadline:
                raise DatabaseError(
                    f"Cannot start PostgreSQL: it was not ready within {START_TIMEOUT_S:.0f} s "
                    f"({one_line(error)}). Its last lines may say why:\n{process.log_tail()}"
                ) from error
        time.sleep(START_PAUSE_S)


def _ended(last_lines: str) -> DatabaseError | DiskError:
    if "No space left on device" in last_lines:
        return DiskError(
            "Cannot start PostgreSQL: its disk is full. Free some there, or name a folder on "
            f"another disk with ROWPATH_DATA_DIR. Its last lines:\n{last_lines}"
        )
    return DatabaseError(
        "Cannot start PostgreSQL: it ended while it started. Its last lines say why; if its folder "
        f"is damaged, remove that and the rows are built anew:\n{last_lines}"
    )
