"""A command does the same in odd environments: it is told what it cannot do, and loses nothing."""

import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from conftest import enterable_folder
from rowpath.lab.database import Database
from rowpath.lab.runs import read_run

ROWPATH = (sys.executable, "-m", "rowpath", "lab")
# The same, on a machine that may be as busy as it likes.
SHORT = (sys.executable, str(Path(__file__).parents[1] / "short_slots.py"), "lab")
ODD = {
    "COLUMNS": "0",
    "FORCE_COLOR": "1",
    "GUNICORN_CMD_ARGS": "--workers 3",
    "HTTP_PROXY": "http://127.0.0.1:9",
    "LC_ALL": "C",
    "PGOPTIONS": "-c default_transaction_read_only=on",
    "PGPORT": "abc",
    "PGSERVICE": "nope",
    "PYTHONCOERCECLOCALE": "0",
    "PYTHONDEVMODE": "1",
    "PYTHONIOENCODING": "ascii",
    "PYTHONUTF8": "0",
    "TERM": "dumb",
    "TMPDIR": "/nowhere",
    "TZ": "Nowhere/Never",
    "WEB_CONCURRENCY": "3",
    "http_proxy": "http://127.0.0.1:9",
}


def rowpath(
    folder: Path, *arguments: str, data: str | Path, **variables: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*ROWPATH, *arguments],
        env=os.environ | {"ROWPATH_DATA_DIR": str(data)} | variables,
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no device that is full")
def test_a_run_is_written_whatever_surrounds_it() -> None:
    """All is measured and in both files where nothing can be printed, and little is as usual."""
    with enterable_folder() as folder, Path("/dev/full").open("wb") as full:
        variables = ODD | {"ROWPATH_DATA_DIR": os.fsdecode(os.fsencode(folder) + b"/d\xff, x")}
        options = ("--rows", "2000", "--sizes", "10", "--profile", "quick")
        ended = subprocess.run(
            [*SHORT, "run", "serializers", *options, "--json", "a.json", "--html", "a.html"],
            env=os.environ | variables,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=full,
            stderr=subprocess.PIPE,
            umask=0o077,
            timeout=300,
            check=False,
        )
        said = ended.stderr.decode("ascii").splitlines()

        assert ended.returncode == 3, said
        assert "using embedded PostgreSQL" in said[0]
        assert said[-1].startswith("Cannot write to standard output: No space left on device, ")
        run = read_run(folder / "a.json")
        assert run.stopped is None
        assert {len(variant.samples_ms) for variant in run.experiments[0].variants} == {6}
        assert not (folder / "a.html").read_text(encoding="utf-8").isascii()


def test_a_run_is_refused_before_rows_are_built_where_its_logs_cannot_be_written(
    tmp_path: Path, empty_database: Database
) -> None:
    """On a server of the user's own, the data folder is tried before the work."""
    (tmp_path / "file").write_text("")

    options = ("lazy", "--rows", "2000", "--database-url", empty_database.dsn)
    ended = rowpath(tmp_path, "run", *options, data=tmp_path / "file")

    assert ended.returncode == 3
    assert f"Cannot write logs to {tmp_path}/file/logs: Not a directory." in ended.stderr
    with psycopg.connect(empty_database.dsn) as connection:
        found = connection.execute("SELECT to_regnamespace('rowpath_lab') IS NULL").fetchone()
    assert found == (True,)


@pytest.mark.parametrize(
    ("data", "reason"),
    [("x", "No such file or directory"), ("~nobody-here/x", "Could not determine home directory")],
)
def test_a_data_folder_that_is_nowhere_is_told(tmp_path: Path, data: str, reason: str) -> None:
    """Neither a folder that was removed below us nor a user who is not there is a traceback."""
    gone = tmp_path / "gone"
    gone.mkdir()
    script = 'cd "$1"; rmdir "$1"; shift; exec "$@"'
    ended = subprocess.run(
        ["/bin/sh", "-c", script, "sh", str(gone), *ROWPATH, "data", "products"],
        env=os.environ | {"ROWPATH_DATA_DIR": data},
        capture_output=True,
        text=True,
        check=False,
    )

    assert ended.returncode == 2
    assert ended.stderr == (
        f"Cannot use the data folder {data}: {reason}. Name another one with ROWPATH_DATA_DIR.\n"
    )


@pytest.mark.parametrize("command", ["run lazy", "trace", "data products", "serve django"])
def test_a_data_folder_that_is_refused_is_left_as_it_was(tmp_path: Path, command: str) -> None:
    """Where it holds what is not rowpath's, no command puts anything beside that."""
    data = tmp_path / "data"
    data.mkdir()
    (data / "mine.txt").touch()

    refused = rowpath(tmp_path, *command.split(), data=data)

    assert refused.returncode == 4, refused.stderr
    assert "it holds what is not rowpath's (mine.txt)" in refused.stderr
    assert [each.name for each in data.iterdir()] == ["mine.txt"]


def test_a_python_without_docstrings_is_told(tmp_path: Path) -> None:
    """What draws the report cannot be loaded then: one line says what to leave out."""
    ended = rowpath(tmp_path, "list", data=tmp_path, PYTHONOPTIMIZE="2")

    assert ended.returncode == 2
    assert ended.stderr.startswith("Cannot run rowpath: Python leaves docstrings out")
    assert len(ended.stderr.splitlines()) == 1
