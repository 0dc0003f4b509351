"""The command `rowpath`: one file per subcommand; this one only finds out whether it can start."""

import signal
import sys

from rowpath.cli.standard_streams import say, take_over
from rowpath.errors import InstallError, UsageError

NO_DOCSTRINGS = 2
"""The level of optimization from which on there are none."""


def not_installed(package: str) -> InstallError:
    """Return what to say of a package that a command needs."""
    return InstallError(
        f"Cannot run rowpath: the package {package!r} is not installed. "
        "Install what the lab needs: pip install 'rowpath[lab]'"
    )


def main() -> None:
    """Run the command line and exit with its code."""
    output = take_over()
    if sys.flags.optimize >= NO_DOCSTRINGS:
        say(
            "Cannot run rowpath: Python leaves docstrings out, which altair cannot do without. "
            "Run it without -OO and PYTHONOPTIMIZE.",
            err=True,
        )
        sys.exit(UsageError.exit_code)
    try:
        from rowpath.cli.program import run  # noqa: PLC0415 a plain install has no click
    except KeyboardInterrupt:
        sys.exit(128 + signal.SIGINT)
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] == "rowpath":
            raise
        say(f"{not_installed(error.name)}", err=True)
        sys.exit(InstallError.exit_code)
    sys.exit(run(output))
