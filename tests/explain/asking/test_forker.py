"""Each process of a project is forked from one that has imported the framework, and no more."""

import gc
import os
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from rowpath.errors import ServerError
from rowpath.explain.asking.forker import Forker, forker_of
from rowpath.explain.asking.process import ProjectProcess
from rowpath.explain.project_of import ProjectOf

WORKER = """
import random, signal, sys, time

def run(connection):
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    import imported
    print("said", flush=True)
    try:
        connection.send((random.random(), imported.value, [*{"a", "b", "c", "d", "e", "f"}]))
        time.sleep(1000)
    except KeyboardInterrupt:
        connection.send("interrupted")
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "worker.py").write_text(WORKER)
    (tmp_path / "imported.py").write_text("value = 1\n")
    return tmp_path


@contextmanager
def worker_of(forker: Forker) -> Iterator[tuple[int, Connection]]:
    ours, theirs = Pipe()
    with ours, tempfile.TemporaryFile() as output:
        pid = forker.fork(theirs, output)
        theirs.close()
        yield pid, ours
        output.seek(0)
        assert output.read() == b"said\n"


def is_there(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_each_worker_imports_the_project_anew(folder: Path) -> None:
    """A module as it is at that time, numbers of its own by chance, and the same order of sets."""
    forker = forker_of("worker", folder)
    with worker_of(forker) as (_, connection):
        chance, value, order = connection.recv()
    (folder / "imported.py").write_text("value = 23\n")
    with worker_of(forker) as (_, connection):
        other_chance, other_value, other_order = connection.recv()

    assert (value, other_value) == (1, 23)
    assert chance != other_chance
    assert order == other_order


def test_a_worker_is_over_when_it_is_ended(folder: Path) -> None:
    """Whatever it is doing, and a signal that it ignores."""
    forker = forker_of("worker", folder)
    with worker_of(forker) as (pid, connection):
        connection.recv()

    assert is_there(pid)
    forker.end(pid)
    assert not is_there(pid)


def test_workers_end_with_the_last_who_holds_what_forked_them(folder: Path) -> None:
    """So that nothing outlives a command, however it ended."""
    forker = forker_of("worker", folder)
    with worker_of(forker) as (pid, connection):
        connection.recv()
    del forker
    gc.collect()

    assert not is_there(pid)


def test_an_interrupt_of_the_terminal_is_the_workers(folder: Path) -> None:
    """What forks them goes on, and is shared as long as somebody holds it."""
    forker = forker_of("worker", folder)
    with worker_of(forker) as (pid, connection):
        connection.recv()
        os.kill(forker.pid, signal.SIGINT)
        os.kill(pid, signal.SIGINT)
        assert connection.recv() == "interrupted"
    with worker_of(forker) as (_, connection):
        connection.recv()

    assert forker_of("worker", folder) is forker


def test_another_environment_is_another_start(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Libraries read it when they are imported."""
    forker = forker_of("worker", folder)
    monkeypatch.setenv("PSYCOPG_IMPL", "python")

    assert forker_of("worker", folder) is not forker


def test_a_framework_that_cannot_be_imported_is_told(tmp_path: Path) -> None:
    """By the last words of what failed, since that is the project's own doing."""
    (tmp_path / "django.py").write_text("raise ImportError('not what it seems')\n")

    with (
        pytest.raises(ServerError, match=r"its process ended\. It said: .*not what it seems"),
        ProjectProcess(ProjectOf(folder=tmp_path, settings="settings")),
    ):
        pass
