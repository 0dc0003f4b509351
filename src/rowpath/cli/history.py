"""What every command that measures does with its run beside its own files: it keeps it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TypeVar

import click

from rowpath.cli.standard_streams import say
from rowpath.lab import history

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
