"""`rowpath runs` and `rowpath compare` as people type them, on real files."""

import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import forking
from comparing.made import race
from race.endpoints import Endpoints
from rowpath.cli.compare import SUMMARY
from rowpath.lab import history
from rowpath.lab.race.record import RaceRun, to_json

SERVER = Path(__file__).parents[1] / "race/server_program.py"
DOCS = Path(__file__).parents[2] / "docs/compare.md"


def rowpath(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    neither = {history.VARIABLE: "", SUMMARY: ""}
    around = {**os.environ, **neither, "COLUMNS": "160", **environment}
    return forking.rowpath(*arguments, folder=folder, environment=around)


def in_short_race(
    folder: Path, *arguments: str, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Return how a command ended by whose bounds slots are long enough that are over at once."""
    around = {**os.environ, history.VARIABLE: "", SUMMARY: "", "COLUMNS": "160", **environment}
    program = forking.forking("short_race:imported")
    return program.run("rowpath", *arguments, folder=folder, environment=around, timeout_s=90)


def keep(folder: Path, *runs: RaceRun) -> None:
    for run in runs:
        history.keep(
            to_json(run).decode(),
            kind="race",
            started_at=run.started_at,
            folder=folder / history.FOLDER,
        )


def test_a_regression_fails_only_where_that_is_asked_for(tmp_path: Path) -> None:
    """Exit code 1 with --fail-on, 0 without; the other way round it is an improvement."""
    keep(tmp_path, race(1.0), race(1.1))

    told = rowpath(tmp_path, "compare", "last~1", "last")
    failed = rowpath(tmp_path, "compare", "last~1", "last", "--fail-on", "regression")
    better = rowpath(tmp_path, "compare", "last", "last~1", "--fail-on", "regression")

    assert (told.returncode, told.stderr) == (0, "")
    assert re.search(
        r"^B +\S+1\.00 +\S+1\.10 +\S+1\.10 \(.*\) +regression", told.stdout, re.MULTILINE
    )
    assert "could have been seen here" in told.stdout
    assert (failed.returncode, failed.stderr) == (1, "Regression: B.\n")
    assert better.returncode == 0
    assert "improvement" in better.stdout


def test_an_invalid_run_ends_with_3_and_says_so_first(tmp_path: Path) -> None:
    """No verdict is given."""
    keep(tmp_path, race(1.0, clone=1.2), race(1.5))

    done = rowpath(tmp_path, "compare", "last~1", "last", "--fail-on", "regression")

    assert done.returncode == 3
    assert done.stdout.startswith("The old run is not valid")
    assert "regression" not in done.stdout


def test_a_time_fails_only_where_times_are_asked_for(tmp_path: Path) -> None:
    """All entrants slower by the same factor is what a slower hour looks like."""
    keep(tmp_path, race(1.0), race(1.0, dragged=1.3))

    ratios = rowpath(tmp_path, "compare", "last~1", "last", "--fail-on", "regression")
    times = rowpath(tmp_path, "compare", "last~1", "last", "--fail-on", "time")

    assert ratios.returncode == 0, ratios.stderr
    assert (times.returncode, times.stderr) == (1, "Regression: A; B.\n")


EDITS: dict[str, Callable[[Any], None]] = {
    "a verdict": lambda run: run["comparisons"][0].update(verdict="faster"),
    "a ratio": lambda run: run["comparisons"][0]["ratio"].update(low=0.5),
    "a sample": lambda run: run["entrants"][1]["samples_ms"][0].__setitem__(0, 99.0),
    "a gate": lambda run: run["gates"].pop(),
}


@pytest.mark.parametrize("edit", EDITS)
@pytest.mark.parametrize("place", [0, 1])
def test_an_edited_file_gives_no_verdict(tmp_path: Path, edit: str, place: int) -> None:
    """Whichever of the two it is: exit code 3, and what does not follow is told first."""
    for name, run in (("0.json", race(1.0)), ("1.json", race(1.5))):
        (tmp_path / name).write_bytes(to_json(run))
    path = tmp_path / f"{place}.json"
    content = json.loads(path.read_text())
    EDITS[edit](content)
    path.write_text(json.dumps(content))

    files = ("--json", "c.json", "--markdown", "c.md")
    done = rowpath(tmp_path, "compare", "0.json", "1.json", "--fail-on", "regression", *files)

    assert done.returncode == 3
    assert done.stderr.count("\n") == 1
    first = f"The {('old', 'new')[place]} run is not valid, so nothing is judged: This file says"
    assert done.stdout.startswith(first)
    assert (tmp_path / "c.md").read_text().startswith(f"> **{first}")
    changes = json.loads((tmp_path / "c.json").read_text())["changes"]
    assert {each["verdict"] for each in changes} == {"not judged"}


def test_kept_runs_are_verified_and_rendered_by_name(tmp_path: Path) -> None:
    """As last, and by the start of a name."""
    keep(tmp_path, race(1.0), race(0.5, 0.6))
    older, newer = history.kept_runs(tmp_path / history.FOLDER)

    last = rowpath(tmp_path, "verify", "last")
    both = rowpath(tmp_path, "verify", "last~1", newer.stem)
    rendered = rowpath(tmp_path, "report", "last")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    from_there = ("--runs-dir", str(tmp_path / history.FOLDER))

    told = {
        older: "the file's 1 verdict follows from its samples.",
        newer: "the file's 2 verdicts follow from its samples.",
    }
    lines = {path: f"{path.relative_to(tmp_path)}: {text}" for path, text in told.items()}
    assert (last.returncode, last.stdout, last.stderr) == (0, f"{lines[newer]}\n", "")
    assert both.stdout.splitlines() == [lines[older], lines[newer]]
    assert rendered.returncode == 0, rendered.stderr
    assert "C is faster than A: it takes 0.60 of A's time" in rendered.stdout
    for command in ("verify", "report"):
        assert rowpath(elsewhere, command, "last").returncode == 2
        assert rowpath(elsewhere, command, "last", *from_there).returncode == 0


def test_files_have_the_forms_that_others_read(tmp_path: Path) -> None:
    """JSON, Markdown for a pull request and for the job's page, and what draws benchmarks."""
    keep(tmp_path, race(1.0), race(1.1))
    summary = tmp_path / "summary.md"
    summary.write_text("before\n")
    files = ("--json", "c.json", "--markdown", "c.md", "--bench-json", "b.json")

    done = rowpath(tmp_path, "compare", "last~1", "last", *files, GITHUB_STEP_SUMMARY=str(summary))

    assert done.returncode == 0, done.stderr
    content = json.loads((tmp_path / "c.json").read_text())
    assert content["changes"][0]["verdict"] == "regression"
    assert set(content["changes"][0]["change"]) == {"estimate", "low", "high"}
    markdown = (tmp_path / "c.md").read_text()
    assert "| **regression** |" in markdown
    assert summary.read_text() == "before\n" + markdown
    bench = json.loads((tmp_path / "b.json").read_text())
    assert {tuple(each) for each in bench} == {("name", "unit", "value", "range", "extra")}
    assert bench[0]["name"] == "race: B over A (time)"
    assert bench[0]["value"] == pytest.approx(1.1, rel=0.002)
    change = content["changes"][0]["change"]
    assert bench[0]["value"] == round(change["estimate"], 6)
    assert bench[0]["range"] == f"{change['low']:.4f} to {change['high']:.4f}"
    assert change["low"] < 1.1 < change["high"]


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("last", "nothing"), "Cannot find the run nothing"),
        (("last", "broken.json"), "it is no JSON"),
        (("last", "list.json"), "Give the JSON file of a run"),
        (("last", "last", "--json", "a", "--markdown", "a"), "Cannot write two results"),
    ],
)
def test_mistakes_are_told_in_one_line(
    tmp_path: Path, arguments: tuple[str, ...], reason: str
) -> None:
    """With exit code 2, and nothing on standard output."""
    keep(tmp_path, race(1.0))
    (tmp_path / "broken.json").write_bytes(to_json(race(1.0))[:-200])
    (tmp_path / "list.json").write_text("[]")

    done = rowpath(tmp_path, "compare", *arguments)

    assert (done.returncode, done.stdout) == (2, "")
    assert reason in done.stderr
    assert done.stderr.count("\n") == 1


