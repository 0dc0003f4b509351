"""`rowpath verify`: whether what a run's file says follows from the samples in it."""

from pathlib import Path

import click

from rowpath.cli.history import runs_dir
from rowpath.cli.standard_streams import say
from rowpath.errors import UsageError
from rowpath.lab.history import find
from rowpath.lab.rereading import Kept, read_back

DOES_NOT_FOLLOW = 3
"""The exit code where a file says what its samples do not."""


@click.command("verify")
@click.argument("runs", nargs=-1, required=True, metavar="RUN [RUN ...]")
@runs_dir
def verify(*, runs: tuple[str, ...], runs_dir: Path | None) -> int:
    """Compute the verdicts of runs and races again from the samples in their files."""
    return max(_verified(named, runs_dir) for named in runs)


def _verified(named: str, folder: Path | None) -> int:
    """Say what came of a run's file; return its exit code."""
    try:
        path = find(named, folder)
        kept = read_back(path)
    except UsageError as error:
        say(f"{error}", err=True)
        return error.exit_code
    if kept.doubt:
        say(f"{path} does not follow from its samples: {kept.doubt}.", err=True)
        return DOES_NOT_FOLLOW
    say(f"{path}: {_told(kept)}")
    return 0


def _told(kept: Kept) -> str:
    if not kept.verdicts:
        return "it has no verdict, and its figures follow from its samples."
    number = f"{kept.verdicts} verdict{'' if kept.verdicts == 1 else 's'}"
    if kept.is_older:
        return (
            f"the file's figures follow from its samples. Its {number} were given by the rules of "
            f"schema {kept.run.schema_version}; wherever they are shown, those of today give them."
        )
    return f"the file's {number} follow{'s' if kept.verdicts == 1 else ''} from its samples."
