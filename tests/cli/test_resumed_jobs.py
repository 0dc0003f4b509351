"""A job that was ended goes on where it stopped, and what was measured stays as it is."""

import json
import shutil
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from begun_job import LONGEST_S, begun
from main_job import Finished, rowpath, verified

from conftest import copy_cluster, enterable_folder
from rowpath.lab.profile import profile_named

RUN = ("--sizes", "10", "serializers")
TIMED = {"time_ms", "cpu_ms", "samples_ms", "samples_cpu_ms", "figures"}
"""What a variant's blocks say: it grows with them."""
Document = dict[str, Any]


@pytest.fixture
def folder(new_cluster: Path) -> Iterator[Path]:
    """A folder for a job and its data, in which there are no rows."""
    with enterable_folder() as made:
        copy_cluster(new_cluster, made / "data")
        yield made


def ended(folder: Path, moment: str, number: signal.Signals, *arguments: str) -> Document:
    """Begin a job, end it at `moment`, and return its file."""
    with begun(folder, *arguments) as job:
        job.wait_for(moment)
        job.process.send_signal(number)
        job.process.wait(timeout=LONGEST_S)
    return document(folder)


def document(folder: Path) -> Document:
    """Return a run's file with each number as it is written; what else it says follows from it."""
    assert verified(folder / "run.json").returncode == 0
    read: Document = json.loads((folder / "run.json").read_text(), parse_float=str)
    return read


def resumed(folder: Path, *arguments: str) -> Finished:
    return rowpath(folder, "--resume", str(folder / "run.json"), *arguments)


def variants(run: Document) -> dict[tuple[str, ...], Document]:
    return {
        (experiment["name"], each["name"], each["setup"], str(each["rows"])): each
        for experiment in run["experiments"]
        for each in experiment["variants"]
    }


def whole_blocks(run: Document) -> int:
    """Return how many blocks are whole in a run of one stage."""
    [experiment] = run["experiments"]
    return min(len(each["samples_ms"]) for each in experiment["variants"])


def require_kept(before: Document, after: Document) -> None:
    """Hold that all which was measured in whole blocks is written as it was."""
    whole = whole_blocks(before)
    now = variants(after)
    for key, variant in variants(before).items():
        for name, value in variant.items():
            if name not in TIMED:
                assert now[key][name] == value, name
        for name in ("samples_ms", "samples_cpu_ms"):
            assert now[key][name][:whole] == variant[name][:whole]
        for old, new in zip(variant["figures"], now[key]["figures"], strict=False):
            assert new["blocks"][:whole] == old["blocks"][:whole]
    [old], [new] = before["experiments"][0]["orders"], after["experiments"][0]["orders"]
    assert new["blocks"][: len(old["blocks"])] == old["blocks"]


def test_an_ended_job_goes_on_where_it_stopped(folder: Path) -> None:
    """Its blocks are kept byte for byte, its missing ones are measured, and it is whole."""
    first = ended(folder, "block 3 of", signal.SIGINT, *RUN)
    assert whole_blocks(first) == 2

    job = resumed(folder)

    assert job.is_written, job.err
    assert "block 3 of" in job.err
    assert "block 2 of" not in job.err
    assert "checking" not in job.err
    last = document(folder)
    require_kept(first, last)
    assert last["stopped"] is None
    assert last["started_at"] == first["started_at"]
    assert [sitting["stopped"] for sitting in last["sittings"]] == [first["stopped"], None]
    assert whole_blocks(last) == profile_named("quick").floor
    [order] = last["experiments"][0]["orders"]
    assert order["done"]
    assert len(order["blocks"]) == profile_named("quick").floor
    assert "This run stopped" not in (folder / "run.html").read_text()


def test_a_job_that_is_ended_twice_goes_on_twice(folder: Path) -> None:
    """The first end comes before a block is whole; the slots that a cut block had are kept."""
    first = ended(folder, "block 1 of", signal.SIGTERM, *RUN)
    second = ended(folder, "block 4 of", signal.SIGINT, "--resume", str(folder / "run.json"), *RUN)
    require_kept(first, second)
    assert whole_blocks(second) == 3

    job = resumed(folder, *RUN)

    assert job.is_written, job.err
    last = document(folder)
    require_kept(second, last)
    assert whole_blocks(last) == profile_named("quick").floor
    assert len(last["sittings"]) == 3
    [order] = last["experiments"][0]["orders"]
    for cut in order["cut"]:
        for slot in cut["slots"]:
            assert slot["slot"] in order["blocks"][cut["block"]]
            assert slot["samples_ms"]