def test_runs_are_listed_the_newest_last(tmp_path: Path) -> None:
    """Those that cannot be read too, each with the reason."""
    assert rowpath(tmp_path, "runs").stdout == "No run is kept in .rowpath/runs.\n"
    keep(tmp_path, race(1.0), race(1.0, clone=1.2))
    (tmp_path / ".rowpath/runs/0-broken.json").write_text("{")

    listed = json.loads(rowpath(tmp_path, "runs", "--json").stdout)
    done = rowpath(tmp_path, "runs")

    assert [(each["kind"], each["blocks"], each["valid"]) for each in listed] == [
        ("", 0, False),
        ("race", 6, True),
        ("race", 6, False),
    ]
    assert "it is no JSON" in listed[0]["unreadable"]
    assert listed[1]["measured"] == "A, B"
    assert listed[1]["ended"] == "complete"
    assert done.returncode == 0
    assert "A, B" in done.stdout
    assert "it is no JSON" in done.stdout


def test_files_that_are_no_runs_break_no_last(tmp_path: Path) -> None:
    """Strays have other names; of one that was cut short a line says that it is passed over."""
    keep(tmp_path, race(1.0), race(1.1))
    older, newer = history.kept_runs(tmp_path / history.FOLDER)
    (newer.parent / "z.json").write_text("{")
    (newer.parent / "2999.json").write_bytes(newer.read_bytes())
    broken = newer.with_name(newer.name.replace(newer.name[:4], "2998"))
    broken.write_bytes(newer.read_bytes()[:-200])

    compared = rowpath(tmp_path, "compare", "last~1", "last", "--json", "c.json")
    rendered = rowpath(tmp_path, "report", "last")
    verified = rowpath(tmp_path, "verify", "last")

    assert compared.returncode == 0, compared.stderr
    assert compared.stderr.count("\n") == 1  # both names lead past that file
    assert compared.stderr.startswith("Passed over as no run: Cannot read the run ")
    assert broken.name in compared.stderr
    content = json.loads((tmp_path / "c.json").read_text())
    assert (content["old"]["file"], content["new"]["file"]) == (older.name, newer.name)
    assert rendered.returncode == 0, rendered.stderr
    # Who asks whether the last file is whole is told that it is not.
    assert (verified.returncode, verified.stdout) == (2, "")
    assert "it is no JSON" in verified.stderr


