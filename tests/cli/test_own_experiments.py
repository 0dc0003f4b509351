"""Experiments of the user's own: a file of values, measured without a database of the lab's."""

import json
import os
import re
import subprocess
from pathlib import Path

import pytest
from main_job import in_short_slots

from rowpath.errors import UsageError
from rowpath.lab import history
from rowpath.lab.own_file import own_experiments
from rowpath.lab.runs import read_run
from rowpath.report import markdown

EXAMPLE = Path(__file__).parents[2] / "docs/examples/experiments.py"


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    own = {"ROWPATH_DATA_DIR": str(folder / "data"), history.VARIABLE: "", "COLUMNS": "120"}
    return in_short_slots(*arguments, folder=folder, environment=os.environ | own)


def measured(folder: Path, path: Path) -> subprocess.CompletedProcess[str]:
    files = ("--json", str(folder / "run.json"), "--html", str(folder / "run.html"))
    return run(folder, "lab", "run", str(path), "--profile", "quick", *files)


def changed(folder: Path, old: str, new: str) -> Path:
    """Write the example with one change, beside a copy of its server."""
    text = EXAMPLE.read_text()
    assert old in text
    server = EXAMPLE.with_name("numbers_server.py")
    (folder / server.name).write_text(server.read_text())
    path = folder / "changed.py"
    path.write_text(text.replace(old, new).replace("import Claim,", "import Figure, Claim,"))
    return path


def test_the_example_is_measured_with_controls_and_a_claim(tmp_path: Path) -> None:
    """A run has blocks, a ratio, a clone and a claim at both sizes, and no database was made."""
    ended = measured(tmp_path, EXAMPLE)

    assert ended.returncode in {0, 14}, ended.stderr
    record = read_run(tmp_path / "run.json").experiments[0]
    assert [(each.variant, each.rows, each.blocks) for each in record.comparisons] == [
        ("one-by-one", 100, 6),
        ("one-by-one", 2_000, 6),
    ]
    assert all(each.ratio is not None for each in record.comparisons)
    assert {each.kind for each in record.controls} == {"clone", "slowed"}
    assert [claim.rows for claim in record.claims] == [2_000]
    assert all(variant.cpu_ms for variant in record.variants)
    assert json.loads((tmp_path / "run.json").read_text())["datasets"] == []
    assert not list((tmp_path / "data").glob("postgresql*"))
    assert "What does it cost to encode each number by itself?  (your own)" in ended.stdout
    page = re.sub(
        r"<(script|style)\b.*?</\1>", "", (tmp_path / "run.html").read_text(), flags=re.DOTALL
    )
    assert "one-by-one" in page
    for unknown in ("Peak memory", "SQL and plan", "As told", "The talk", "Database", "the talk's"):
        assert unknown not in page, unknown
    run = read_run(tmp_path / "run.json")
    others = [each for each in run.gates if each.name == "other_work"]
    assert {each.stage for each in others} == {"numbers, 100 rows", "numbers, 2,000 rows"}
    assert not any(each.invalidates for each in others)
    [kept] = (tmp_path / history.FOLDER).iterdir()
    assert "-lab-" in kept.name
    assert kept.read_bytes() == (tmp_path / "run.json").read_bytes()
    assert f"\nKept: {history.FOLDER / kept.name}\n" in ended.stdout


def test_a_run_that_cannot_be_kept_goes_on(tmp_path: Path) -> None:
    """A line says so; with --no-history none does, and nothing is kept either."""
    (tmp_path / "taken").write_text("")
    short = ("lab", "run", str(EXAMPLE), "--profile", "quick", "--sizes", "100")

    warned = run(tmp_path, *short, "--runs-dir", "taken", "--json", "a.json", "--markdown")
    silent = run(tmp_path, *short, "--no-history", "--json", "b.json", "--markdown", "to/b.md")

    assert {warned.returncode, silent.returncode} <= {0, 14}, warned.stderr + silent.stderr
    assert "\nCannot keep this run in taken: " in warned.stderr
    assert "Cannot keep" not in silent.stderr
    assert "Kept:" not in warned.stdout + warned.stderr + silent.stdout
    assert not (tmp_path / ".rowpath").exists()
    # Standard output has the Markdown alone, so that it can go into a pull request.
    assert warned.stdout == markdown.render(read_run(tmp_path / "a.json"))
    assert (tmp_path / "to/b.md").read_text() == markdown.render(read_run(tmp_path / "b.json"))
    assert f"Markdown: {tmp_path / 'to/b.md'}" in silent.stdout


