"""The main job as a user runs it: one command, from nothing to a report; and its every end."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Timer
from uuid import uuid4

import psutil
import psycopg
import pytest

from conftest import enterable_folder, hearing_sigint
from rowpath.lab.database import Database, open_database
from rowpath.lab.dataset import PRODUCTS, inspect
from rowpath.lab.experiments import EXPERIMENTS
from rowpath.lab.record import Run, from_json

ROWS = 2_000
MARK = "ROWPATH_TEST_MARK"
# Jobs that are ended share nothing with the one that ends well, so another worker may have them.
endings = pytest.mark.xdist_group("jobs that are ended")
PROGRAM = Path(__file__).with_name("short_slots.py")
LONGEST_S = 300.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """A command that has ended, and the files that it was to write."""

    code: int
    out: str
    err: str
    folder: Path

    @property
    def json(self) -> Path:
        return self.folder / "run.json"

    @property
    def html(self) -> Path:
        return self.folder / "run.html"

    def run(self) -> Run:
        return from_json(self.json.read_bytes())


def command(folder: Path, *arguments: str) -> list[str]:
    files = ("--json", str(folder / "run.json"), "--html", str(folder / "run.html"))
    run = ("lab", "run", "--rows", str(ROWS), "--profile", "quick")
    return [sys.executable, str(PROGRAM), *run, *files, *arguments]


def environment(folder: Path, mark: str = "") -> dict[str, str]:
    return os.environ | {"ROWPATH_DATA_DIR": str(folder / "data"), MARK: mark, "COLUMNS": "120"}


def rowpath(folder: Path, *arguments: str) -> Finished:
    result = subprocess.run(
        command(folder, *arguments),
        env=environment(folder),
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    return Finished(code=result.returncode, out=result.stdout, err=result.stderr, folder=folder)


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """A folder with a data folder in it that several jobs share, as a user's do."""
    with enterable_folder() as made:
        yield made


@pytest.fixture(scope="module")
def finished(folder: Path) -> Finished:
    """The whole main job, every experiment, on a small table."""
    return rowpath(folder, "--sizes", "10")


def test_the_main_job_ends_well(finished: Finished) -> None:
    """Every experiment runs, and both files and the tables are there."""
    assert finished.code == 0, finished.err
    for experiment in EXPERIMENTS:
        assert experiment.name in finished.out
    assert finished.html.read_text().startswith("<!doctype html>")


def test_the_run_has_the_promised_keys(finished: Finished) -> None:
    """Scripts find the run's values under the names that the documentation gives."""
    run = json.loads(finished.json.read_text())

    assert {"schema_version", "seed", "environment", "dataset", "experiments"} <= set(run)
    assert [each["name"] for each in run["datasets"]] == ["products", "logs"]
    assert run["dataset"] == run["datasets"][0]
    lists = next(each for each in run["experiments"] if each["name"] == "lists")
    variant = lists["variants"][0]
    assert set(variant) >= {
        *("name", "setup", "rows", "time_ms", "bytes", "bytes_gzip"),
        *("sql_statements", "sql_ms", "cpu_ms", "peak_mib", "samples_ms"),
    }
    assert set(variant["time_ms"]) == {"median", "low", "high"}
    comparison = lists["comparisons"][0]
    assert set(comparison) >= {"variant", "baseline", "setup", "rows", "ratio"}
    assert set(comparison["ratio"]) == {"estimate", "low", "high"}


def test_every_variant_was_measured_in_every_block(finished: Finished) -> None:
    """Six blocks each, with an interval, a CPU time and a peak that a process can have."""
    for experiment in finished.run().experiments:
        for variant in experiment.variants:
            if variant.outcome is not None:
                continue
            once = variant.name.startswith("read-")
            assert len(variant.samples_ms) == (1 if once else 6)
            assert (variant.time_ms is None) == once
            assert variant.peak_mib > 20
            assert variant.cpu_ms is not None
            assert 0 < variant.cpu_ms < 10_000


def test_every_query_of_every_variant_has_its_plan(finished: Finished) -> None:
    """Next to the code and the SQL, the reader sees what PostgreSQL makes of it."""
    for experiment in finished.run().experiments:
        for variant in experiment.variants:
            for statement in variant.statements:
                if statement.text.startswith("SELECT"):
                    assert statement.plan is not None
                    assert "cost=" in statement.plan