def test_what_is_not_counted_is_listed_first_and_named(tmp_path: Path) -> None:
    """A run under another name is one all the same, and is found by that."""
    keep(tmp_path, race(1.0), race(1.1))
    _, newer = history.kept_runs(tmp_path / history.FOLDER)
    (newer.parent / "released.json").write_bytes(newer.read_bytes())
    (newer.parent / "z.json").write_text("{")

    done = rowpath(tmp_path, "runs")
    listed = json.loads(rowpath(tmp_path, "runs", "--json").stdout)
    compared = rowpath(tmp_path, "compare", "released", "last")

    assert [each["counted"] for each in listed] == [False, False, True, True]
    assert [each["file"] for each in listed[:2]] == ["released.json", "z.json"]
    assert [bool(each["unreadable"]) for each in listed] == [False, True, False, False]
    assert "Not named as a kept run is, so never last: released.json, z.json." in done.stdout
    assert compared.returncode == 0, compared.stderr


def test_the_name_of_a_file_does_nothing_to_a_terminal(tmp_path: Path) -> None:
    """Neither where it is listed, nor where it is told that it cannot be read."""
    keep(tmp_path, race(1.0))
    (tmp_path / ".rowpath/runs/z\x1b[2J.json").write_text("{")

    listed = rowpath(tmp_path, "runs")
    refused = rowpath(tmp_path, "compare", "last", "z")

    assert listed.stdout.count("z [2J.json") == 3  # in the table, with its reason, and as a stray
    assert (refused.returncode, "z [2J.json" in refused.stderr) == (2, True)
    assert "\x1b" not in listed.stdout + refused.stderr