@pytest.mark.parametrize("name", ["lists", str(EXAMPLE)])
def test_markdown_is_not_written_over_an_experiment(tmp_path: Path, name: str) -> None:
    """What stands behind --markdown is a file; one that was meant to be run is told."""
    ended = run(tmp_path, "lab", "run", "--markdown", name)

    assert (ended.returncode, ended.stdout) == (2, "")
    assert f"Cannot write Markdown to {name}: that is an experiment." in ended.stderr


def test_another_answer_than_the_baselines_is_not_timed(tmp_path: Path) -> None:
    """The first place where the two differ is named, with both values, by exit code 10."""
    path = changed(
        tmp_path, 'server("one-by-one"), path="/numbers?', 'server("x"), path="/numbers?'
    )
    server = tmp_path / "numbers_server.py"
    server.write_text(
        server.read_text().replace('"at-once": ', '"x": lambda _: "[7]", "at-once": ')
    )

    ended = measured(tmp_path, path)

    assert ended.returncode == 10, ended.stderr
    assert "at $[0] the baseline has 0, and it answers 7" in ended.stderr


def test_a_program_that_ends_is_told_with_its_last_lines(tmp_path: Path) -> None:
    """What it wrote stands in the error, with the name of the application."""
    path = changed(tmp_path, "{{port}} {way}", "no-port {way}")

    ended = measured(tmp_path, path)

    assert ended.returncode == 9
    assert "Cannot start the application " in ended.stderr
    assert "invalid literal for int() with base 10: 'no-port'" in ended.stderr


def test_list_shows_them(tmp_path: Path) -> None:
    """Variants, sizes and claims, as of the built-in ones."""
    ended = run(tmp_path, "lab", "list", str(EXAMPLE))

    assert ended.returncode == 0, ended.stderr
    assert "numbers (your own): What does it cost" in ended.stdout
    assert "rows per answer: 100, 2,000" in ended.stdout
    assert "Encoding each number by itself takes three times as long" in ended.stdout


@pytest.mark.parametrize(
    ("old", "new", "line", "problem"),
    [
        ("NUMBERS = Exp", "NUMBERS = = Exp", 17, "invalid syntax"),
        ("import sys\n", "import nothing_so_called\n", 3, "ModuleNotFoundError"),
        ("NUMBERS = Experiment(", "NUMBERS = dict(", 1, "no Experiment at its top level"),
        ('name="numbers"', 'name="lists"', 17, "a built-in experiment is called lists"),
        ('name="numbers"', "name=7", 17, "name of Experiment is 7"),
        ("sizes=(100, 2_000)", "sizes=[100]", 17, "sizes of Group is [100]"),
        ("data=None", "data=None, section=7", 17, "section of Experiment is 7"),
        ("sizes=(100, 2_000)", "sizes=(100,), leads=Figure.MEMORY", 17, "is about memory"),
        ("sizes=(100, 2_000)", "sizes=(-1,)", 17, "are not all above 0"),
        ('name="one-by-one"', 'name="at-once"', 17, "2 variants are called at-once"),
        (
            'baseline="at-once",\n            s',
            'baseline="x",\n            s',
            17,
            "the baseline 'x'",
        ),
        ("    data=None,\n", "", 17, "set data=None"),
        ("Command(name=way,", "Command(url='http://10.0.0.1:{port}', name=way,", 17, "loopback"),
        ("{{port}} {way}", "' {way}", 17, "cannot be split"),
        ('variant="one-by-one",\n            b', 'variant="x",\n            b', 17, "no variant"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(
    tmp_path: Path, old: str, new: str, line: int, problem: str
) -> None:
    """One sentence names the file, the line and the reason before anything starts."""
    path = changed(tmp_path, old, new)

    with pytest.raises(UsageError) as refused:
        own_experiments(path)

    assert f"{path}, line {line}: " in str(refused.value)
    assert problem in str(refused.value)


def test_one_name_twice_is_refused(tmp_path: Path) -> None:
    """Two experiments of one name could not be told apart in the run."""
    path = changed(tmp_path, "NUMBERS = ", "NUMBERS = ")
    path.write_text(
        path.read_text() + "\nfrom dataclasses import replace\nSAME = replace(NUMBERS)\n"
    )

    with pytest.raises(UsageError, match="more than one experiment is called numbers"):
        own_experiments(path)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    """By its name, with exit code 2."""
    ended = run(tmp_path, "lab", "run", "nowhere.py")

    assert ended.returncode == 2
    assert ended.stderr.strip().endswith(
        "Cannot read nowhere.py: No such file or directory. Give a Python file of experiments."
    )
