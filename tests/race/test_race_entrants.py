"""`rowpath race` with servers, revisions, users and requests of its own, as people type it."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep
from uuid import uuid4

import click
import psutil
import pytest

from conftest import hearing_sigint
from forking import forking
from living import each_seen, that
from race.endpoints import Endpoints
from rowpath.cli.program import rowpath
from rowpath.errors import RowpathError
from rowpath.lab.race.record import RaceRun, from_json
from rowpath.lab.race.runs import computed_again
from written import check

GIT = shutil.which("git") or "git"
RACE = Path(__file__).parents[1] / "short_race.py"
SERVER = Path(__file__).with_name("server_program.py")
MARK = "ROWPATH_TEST_MARK"
URL = "http://127.0.0.1:{port}/a"
COMMAND = f"{sys.executable} {SERVER} {{port}}"


def environment(folder: Path, **more: str) -> dict[str, str]:
    """Return an environment whose temporary files are in a folder of the test's own."""
    (folder / "tmp").mkdir(exist_ok=True)
    return {
        **os.environ,
        "TMPDIR": str(folder / "tmp"),
        "STARTS": str(folder / "starts"),
        "COLUMNS": "200",
        "GIT_CONFIG_GLOBAL": os.devnull,
        **more,
    }


def race(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    asked = ("rowpath", "race", *arguments, "--profile", "quick", "--json", "run.json")
    return forking("short_race:imported").run(
        *asked, folder=folder, environment=environment(folder.parent), timeout_s=120
    )


def run_of(folder: Path) -> RaceRun:
    written = (folder / "run.json").read_bytes()
    check(written, "race.json")
    run = from_json(written)
    again = computed_again(run)
    assert (again.entrants, again.comparisons, again.controls) == (
        run.entrants,
        run.comparisons,
        run.controls,
    )
    return run


def git(folder: Path, *arguments: str) -> str:
    identity = ("-c", "user.name=A", "-c", "user.email=a@localhost")
    return subprocess.run(
        [GIT, *identity, *arguments],
        cwd=folder,
        env=environment(folder.parent),
        capture_output=True,
        text=True,
        check=True,
    ).stdout


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout with two revisions, the second of which waits longer, and with changes in it."""
    folder = tmp_path / "checkout"
    (folder / "shop").mkdir(parents=True)
    git(folder, "init", "-q", "-b", "main")
    text = SERVER.read_text(encoding="utf-8")
    for wait in ("0.002", "0.02"):
        waits = text.replace("time.sleep(WAIT_S)", f"time.sleep({wait})")
        assert waits != text
        (folder / "shop/serve.py").write_text(waits, encoding="utf-8")
        git(folder, "add", ".")
        git(folder, "commit", "-q", "-m", f"wait {wait}")
    git(folder, "tag", "quick", "HEAD~1")
    (folder / "shop/serve.py").write_text("changed, and broken", encoding="utf-8")
    (folder / "staged.txt").write_text("staged", encoding="utf-8")
    git(folder, "add", "staged.txt")
    (folder / "unknown.txt").write_text("unknown to git", encoding="utf-8")
    return folder


def state(checkout: Path) -> list[str]:
    """Return all that a race must leave as it was."""
    return [
        git(checkout, *command.split())
        for command in (
            *("status --porcelain", "stash list", "worktree list", "branch -a", "reflog"),
            *("diff", "diff --cached", "rev-parse HEAD"),
        )
    ]


def test_a_race_starts_and_ends_servers_by_a_command(tmp_path: Path) -> None:
    """One command for all URLs, a server for each, and nothing is left of them."""
    folder = tmp_path / "here"
    folder.mkdir()

    done = race(folder, URL, URL, "--command", f"{COMMAND} wait=0.002")

    assert done.returncode in {0, 14}, done.stderr
    run = run_of(folder)
    assert run.restarted
    assert [entrant.url for entrant in run.entrants] == [URL, URL]
    assert [len(entrant.samples_ms) for entrant in run.entrants] == [6, 6]
    assert "The servers were started anew for every block" in done.stdout
    assert len((tmp_path / "starts").read_text().split()) == 2 * 7
    assert list((tmp_path / "tmp").iterdir()) == []


def test_a_server_that_does_not_start_ends_the_command_with_9(tmp_path: Path) -> None:
    """With the last lines that it wrote."""
    folder = tmp_path / "here"
    folder.mkdir()
    commands = ("--command", COMMAND, "--command", f"{COMMAND} exits")

    done = race(folder, URL, URL, *commands, "--name", "old", "--name", "new")

    assert (done.returncode, done.stdout) == (9, "")
    first, second, last = done.stderr.splitlines()
    assert first.startswith("Cannot start new: no server of its own is ready. Correct --command")
    assert second.startswith("The server of new: it ended with exit code 1 before it was ready.")
    assert last == "this is why: no such table"


def test_revisions_are_raced_and_the_checkout_stays_as_it_was(checkout: Path) -> None:
    """Each in a working tree of its own, in the folder that the user stands in, by its name."""
    before = state(checkout)

    done = race(
        checkout / "shop",
        *("--git", "quick", "main", URL),
        *("--command", f"{sys.executable} serve.py {{port}}"),
        *("--setup", "touch prepared", "--setup", "test -f prepared"),
    )

    assert done.returncode in {0, 14}, done.stderr
    run = run_of(checkout / "shop")
    (checkout / "shop/run.json").unlink()
    (checkout / "starts").unlink()
    (checkout / "tmp").rmdir()  # which fails if anything is left in it
    assert [entrant.name for entrant in run.entrants] == ["quick", "main"]
    commits = [git(checkout, "rev-parse", name).strip() for name in ("quick", "main")]
    assert [entrant.revision for entrant in run.entrants] == commits
    quickest_ms = [min(map(min, entrant.samples_ms)) for entrant in run.entrants]
    assert 2 <= quickest_ms[0] < 20 <= quickest_ms[1]  # each has run its own
    assert f"quick is {commits[0][:10]}, main is {commits[1][:10]}." in done.stdout
    assert state(checkout) == before


def test_a_set_up_that_fails_is_told_with_what_it_wrote(checkout: Path) -> None:
    """Before anything is timed, and no working tree is left."""
    before = state(checkout)
    failing = f"{sys.executable} -c 'import sys; sys.exit(\"no such package\")'"

    done = race(checkout, "--git", "quick", "main", URL, "--command", COMMAND, "--setup", failing)

    assert done.returncode == 9
    first, *lines = done.stderr.splitlines()
    assert first.startswith(f"Cannot set up quick: {sys.executable} -c ")
    assert first.endswith("ended with exit code 1. Correct --setup. The last lines that it wrote:")
    assert lines == ["no such package"]
    assert state(checkout) == before


def test_a_race_under_load_says_so(endpoints: Endpoints, tmp_path: Path) -> None:
    """In its file, in its heading, and what its times are of."""
    folder = tmp_path / "here"
    folder.mkdir()

    done = race(folder, *endpoints.at("/quick", "/slow"), "--users", "3")

    assert done.returncode in {0, 14}, done.stderr
    run = run_of(folder)
    assert run.users == 3
    assert run.comparisons[0].quantity == "time per answer at 3 users"
    assert "3 users at once, profile quick" in done.stdout
    assert "3 users asked at once, each anew when answered" in done.stdout
    assert "Half of the answers came within: A " in done.stdout
    assert endpoints.most_at_once == 3


def test_each_entrant_is_asked_for_all_requests_of_a_file_in_their_order(
    endpoints: Endpoints, tmp_path: Path
) -> None:
    """From the first in every slot; a slot counts as the sum of what each of them takes."""
    folder = tmp_path / "here"
    folder.mkdir()
    (folder / "requests.txt").write_text(
        '# a comment\n/quick?page=2\nPOST /slow\n{"url": "/rows", "body": {"a": 1}}\n'
    )

    done = race(folder, endpoints.url, endpoints.url, "--requests", "requests.txt")

    assert done.returncode in {0, 14}, done.stderr
    run = run_of(folder)
    assert [(each.method, each.path) for each in run.requests] == [
        ("GET", "/quick?page=2"),
        ("POST", "/slow"),
        ("POST", "/rows"),
    ]
    assert run.comparisons[0].quantity == "time for 3 requests"
    for entrant in run.entrants:
        # /quick waits 3 ms and /slow 8 ms at the least.
        assert all(value_ms > 11 for value_ms in entrant.values_ms)
        assert all(len(block) >= 3 for block in entrant.samples_ms)
    assert "3 requests one at a time" in done.stdout
    order = [head.split(" ")[1] for head in endpoints.heads]
    assert order[:6] == ["/quick?page=2", "/slow", "/rows"] * 2


def test_answers_to_each_request_are_compared(endpoints: Endpoints, tmp_path: Path) -> None:
    """And the request at which they differ is told."""
    folder = tmp_path / "here"
    folder.mkdir()
    (folder / "requests.txt").write_text("/rows\n/clock\n")

    done = race(folder, endpoints.url, endpoints.url, "--requests", "requests.txt")

    assert (done.returncode, done.stdout) == (10, "")
    assert "its own two answers to GET /clock differ at $.now, the one has 1" in done.stderr


@contextmanager
def begun(folder: Path, *arguments: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A race on its way; none of its processes is left after the block."""
    mark = uuid4().hex
    with (
        hearing_sigint(),
        subprocess.Popen(
            [sys.executable, str(RACE), "race", *arguments, "--json", "run.json"],
            cwd=folder,
            env=environment(folder.parent, **{MARK: mark}),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as process,
    ):
        try:
            yield process, mark
        finally:
            process.kill()


def processes(mark: str) -> list[psutil.Process]:
    return that(psutil.process_iter(), lambda each: each.environ().get(MARK) == mark)


def wait_for(is_so: Callable[[], bool]) -> None:
    deadline = monotonic() + 60
    while not is_so():
        assert monotonic() < deadline
        sleep(0.02)


@pytest.mark.parametrize("moment", ["checkout", "set-up", "start", "block"])
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_race_of_revisions_can_be_ended_at_any_moment(
    checkout: Path, moment: str, number: signal.Signals, code: int
) -> None:
    """No process is left, no working tree and no temporary file, and what was measured is told."""
    if moment == "checkout":  # git runs a filter for a file that never comes to an end
        git(checkout, "config", "filter.slow.smudge", "sleep 600")
        git(checkout, "config", "filter.slow.clean", "cat")
        (checkout / ".gitattributes").write_text("*.slow filter=slow\n")
        (checkout / "a.slow").write_text("a")
        git(checkout, "add", ".gitattributes", "a.slow")
        git(checkout, "commit", "-q", "-m", "with a filter")
    before = state(checkout)
    what = "never" if moment == "start" else "wait=0.002"
    arguments = [*("--git", "main", "quick", URL), "--command", f"{COMMAND} {what}"]
    if moment == "set-up":
        arguments += ["--setup", "sleep 600"]
    starts = checkout.parent / "starts"

    with begun(checkout, *arguments, "--profile", "thorough") as (process, mark):
        if moment in {"checkout", "set-up"}:
            wait_for(lambda: "sleep" in each_seen(processes(mark), psutil.Process.name))
        else:
            least = 1 if moment == "start" else 6
            wait_for(lambda: starts.exists() and len(starts.read_text().split()) >= least)
        process.send_signal(number)
        out, _ = process.communicate(timeout=60)
        assert process.returncode == code
        wait_for(lambda: processes(mark) == [])

    assert list((checkout.parent / "tmp").iterdir()) == []
    if moment == "block":
        assert "Not complete: It was ended" in out
        assert run_of(checkout).stopped is not None
        (checkout / "run.json").unlink()
    assert state(checkout) == before


A = "http://127.0.0.1:9/a"


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ((URL, URL), "and there is no --command"),
        ((A, A, "--command", "x"), "Cannot start a server for http://127.0.0.1:9/a: it does not"),
        ((URL, URL, "--command", ""), "Cannot run nothing: --command is empty."),
        ((URL, URL, "--command", "'x"), 'Cannot read --command "\'x": No closing quotation.'),
        ((URL, URL, URL, *("--command", "x") * 2), "Cannot start 3 servers by 2 commands."),
        (("http://example.com:{port}/",) * 2 + ("--command", "x"), "Cannot race example.com:"),
        ((URL, URL, "--command", "x", "--setup", "y"), "Cannot set up what is no revision"),
        (("--git", "main", "quick", URL), "and there is no --command"),
        (("--git", "main", "quick", "--command", "x"), "with 1 commands and 0 URLs"),
        (("--git", "main", URL, "--command", "x"), "Cannot race 1 URL: a race has 2 to 26."),
        (("--git", "main", "nope", URL, "--command", "x"), "Cannot race the revision 'nope':"),
        (("--git", "main", "--all", URL, "--command", "x"), "No such option"),
        (("--git", "main", "main", URL, "--command", "x"), "Cannot call two URLs 'main'."),
        ((A, A, "--requests", "nowhere.txt"), "Cannot read the requests from nowhere.txt"),
        ((A, A, "--requests", "good.txt"), "Leave out what stands behind the host."),
        (("http://127.0.0.1:9/?a=1",) * 2 + ("--requests", "good.txt"), "Leave out what stands"),
        (("http://127.0.0.1:9",) * 2 + ("--requests", "bad.txt"), "Cannot read line 2 of bad.txt"),
        (("http://127.0.0.1:9",) * 2 + ("--requests", "load.txt"), "weight and status are for"),
        ((A, A, "--start-timeout", "soon"), "'soon' is no time"),
    ],
)
def test_what_does_not_fit_is_told_before_anything_is_started(
    checkout: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], reason: str
) -> None:
    """With the reason and what to do, on one line."""
    monkeypatch.chdir(checkout)
    (checkout / "good.txt").write_text("/a\n")
    (checkout / "bad.txt").write_text("/a\nhttp://127.0.0.1:9/b\n")
    (checkout / "load.txt").write_text('{"url": "/a", "weight": 2}\n')

    with pytest.raises((RowpathError, click.ClickException)) as told:
        rowpath.main(["race", *arguments], prog_name="rowpath", standalone_mode=False)

    assert isinstance(told.value, RowpathError | click.ClickException)
    assert told.value.exit_code == 2
    assert reason in str(told.value)
    assert len(str(told.value).splitlines()) == 1


def test_revisions_are_of_a_checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder that is none is told, before anything is started."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    arguments = ["race", "--git", "main", "other", URL, "--command", "x"]

    with pytest.raises(RowpathError, match="it is no checkout of git") as told:
        rowpath.main(arguments, prog_name="rowpath", standalone_mode=False)

    assert told.value.exit_code == 2
    assert len(str(told.value).splitlines()) == 1
