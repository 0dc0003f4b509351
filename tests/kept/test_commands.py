"""`rowpath verify` and `rowpath report`, on files as they are and as somebody left them."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import click
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

import forking
from kept.made import AT, lab_run, race_run
from rowpath.cli.choices import Options, taken_up
from rowpath.cli.program import rowpath
from rowpath.errors import RowpathError
from rowpath.lab.packages import package_versions
from rowpath.lab.race.record import to_json as race_json
from rowpath.lab.record import to_json
from rowpath.lab.resume import resumed
from rowpath.lab.runs import read_run
from rowpath.lab.source import source_of

LAB = to_json(lab_run("lists", "users", "fourteen"))
RACE = race_json(race_run(0.62, 1.0))
SMALL = json.loads(to_json(lab_run("fourteen"))), json.loads(race_json(race_run(0.62)))


def command(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"COLUMNS": "120"}
    return forking.rowpath(*arguments, folder=folder, environment=environment)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a run, a race, each of them edited, and what is neither."""
    (tmp_path / "lab.json").write_bytes(LAB)
    (tmp_path / "race.json").write_bytes(RACE)
    for name, text in (("lab", LAB), ("race", RACE)):
        content = json.loads(text)
        of = content["experiments"][0] if name == "lab" else content
        of["comparisons"][0]["ratio"]["low"] = 0.001
        (tmp_path / f"edited-{name}.json").write_text(json.dumps(content))
    (tmp_path / "half.json").write_bytes(LAB[:1000])
    return tmp_path


def test_what_follows_from_its_samples_is_said_to(folder: Path) -> None:
    """With the number of verdicts, a line for each file."""
    done = command(folder, "verify", "lab.json", "race.json")

    verdicts = sum(len(each.claims) for each in lab_run("lists", "users", "fourteen").experiments)
    assert done.stdout.splitlines() == [
        f"lab.json: the file's {verdicts} verdicts follow from its samples.",
        "race.json: the file's 2 verdicts follow from its samples.",
    ]
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("name", ["lab", "race"])
def test_what_does_not_follow_ends_the_command_with_3(name: str, folder: Path) -> None:
    """The first place is told; the other files are looked at all the same."""
    done = command(folder, "verify", f"edited-{name}.json", "half.json", "race.json")

    assert done.returncode == 3
    first, second = done.stderr.splitlines()
    assert first.startswith(f"edited-{name}.json does not follow from its samples: ")
    assert "ratio.low: the file has 0.001, its samples give " in first
    assert second.startswith("Cannot read the run half.json: it is no JSON (")
    assert done.stdout == "race.json: the file's 2 verdicts follow from its samples.\n"


def test_a_file_that_is_none_ends_the_command_with_2(folder: Path) -> None:
    """As everywhere."""
    done = command(folder, "verify", "half.json", "none.json")

    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 2


def test_a_run_is_rendered_again(folder: Path) -> None:
    """Tables and verdicts in the terminal, a page, and Markdown."""
    done = command(folder, "report", "lab.json", "--html", "to/a.html", "--markdown", "a.md")

    assert done.returncode == 0, done.stderr
    assert "lists, 1,000 rows" in done.stdout
    assert "direction only" in done.stdout
    assert (folder / "to/a.html").read_text(encoding="utf-8").startswith("<!doctype html>")
    markdown = (folder / "a.md").read_text(encoding="utf-8")
    assert "| claim | set-up | claimed | measured | verdict |" in markdown
    assert "<details><summary>users: " in markdown
    assert "requests per second | ratio |" in markdown
    assert (folder / "lab.json").read_bytes() == LAB


def test_a_race_is_rendered_again(folder: Path) -> None:
    """Markdown on standard output leaves the table to standard error."""
    done = command(folder, "report", "race.json", "--markdown", "--html", "a.html")

    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("Race of 2 endpoints") is False
    assert "- **B is faster than A: it takes 0.62 of A's time" in done.stdout
    assert "B is faster than A: it takes 0.62 of A's time" in done.stderr
    assert (folder / "a.html").exists()


