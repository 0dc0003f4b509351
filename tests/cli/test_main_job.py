"""The main job as a user runs it: one command, from nothing to a report; and what it refuses."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from main_job import ROWS, Finished, rowpath, verified

from conftest import enterable_folder
from rowpath.lab.database import Database
from rowpath.lab.dataset import PRODUCTS, inspect
from rowpath.lab.experiments import EXPERIMENTS


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """A folder with a data folder in it that several jobs share, as a user's do."""
    with enterable_folder() as made:
        yield made


@pytest.fixture(scope="module")
def finished(folder: Path) -> Finished:
    """The whole main job, the whole talk, on a small table."""
    return rowpath(folder, "--sizes", "10")


def test_the_main_job_ends_well(finished: Finished) -> None:
    """Every experiment of the talk runs, and both files and the tables are there."""
    assert finished.is_written, finished.err
    measured = [experiment.name for experiment in finished.run().experiments]
    assert set(measured) == {each.name for each in EXPERIMENTS if not each.apart}
    for name in measured:
        assert name in finished.out
    assert "ladder is no part of the talk: `make ladder` installs" in finished.out
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


def test_the_verdicts_follow_from_the_samples_in_the_file(finished: Finished) -> None:
    """Whatever was measured: times, tasks, users, latencies at a rate, shares of a ratio."""
    done = verified(finished.json)

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("follow from its samples.\n")


def test_every_variant_was_measured_in_every_block(finished: Finished) -> None:
    """Six blocks each, with an interval, a CPU time and a peak that a process can have."""
    for experiment in finished.run().experiments:
        for variant in experiment.variants:
            if variant.outcome is not None:
                continue
            once = variant.name.startswith("read-")
            by_users = experiment.group(variant.group).compares != "time"
            assert len(variant.samples_ms) == (1 if once else 0 if by_users else 6)
            assert (variant.time_ms is None) == (once or by_users)
            assert once or {len(figure.blocks) for figure in variant.figures} == {6}
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


def test_what_is_no_part_of_the_talk_runs_by_its_name(finished: Finished) -> None:
    """The ladder is measured when it is asked for, with the rungs that are installed."""
    ladder = rowpath(finished.folder, "--sizes", "10", "ladder")

    assert ladder.is_written, ladder.err
    assert [each.name for each in ladder.run().experiments] == ["ladder"]
    assert "no part of the talk" not in ladder.out


def test_a_second_run_reuses_the_rows(finished: Finished) -> None:
    """The same data folder holds the same rows: they are not built again."""
    again = rowpath(finished.folder, "--sizes", "10", "lazy")

    assert again.is_written, again.err
    assert again.run().datasets[0].reused
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

    assert first.is_written, first.err
    assert ended.code == 5
    assert "it has 2,000 " in ended.err
    assert "3,000" in ended.err
    held = inspect(empty_database, PRODUCTS)
    assert held is not None
    assert held.rows == ROWS