def test_a_killed_job_has_its_finished_stages_on_disk(folder: Path) -> None:
    """SIGKILL leaves no time to write; what was whole by then is kept and not measured again."""
    arguments = ("--sizes", "10", "serializers", "aggregates")
    first = ended(folder, "aggregates, 10 rows: block 2 of", signal.SIGKILL, *arguments)
    assert first["stopped"]

    job = resumed(folder)

    assert job.is_written, job.err
    assert "serializers, 10 rows: block" not in job.err
    assert "serializers" in job.out
    last = document(folder)
    assert last["stopped"] is None
    assert last["experiments"][0] == first["experiments"][0]
    assert [each["name"] for each in last["experiments"]] == ["serializers", "aggregates"]


@pytest.fixture(scope="module")
def interrupted(new_cluster: Path) -> Iterator[Path]:
    """A folder with a run that was ended in its second block, and its data."""
    with enterable_folder() as folder:
        copy_cluster(new_cluster, folder / "data")
        ended(folder, "block 2 of", signal.SIGINT, *RUN)
        yield folder


@pytest.fixture
def file(interrupted: Path) -> Iterator[Path]:
    """The run's file, put back as it was after the test."""
    path = interrupted / "run.json"
    shutil.copy(path, interrupted / "kept.json")
    yield path
    shutil.copy(interrupted / "kept.json", path)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--seed", "2"), "--seed was 1 and is now 2"),
        (("--profile", "thorough"), "--profile was quick and is now thorough"),
        (("--rows", "1k"), "--rows of logs was 2000 and is now 1000"),
        (("--sizes", "20"), "--sizes was 10 and is now 20"),
        (("--workers", "2"), "--workers was 1 and is now 2"),
        (("fields",), "the experiments was serializers and is now fields"),
    ],
)
def test_an_option_that_says_something_else_is_refused(
    file: Path, arguments: tuple[str, ...], told: str
) -> None:
    """The message names both values, and the file stays as it is."""
    before = file.read_bytes()

    job = resumed(file.parent, *arguments)

    assert job.code == 13
    assert told in job.err
    assert file.read_bytes() == before


def _other_version(run: Document) -> None:
    run["environment"]["packages"]["django"] = "4.0"


def _other_setting(run: Document) -> None:
    run["environment"]["settings"]["work_mem"] = "1MB"


def _other_rowpath(run: Document) -> None:
    run["rowpath"] = "0.0.1"


def _other_rows(run: Document) -> None:
    run["datasets"][0]["checksum"] = "another"


def _other_code(run: Document) -> None:
    run["experiments"][0]["variants"][0]["code"] = "def view(): ..."


def _other_order(run: Document) -> None:
    run["experiments"][0]["orders"][0]["blocks"][0].reverse()


def _other_variant(run: Document) -> None:
    # Everywhere in the file: one whose parts do not fit together is not read at all.
    name = run["experiments"][0]["variants"][0]["name"]
    run |= json.loads(json.dumps(run).replace(name, "gone"))


def _whole(run: Document) -> None:
    run["stopped"] = None


def _of_schema_2(run: Document) -> None:
    run["schema_version"] = 2
    del run["asked"]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (_other_version, "django was 4.0 and is now "),
        (_other_setting, "work_mem was 1MB and is now "),
        (_other_rowpath, "rowpath was 0.0.1 and is now "),
        (_other_rows, "the checksum of logs was another and is now "),
        (_other_code, "has changed"),
        (_other_order, "block 1 of serializers, 10 rows had "),
        (_other_variant, "gone (controlled, 10 rows) of serializers is no longer measured"),
        (_whole, "that run is whole"),
        (_of_schema_2, "its schema 2 does not say what the run was asked for"),
    ],
)
def test_a_run_that_new_blocks_cannot_join_is_refused(
    file: Path, change: Callable[[Document], None], told: str
) -> None:
    """What is no longer the same is named before anything is measured."""
    run = json.loads(file.read_text())
    change(run)
    file.write_text(json.dumps(run))
    before = file.read_bytes()

    job = resumed(file.parent)

    assert job.code == 13, job.err
    assert told in job.err
    assert "block" not in job.err.partition("Cannot resume")[0]
    assert file.read_bytes() == before


def test_what_is_no_run_is_refused(file: Path) -> None:
    """A file that holds something else, or is not there, is told by its name."""
    file.write_text("[]")

    assert resumed(file.parent).code == 2
    file.unlink()
    assert resumed(file.parent).code == 2
