"""What becomes of a run of one's own: verified, shown, compared, ended, and what it refuses."""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from pathlib import Path
from signal import SIGINT
from threading import Thread

import pytest
from begun_job import LONGEST_S, begun
from main_job import Finished, in_short_slots, rowpath, verified

from rowpath.lab.record import Run
from rowpath.lab.runs import read_run

EXAMPLE = Path(__file__).parents[2] / "docs/examples/experiments.py"
RUNNING = """
from rowpath.lab.applications import Running
from rowpath.lab.experiment import Experiment, Group, Request, SameAnswer, Variant

def variant(name):
    app = Running(name=name, url="http://127.0.0.1:{port}/")
    return Variant(name=name, title=name, asks=Request(app=app, path=f"/{{name}}"), {expects})

RUNNING = Experiment(
    name="running",
    question="Which?",
    data=None,
    groups=(Group(name="both", baseline="a", variants=(variant("a"), variant("b"))),),
)
"""
HELD = "expects=SameAnswer(body='{\"rows\": [1, 2.0]}', ignored=('made',))"
DIES = """
    STARTS = Path(__file__).with_name("starts")
    with STARTS.open("a") as starts:
        starts.write(".")
    IN_THE_SECOND_BLOCK = STARTS.stat().st_size > 4
"""


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Finished:
    """A whole run of the example, in slots of one request."""
    finished = rowpath(tmp_path_factory.mktemp("own"), str(EXAMPLE), "--no-history")
    assert finished.is_written, finished.err
    return finished


@pytest.fixture(scope="module")
def interrupted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run that Ctrl-C ended in its second block; nothing of it still runs."""
    folder = tmp_path_factory.mktemp("interrupted")
    with begun(folder, str(EXAMPLE), "--no-history") as job:
        job.wait_for("block 2 of")
        job.process.send_signal(SIGINT)
        assert job.process.wait(timeout=LONGEST_S) == 130
        assert job.none_left()
    return folder


@contextmanager
def numbered(status: int = 200) -> Iterator[tuple[int, list[str]]]:
    """A server of this process, its port and the paths that it was asked for.

    Each answer has the number of its request, so that no two are alike or equally long.
    """
    asked: list[str] = []
    numbers = count(1)

    class Numbered(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            made = "x" * (next(numbers) % 7)
            body = json.dumps({"rows": [1, 2], "made": made}).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Numbered) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server.server_port, asked
        finally:
            server.shutdown()
            thread.join()


def running(folder: Path, port: int, expects: str) -> Finished:
    path = folder / "running.py"
    path.write_text(RUNNING.format(port=port, expects=expects))
    return rowpath(folder, str(path), "--no-history")


def test_a_run_is_verified_and_is_what_the_schema_says(whole: Finished) -> None:
    """All that it says follows from its samples."""
    told = verified(whole.json)

    assert told.returncode == 0, told.stdout + told.stderr


def test_a_run_is_shown_again(whole: Finished) -> None:
    """The page is drawn anew from the file, with both variants and the claim."""
    page = whole.folder / "again.html"

    told = in_short_slots("report", str(whole.json), "--html", str(page))

    assert told.returncode == 0, told.stderr
    text = page.read_text()
    assert "one-by-one" in text
    assert "Encoding each number by itself takes three times as long" in text


def test_a_run_is_compared(whole: Finished) -> None:
    """With itself, in which nothing has changed, as far as it can be vouched for."""
    told = in_short_slots("compare", str(whole.json), str(whole.json), "--fail-on", "regression")

    assert told.returncode == (0 if whole.run().valid else 3), told.stdout + told.stderr
    assert "one-by-one" in told.stdout


def test_what_no_instrument_saw_has_no_figure(whole: Finished) -> None:
    """Neither SQL nor peaks are told as 0: nobody knows them; CPU is known and stays."""
    page = whole.html.read_text()

    words = " ".join(whole.out.split())
    assert "CPU: of all the application's processes, for one request." in words
    for told in ("SQL", "peak", "0 MiB"):
        assert told not in whole.out
    for told in ("SQL statements", "+0 MiB", "No statement.", "Code, and the SQL"):
        assert told not in page


def test_ctrl_c_writes_what_was_measured(interrupted: Path) -> None:
    """A run that says that it is not whole, and that is as good as any by the rest."""
    run = read_run(interrupted / "run.json")

    assert run.stopped is not None
    assert run.stopped.startswith("It was ended ")
    assert [len(each.samples_ms) >= 1 for each in run.experiments[0].variants] == [True, True]
    told = verified(interrupted / "run.json")
    assert told.returncode == 0, told.stdout + told.stderr


@pytest.mark.parametrize("named", [(), (str(EXAMPLE),)])
def test_a_run_is_not_gone_on_with(interrupted: Path, named: tuple[str, ...]) -> None:
    """One line says that and why, with or without the file's name; the run is left as it is."""
    path = interrupted / "run.json"
    before = path.read_bytes()

    told = in_short_slots("lab", "run", *named, "--resume", str(path))

    assert told.returncode == 13, told.stderr
    assert told.stderr.count("\n") == 1
    assert f"Cannot resume {path}: own experiments are not gone on with" in told.stderr
    assert path.read_bytes() == before


