"""The folder that PostgreSQL keeps its data in: made whole, and freed of what a crash left."""

import shutil
import signal
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path

import psutil

from rowpath.errors import DatabaseError
from rowpath.lab.database.disk import require_room
from rowpath.lab.database.os_user import OsUser
from rowpath.lab.database.programs import ENVIRONMENT, Programs
from rowpath.lab.folders import nearest

SUPERUSER = "rowpath"
# An empty PostgreSQL 18 takes 40 MiB, its log of changes up to 80 MiB before it is reused.
EMPTY_BYTES = 160 * 2**20
STOP_TIMEOUT_S = 120.0


def make_cluster(cluster: Path, programs: Programs, user: OsUser | None) -> None:
    """Make the data folder unless it is there, in a folder beside it that is then renamed."""
    for part in cluster.parent.glob(f"{cluster.name}.part-*"):
        shutil.rmtree(part, ignore_errors=True)  # of a command that was killed here
    if cluster.exists():
        return
    part = Path(tempfile.mkdtemp(prefix=f"{cluster.name}.part-", dir=cluster.parent))
    try:
        give(part, user)
        _initdb(part, programs, user)
        part.rename(cluster)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise


def require_room_for(cluster: Path) -> None:
    """DiskError when the data folder is not there and there is no room to make it."""
    if not cluster.exists():
        require_room(
            nearest(cluster.parent),
            EMPTY_BYTES,
            what="make a database",
            remedy="Free some, or name a folder on another disk with ROWPATH_DATA_DIR.",
        )


def give(folder: Path, user: OsUser | None) -> None:
    """Make the folder the user's own, closed to everybody else but root."""
    folder.chmod(0o700)
    if user is not None:
        shutil.chown(folder, user.uid, user.gid)


def free_of_leftovers(cluster: Path) -> None:
    """Stop a server of this folder that a crash left behind, and remove its pid file.

    Only for whoever holds the folder's lock. PostgreSQL removes a stale pid file by itself, unless
    another program has that pid by now; and a server whose guard was killed still runs.
    """
    pid_file = cluster / "postmaster.pid"
    if not pid_file.exists():
        return
    ours = [process for process in psutil.process_iter() if _works_in(process, cluster)]
    pids = {process.pid for process in ours}
    for process in ours:
        with suppress(psutil.NoSuchProcess):
            if process.ppid() not in pids:
                process.send_signal(signal.SIGINT)
    _, stubborn = psutil.wait_procs(ours, timeout=STOP_TIMEOUT_S)
    for process in stubborn:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(stubborn, timeout=STOP_TIMEOUT_S)
    pid_file.unlink(missing_ok=True)


def _works_in(process: psutil.Process, cluster: Path) -> bool:
    """Return whether the process is one of PostgreSQL's: each works in its data folder."""
    try:
        return process.name().startswith("postgres") and Path(process.cwd()) == cluster.resolve()
    except psutil.Error:  # ended meanwhile, or another user's, and so not ours
        return False


def _initdb(folder: Path, programs: Programs, user: OsUser | None) -> None:
    command = [
        programs.path("initdb"),
        f"--pgdata={folder}",
        f"--username={SUPERUSER}",
        "--auth=trust",  # on a socket in a folder that nobody else can enter
        "--encoding=UTF8",
        "--no-locale",
        "--no-instructions",
    ]
    identity = user.identity() if user else {}
    done = subprocess.run(
        command, env=ENVIRONMENT, cwd="/", capture_output=True, check=False, **identity
    )
    if done.returncode != 0:
        lines = "\n".join(done.stderr.decode(errors="replace").splitlines()[-10:])
        raise DatabaseError(
            f"Cannot make a database in {folder.parent}: initdb of PostgreSQL {programs.version} "
            f"ended with {done.returncode}. Its last lines say why:\n{lines}"
        )