@pytest.mark.parametrize("name", ["lab", "race"])
def test_an_edited_file_is_rendered_without_a_verdict(name: str, folder: Path) -> None:
    """Why stands first, and the command ends as with any run that is not valid."""
    files = ("--markdown", "a.md", "--html", "a.html")
    done = command(folder, "report", f"edited-{name}.json", *files)

    assert done.returncode == 14
    page = (folder / "a.html").read_text(encoding="utf-8")
    assert "says what does not follow from its samples" in page.partition("<main")[0]
    markdown = (folder / "a.md").read_text(encoding="utf-8")
    assert "says what does not follow from its samples" in markdown.partition("|")[0]
    told = " ".join(done.stdout.split())
    assert "says what does not follow from its samples" in told
    for word in ("direction only", "refuted", "confirmed", "is faster than"):
        assert word not in told
        assert f"**{word}" not in markdown


def test_several_runs_are_a_trend(folder: Path) -> None:
    """Each comparison from run to run in the order of time, machines told apart, edits marked."""
    later = lab_run("lists", started_at=AT + timedelta(days=1))
    (folder / "later.json").write_bytes(
        to_json(later).replace(b'"a processor"', b'"another processor"')
    )

    files = ("later.json", "lab.json", "edited-lab.json")
    done = command(folder, "report", *files, "--markdown", "a.md", "--html", "a.html")

    assert done.returncode == 14
    markdown = (folder / "a.md").read_text(encoding="utf-8")
    assert markdown.startswith("> **Run 2 is not valid: This file says")
    assert "- B: as the one before, but processor another processor \\(was a" not in markdown
    assert "B: as the one before, but processor another processor (was a processor)." in markdown
    block = markdown.partition("drf-values against drf-objects (controlled, 1,000 rows), time:")[2]
    rows = block.split("\n\n")[1].splitlines()[2:]
    assert [row.split(" | ")[0] for row in rows] == ["| 1", "| 2", "| 3"]
    assert [row.split(" | ")[2] for row in rows] == ["A", "A", "B"]
    assert [row.split(" | ")[-1] for row in rows] == ["valid |", "not valid |", "valid |"]
    page = (folder / "a.html").read_text(encoding="utf-8")
    assert page.count('<div class="chart"') == markdown.count("| run | started | on |")


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("lab.json", "race.json"), "Cannot put lab.json and race.json into one trend"),
        (("lab.json", "--html", "lab.json"), "Cannot write over lab.json, which is the run"),
        (("lab.json", "--html", "a", "--markdown", "a"), "to one file"),
        (("half.json",), "Cannot read the run half.json: it is no JSON"),
        (("lab.json", "--html", "lab.json/a.html"), "Cannot write lab.json/a.html"),
    ],
)
def test_what_cannot_be_rendered_is_told_before_anything_is_written(
    arguments: tuple[str, ...], reason: str, folder: Path
) -> None:
    """In one line, and no file has changed."""
    before = {path.name: path.read_bytes() for path in folder.iterdir()}

    done = command(folder, "report", *arguments)

    assert done.returncode in {2, 3}
    [line] = done.stderr.splitlines()
    assert reason in line
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


@contextmanager
def silence() -> Iterator[None]:
    """Nothing of what is printed is of interest; where it would fail, it does."""
    with open(os.devnull, "w", encoding="utf-8") as nowhere:  # noqa: PTH123 a device
        before = sys.stdout, sys.stderr
        sys.stdout = sys.stderr = nowhere
        try:
            yield
        finally:
            sys.stdout, sys.stderr = before


def ended(*arguments: str) -> int:
    """Return the exit code of a command in this process; any error but rowpath's own goes on."""
    try:
        with silence():
            code = rowpath.main(arguments, prog_name="rowpath", standalone_mode=False)
    except RowpathError as error:
        # A reason of more than one line is a defect, too, as is one that a terminal acts on.
        return error.exit_code if str(error).isprintable() else -1
    except click.ClickException as error:
        return error.exit_code
    return code if isinstance(code, int) else 0


HOWS = ("taken away", "shortened", "multiplied", "longer", "replaced")
TEXTS = st.one_of(
    st.text(max_size=12),
    st.sampled_from(["", "</script>", "sheep", "\x1b[2J", "a\nb", "time", "clone", "more", "[b]"]),
)
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(min_value=-(2**70), max_value=2**70),
    st.floats(allow_nan=True, allow_infinity=True),
    st.text(max_size=12),
    st.sampled_from(["", "</script>", "1e400", "sheep", "\ud800", "\x1b[2J", "a\nb", "2026-13-01"]),
    st.just([]),
    st.just({}),
    st.just([[]]),
)


