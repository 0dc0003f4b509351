"""pytest's plugin: the fixture `race`. Importing it imports nothing heavy; using the fixture does.

docs/pytest.md is its documentation.
"""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:  # or each pytest session would pay for what few of its tests use
    from rowpath.pytest_plugin.races import Races
    from rowpath.pytest_plugin.sessions import Kept

PROFILES = ("quick", "default", "thorough")


class RaceNotValidWarning(UserWarning):
    """A race failed its own tests: it shows nothing, one way or the other."""


class RaceNotKeptWarning(UserWarning):
    """A race could not be kept among the runs."""


_KEPT: "pytest.StashKey[list[Kept]]" = pytest.StashKey()
"""What was raced in this session."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options, all of which begin with --race."""
    group = parser.getgroup("rowpath", "rowpath: races")
    group.addoption(
        "--race-profile",
        choices=PROFILES,
        help="How long a race measures; without it, the ini option race_profile, or else quick.",
    )
    group.addoption(
        "--race-runs-dir",
        metavar="FOLDER",
        type=_absolute,
        help="Where each race is kept; without it, the ini option race_runs_dir, ROWPATH_RUNS_DIR, "
        "or else .rowpath/runs.",
    )
    group.addoption(
        "--race-skip", action="store_true", help="Skip the tests that use the fixture race."
    )
    group.addoption(
        "--race-json",
        metavar="FILE",
        type=_absolute,
        help="Write all races of the session to a file, as JSON.",
    )
    parser.addini(
        "race_profile", "How long a race measures: quick, default or thorough.", default=""
    )
    parser.addini("race_runs_dir", "Where each race is kept, relative to this file.", default="")


def pytest_configure(config: pytest.Config) -> None:
    """Refuse what no race could be run with, before any test is."""
    config.stash[_KEPT] = []
    profile = config.getini("race_profile")
    if profile and profile not in PROFILES:
        raise pytest.UsageError(
            f"Cannot race with race_profile = {profile}: it is unknown. "
            f"Choose one of: {', '.join(PROFILES)}."
        )
    path = config.getoption("race_json")
    if path is not None and (path.is_dir() or not path.parent.is_dir()):
        raise pytest.UsageError(
            f"Cannot write --race-json {path}: it is a folder, or in none. Name another file."
        )


@pytest.fixture
def race(request: pytest.FixtureRequest) -> "Races":
    """Return what races functions, or URLs, by their names: two or more."""
    config = request.config
    if config.getoption("race_skip"):
        pytest.skip("--race-skip")
    _check_alone(config)
    try:
        from rowpath.pytest_plugin.races import Races  # noqa: PLC0415 it takes half a second
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] == "rowpath":
            raise
        pytest.fail(
            f"Cannot race: the package {error.name!r} is not installed. "
            "Install what races need: pip install 'rowpath[lab]'",
            pytrace=False,
        )
    return Races(
        test=request.node.nodeid,
        profile=config.getoption("race_profile") or config.getini("race_profile") or PROFILES[0],
        folder=_folder(config),
        kept=config.stash[_KEPT],
    )


def _check_alone(config: pytest.Config) -> None:
    """Fail where pytest-xdist runs tests: those of other workers would slow now this, now that."""
    if _is_worker(config):
        pytest.fail(
            "Cannot race beside other tests: this is a worker of pytest-xdist. Run the races alone "
            "with -n 0, or leave them out with --race-skip.",
            pytrace=False,
        )


def _is_worker(config: pytest.Config) -> bool:
    return hasattr(config, "workerinput")


def _folder(config: pytest.Config) -> Path:
    """Return where races are kept, whatever folder a test makes the current one."""
    given: Path | None = config.getoption("race_runs_dir")
    if given is not None:
        return given
    if named := config.getini("race_runs_dir"):
        return (config.inipath.parent if config.inipath else config.rootpath) / str(named)
    from rowpath.lab.history import runs_folder  # noqa: PLC0415 a test races

    return config.invocation_params.dir / runs_folder()


def _absolute(text: str) -> Path:
    return Path(text).absolute()


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Tell what the races came to."""
    kept = config.stash[_KEPT]
    if kept:
        from rowpath.pytest_plugin.sessions import told  # noqa: PLC0415 there were races

        terminalreporter.section("rowpath: races")
        for line in told(kept):
            terminalreporter.line(line)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Write --race-json."""
    path = session.config.getoption("race_json")
    if path is None or _is_worker(session.config):
        return
    from rowpath.pytest_plugin.sessions import as_json  # noqa: PLC0415 the option was given

    kept = session.config.stash[_KEPT]
    try:
        path.write_bytes(as_json(kept))
    except OSError as error:
        raise pytest.UsageError(
            f"Cannot write --race-json {path}: {error.strerror}. Name another file."
        ) from error
