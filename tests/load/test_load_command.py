"""`rowpath load` as people type it, against real servers."""

import csv
import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import click
import psutil
import pytest

import forking
from conftest import hearing_sigint
from living import that
from load.targets import Target
from rowpath.cli.load_requests import Common, targets
from rowpath.cli.program import rowpath
from rowpath.errors import RowpathError, UsageError
from written import check

LOCUSTFILE = """
from locust import FastHttpUser, HttpUser, constant_throughput, task

class Fast(FastHttpUser):
    wait_time = constant_throughput(20)

    @task
    def rows(self):
        self.client.get("/ok", name="rows")

class Slow(HttpUser):
    wait_time = constant_throughput(5)

    @task
    def missing(self):
        self.client.get("/404")
"""


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "rowpath", "load", *arguments]


def load(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return forking.rowpath("load", *arguments, folder=folder, environment=os.environ)


def content_of(path: Path) -> Any:  # noqa: ANN401 whatever JSON has
    check(path.read_bytes(), "load.json")
    return json.loads(path.read_text(encoding="utf-8"))


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
    return port


def test_a_load_tells_each_url_and_writes_what_is_asked_for(target: Target, tmp_path: Path) -> None:
    """Terminal, JSON, page and CSV have as many requests of each URL as the server saw."""
    urls = [f"{target.url}/ok", f"{target.url}/404"]
    files = ("--json", "load.json", "--html", "load.html", "--csv", "of/load")

    done = load(tmp_path, *urls, "-u", "2", "--run-time", "1s", *files)

    # A load that a busy machine draws out also tells how far it is.
    told = [
        line for line in done.stderr.splitlines() if not re.match(r"\d+ of 1 s, 2 users: ", line)
    ]
    assert (done.returncode, told) == (0, [])
    content = content_of(tmp_path / "load.json")
    assert [each["url"] for each in content["urls"]] == urls
    for each, path in zip(content["urls"], ("/ok", "/404"), strict=True):
        assert each["requests"] == target.count(path) > 0
        assert f"{each['requests']:,}" in done.stdout
        assert each["generator_cpu_share"] > 0
    assert [each["failures"] for each in content["urls"]] == [0, target.count("/404")]
    with (tmp_path / "of/load_stats.csv").open(encoding="utf-8") as file:
        assert [int(row["Request Count"]) for row in csv.DictReader(file)] == [
            target.count("/ok"),
            target.count("/404"),
            len(target.seen),
        ]
    assert "status 404" in (tmp_path / "of/load_failures.csv").read_text(encoding="utf-8")
    assert "Response times" in (tmp_path / "load.html").read_text(encoding="utf-8")


def test_the_json_goes_to_standard_output_without_a_file(target: Target, tmp_path: Path) -> None:
    """Then what is for people goes to standard error."""
    done = load(tmp_path, f"{target.url}/ok", "-t", "0.5s", "--json")

    assert json.loads(done.stdout)["urls"][0]["requests"] == len(target.seen)
    assert "Closed loop: 1 user" in done.stderr


def test_a_threshold_that_is_not_kept_ends_with_99(target: Target, tmp_path: Path) -> None:
    """All is written before, with the thresholds that were not kept."""
    limits = ("--fail-if", "p95>50ms", "--fail-if", "failures>0", "--fail-if", "p99<1s")

    done = load(tmp_path, f"{target.url}/slow", "-t", "0.5s", *limits, "--json", "a.json")

    assert done.returncode == 99
    told = done.stderr.splitlines()[-1]
    assert told.startswith("Cannot pass this load: ")
    assert "p95>50ms, it was " in told
    assert "p99<1s could not be judged" in told
    assert "failures>0" not in told
    assert len(content_of(tmp_path / "a.json")["failed_thresholds"]) == 2


def test_a_rate_that_is_not_offered_is_refused(target: Target, tmp_path: Path) -> None:
    """Two users who wait for a server that hangs send no hundred requests a second."""
    hang = (f"{target.url}/hang", "--rate", "100", "-u", "2", "-t", "1s", "--timeout", "0.5s")

    done = load(tmp_path, *hang, "--json", "a.json")

    assert done.returncode == 12
    assert "The rate was not offered" in done.stderr
    content = content_of(tmp_path / "a.json")
    assert content["holds"] is False
    assert content["offered"]["sent"] == len(target.seen) < content["offered"]["due"]


def test_a_master_and_two_workers_add_up(target: Target, tmp_path: Path) -> None:
    """Three commands, as on three machines: the master has what both workers counted."""
    port = str(free_port())
    worker = command("--worker", "--master-host", "127.0.0.1", "--master-port", port)
    with (
        subprocess.Popen(worker, stdout=subprocess.PIPE, text=True) as first,
        subprocess.Popen(worker, stdout=subprocess.PIPE, text=True) as second,
    ):
        led = load(
            tmp_path,
            *(f"{target.url}/ok", f"{target.url}/slow", "-u", "4", "-t", "2s", "--json", "a.json"),
            *("--master", "--expect-workers", "2", "--master-bind-host", "127.0.0.1"),
            *("--master-port", port),
        )
        said = [process.communicate(timeout=30)[0] for process in (first, second)]

    assert (led.returncode, first.returncode, second.returncode) == (0, 0, 0)
    content = content_of(tmp_path / "a.json")
    assert content["total"]["requests"] == len(target.seen)
    assert [each["requests"] for each in content["urls"]] == [
        target.count("/ok"),
        target.count("/slow"),
    ]
    assert len(content["generators"]) == 2
    assert all("Done; the master has what was measured." in text for text in said)


def test_a_worker_leaves_its_machine_only_with_its_owners_word(tmp_path: Path) -> None:
    """A master cannot have it ask a host that its own user has not spoken for."""
    port = str(free_port())
    master = command(
        *("http://192.0.2.1:9/", "-u", "2", "-t", "1s", "--i-own-this-host"),
        *("--master", "--master-bind-host", "127.0.0.1", "--master-port", port),
    )
    script = (
        "import sys; from rowpath.lab.load import engine; engine.check_listening = lambda _: None; "
        "from rowpath.cli import main; sys.argv = sys.argv[1:]; main()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, *master[2:]], stderr=subprocess.DEVNULL
    ) as leading:
        worker = load(tmp_path, "--worker", "--master-host", "127.0.0.1", "--master-port", port)
        leading.terminate()

    assert worker.returncode == 2
    assert "Cannot load 192.0.2.1:9: only this machine's loopback" in worker.stderr


@contextmanager
def begun(target: Target, folder: Path, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """Yield a load that has asked for the first time."""
    with (
        hearing_sigint(),
        subprocess.Popen(
            command(f"{target.url}/slow", *arguments),
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as process,
    ):
        deadline = monotonic() + 60
        while len(target.seen) < 15 and monotonic() < deadline:
            sleep(0.02)
        yield process


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_what_was_measured_is_written_when_a_load_is_ended(
    target: Target, tmp_path: Path, number: signal.Signals, code: int
) -> None:
    """Ctrl-C loses at most the last second, and leaves no process behind."""
    with begun(target, tmp_path, "-u", "1", "-t", "60s", "--json", "a.json") as process:
        children = psutil.Process(process.pid).children(recursive=True)
        process.send_signal(number)
        out, _ = process.communicate(timeout=30)

    assert process.returncode == code
    assert "Stopped after" in out
    content = content_of(tmp_path / "a.json")
    assert content["stopped"] is not None
    assert content["holds"] is False
    assert 0 < content["urls"][0]["requests"] <= len(target.seen)
    assert children
    assert not any(child.is_running() for child in children)


def test_a_load_ends_with_its_command_whatever_ends_that(target: Target, tmp_path: Path) -> None:
    """SIGKILL leaves no process that goes on asking."""
    with begun(target, tmp_path, "-u", "2", "-t", "60s", "--workers", "2") as process:
        children = psutil.Process(process.pid).children(recursive=True)
        process.kill()
        process.wait()

    _, left = psutil.wait_procs(children, timeout=30)
    assert children
    assert left == []


def test_a_worker_that_dies_makes_the_figures_not_hold(target: Target, tmp_path: Path) -> None:
    """What the other one measured is written, and told to be not all."""
    arguments = ("-u", "2", "-t", "3s", "--workers", "2", "--json", "a.json")
    with begun(target, tmp_path, *arguments) as process:
        workers = that(
            psutil.Process(process.pid).children(recursive=True),
            lambda child: "worker-0.json" in " ".join(child.cmdline()),
        )
        for worker in workers:
            worker.kill()
        _, errors = process.communicate(timeout=60)

    assert len(workers) == 1
    assert process.returncode == 12
    assert "1 of 2 workers were lost" in errors
    assert content_of(tmp_path / "a.json")["urls"][0]["requests"] > 0


def test_users_of_a_locust_file_are_counted_by_their_names(target: Target, tmp_path: Path) -> None:
    """Their own users, names and pauses, with raw times and our counts.

    What is asked after the load's time, until Locust has stopped its users, is not counted, nor
    what it cuts off.
    """
    (tmp_path / "users.py").write_text(LOCUSTFILE)

    done = load(
        tmp_path,
        *(target.url, "-f", "users.py", "-u", "2", "-t", "1s", "--workers", "1"),
        *("--json", "a.json"),
    )

    assert done.returncode == 0, done.stderr
    counted = {each["url"]: each for each in content_of(tmp_path / "a.json")["urls"]}
    for path, told in (("/ok", counted["rows"]["requests"]), ("/404", counted["/404"]["failures"])):
        assert 0 < told <= target.count(path)


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("import nowhere", "its import ends with ModuleNotFoundError"),
        ("x = 1", "it has no user class"),
        ("from locust import FastHttpUser\nclass A(FastHttpUser): pass", "have no host"),
        (
            "from locust import FastHttpUser\nclass A(FastHttpUser):\n    host='http://10.0.0.1'",
            "Cannot load 10.0.0.1",
        ),
    ],
)
def test_a_locust_file_that_cannot_be_used_is_told(
    tmp_path: Path, source: str, reason: str
) -> None:
    """With what is wrong in it."""
    (tmp_path / "users.py").write_text(source)

    done = load(tmp_path, "-f", "users.py", "-t", "1s")

    assert done.returncode in {2, 9}
    assert reason in done.stderr


URL = "http://127.0.0.1:9/"


@pytest.mark.parametrize(
    ("arguments", "code", "reason"),
    [
        ((), 2, "Cannot load nothing: there is no URL."),
        (("localhost:8000",), 2, "Cannot ask localhost:8000: it is no URL of a web server."),
        (("http://example.com/",), 2, "If the host is yours to load, say so with --i-own-this"),
        ((URL,), 9, f"Cannot load {URL}: Connection refused. Start the server"),
        ((URL, "-t", "soon"), 2, "'soon' is no time; write it like 30s"),
        ((URL, "-t", "0s"), 2, "no time to do anything in"),
        ((URL, "-u", "0"), 2, "0 is not in the range"),
        ((URL, "-u", "5", "-r", "1", "-t", "3"), 2, "that takes 4 s. Run longer"),
        ((URL, "--workers", "2"), 2, "Cannot share 1 users among 2 workers"),
        ((URL, "--fail-if", "p95>200"), 2, "p95 is a time. Write its unit"),
        ((URL, "-H", "X"), 2, "Cannot send the header 'X'. Write it as 'Name: value'."),
        ((URL, "-H", "X: a\r\nY: b"), 2, "Cannot send the header"),
        ((URL, "--cookie", "a"), 2, "Cannot send the cookie 'a'."),
        ((URL, "-X", "GE T"), 2, "Cannot ask with the method 'GE T'."),
        ((URL, "-d", "@nowhere.txt"), 2, "Cannot read the body from nowhere.txt: No such file"),
        ((URL, "--requests", "nowhere.txt"), 2, "Cannot read the requests from nowhere.txt"),
        ((URL, "-f", "nowhere.py"), 2, "Cannot read the Locust file nowhere.py"),
        ((URL, "--worker"), 2, "Cannot be a worker of nobody."),
        ((URL, "--worker", "--master-host", "x", "--html", "a"), 2, "what its master does"),
        ((URL, "--master-host", "127.0.0.1"), 2, "without --master"),
        ((URL, "--json", "file/a.json"), 3, "Cannot write file/a.json"),
        ((URL, "--html", "."), 3, "it is no file"),
        (("--json", URL), 2, "that is a URL"),
        ((URL, "--spawn", "1"), 2, "No such option"),
    ],
)
def test_bad_input_is_told_before_any_load(
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
        rowpath.main(["load", *arguments], prog_name="rowpath", standalone_mode=False)

    assert isinstance(told.value, RowpathError | click.ClickException)
    assert told.value.exit_code == code
    assert reason in str(told.value)
    assert len(str(told.value).splitlines()) == 1


@pytest.mark.parametrize(
    ("arguments", "code", "reason"),
    [
        (("http://example.com/",), 2, "say so with --i-own-this-host."),
        ((URL, "--spawn", "1"), 2, "See `rowpath load --help`."),
    ],
)
def test_bad_input_ends_the_command_with_a_line(
    tmp_path: Path, arguments: tuple[str, ...], code: int, reason: str
) -> None:
    """On standard error, and nothing else."""
    done = load(tmp_path, *arguments)

    assert (done.returncode, done.stdout) == (code, "")
    assert reason in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_port_that_is_taken_is_told(target: Target, tmp_path: Path) -> None:
    """A master that could not listen would wait for workers who never come."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = load(
            tmp_path,
            *(f"{target.url}/ok", "--master", "--master-bind-host", "127.0.0.1"),
            *("--master-port", port),
        )

    assert done.returncode == 8
    assert f"Cannot listen for workers on 127.0.0.1:{port}" in done.stderr


def common(**fields: Any) -> Common:  # noqa: ANN401 fields of a value
    return Common(
        **{"method": None, "headers": (), "cookies": (), "body": None, "status": None} | fields
    )


def test_a_file_of_requests_has_urls_methods_and_objects(tmp_path: Path) -> None:
    """What a line does not say is as the options have it."""
    file = tmp_path / "requests.txt"
    file.write_text(
        "# pages\nhttp://127.0.0.1/a\n\nDELETE http://127.0.0.1/b\n"
        '{"url": "http://127.0.0.1/c#part", "body": {"n": 1}, "headers": {"X": "1"}, '
        '"cookies": {"c": "2"}, "name": "add", "weight": 3, "status": 201}\n'
    )

    first, second, third, fourth = targets(
        ["http://127.0.0.1/"], file, common(headers=["Accept: text/html"])
    )

    assert [each.url for each in (first, second, third, fourth)] == [
        "http://127.0.0.1/",
        "http://127.0.0.1/a",
        "http://127.0.0.1/b",
        "http://127.0.0.1/c",
    ]
    assert [each.method for each in (second, third, fourth)] == ["GET", "DELETE", "POST"]
    assert second.headers == (("Accept", "text/html"),)
    assert fourth.headers == (("Accept", "text/html"), ("X", "1"))
    assert (fourth.body, fourth.cookies) == ('{"n": 1}', (("c", "2"),))
    assert (fourth.label, fourth.weight, fourth.expects_status) == ("add", 3, 201)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{", "it is no JSON"),
        ('{"method": "GET"}', "it has no url"),
        ('{"url": "http://127.0.0.1/", "verb": "GET"}', "there is no verb"),
        ('{"url": "http://127.0.0.1/", "weight": 0}', "weight and status are whole numbers"),
        ('{"url": "http://127.0.0.1/", "headers": "X: 1"}', "headers is no object"),
        ("GET", "no URL of a web server"),
        ("", "it has none"),
    ],
)
def test_a_line_of_requests_that_cannot_be_read_is_told(
    tmp_path: Path, line: str, reason: str
) -> None:
    """With its file, and its number where there is one."""
    file = tmp_path / "requests.txt"
    file.write_text(f"# one\n{line}\n")

    with pytest.raises(UsageError, match=reason) as told:
        targets([], file, common())

    assert str(file) in str(told.value)
    assert "line 2" in str(told.value) or not line
