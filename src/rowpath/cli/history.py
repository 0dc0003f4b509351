"""The runs that are kept: each command that measures keeps its own, others find them by name."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TypeVar

import click

from rowpath.cli.standard_streams import say
from rowpath.errors import UsageError
from rowpath.lab import history
from rowpath.lab.runs import opened

Command = TypeVar("Command", bound=Callable[..., object])

runs_dir = click.option(
    "--runs-dir",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    help=f"Where runs are kept, also from the environment as {history.VARIABLE}. "
    f"[default: {history.FOLDER}]",
)
no_history = click.option("--no-history", is_flag=True, help="This run is not kept.")


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """Whether and where a command keeps its run."""

    folder: Path | None
    is_off: bool

    def keep(self, content: bytes, *, kind: str, started_at: datetime) -> Path | None:
        """Keep a run and return its file; None, with a line of warning, where that fails."""
        if self.is_off:
            return None
        try:
            return history.keep(
                content.decode(), kind=kind, started_at=started_at, folder=self.folder
            )
        except OSError as error:
            place = history.runs_folder(self.folder)
            reason = error.strerror or str(error)
            say(
                f"Cannot keep this run in {place}: {reason}. Name another folder with --runs-dir "
                f"or {history.VARIABLE}, or write --no-history.",
                err=True,
            )
            return None


def found(text: str, folder: Path | None) -> Path:
    """Return the file of the run that is called so; UsageError where there is none.

    A broken file among the kept ones is passed over where runs are counted, and that is said.
    """
    return history.find(text, folder, is_run=_is_run)


@cache  # two names may lead past the same file, of which one line says enough
def _is_run(path: Path) -> bool:
    try:
        opened(path)
    except UsageError as error:
        say(f"Passed over as no run: {error}", err=True)
        return False
    return True