def test_two_tasks_at_once_have_their_cpu_over_time(finished: Finished) -> None:
    """Both tasks and the database have a line, over the same moments."""
    loops = next(each for each in finished.run().experiments if each.name == "loops")
    first = next(variant for variant in loops.variants if variant.name == "t1-loop")

    assert [line.name for line in first.cpu_lines] == ["t1-loop", "t2-loop", "PostgreSQL"]
    assert len({line.at_s for line in first.cpu_lines}) == 1


def test_what_bulk_writes_skip_is_in_the_run(finished: Finished) -> None:
    """update() leaves the label, the time and the signal's note as they were, in every row."""
    writes = next(each for each in finished.run().experiments if each.name == "writes")
    left = {
        variant.name: {difference.column: difference.rows for difference in variant.differences}
        for variant in writes.variants
    }

    skipped = {"label_by_save": 10, "updated_by_auto_now": 10, "changes_by_signal": 10}
    assert left["update"] == left["bulk-update"] == left["copy"] == skipped
    assert left["save-atomic"] == left["update-all"] == {}


def test_a_technique_that_fails_is_told_with_its_error_and_why(finished: Finished) -> None:
    """The talk's error is a result: its message and its reason."""
    relations = next(each for each in finished.run().experiments if each.name == "relations")
    failing = next(each for each in relations.variants if each.name == "fk-select-related-only-id")

    assert failing.outcome is not None
    assert "FieldError: " in failing.outcome
    assert failing.time_ms is None


def test_code_and_statements_of_every_variant_are_in_the_run(finished: Finished) -> None:
    """What a reader compares is in the file: the source, and the SQL that it sent."""
    for experiment in finished.run().experiments:
        for variant in experiment.variants:
            assert "def " in variant.code
            assert sum(each.count for each in variant.statements) == variant.sql_statements


def test_the_talks_101_statements_are_counted(finished: Finished) -> None:
    """only() of one field, where two are read, sends a statement more for each row."""
    fields = next(each for each in finished.run().experiments if each.name == "fields")
    counts = {variant.name: variant.sql_statements for variant in fields.variants}
    similar = {variant.name: variant.sql_similar for variant in fields.variants}

    assert counts["only-one"] == 11
    assert similar["only-one"] == 10
    assert counts["all"] == 1


def test_a_claim_is_judged_only_at_its_own_size(finished: Finished) -> None:
    """The talk spoke of other sizes than ten rows, so nothing is judged here."""
    assert [claim for each in finished.run().experiments for claim in each.claims] == []


def test_a_second_run_reuses_the_rows(finished: Finished) -> None:
    """The same data folder holds the same rows: they are not built again."""
    again = rowpath(finished.folder, "--sizes", "10", "lazy")

    assert again.code == 0, again.err
    assert again.run().dataset.reused
    assert [each.name for each in again.run().experiments] == ["lazy"]


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["nothing"], 2, "Cannot run 'nothing': no such experiment."),
        (["--sizes", "5k"], 2, "Cannot answer 5,000 rows: the table product has 2,000."),
        (["--sizes", "few"], 2, "Cannot read --sizes 'few'"),
        (["--profile", "slow"], 2, "Cannot use profile 'slow'"),
        (["--json", "/dev/null/run.json"], 3, "Cannot write /dev/null/run.json"),
        (["--database-url", "host=/nowhere"], 4, "Cannot connect to the database"),
        (["--database-url", "postgresql://u:secret@[::1]:1/x"], 4, "Cannot connect"),
    ],
)
def test_bad_input_is_one_line_with_a_code_of_its_own(
    tmp_path: Path, arguments: list[str], code: int, told: str
) -> None:
    """No traceback, no password: one sentence that says what to do, before anything is made."""
    ended = rowpath(tmp_path, *arguments)

    assert ended.code == code
    assert told in ended.err
    assert len(ended.err.strip().splitlines()) == 1
    assert "secret" not in ended.err
    assert not (tmp_path / "data").exists()


