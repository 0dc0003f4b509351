"""`rowpath explain` at the command line: what it prints, where, and how it ends."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.exceptions import ClickException

from explain.shop_project import SETTINGS, SHORT
from rowpath.cli.program import rowpath
from rowpath.errors import UsageError
from rowpath.explain.project_of import ProjectOf

Run = Callable[..., tuple[int, str]]


@pytest.fixture
def run(
    project: ProjectOf, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Run:
    """Runs the command in the shop's folder; its exit code, and what it printed."""
    monkeypatch.chdir(project.folder)
    monkeypatch.setattr("rowpath.cli.explain.Timing", lambda: SHORT)
    monkeypatch.delenv("DJANGO_SETTINGS_MODULE", raising=False)

    def run(*arguments: str) -> tuple[int, str]:
        code = rowpath.main(["explain", *arguments], standalone_mode=False)
        return code, capsys.readouterr().out

    return run


def test_a_finding_is_told_with_its_change_and_its_proof(run: Run) -> None:
    """The terminal has the place, the change, the statements and the growth of a finding."""
    code, out = run("/only/")

    lines = out.splitlines()
    assert code == 0
    assert lines[0].startswith("/only/: 25 statements, ")
    assert lines[2] == "1  proved    1 statement for every Book (24 of 25)"
    assert '   +    books = Book.objects.only("id", "title", "blurb").order_by("id")' in lines
    assert "25 to 1 statement; the answer is the same, byte for byte; 0." in out
    assert "grows by 1.00 statements a row today, by 0.00 after" in out


def test_a_request_without_findings_is_told_so(run: Run) -> None:
    """Of a request that needs no change it is said, and the command succeeds even so."""
    code, out = run("/repaired/", "--fail-on", "any")

    assert (code, "No statement grows with the rows." in out) == (0, True)


def test_findings_fail_the_command_where_that_is_asked_for(run: Run) -> None:
    """Advice fails `--fail-on any` and not `--fail-on proved`."""
    assert run("/lookup/", "--fail-on", "any")[0] == 1
    assert run("/lookup/", "--fail-on", "proved")[0] == 0


def test_json_has_the_names_that_programs_read(run: Run) -> None:
    """Each finding has kind, confidence, file, line, path, change and proof."""
    (finding,) = json.loads(run("/defer/", "--json", "--settings", SETTINGS)[1])["findings"]

    assert finding["kind"] == "column-row-by-row"
    assert (finding["confidence"], finding["file"]) == ("proved", "shop/views.py")
    assert finding["path"] == "blurb"
    assert finding["change"].startswith("--- a/shop/views.py\n+++ b/shop/views.py\n")
    assert set(finding["proof"]) >= {
        "statements_before",
        "statements_after",
        "same_answer",
        "ratio",
    }


def test_json_goes_to_a_file(run: Run, tmp_path: Path) -> None:
    """With a name the JSON is written there, and the terminal has its text."""
    file = tmp_path / "found.json"
    out = run("/writes/", "--json", str(file))[1]

    assert "this GET writes" in out
    assert json.loads(file.read_text())["findings"][0]["kind"] == "get-writes"


def test_html_goes_to_a_file(run: Run, tmp_path: Path) -> None:
    """The page has the path, and the plans of what was sent."""
    file = tmp_path / "found.html"
    out = run("/repaired/", "--html", str(file))[1]

    assert "No statement grows with the rows." in out
    assert "SCAN shop_book" in file.read_text(encoding="utf-8")


def test_the_diff_can_be_applied(run: Run, project: ProjectOf) -> None:
    """What --diff prints is what `git apply` takes, and nothing else is on standard output."""
    out = run("/manager/", "--diff")[1]

    subprocess.run(
        ["git", "apply", "--check"],  # noqa: S607 git of PATH
        cwd=project.folder,
        input=out,
        text=True,
        check=True,
        timeout=60,
    )
    assert '+    books = Book.objects.published().select_related("author")' in out


@pytest.mark.parametrize("form", ["--diff", "--markdown"])
def test_what_is_accepted_is_in_no_output(run: Run, tmp_path: Path, form: str) -> None:
    """The change of a finding that a baseline accepts is in no diff; that of another one is."""
    file = str(tmp_path / "baseline.json")
    run("/only/", "--write-baseline", file)

    out = run("/only/", "/defer/", "--baseline", file, form)[1]

    assert '"title", "blurb"' not in out
    assert '-    books = Book.objects.order_by("id").defer("blurb")' in out


def test_manage_py_has_the_command_too(project: ProjectOf) -> None:
    """`manage.py rowpath_explain` is `rowpath explain` with the project's settings."""
    ended = subprocess.run(
        [sys.executable, "manage.py", "rowpath_explain", "/lookup/", "--fail-on", "any"],
        cwd=project.folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )

    assert (ended.returncode, ended.stderr) == (1, "")
    assert "the same statement 1 time for every Book" in ended.stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "Cannot explain nothing: there is no path."),
        (("http://localhost/a/",), "Cannot explain http://localhost/a/: the project is asked in"),
        (("/a/", "-H", "none"), "Cannot send the header 'none': it has no name."),
        (("/a/", "--diff", "--json", "-"), "Cannot write json and diff to standard output"),
        (("/a/", "--github", "--markdown"), "Cannot write markdown and github to standard"),
        (("/a/", "--json", "a", "--sarif", "a"), "Cannot write json and sarif to one file."),
        (("/a/", "--data", "{"), "Cannot send --data as JSON: Expecting property name"),
        (("/a/", "--data", "@none"), "Cannot read the body none: No such file or directory."),
        (("/a/", "--data", "{}", "--method", "get"), "Cannot send --data by GET: what it means"),
        (("--routes", "*", "--data", "{}"), "Cannot ask routes or a log with --method or --data"),
        (("--log", "none.log"), "Cannot read the log none.log: No such file or directory."),
        (("--log", "manage.py"), "Cannot explain the log manage.py: no line is a GET"),
        (("/a", "--app", "a:b", "--try-indexes"), "Cannot take --try-indexes beside --app: "),
        (("/a/", "--baseline", "none.json"), "Cannot read the baseline none.json: No such file"),
        (("/a/", "--baseline", "manage.py"), "Cannot read the baseline manage.py: Expecting"),
    ],
)
def test_a_mistake_of_usage_is_told_in_a_line(
    run: Run, arguments: tuple[str, ...], message: str
) -> None:
    """What cannot be asked is told before the project is started."""
    with pytest.raises(UsageError) as raised:
        run(*arguments)

    assert str(raised.value).startswith(message)


def test_an_unknown_limit_is_a_mistake_of_usage(run: Run) -> None:
    """--fail-on knows two words."""
    with pytest.raises(ClickException, match="'proved', 'any'"):
        run("/a/", "--fail-on", "some")
