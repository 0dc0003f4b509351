"""What the tests need of the machine, beside what pip installs: found, installed, or asked for.

`make test` runs this twice. At first, before any work, with the standard library alone: what is
missing is installed as the system's package where that can be done, and whatever cannot be had is
told at once. Then, with `--browser`, in the environment of the tests: there playwright installs a
browser of its own where the system had none to give.
"""

import os
import shutil
import ssl
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from urllib.error import HTTPError
from urllib.request import urlopen

# Debian keeps daemons where an ordinary user's PATH does not lead.
ELSEWHERE = ("/usr/sbin", "/usr/local/sbin")
# Where playwright's installation takes its browsers from, unless the variable names another place.
DOWNLOADS = os.environ.get("PLAYWRIGHT_DOWNLOAD_HOST", "https://cdn.playwright.dev")
ANSWERS_WITHIN_S = 3.0
APT = (
    *("env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq"),
    *("-o", "Acquire::Retries=1", "-o", "Acquire::http::Timeout=20"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """A program that tests run, under any of its names, and the package of Debian that has it.

    What is no program has a pattern of `files` instead. `options` are apt-get's for it.
    """

    what: str
    programs: tuple[str, ...] = ()
    files: str = ""
    package: str
    options: tuple[str, ...] = ()

    def find(self) -> Path | None:
        """Return where the program, or the newest file, is; None if it is nowhere."""
        found = map(found_program, self.programs)
        files = sorted(Path("/").glob(self.files), reverse=True) if self.files else []
        return next((path for path in (*found, *files) if path is not None), None)


BROWSER = Need(
    what="a browser, which opens the report",
    programs=(
        *("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"),
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
        "/Applications/Chromium.app/Contents/MacOS/Chromium",
    ),
    package="chromium",
)
COMPILER = Need(
    what="g++, which compiles the encoder with its sanitizers", programs=("g++",), package="g++"
)
POOLER = Need(
    what="pgbouncer, behind which prepared statements are tried",
    programs=("pgbouncer",),
    package="pgbouncer",
)
REDIS = Need(
    what="Redis or Valkey, which is one of the lab's caches",
    programs=("redis-server", "valkey-server"),
    package="redis-server",
)
# The package of a PostgreSQL makes a cluster and starts it, unless this file says otherwise; it is
# written where nothing of PostgreSQL's is installed yet.
_WITHOUT_A_CLUSTER = (
    "test -e /etc/postgresql-common || { mkdir /etc/postgresql-common && "
    "echo create_main_cluster=false >/etc/postgresql-common/createcluster.conf; }"
)
HYPOPG = Need(
    what="PostgreSQL with hypopg, which supposes indexes",
    files="usr/share/postgresql/*/extension/hypopg.control",
    package="^postgresql-1.-hypopg$",
    options=("-o", f"DPkg::Pre-Invoke::={_WITHOUT_A_CLUSTER}"),
)
NEEDS = (BROWSER, COMPILER, POOLER, REDIS, HYPOPG)


def found_program(name: str) -> Path | None:
    """Return where a program is: on PATH, or where daemons are."""
    path = os.pathsep.join((os.environ.get("PATH", os.defpath), *ELSEWHERE))
    found = shutil.which(name, path=path)
    return None if found is None else Path(found)


def found_browser() -> Path | None:
    """Return the Chrome or Chromium to run: the system's, else the newest of playwright's own."""
    return BROWSER.find() or next(_browsers_of_playwright(), None)


def _browsers_of_playwright() -> Iterator[Path]:
    """Yield the browsers that playwright has installed, the newest first."""
    caches = (Path.home() / ".cache", Path.home() / "Library/Caches")
    named = os.environ.get("PLAYWRIGHT_BROWSERS_PATH")
    folders = [Path(named)] if named else [cache / "ms-playwright" for cache in caches]
    programs = ("chrome", "headless_shell", "chrome-headless-shell", "Chromium")
    found = [
        path
        for folder in folders
        for program in programs
        for path in folder.glob(f"chromium*-*/**/{program}")
        if path.is_file() and os.access(path, os.X_OK)
    ]
    yield from sorted(found, key=lambda path: path.stat().st_mtime, reverse=True)


def missing() -> list[Need]:
    """Return what is not on this machine."""
    return [need for need in NEEDS if (found_browser() if need is BROWSER else need.find()) is None]


def prepare() -> str | None:
    """Install what is missing and the system has; return why the tests cannot run, or None."""
    lacking = missing()
    if not lacking:
        return None
    installer = _installer()
    reason = "" if installer else "apt-get cannot be run as root here"
    if installer:
        _say(f"Installing {_packages(lacking)}, which the tests need, by apt-get.")
        reason = _installed(installer, lacking)
        lacking = missing()
    if lacking == [BROWSER] and (unreachable := _unreachable()) is None:
        _say("A browser comes with playwright's own installation.")
        return None
    if lacking == [BROWSER]:
        reason = f"{reason}, and playwright cannot download one: {unreachable}"
    return _cannot(lacking, reason) if lacking else None


def install_browser() -> str | None:
    """Have playwright install its own browser where there is none; return why not, or None."""
    if found_browser() is not None:
        return None
    done = subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)
    if done.returncode != 0:
        return _cannot([BROWSER], f"`playwright install chromium` ended with {done.returncode}")
    return None if found_browser() else _cannot([BROWSER], "playwright has put none where it does")


def _installer() -> tuple[str, ...] | None:
    """Return how apt-get is run as root, None if it cannot be."""
    if shutil.which("apt-get") is None:
        return None
    if os.geteuid() == 0:
        return APT
    sudo = shutil.which("sudo")
    if sudo is None:
        return None
    may = subprocess.run([sudo, "-n", "true"], capture_output=True, check=False)
    return (sudo, "-n", *APT) if may.returncode == 0 else None


def _installed(installer: Sequence[str], needs: Sequence[Need]) -> str:
    """Install the packages of `needs`, each by itself; return what was wrong with the last."""
    commands = [["update"]]
    install = ("install", "-y", "--no-install-recommends")
    commands += [[*need.options, *install, need.package] for need in needs]
    reason = "apt-get has installed it, and it is not on PATH"
    for command in commands:
        done = subprocess.run([*installer, *command], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            said = (done.stderr or done.stdout).strip().splitlines() or ["nothing"]
            reason = f"`apt-get {' '.join(command)}` ended with {done.returncode}: {said[-1]}"
    return reason.rstrip(".")


def _unreachable() -> str | None:
    """Return why playwright cannot download a browser, None if its server answers."""
    told = [f"{DOWNLOADS} does not answer within {ANSWERS_WITHIN_S:.0f} s"]
    # A thread that is left behind, since nothing ends the search for a name before its time.
    asking = Thread(target=lambda: told.insert(0, _ask_server()), daemon=True)
    asking.start()
    asking.join(ANSWERS_WITHIN_S)
    return told[0] or None


def _ask_server() -> str:
    """Return what is wrong with playwright's server, the empty text if it is there."""
    try:
        with urlopen(DOWNLOADS, timeout=ANSWERS_WITHIN_S):  # noqa: S310 - https, or the user's own
            return ""
    except HTTPError:
        return ""  # whatever it says, it answers
    except OSError as error:
        reason = getattr(error, "reason", error)
        # playwright brings certificates of its own.
        return "" if isinstance(reason, ssl.SSLError) else f"{DOWNLOADS} does not answer: {reason}"


def _packages(needs: Sequence[Need]) -> str:
    return " ".join(need.package for need in needs)


def _cannot(needs: Sequence[Need], reason: str) -> str:
    what = ", and ".join(need.what for need in needs)
    return (
        f"Cannot run the tests: this machine lacks {what}: {reason}. "
        f"Install what it lacks (on Debian: apt-get install {_packages(needs)})."
    )


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)  # noqa: T201 - make shows it


if __name__ == "__main__":
    sys.exit(install_browser() if sys.argv[1:] == ["--browser"] else prepare())
