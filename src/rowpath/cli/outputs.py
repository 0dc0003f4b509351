"""Where a run is written: found to be possible before the work, done at its end, whatever end."""

import shutil
import stat
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import mkdtemp

from rowpath.cli import pages
from rowpath.errors import OutputError
from rowpath.lab.record import Run, to_json
from rowpath.report import markdown

STANDARD_OUTPUT = "-"
FOLDER = Path("rowpath-runs")
"""History is a folder of runs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """Where the files of a run are, by what they are, and why some are not where they were to go.

    A file that could be written nowhere is not among `paths`.
    """

    paths: Mapping[str, Path]
    failures: Sequence[str]

    def check(self) -> None:
        """OutputError where a file is not where it was to go; it says where it is instead."""
        if not self.failures:
            return
        kept = " and ".join(f"{path}" for path in self.paths.values())
        raise OutputError(
            f"Cannot write {' and '.join(self.failures)}. What was measured stands in "
            f"{kept or 'the terminal'}; "
            + ("keep that." if kept else "run again with a place that stays writable.")
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Outputs:
    """The files of a run; Markdown may go to standard output, which then has nothing else."""

    json: Path
    html: Path
    markdown: Path | None = None
    tells_markdown: bool = False

    def keep(self, run: Run) -> None:
        """Write a run that is still on its way, so that no end of the process loses it.

        Whether it can be written in the end is told in the end.
        """
        if _is_replaced(self.json):
            with suppress(OSError):
                replace_file(self.json, to_json(run))

    def write(self, run: Run) -> Written:
        """Write all files; one that cannot be written after all goes to a temporary folder."""
        makers: list[Maker] = [
            ("Run", self.json, lambda: to_json(run)),
            ("Report", self.html, lambda: pages.of_run(run).encode()),
        ]
        if self.markdown is not None:
            makers.append(("Markdown", self.markdown, lambda: markdown.render(run).encode()))
        return write(makers)


Maker = tuple[str, Path, Callable[[], bytes]]
"""What a file is, where it goes, and what makes its content."""


def write(makers: Iterable[Maker]) -> Written:
    """Write each file; one that cannot be written after all goes to a temporary folder."""
    paths: dict[str, Path] = {}
    failures = []
    for name, path, make in makers:
        content = make()
        try:
            replace_file(path, content)
            paths[name] = path
        except OSError as error:
            failures.append(f"{path} ({error.strerror or error})")
            with suppress(OSError):
                paths[name] = _kept(content, path.name)
    return Written(paths=paths, failures=failures)


def _kept(content: bytes, name: str) -> Path:
    """Return where the content stands now: a file of that name in a new temporary folder."""
    folder = Path(mkdtemp(prefix="rowpath-run-"))
    try:
        (folder / name).write_bytes(content)
    except OSError:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return folder / name


def outputs(
    json: Path | None, html_: Path | None, now: datetime, markdown_: str | None = None
) -> Outputs:
    """Return where to write, all places tried; OutputError where one cannot be written."""
    name = now.strftime("%Y-%m-%dT%H-%M-%S")
    in_file = markdown_ not in {None, STANDARD_OUTPUT}
    chosen = Outputs(
        json=tried(json or FOLDER / f"{name}.json"),
        html=tried(html_ or FOLDER / f"{name}.html"),
        markdown=tried(Path(f"{markdown_}"), "--markdown") if in_file else None,
        tells_markdown=markdown_ == STANDARD_OUTPUT,
    )
    places: dict[Path, str] = {}
    files = {"run": chosen.json, "report": chosen.html, "Markdown": chosen.markdown}
    for what, path in files.items():
        if path in places and _is_replaced(path):
            raise OutputError(
                f"Cannot write the {places[path]} and its {what} to one file, {path}. "
                "Choose another for one with --json, --html or --markdown."
            )
        if path is not None:
            places[path] = what
    return chosen


def tried(path: Path, options: str = "--json and --html") -> Path:
    """Return the path that links lead to, once it is known that it can be written."""
    try:
        resolved = path.resolve()
        _try(resolved)
    except (OSError, RuntimeError) as error:
        reason = getattr(error, "strerror", None) or error
        raise OutputError(
            f"Cannot write {path}: {reason}. Choose a file that can be written with {options}."
        ) from error
    return resolved


def _try(path: Path) -> None:
    missing = [folder for folder in path.parents if not folder.exists()]
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.is_dir() or path.is_fifo() or path.is_socket():
            raise OSError(None, "it is no file")
        target = _part(path) if _is_replaced(path) else path
        with target.open("ab"):
            pass
        if target != path:
            target.unlink()
    finally:
        # They are made again as soon as there is something to write.
        for folder in missing:
            with suppress(OSError):
                folder.rmdir()


def replace_file(path: Path, content: bytes) -> None:
    """Write the file whole or not at all, over whatever stood there; a device is written to."""
    if not _is_replaced(path):
        path.write_bytes(content)
        return
    with suppress(OSError):  # whose reason is told better by writing
        path.parent.mkdir(parents=True, exist_ok=True)  # somebody may have removed it meanwhile
    part = _part(path)
    try:
        part.write_bytes(content)
        part.replace(path)
    except OSError:
        part.unlink(missing_ok=True)
        raise


def _part(path: Path) -> Path:
    return path.with_name(f"{path.name}.part")


def _is_replaced(path: Path) -> bool:
    """Return whether a path is a regular file or free to become one: no device, pipe or socket."""
    return not path.exists() or stat.S_ISREG(path.stat().st_mode)