def steps(workflow: str) -> list[str]:
    """Return the commands of a workflow: on the line of their `run:`, or folded below it."""
    found = re.findall(r"^ +- run: (?:>-\n((?: {10}.+\n)+)|(.+)$)", workflow, re.MULTILINE)
    return [" ".join((folded or single).split()) for folded, single in found]


def installed(folder: Path, version: str) -> None:
    """Put a program of that version where its environment would have gunicorn."""
    program = folder / version / "bin/gunicorn"
    program.parent.mkdir(parents=True)
    arguments = f"[{str(SERVER)!r}, sys.argv[-1].rpartition(':')[2], 'wait=0.003']"
    program.write_text(
        f"#!{sys.executable}\nimport runpy, sys\n"
        f"assert sys.argv[1:3] == ['shop.wsgi', '--bind']\nsys.argv = {arguments}\n"
        f"runpy.run_path(sys.argv[0], run_name='__main__')\n"
    )
    program.chmod(0o700)


def test_the_workflow_of_the_documentation_does_what_it_says(tmp_path: Path) -> None:
    """Its own commands race two versions, started anew for each block, and compare the two races.

    What it installs is not installed here: a server of ours stands where gunicorn would.
    """
    asked = [shlex.split(each) for each in steps(DOCS.read_text()) if each.startswith("rowpath ")]
    race_step, compare_step = asked
    for version in ("released", "new"):
        installed(tmp_path, version)
    starts = tmp_path / "starts"
    for _ in range(2):
        raced = in_short_race(tmp_path, *race_step[1:], STARTS=str(starts))
        assert raced.returncode in {0, 14}, raced.stderr  # of a machine that is busy
    assert len(starts.read_text().split()) == 2 * 2 * (1 + 6)

    done = in_short_race(tmp_path, *compare_step[1:])

    # Of two races on a busy machine anything may be said, but of the right things.
    assert done.returncode in {0, 1, 3}, done.stderr
    bench = json.loads((tmp_path / "bench.json").read_text())
    assert "race: new over released (time)" in {each["name"] for each in bench}


def test_a_race_is_kept_unless_told_otherwise(endpoints: Endpoints, tmp_path: Path) -> None:
    """Where it cannot be, a line says so and the race goes on to its own end."""
    urls = endpoints.at("/quick", "/quick")
    quick = ("race", *urls, "--profile", "quick")

    kept = in_short_race(tmp_path, *quick, "--json", "a.json")
    (file,) = (tmp_path / ".rowpath/runs").iterdir()
    assert file.read_bytes() == (tmp_path / "a.json").read_bytes()
    assert f"Kept: .rowpath/runs/{file.name}" in kept.stdout

    (tmp_path / "taken").write_text("")
    warned = in_short_race(tmp_path, *quick, "--runs-dir", "taken")
    silent = in_short_race(tmp_path, *quick, "--no-history")

    assert {each.returncode for each in (kept, warned, silent)} <= {0, 14}
    assert "Cannot keep this run in taken: " in warned.stderr
    assert "Kept" not in warned.stdout + silent.stdout
    assert len(list((tmp_path / ".rowpath/runs").iterdir())) == 1
