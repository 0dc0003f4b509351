"""pytest's plugin: the fixtures `race` and `rowpath_growth`, and what holds a whole suite.

Importing it imports nothing heavy; using it does. docs/pytest.md is its documentation.
"""

from collections.abc import Generator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import pytest

if TYPE_CHECKING:  # or each pytest session would pay for what few of its tests use
    from rowpath.explain.django.client_handler import ClientWatch
    from rowpath.pytest_plugin.growth import Growth
    from rowpath.pytest_plugin.races import Races
    from rowpath.pytest_plugin.sessions import Kept

PROFILES = ("quick", "default", "thorough")


class RaceNotValidWarning(UserWarning):
    """A race failed its own tests: it shows nothing, one way or the other."""


class RaceNotKeptWarning(UserWarning):
    """A race could not be kept among the runs."""


_KEPT: "pytest.StashKey[list[Kept]]" = pytest.StashKey()
"""What was raced in this session."""
_WATCH: "pytest.StashKey[ClientWatch]" = pytest.StashKey()
GROWTH = "rowpath_growth"
"""The name of the fixture, of the marker, of the ini option, and of what a test's report has."""
MARKER = (
    f"{GROWTH}(allow=()): no statement of a client's request may grow with its rows, but for those "
    "of relations that are allowed, like 'shop.Book.author'; '*' allows all."
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options, which begin with --race or with --rowpath."""
    group = parser.getgroup("rowpath", "rowpath: races, and growth with the rows")
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
    group.addoption(
        "--rowpath-growth",
        action="store_const",
        const="fail",
        help="Fail each test one of whose client requests sends statements that grow with rows.",
    )
    group.addoption(
        "--rowpath-growth-report",
        dest="rowpath_growth",
        action="store_const",
        const="report",
        help="Tell of such requests at the end, and fail no test for them.",
    )
    parser.addini(GROWTH, "Whether --rowpath-growth is on.", type="bool", default=False)
    parser.addini(
        f"{GROWTH}_allow", "Relations that may be loaded row by row.", type="linelist", default=[]
    )
    parser.addini(
        "race_profile", "How long a race measures: quick, default or thorough.", default=""
    )
    parser.addini("race_runs_dir", "Where each race is kept, relative to this file.", default="")


def pytest_configure(config: pytest.Config) -> None:
    """Refuse what no race could be run with, before any test is."""
    config.stash[_KEPT] = []
    config.addinivalue_line("markers", MARKER)
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


@pytest.fixture
def rowpath_growth(request: pytest.FixtureRequest) -> "Growth":
    """Return what holds requests: no statement of theirs may grow with the rows."""
    growth = _growth(request.node)
    if growth is None:
        _fail_unset()
    return growth


def _fail_unset() -> NoReturn:
    from rowpath.pytest_plugin.growth import NOT_SET_UP  # noqa: PLC0415 it imports Django

    pytest.fail(NOT_SET_UP, pytrace=False)


def _growth(item: pytest.Item) -> "Growth | None":
    """Return what holds a test's requests; None where Django is not set up. It fails without it."""
    try:
        from rowpath.pytest_plugin import growth  # noqa: PLC0415 it imports Django
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] == "rowpath":
            raise
        pytest.fail(
            f"Cannot hold requests: the package {error.name!r} is not installed. Install Django, "
            "or leave rowpath_growth out.",
            pytrace=False,
        )
    config = item.config
    if _WATCH not in config.stash:
        watch = growth.watch()
        if watch is None:
            return None
        config.stash[_WATCH] = watch.__enter__()
        config.add_cleanup(watch.__exit__)
    allowed = [*config.getini(f"{GROWTH}_allow")]
    for marker in item.iter_markers(GROWTH):
        allowed.extend(growth.patterns(marker.kwargs.get("allow", ())))
    return growth.Growth(config.stash[_WATCH], allowed, config.rootpath)


def _mode(item: pytest.Item) -> str | None:
    """Return whether a test's requests are held to `fail` it or to `report`; else None."""
    given: str | None = item.config.getoption("rowpath_growth")
    if given is None and (item.config.getini(GROWTH) or item.get_closest_marker(GROWTH)):
        return "fail"
    return given


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, Any, Any]:
    """Hold the requests of a test, where the marker, the option or the ini file asks for it."""
    mode = _mode(item)
    growth = _growth(item) if mode else None
    if growth is None:
        if item.get_closest_marker(GROWTH):
            _fail_unset()
        return (yield)
    with ExitStack() as stack:
        held_so_far = stack.enter_context(growth.holding())
        result = yield
    held = held_so_far()
    item.user_properties.append((GROWTH, [held.requests, *held.found]))
    if mode == "fail" and held.found:
        from rowpath.pytest_plugin.growth import told  # noqa: PLC0415 it is imported by now

        pytest.fail(told(held), pytrace=False)
    return result


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
    if config.getoption("rowpath_growth") or config.getini(GROWTH):
        _tell_growth(terminalreporter, is_report=config.getoption("rowpath_growth") == "report")


def _tell_growth(terminal: pytest.TerminalReporter, *, is_report: bool) -> None:
    """Tell how many requests were held, and what grows: what holds none shows nothing."""
    held = [
        value
        for reports in terminal.stats.values()
        for report in reports
        if getattr(report, "when", None) == "call"
        for name, value in report.user_properties
        if name == GROWTH
    ]
    found: dict[str, int] = {}
    for each in held:
        for text in each[1:]:
            found[text] = found.get(text, 0) + 1
    terminal.section("rowpath: growth with the rows")
    requests = sum(each[0] for each in held)
    terminal.line(f"{requests} requests of {len(held)} tests were held; {len(found)} findings.")
    for text, tests in found.items() if is_report else ():
        terminal.line(f"\n{text}\n   in {tests} {'test' if tests == 1 else 'tests'}")


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