def test_a_full_disk_is_found_before_the_work(tmp_path: Path) -> None:
    """A table that no disk of this machine has room for is refused with both numbers."""
    free_bytes = shutil.disk_usage(tmp_path).free
    with enterable_folder() as folder:
        ended = rowpath(folder, "--rows", str(free_bytes // 10))

    assert ended.code == 6
    assert "bytes) are free" in ended.err


def test_a_database_with_too_few_rows_is_left_as_it_is(empty_database: Database) -> None:
    """What the user's own database holds is never replaced by a run."""
    with enterable_folder() as folder:
        url = ("--database-url", empty_database.dsn)
        first = rowpath(folder, *url, "--sizes", "10", "lazy")
        ended = rowpath(folder, *url, "--rows", "3000", "lazy")

    assert first.code == 0, first.err
    assert ended.code == 5
    assert "it has 2,000 " in ended.err
    assert "3,000" in ended.err
    held = inspect(empty_database, PRODUCTS)
    assert held is not None
    assert held.rows == ROWS


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """The main job on its way, with whatever it says on stderr."""

    process: subprocess.Popen[str]
    folder: Path
    mark: str

    def wait_for(self, text: str) -> None:
        """Read what the job says until it says `text`."""
        assert self.process.stderr is not None
        seen = []
        for line in self.process.stderr:
            seen.append(line)
            if text in line:
                return
        pytest.fail(f"the job ended without {text!r}: {''.join(seen)}")

    def processes(self) -> list[psutil.Process]:
        """Return what was started by this job, however it is related to it now."""
        return [each for each in psutil.process_iter() if self._is_ours(each)]

    def _is_ours(self, process: psutil.Process) -> bool:
        try:
            return process.pid != self.process.pid and (
                process.environ().get(MARK) == self.mark
                or str(self.folder) in " ".join(process.cmdline())
            )
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            return False

    def none_left(self) -> bool:
        """Return whether everything that the job started has ended, given a moment."""
        deadline = time.monotonic() + 30
        while self.processes():
            if time.monotonic() > deadline:
                return False
            time.sleep(0.05)
        return True


@pytest.fixture
def job() -> Iterator[Job]:
    """The experiment `lazy`, just begun on an empty data folder."""
    mark = uuid4().hex
    with enterable_folder() as folder:
        with hearing_sigint():
            process = subprocess.Popen(
                command(folder, "--sizes", "10", "lazy"),
                env=environment(folder, mark),
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
        # A job that says nothing any more ends all the same, and so does what reads it.
        watchdog = Timer(LONGEST_S, process.kill)
        with process:
            watchdog.start()
            begun = Job(process=process, folder=folder, mark=mark)
            yield begun
            watchdog.cancel()
            process.kill()
            assert begun.none_left()


def dataset_is_whole_or_absent(folder: Path, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Return whether the data folder can be used at once, and holds all rows or none."""
    monkeypatch.setenv("ROWPATH_DATA_DIR", str(folder / "data"))
    with open_database(None) as database:
        held = inspect(database, PRODUCTS)
        if held is None:
            return True
        with psycopg.connect(database.dsn) as connection:
            counted = connection.execute("SELECT count(*) FROM rowpath_lab.product").fetchone()
        return counted == (held.rows,) == (ROWS,)


@endings
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


@endings
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
    assert {len(variant.samples_ms) for variant in run.experiments[0].variants} <= {1, 2}
    assert (job.folder / "run.html").exists()


@endings
def test_a_server_that_dies_in_the_middle_is_told_and_the_run_is_written(job: Job) -> None:
    """The message names the cell and ends with the server's last lines; nothing is lost."""
    job.wait_for("block 2 of")
    servers = [each for each in job.processes() if "gunicorn" in " ".join(each.cmdline())]
    assert servers

    for server in servers:
        server.kill()

    assert job.process.wait(timeout=LONGEST_S) == 9
    run = from_json((job.folder / "run.json").read_bytes())
    assert run.stopped is not None
    assert run.stopped.startswith("Cannot measure ")
    assert "(controlled, 2,000 rows)" in run.stopped
    assert "The last lines of the server's log" in run.stopped
    assert job.none_left()


@endings
def test_a_database_that_dies_in_the_middle_is_told(job: Job) -> None:
    """Without its database a job ends with a sentence and a code, not with a traceback."""
    job.wait_for("block 2 of")
    for process in job.processes():
        if process.name() == "postgres":
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


@endings
def test_a_second_command_at_once_is_refused(job: Job) -> None:
    """Two commands never work on one database: the second says who does."""
    job.wait_for("checking")

    second = rowpath(job.folder, "lazy")

    assert second.code == 7
    assert f"pid {job.process.pid}" in second.err
