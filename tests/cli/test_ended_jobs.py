"""Every end of the main job but the good one; tests/cli/test_main_job.py has that."""

import re
import signal
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import psycopg
import pytest
from begun_job import LONGEST_S, Job, begun
from main_job import ROWS, rowpath, verified

from conftest import copy_cluster, enterable_folder
from living import that
from rowpath.lab.database import open_database
from rowpath.lab.dataset import LOGS, inspect
from rowpath.lab.record import from_json


@pytest.fixture
def job(new_cluster: Path) -> Iterator[Job]:
    """An experiment of one application, just begun on a database without rows."""
    with enterable_folder() as folder:
        copy_cluster(new_cluster, folder / "data")
        with begun(folder, "--sizes", "10", "serializers") as job:
            yield job


def dataset_is_whole_or_absent(folder: Path, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Return whether the data folder can be used at once, and holds all rows or none."""
    monkeypatch.setenv("ROWPATH_DATA_DIR", str(folder / "data"))
    with open_database(None) as database:
        held = inspect(database, LOGS)
        if held is None:
            return True
        with psycopg.connect(database.dsn) as connection:
            counted = connection.execute("SELECT count(*) FROM rowpath_lab.player_fight").fetchone()
        return counted == (held.rows,) == (ROWS,)


@pytest.mark.parametrize(
    ("moment", "number"),
    [
        ("using embedded", signal.SIGKILL),
        ("primary key", signal.SIGINT),
        ("checking", signal.SIGKILL),
        ("checking", signal.SIGTERM),
        ("block 1 of", signal.SIGINT),
        ("block 2 of", signal.SIGKILL),
    ],
)
def test_a_killed_job_leaves_no_process_and_a_whole_dataset(
    job: Job, moment: str, number: signal.Signals, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wherever it is hit and by whatever, all its processes end and the data can be used again."""
    job.wait_for(moment)

    job.process.send_signal(number)

    job.process.wait(timeout=LONGEST_S)
    assert job.none_left()
    assert dataset_is_whole_or_absent(job.folder, monkeypatch)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_what_was_measured_is_written_when_a_job_is_ended(
    job: Job, number: signal.Signals, code: int
) -> None:
    """A job that is told to end writes its run, which says that it is not whole."""
    job.wait_for("block 2 of")

    job.process.send_signal(number)

    assert job.process.wait(timeout=LONGEST_S) == code
    run = from_json((job.folder / "run.json").read_bytes())
    assert run.stopped is not None
    assert run.stopped.startswith("It was ended ")
    assert verified(job.folder / "run.json").returncode == 0
    assert {len(variant.samples_ms) for variant in run.experiments[0].variants} <= {1, 2}
    assert (job.folder / "run.html").exists()


def test_a_server_that_dies_in_the_middle_is_told_and_the_run_is_written(job: Job) -> None:
    """The message names the cell and ends with the server's last lines; nothing is lost."""
    job.wait_for("block 2 of")
    servers = that(job.processes(), lambda each: "gunicorn" in " ".join(each.cmdline()))
    assert servers

    for server in servers:
        server.kill()

    assert job.process.wait(timeout=LONGEST_S) == 9
    run = from_json((job.folder / "run.json").read_bytes())
    assert run.stopped is not None
    assert re.match(r"Cannot measure detail-\S+ \(controlled, 10 rows\)", run.stopped)
    assert "The last lines of the server's log" in run.stopped
    assert job.none_left()


def test_a_database_that_dies_in_the_middle_is_told(job: Job) -> None:
    """Without its database a job ends with a sentence and a code, not with a traceback."""
    job.wait_for("block 2 of")
    for process in that(job.processes(), lambda each: each.name() == "postgres"):
        with suppress(psutil.NoSuchProcess):  # the first one's end ends the others
            process.kill()

    assert job.process.wait(timeout=LONGEST_S) == 4
    assert job.process.stderr is not None
    said = job.process.stderr.read()
    assert "Cannot go on: the database broke off." in said
    assert "Traceback (most recent call last)" not in said
    stopped = from_json((job.folder / "run.json").read_bytes()).stopped
    assert stopped is not None
    assert stopped in said
    assert job.none_left()


def test_a_second_command_at_once_is_refused(job: Job) -> None:
    """Two commands never work on one database: the second says who does."""
    job.wait_for("checking")

    second = rowpath(job.folder, "serializers")

    assert second.code == 7
    assert f"pid {job.process.pid}" in second.err
