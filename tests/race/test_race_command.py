"""`rowpath race` as people type it, against real servers."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from time import monotonic, sleep

import click
import psutil
import pytest

import forking
from conftest import hearing_sigint
from race.endpoints import Endpoints
from rowpath.cli.program import rowpath
from rowpath.errors import InvalidRunError, RowpathError
from rowpath.lab.gates import invalidating
from rowpath.lab.race.record import RaceRun, from_json
from rowpath.lab.rereading import read_back
from written import check


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "rowpath", "race", *arguments]


def race(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return forking.rowpath("race", *arguments, folder=folder, environment=os.environ)


def run_of(path: Path) -> RaceRun:
    check(path.read_bytes(), "race.json")
    kept = read_back(path)
    assert kept.doubt == ""
    return from_json(path.read_bytes())


def test_a_slower_endpoint_is_found_and_the_same_one_is_not_called_different(
    endpoints: Endpoints, tmp_path: Path
) -> None:
    """The whole way: a table, sentences and files, in plain lines where nobody looks on."""
    urls = endpoints.at("/quick", "/slow", "/quick")
    names = ("--name", "old", "--name", "new", "--name", "old again")
    files = ("--json", "a.json", "--markdown", "to/a.md", "--html", "to/a.html")

    done = race(tmp_path, *urls, *names, "--profile", "quick", *files)

    # A machine that is too busy may fail the race's own tests, and then it says so.
    assert done.returncode in {0, 14}, done.stderr
    run = run_of(tmp_path / "a.json")
    assert run.valid is (done.returncode == 0)
    slower, same = run.comparisons
    assert (slower.variant, slower.baseline, slower.blocks) == ("new", "old", 6)
    assert slower.ratio is not None
    assert slower.ratio.estimate > 1.3
    # Other tests may disturb one block of the six, and then its whole interval is not on one side.
    is_told = run.valid and slower.ratio.low > 1 + run.null_band
    assert run.valid or slower.verdict == "not judged"
    assert (slower.verdict == "slower") is is_told
    assert same.verdict not in {"faster", "slower"}
    assert ("new is slower than old: it takes " in done.stdout) is is_told
    assert "| old again |" in (tmp_path / "to/a.md").read_text(encoding="utf-8")
    page = (tmp_path / "to/a.html").read_text(encoding="utf-8")
    assert ("new is slower than old" in page) is is_told
    told = done.stdout + done.stderr
    assert all(character.isprintable() or character == "\n" for character in told)
    assert len(run.orders) == 6
    assert all(len(order) == 5 for order in run.orders)


def test_an_entrant_that_falls_out_ends_the_command_with_9(
    endpoints: Endpoints, tmp_path: Path
) -> None:
    """What failed stands first, and what was measured is written."""
    urls = endpoints.at("/quick", "/then/30/500")

    done = race(tmp_path, *urls, "--profile", "quick", "--json", "a.json")

    assert done.returncode == 9
    lines = done.stdout.splitlines()
    assert lines[0] == "Not complete: All but A fell out."
    assert lines[1].startswith("B is out: it answered with status 500.")
    assert done.stderr.splitlines()[-1] == (
        "Cannot race all of these to the end: B: it answered with status 500. Correct the "
        "endpoint, or leave it out; what was measured is told."
    )
    assert run_of(tmp_path / "a.json").entrants[1].failed == "it answered with status 500"


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_what_was_measured_is_written_when_a_race_is_ended(
    endpoints: Endpoints, tmp_path: Path, number: signal.Signals, code: int
) -> None:
    """Be it in the middle of an answer; no process is left, and no half of a block counts."""
    urls = endpoints.at("/quick", "/then/120/hang")
    with (
        hearing_sigint(),
        subprocess.Popen(
            command(*urls, "--profile", "quick", "--json", "a.json", "--markdown"),
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as process,
    ):
        deadline = monotonic() + 60
        while endpoints.asked["/then/120/hang"] <= 120 and monotonic() < deadline:
            sleep(0.02)
        children = psutil.Process(process.pid).children(recursive=True)
        process.send_signal(number)
        out, errors = process.communicate(timeout=30)

    assert process.returncode == code
    assert children == []
    run = run_of(tmp_path / "a.json")
    assert run.stopped is not None
    assert run.blocks == len(run.entrants[0].samples_ms) == len(run.orders) - 1
    assert out.startswith("> **Not complete: It was ended")
    assert "Not complete: It was ended" in errors


def test_standard_output_has_the_json_alone(endpoints: Endpoints, tmp_path: Path) -> None:
    """What is for people goes to standard error."""
    urls = endpoints.at("/quick", "/then/50/500")

    done = race(tmp_path, *urls, "--profile", "quick", "--json")

    assert json.loads(done.stdout)["entrants"][1]["failed"] == "it answered with status 500"
    assert "B is out" in done.stderr


def test_different_answers_end_the_command_with_10(endpoints: Endpoints, tmp_path: Path) -> None:
    """On one line, before anything is timed."""
    done = race(tmp_path, *endpoints.at("/rows", "/other"))

    assert (done.returncode, done.stdout) == (10, "")
    [line] = done.stderr.splitlines()
    assert "differ at $.rows[1].price, A has 2.5, B has 2.75." in line


A, B = "http://127.0.0.1:9/a", "http://127.0.0.1:9/b"


@pytest.mark.parametrize(
    ("arguments", "code", "reason"),
    [
        ((), 2, "Cannot race nothing: there is no URL."),
        ((A,), 2, "Cannot race 1 URL: a race has 2 to 26."),
        ((A, "localhost:8000"), 2, "Cannot ask localhost:8000: it is no URL of a web server."),
        ((A, "http://example.com/"), 2, "Cannot race example.com: only this machine's loopback"),
        ((A, "http://example.com/"), 2, "If the host is yours to race, say so with --i-own-this"),
        ((A, B), 9, f"Cannot race A ({A}): there was no whole answer: Connection refused; B ({B})"),
        ((A, B, "--name", "x"), 2, "Cannot give 2 URLs 1 name."),
        ((A, B, "--profile", "talk"), 2, "Choose one of: quick, default, thorough."),
        ((A, B, "--precision", "2"), 2, "'2' is no precision; write it like 2%"),
        ((A, B, "--precision", "0%"), 2, "from 0.1% to 50%"),
        ((A, B, "--precision", "nan%"), 2, "'nan%' is no precision"),
        ((A, B, "--timeout", "soon"), 2, "'soon' is no time; write it like 30s"),
        ((A, B, "--seed", "-1"), 2, "-1 is not in the range"),
        ((A, B, "-H", "X"), 2, "Cannot send the header 'X'."),
        ((A, B, "--cookie", "a"), 2, "Cannot send the cookie 'a'."),
        ((A, B, "-X", "GE T"), 2, "Cannot ask with the method 'GE T'."),
        ((A, B, "-d", "@nowhere.txt"), 2, "Cannot read the body from nowhere.txt"),
        ((A, B, "--ignore-field", "a", "--different-answers-ok"), 2, "Cannot leave fields out"),
        ((A, B, "--json", "file/a.json"), 3, "Cannot write file/a.json"),
        ((A, B, "--markdown", "."), 3, "Choose a file that can be written with --markdown."),
        ((A, B, "--json", "-", "--markdown", "-"), 2, "Cannot write JSON and Markdown to one"),
        (("--json", A, B), 2, "that is a URL"),
        ((A, B, "--workers", "1"), 2, "No such option"),
        ((A, B, "--users", "0"), 2, "0 is not in the range"),
        (("--html", A, B), 2, "that is a URL. Name a file with --html, or write the URL before"),
        ((A, B, "--html", "-"), 2, "Cannot write the page to standard output."),
        ((A, B, "--html", "a", "--json", "a"), 2, "Cannot write JSON and HTML to one place, a."),
        ((A, B, "--html", "file/a.html"), 3, "Cannot write file/a.html"),
    ],
)
def test_bad_input_is_told_before_any_race(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
    code: int,
    reason: str,
) -> None:
    """With its exit code, the reason and what to do, on one line."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").write_text("")

    with pytest.raises((RowpathError, click.ClickException)) as told:
        rowpath.main(["race", *arguments], prog_name="rowpath", standalone_mode=False)

    assert isinstance(told.value, RowpathError | click.ClickException)
    assert told.value.exit_code == code
    assert reason in str(told.value)
    assert len(str(told.value).splitlines()) == 1


def test_a_race_that_is_not_valid_ends_with_14(
    endpoints: Endpoints, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All is written before. Here asking may take no time of the processor, which it does.

    What else the machine may do that fails the race is told as well, and the first of it here.
    """
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("rowpath.lab.race.judging.MOST_GENERATOR", 0.0)
    arguments = [*endpoints.at("/quick", "/quick"), "--profile", "quick", "--json", "a.json"]

    with pytest.raises(InvalidRunError) as told:
        rowpath.main(["race", *arguments], prog_name="rowpath", standalone_mode=False)

    run = run_of(tmp_path / "a.json")
    failed = invalidating(run.gates)
    assert failed[-1].text.startswith("The process that asks used")
    assert failed[0].text.rstrip(".") in str(told.value)
    assert not run.valid
    assert {each.verdict for each in run.comparisons} == {"not judged"}
