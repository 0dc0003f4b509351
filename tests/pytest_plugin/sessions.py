"""How tests start sessions of pytest, and how they have one without waiting for its start."""

import os
import sys
from collections.abc import Callable
from importlib.metadata import entry_points

import pytest

from forking import forking


def ran_at_once(pytester: pytest.Pytester, *options: str) -> str:
    """Return what pytest prints, in a process that was forked from one that has imported it."""
    basetemp = pytester.mkdir(f"runpytest-{sum(1 for _ in pytester.path.glob('runpytest-*'))}")
    done = forking("pytest_plugin.sessions:imported").run(
        "pytest",
        f"--basetemp={basetemp}",
        *options,
        folder=pytester.path,
        environment=os.environ | {"PYTHONPATH": str(pytester.path)},
        timeout_s=120,
    )
    return f"{done.stdout}\n{done.stderr}"


def imported() -> Callable[[], None]:
    """Import the libraries that a session with a race needs, and return what runs one."""
    import rowpath.pytest_plugin.races  # noqa: F401, PLC0415 - of the child alone

    # Which pytest itself imports, to rewrite its assertions.
    for name in [name for name in sys.modules if name.partition(".")[0] == "rowpath"]:
        del sys.modules[name]
    return lambda: sys.exit(pytest.console_main())


def only(*plugins: str) -> list[str]:
    """Return the options that leave out all installed plugins but these and rowpath's.

    Importing those that happen to be here takes two seconds of each session.
    """
    names = {each.name for each in entry_points(group="pytest11")}
    return [f"-pno:{name}" for name in sorted(names - {"rowpath", *plugins})]