def places(content: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:  # noqa: ANN401
    """Yield the path to each part of a JSON value."""
    yield at
    if isinstance(content, dict):
        for key, value in content.items():
            yield from places(value, (*at, key))
    elif isinstance(content, list):
        for index, value in enumerate(content):
            yield from places(value, (*at, index))


PLACES = tuple(sorted(places(content), key=len) for content in SMALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutation:
    """A part of a file that is taken away, shortened, multiplied, put twice or replaced."""

    at: tuple[Any, ...]
    how: str
    factor: float = 1.0
    text: str = ""
    value: Any = None

    def apply(self, content: Any) -> None:  # noqa: ANN401 any JSON
        *above, last = self.at
        try:
            for key in above:
                content = content[key]
            old = content[last]
        except (KeyError, IndexError, TypeError):
            return  # another mutation has taken it away
        if isinstance(content, str):
            return  # by which another has replaced a list
        if self.how == "another":
            content[last] = self._another(old)
        elif self.how == "taken away":
            del content[last]
        elif self.how == "shortened" and isinstance(old, list):
            content[last] = old[: len(old) // 2]
        elif self.how == "multiplied" and isinstance(old, float | int):
            content[last] = old * self.factor
        elif self.how == "longer" and isinstance(old, list):
            content[last] = old + old[:1]
        else:
            content[last] = self.value

    def _another(self, old: Any) -> Any:  # noqa: ANN401 any JSON
        """Return another value of the same type, which no type of a reader's refuses."""
        if isinstance(old, bool):
            return not old
        if isinstance(old, float | int):
            return type(old)(old * self.factor)
        if isinstance(old, str):
            return self.text
        if isinstance(old, list):
            return old[::-1] if self.factor < 1 else old[1:]
        return 1.5 if self.factor < 1 else self.text


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutated:
    """A run (0) or a race (1) after some mutations, cut behind a share of it."""

    kind: int
    mutations: tuple[Mutation, ...]
    kept: float

    @property
    def text(self) -> bytes:
        """What the file has."""
        content = json.loads(json.dumps(SMALL[self.kind]))
        for each in self.mutations:
            each.apply(content)
        text = json.dumps(content).encode()
        return text[: round(len(text) * self.kept)]


@st.composite
def mutated(draw: st.DrawFn) -> Mutated:
    kind = draw(st.integers(0, 1))
    mutation = st.builds(
        Mutation,
        at=st.sampled_from(PLACES[kind][1:]),
        how=st.sampled_from([*["another"] * 6, *HOWS]),
        text=TEXTS,
        factor=st.sampled_from([-1, 0, 1e-300, 0.5, 1e17, 10**18]),
        value=VALUES,
    )
    return Mutated(
        kind=kind,
        mutations=tuple(draw(st.lists(mutation, min_size=1, max_size=3))),
        kept=draw(st.one_of(*[st.just(1.0)] * 7, st.floats(0, 1))),
    )


FIRST_SAMPLE = ("entrants", 0, "samples_ms", 0, 0)
TINY = Mutation(at=FIRST_SAMPLE, how="another", factor=1e-300)


@settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow])
@given(file=mutated())
@example(file=Mutated(kind=1, mutations=(TINY,), kept=1.0))
def test_whatever_a_file_holds_no_command_ends_in_a_traceback(
    file: Mutated, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Each ends by itself or with one line, and what it says of an edit is the same everywhere."""
    folder = tmp_path_factory.mktemp("mutated")
    path, page, markdown = folder / "a.json", folder / "a.html", folder / "a.md"
    path.write_bytes(file.text)

    verified = ended("verify", str(path))
    reported = ended("report", str(path), "--html", str(page), "--markdown", str(markdown))
    trended = ended("report", str(path), str(path), "--html", str(page))

    assert verified in {0, 2, 3}
    assert (reported, trended) == {0: (0, 0), 2: (2, 2), 3: (14, 14)}[verified]
    with silence():
        go_on(path)


def go_on(path: Path) -> None:
    """Take a run up as `rowpath lab run --resume` does, up to where it would start a database."""
    nothing = Options(experiments=(), rows=None, sizes=None, profile=None, seed=None, workers=None)
    try:
        run = read_run(path)
        choices = taken_up(nothing, run, path)
        stages = choices.stages(package_versions())
        variants = {cell.variant for stage in stages for cell in stage.cells}
        resumed(run, stages, {each: source_of(each) for each in variants})
    except (RowpathError, click.ClickException):
        pass
