"""Where a run is written: found to be possible before the work, done at its end, whatever end."""

import stat
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from rowpath.errors import OutputError
from rowpath.lab.record import Run, to_json
from rowpath.report import html

FOLDER = Path("rowpath-runs")
"""History is a folder of runs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outputs:
    """The two files of a run."""

    json: Path
    html: Path

    def write(self, run: Run) -> None:
        """Write both files; OutputError names those that cannot be written after all."""
        makers: tuple[tuple[Path, Callable[[], bytes]], ...] = (
            (self.json, lambda: to_json(run)),
            (self.html, lambda: html.render(run).encode()),
        )
        failed = []
        for path, make in makers:
            try:
                replace_file(path, make())
            except OSError as error:
                failed.append(f"{path} ({error.strerror or error})")
        if failed:
            raise OutputError(
                f"Cannot write {' and '.join(failed)}. What was measured stands in the terminal; "
                "run again with a place that stays writable."
            )


def outputs(json: Path | None, html_: Path | None, now: datetime) -> Outputs:
    """Return where to write, both places tried; OutputError where one cannot be written."""
    name = now.strftime("%Y-%m-%dT%H-%M-%S")
    chosen = Outputs(
        json=_tried(json or FOLDER / f"{name}.json"),
        html=_tried(html_ or FOLDER / f"{name}.html"),
    )
    if chosen.json == chosen.html and _is_replaced(chosen.json):
        raise OutputError(
            f"Cannot write the run and its report to one file, {chosen.json}. "
            "Choose two with --json and --html."
        )
    return chosen


def _tried(path: Path) -> Path:
    """Return the path that links lead to, once it is known that it can be written."""
    try:
        resolved = path.resolve()
        _try(resolved)
    except (OSError, RuntimeError) as error:
        reason = getattr(error, "strerror", None) or error
        raise OutputError(
            f"Cannot write {path}: {reason}. "
            "Choose a file that can be written with --json and --html."
        ) from error
    return resolved


def _try(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.is_dir() or path.is_fifo() or path.is_socket():
        raise OSError(None, "it is no file")
    target = _part(path) if _is_replaced(path) else path
    with target.open("ab"):
        pass
    if target != path:
        target.unlink()


def replace_file(path: Path, content: bytes) -> None:
    """Write the file whole or not at all, over whatever stood there; a device is written to."""
    if not _is_replaced(path):
        path.write_bytes(content)
        return
    part = _part(path)
    part.write_bytes(content)
    part.replace(path)


def _part(path: Path) -> Path:
    return path.with_name(f"{path.name}.part")


def _is_replaced(path: Path) -> bool:
    """Return whether a path is a regular file or free to become one: no device, pipe or socket."""
    return not path.exists() or stat.S_ISREG(path.stat().st_mode)
