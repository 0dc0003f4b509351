"""Where a run is written: found to be possible before the work, done at its end, whatever end."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from rowpath.errors import OutputError
from rowpath.lab import record
from rowpath.lab.record import Run
from rowpath.report import html

FOLDER = Path("rowpath-runs")
"""History is a folder of runs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outputs:
    """The two files of a run."""

    json: Path
    html: Path

    def write(self, run: Run) -> None:
        """Write both files; OutputError where one cannot be written after all."""
        try:
            record.write(run, self.json)
            self.html.write_text(html.render(run), encoding="utf-8")
        except OSError as error:
            raise OutputError(
                f"Cannot write the run: {error}. What was measured stands above, in the terminal."
            ) from error


def outputs(json: Path | None, html_: Path | None, now: datetime) -> Outputs:
    """Return where to write, both places tried; OutputError where one cannot be written."""
    name = now.strftime("%Y-%m-%dT%H-%M-%S")
    chosen = Outputs(
        json=json or FOLDER / f"{name}.json",
        html=html_ or FOLDER / f"{name}.html",
    )
    for path in (chosen.json, chosen.html):
        _try(path)
    return chosen


def _try(path: Path) -> None:
    existed = path.exists()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("ab"):
            pass
        if not existed:
            path.unlink()
    except OSError as error:
        raise OutputError(
            f"Cannot write {path}: {error.strerror or error}. "
            "Choose a file that can be written with --json and --html."
        ) from error
