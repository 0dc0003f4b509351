"""The commands beside the main job: list, data and serve."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
import urllib3

import forking
from conftest import enterable_folder
from living import listening, that
from rowpath.errors import InstallError
from rowpath.lab.applications import APPLICATIONS
from rowpath.lab.experiments import EXPERIMENTS
from rowpath.lab.packages import REDIS, package_versions
from rowpath.lab.servers.redis import PROGRAMS

URL = re.compile(r"(POST |\(fails .*\) )?(http://127\.0\.0\.1:\d+/\S+)")
HEADER = re.compile(r"curl -X POST -H '([^:]+): ([^']+)' URL")

UNDER_NOHUP = """
import os, signal, sys
from rowpath.cli.program import run
from rowpath.cli.standard_streams import take_over
signal.signal(signal.SIGHUP, signal.SIG_IGN)
sys.argv = ["rowpath", "--version"]
run(take_over())
os.kill(os.getpid(), signal.SIGHUP)
print("still there")
"""


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """A data folder that all commands of this file share, one after the other."""
    with enterable_folder() as made:
        yield made


def environment(folder: Path) -> dict[str, str]:
    return os.environ | {"ROWPATH_DATA_DIR": str(folder)}


def rowpath(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return forking.rowpath("lab", *arguments, folder=Path(), environment=environment(folder))


def test_list_names_every_experiment_variant_and_claim(tmp_path: Path) -> None:
    """What can be run is listed without starting anything."""
    listed = rowpath(tmp_path, "list")

    assert listed.returncode == 0
    for experiment in EXPERIMENTS:
        assert experiment.question in listed.stdout
        for variant in experiment.variants:
            assert variant.title in listed.stdout
        for claim in experiment.claims:
            assert claim.text in listed.stdout
    assert list(tmp_path.iterdir()) == []


def test_data_builds_checks_replaces_and_drops(folder: Path) -> None:
    """Each dataset is built once, found again, built anew for another number, and removed."""
    built = rowpath(folder, "data", "--rows", "2k")
    again = rowpath(folder, "data", "--rows", "2_000")
    other = rowpath(folder, "data", "products", "--rows", "3000")
    dropped = rowpath(folder, "data", "logs", "--drop")
    after = rowpath(folder, "data", "--rows", "3000")

    assert "products: 2,000 products from seed 1" in built.stdout
    assert "logs: 2,000 player fights from seed 1" in built.stdout
    assert again.stdout.count("is there already") == 2
    assert "products: 3,000 products from seed 1" in other.stdout
    assert "built in" in other.stdout
    assert "logs: " not in other.stdout
    assert "Removed logs." in dropped.stdout
    assert after.stdout.count("is there already") == 1
    assert "logs: 3,000 player fights" in after.stdout


def test_a_command_under_nohup_outlives_its_terminal() -> None:
    """A signal that is ignored when a command starts is ignored until it ends."""
    done = subprocess.run(
        [sys.executable, "-c", UNDER_NOHUP], capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "still there")


def test_a_command_imports_little_of_what_it_does_not_use() -> None:
    """Neither what draws pages nor what measures, where a run's file is only read."""
    program = (
        "import sys; from rowpath.cli.program import rowpath; "
        "rowpath.main(['verify', '--help'], standalone_mode=False); "
        "print({'altair', 'locust', 'numpy', 'psycopg', 'redis', 'urllib3'} & set(sys.modules))"
    )

    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )

    assert done.stdout.splitlines()[-1] == "set()"


def test_a_package_that_a_command_needs_and_that_is_missing_is_told(tmp_path: Path) -> None:
    """In one line, with what to install."""
    program = "import sys; sys.modules['pydantic'] = None; from rowpath.cli import main; main()"

    ended = subprocess.run(
        [sys.executable, "-c", program, "verify", "run.json"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert ended.returncode == InstallError.exit_code
    assert ended.stderr.startswith("Cannot run rowpath: the package 'pydantic' is not installed.")
    assert len(ended.stderr.splitlines()) == 1


def test_data_of_an_unknown_dataset_is_refused_with_the_known_ones(tmp_path: Path) -> None:
    """A slip of the hand is told before anything is started."""
    refused = rowpath(tmp_path, "data", "log")

    assert refused.returncode == 2
    assert "'log'" in refused.stderr
    assert "products or logs" in refused.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def served(folder: Path) -> Iterator[subprocess.Popen[str]]:
    """Both applications, kept running."""
    with subprocess.Popen(
        [sys.executable, "-m", "rowpath", "lab", "serve", "--rows", "2000"],
        env=environment(folder),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        yield process
        process.send_signal(signal.SIGTERM)


def urls_of(process: subprocess.Popen[str]) -> tuple[list[tuple[str, str]], dict[str, str]]:
    """The URL of each variant with what stands before it, and the header that tasks ask for."""
    assert process.stdout is not None
    urls: list[tuple[str, str]] = []
    headers: dict[str, str] = {}
    for line in process.stdout:
        urls += [(how.strip(), url) for how, url in URL.findall(line)]
        headers |= dict(HEADER.findall(line))
        if "Running until Ctrl-C" in line:
            return urls, headers
    pytest.fail("the command ended before it served")


def test_serve_prints_urls_that_answer_and_ends_with_a_signal(
    served: subprocess.Popen[str],
) -> None:
    """Every URL that is printed answers, on loopback only, until the command is told to end.

    A task does with the header that is printed, and without it for nobody.
    """
    urls, headers = urls_of(served)
    has_redis = any(map(shutil.which, PROGRAMS))
    versions = package_versions() | ({REDIS: "99"} if has_redis else {})
    assert len(urls) == sum(
        variant.needs is None or variant.needs.met_by(versions)
        for experiment in EXPERIMENTS
        for variant in experiment.variants
        if APPLICATIONS[variant.app].techniques is None  # others only add an instrument
    )

    for how, url in urls:
        if how == "POST":
            assert urllib3.request("POST", url).status == 403
            assert urllib3.request("POST", url, headers=headers).status == 200
            continue
        expected = 500 if how.startswith("(fails") else 200
        assert urllib3.request("GET", url, timeout=60).status == expected
    assert listening(psutil.Process(served.pid).children(recursive=True)) == {"127.0.0.1"}

    served.send_signal(signal.SIGTERM)
    assert served.wait(timeout=60) == 143


def test_serve_ends_with_a_sentence_when_a_server_dies(served: subprocess.Popen[str]) -> None:
    """Nothing is promised that does not answer any more."""
    urls_of(served)
    for server in that(
        psutil.Process(served.pid).children(recursive=True),
        lambda each: "gunicorn" in " ".join(each.cmdline()),
    ):
        server.kill()

    assert served.wait(timeout=60) == 9
    assert served.stderr is not None
    assert "Cannot go on serving http://127.0.0.1:" in served.stderr.read()


def test_serve_at_a_port_that_is_taken_is_refused(folder: Path) -> None:
    """A port that somebody listens on is told, with what to do."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        refused = rowpath(folder, "serve", "django", "--rows", "2000", "--port", str(port))

    assert refused.returncode == 8
    assert f"Cannot listen on 127.0.0.1:{port}" in refused.stderr.splitlines()[-1]
