"""Where there is no Redis, a run goes on without it; one that was named must answer."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from main_job import command, environment

from conftest import copy_cluster, enterable_folder
from rowpath.lab.experiments.cache import CACHE, NEEDS_REDIS
from rowpath.lab.runs import read_run

PROGRAMS = {"redis-server", "valkey-server"}


@pytest.fixture
def folder(new_cluster: Path) -> Iterator[Path]:
    """A folder with a data folder in it."""
    with enterable_folder() as made:
        copy_cluster(new_cluster, made / "data")
        yield made


@pytest.fixture
def path_without_redis(tmp_path: Path) -> str:
    """What PATH has, without the programs that would be run."""
    for each in reversed(os.get_exec_path()):
        if not Path(each).is_dir():
            continue
        for program in Path(each).iterdir():
            link = tmp_path / program.name
            link.unlink(missing_ok=True)
            if program.name not in PROGRAMS:
                link.symlink_to(program)
    return str(tmp_path)


@pytest.mark.parametrize("command_of_lab", ["run", "serve"])
def test_a_redis_that_was_named_and_does_not_answer_ends_it(
    command_of_lab: str, folder: Path
) -> None:
    """In one line, with the exit code of a database that does not answer."""
    arguments = ("cache",) if command_of_lab == "run" else ("django",)
    started = command(folder)[:2]

    ended = subprocess.run(
        [
            *started,
            "lab",
            command_of_lab,
            *arguments,
            "--rows",
            "2000",
            "--redis-url",
            "redis://127.0.0.1:1/0",
        ],
        env=environment(folder),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
        cwd=folder,
    )

    assert ended.returncode == 4
    assert "Cannot use the Redis at 127.0.0.1: " in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_run_without_redis_goes_on_and_says_how_to_get_it(
    folder: Path, path_without_redis: str
) -> None:
    """All other caches are measured; the terminal, the page and the run tell what was left out."""
    ended = subprocess.run(
        command(folder, "cache", "--sizes", "10"),
        env=environment(folder) | {"PATH": path_without_redis},
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )

    assert ended.returncode == 0, ended.stderr
    [record] = read_run(folder / "run.json").experiments
    without = {variant.name for variant in CACHE.variants if variant.needs == NEEDS_REDIS}
    assert {each.variant for each in record.left_out} == without
    measured = {each.name for each in record.variants}
    assert measured >= {group.baseline for group in CACHE.groups} | {"locmem"}
    assert measured.isdisjoint(without)
    for each in record.left_out:
        assert NEEDS_REDIS.how.rstrip(".") in each.reason
    assert "--redis-url" in " ".join(ended.stdout.split())
    assert "--redis-url" in (folder / "run.html").read_text()