def test_a_server_that_dies_in_a_slot_is_told_and_the_blocks_before_are_kept(
    tmp_path: Path,
) -> None:
    """The message names the cell and ends with what the server wrote; nothing still runs."""
    text = EXAMPLE.with_name("numbers_server.py").read_text()
    text = text.replace("import sys\n", "import os\nimport sys\nfrom pathlib import Path\n", 1)
    text = text.replace('"__main__":\n', f'"__main__":{DIES}    ASKED = []\n', 1)
    dies = (
        "        ASKED.append(self.path)\n"
        "        if IN_THE_SECOND_BLOCK and len(ASKED) == 3:\n"
        "            print('this is too much', flush=True)\n"
        "            os._exit(3)\n"
    )
    text = text.replace("        count = int(", f"{dies}        count = int(", 1)
    (tmp_path / "numbers_server.py").write_text(text)
    path = Path(shutil.copy(EXAMPLE, tmp_path))

    with begun(tmp_path, str(path), "--no-history") as job:
        _, told = job.process.communicate(timeout=LONGEST_S)
        assert job.none_left()

    assert job.process.returncode == 9, told
    assert "Cannot measure " in told
    assert "this is too much" in told
    assert "Traceback" not in told
    run = read_run(tmp_path / "run.json")
    assert run.stopped is not None
    assert run.stopped in told
    assert all(len(each.samples_ms) >= 1 for each in run.experiments[0].variants)


def test_a_server_that_runs_already_is_measured_and_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its CPU is not known. A declared answer may lack what is ignored, and vary in that.

    A database that the environment names is for other commands, and is not asked.
    """
    monkeypatch.setenv("ROWPATH_DATABASE_URL", "postgresql://127.0.0.1:1/nowhere")
    with numbered() as (port, asked):
        finished = running(tmp_path, port, HELD)

    assert finished.is_written, finished.err
    run: Run = finished.run()
    assert [each.name for each in run.experiments[0].variants] == ["a", "b"]
    assert [each.cpu_ms for each in run.experiments[0].variants] == [None, None]
    assert [each.blocks for each in run.experiments[0].comparisons] == [6]
    assert set(asked) == {"/a", "/b"}
    told = verified(finished.json)
    assert told.returncode == 0, told.stdout + told.stderr


@pytest.mark.parametrize(
    ("expects", "difference"),
    [
        (HELD.replace("2.0", "3"), "at $.rows[1] the declared answer has 3, and it answers 2."),
        ("expects=SameAnswer()", "at $.made the baseline has "),
    ],
)
def test_another_answer_of_a_running_server_is_not_timed(
    tmp_path: Path, expects: str, difference: str
) -> None:
    """Exit code 10, and nothing is written: nothing was measured."""
    with numbered() as (port, _):
        finished = running(tmp_path, port, expects)

    assert finished.code == 10, finished.err
    assert difference in finished.err
    assert not finished.json.exists() or not finished.run().experiments[0].comparisons


@pytest.mark.parametrize("status", [500, 302])
def test_a_running_server_that_fails_is_told(tmp_path: Path, status: int) -> None:
    """By its status; a redirect is not followed, since another answer would be timed."""
    with numbered(status) as (port, _):
        finished = running(tmp_path, port, HELD)

    assert finished.code == 9
    assert f"the server answered {status}" in finished.err


def test_a_running_server_that_is_not_there_is_told(tmp_path: Path) -> None:
    """Exit code 9, with the variant that was to be asked."""
    with numbered() as (port, _):
        pass

    finished = running(tmp_path, port, HELD)

    assert finished.code == 9
    assert "Cannot measure a (controlled, 1 row" in finished.err
    assert "Traceback" not in finished.err


@pytest.mark.parametrize(
    "option",
    [
        ("--workers", "1"),
        ("--database-url", "postgresql://127.0.0.1/other"),
        ("--redis-url", "redis://127.0.0.1"),
    ],
)
def test_options_of_the_labs_own_servers_are_refused(option: tuple[str, str]) -> None:
    """In one line, before anything starts: own servers would not follow them."""
    told = in_short_slots("lab", "run", str(EXAMPLE), *option)

    assert (told.returncode, told.stdout) == (2, "")
    assert f"Cannot use {option[0]}: own experiments ask servers of their own" in told.stderr
    assert "Traceback" not in told.stderr
