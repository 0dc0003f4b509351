"""A pgbouncer in front of the tests' PostgreSQL, for as long as a block lasts."""

import os
import pwd
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from rowpath.lab.servers.process import Process, Program, running

READY_WITHIN_S = 30.0
# Debian puts it where only root's PATH leads.
PLACES = "/usr/sbin:/usr/local/sbin:/sbin"
PORT = 6432  # of a socket in a folder of its own, so that it is never taken
CONFIGURATION = """
[databases]
{name} = host={host} port={port} dbname={name} user={user}

[pgbouncer]
listen_addr =
listen_port = {own_port}
unix_socket_dir = {folder}
auth_type = any
pool_mode = {mode}
default_pool_size = {sessions}
min_pool_size = {sessions}
"""


@contextmanager
def pooled(dsn: str, mode: str, *, sessions: int) -> Iterator[str]:
    """Run pgbouncer over `dsn` with this pool_mode and number of sessions, all of them open.

    Gives its own DSN. It fails where there is no pgbouncer.
    """
    found = conninfo_to_dict(dsn)
    sockets = Path(str(found["host"]))
    with tempfile.TemporaryDirectory(prefix="rowpath-pool-", dir="/tmp") as name:
        folder = Path(name)
        owner = sockets.stat().st_uid  # nobody else may enter it, and pgbouncer refuses root
        shutil.chown(folder, owner)
        configured = folder / "pgbouncer.ini"
        configured.write_text(
            CONFIGURATION.format(
                name=found["dbname"],
                host=sockets,
                port=found["port"],
                user=found["user"],
                own_port=PORT,
                folder=folder,
                mode=mode,
                sessions=sessions,
            )
        )
        program = Program(
            name="pgbouncer",
            argv=(_pgbouncer(), str(configured)),
            env={},
            log=folder / "pgbouncer.log",
            user=None if owner == os.geteuid() else pwd.getpwuid(owner).pw_name,
        )
        pool = make_conninfo(dsn, host=str(folder), port=PORT)
        with running(program) as process:
            _wait_until_open(pool, process, sessions)
            yield pool


def _pgbouncer() -> str:
    found = shutil.which("pgbouncer", path=f"{os.environ['PATH']}:{PLACES}")
    assert found, "there is no pgbouncer: install the system's package of that name"
    return found


def _wait_until_open(pool: str, process: Process, sessions: int) -> None:
    """Return when the pool has opened all of its sessions, which it does within a second or so."""
    deadline = time.monotonic() + READY_WITHIN_S
    while time.monotonic() < deadline:
        assert process.is_alive(), process.log_tail()
        try:
            with psycopg.connect(pool, autocommit=True, prepare_threshold=None) as connection:
                while _sessions_of(connection) < sessions:
                    assert time.monotonic() < deadline, process.log_tail()
                    time.sleep(0.02)
        except psycopg.OperationalError:
            time.sleep(0.02)
        else:
            return
    raise AssertionError(f"pgbouncer was not ready in time:\n{process.log_tail()}")


def _sessions_of(connection: psycopg.Connection) -> int:
    own = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
    row = connection.execute(own).fetchone()
    assert row is not None
    return int(row[0])
