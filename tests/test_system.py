"""What the tests need of the machine is found, installed, or asked for before any work."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from shutil import which
from threading import Thread

import pytest

from system import BROWSER, NEEDS

SCRIPT = Path(__file__).with_name("system.py")
NOBODY = "http://127.0.0.1:1"
# What these do stands for the system's own: root is asked for nothing, packages come at once.
SUDO = '#!/bin/sh\nshift\nexec "$@"\n'
APT_GET = """#!/bin/sh
case "$*" in
*"install -y --no-install-recommends chromium") ln -s /bin/true "$(dirname "$0")/chromium" ;;
esac
"""
APT_GET_OFFLINE = "#!/bin/sh\necho 'E: Unable to locate package chromium' >&2\nexit 100\n"


class Machine:
    """A machine that has all that the tests need, but no browser."""

    def __init__(self, folder: Path) -> None:
        self.home, self._programs = folder / "home", folder / "programs"
        self._programs.mkdir()
        for need in NEEDS:
            found = need.find()
            if need is not BROWSER:
                assert found is not None, f"this machine has no {need.what}"
                (self._programs / found.name).symlink_to(found)
        for name in ("env", "sh", "ln", "dirname"):
            (self._programs / name).symlink_to(str(which(name)))

    def put(self, name: str, text: str) -> None:
        """Give the machine a program."""
        program = self._programs / name
        program.write_text(text)
        program.chmod(0o755)

    def prepare(self, server: str = NOBODY) -> subprocess.CompletedProcess[str]:
        """Do what `make test` does first; `server` is where playwright downloads from."""
        environment = {
            "HOME": str(self.home),
            "PATH": str(self._programs),
            "PLAYWRIGHT_DOWNLOAD_HOST": server,
        }
        return subprocess.run(
            [sys.executable, str(SCRIPT)],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


class Refusing(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_error(404)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def download_server() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Refusing) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_a_machine_without_a_browser_is_told_in_one_line(machine: Machine) -> None:
    """Where no browser is and none can be had, one sentence says so, with both reasons."""
    done = machine.prepare()

    assert done.returncode == 1
    [line] = done.stderr.splitlines()
    assert line.startswith("Cannot run the tests: this machine lacks a browser")
    assert "apt-get cannot be run as root here" in line
    assert f"playwright cannot download one: {NOBODY} does not answer" in line
    assert line.endswith("(on Debian: apt-get install chromium).")


def test_any_chrome_will_do(machine: Machine) -> None:
    """Chrome is as good as Chromium, and nothing is installed beside it."""
    machine.put("google-chrome", "")

    done = machine.prepare()

    assert (done.returncode, done.stderr) == (0, "")


def test_a_browser_of_playwrights_will_do(machine: Machine) -> None:
    """What `playwright install` once put in the user's cache is found there."""
    browser = machine.home / ".cache/ms-playwright/chromium-1/chrome-linux/chrome"
    browser.parent.mkdir(parents=True)
    browser.touch(0o755)

    done = machine.prepare()

    assert (done.returncode, done.stderr) == (0, "")


def test_the_systems_package_is_installed(machine: Machine) -> None:
    """Where apt-get can be run as root, the package is installed and its program is there."""
    machine.put("sudo", SUDO)
    machine.put("apt-get", APT_GET)

    done = machine.prepare()

    assert done.returncode == 0, done.stderr
    assert done.stderr == "Installing chromium, which the tests need, by apt-get.\n"


def test_a_package_that_cannot_be_had_is_told_with_its_reason(machine: Machine) -> None:
    """apt-get's own last words are in the sentence."""
    machine.put("sudo", SUDO)
    machine.put("apt-get", APT_GET_OFFLINE)

    done = machine.prepare()

    assert done.returncode == 1
    assert "ended with 100: E: Unable to locate package chromium, and" in done.stderr


def test_playwrights_own_browser_comes_later(machine: Machine) -> None:
    """Without root, and where playwright's server answers, its installation is left to do it."""
    with download_server() as server:
        done = machine.prepare(server)

    assert done.returncode == 0, done.stderr
    assert done.stderr == "A browser comes with playwright's own installation.\n"
