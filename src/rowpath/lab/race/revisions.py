"""Revisions of a checkout, each in a working tree of its own that is gone when its race is over.

git itself keeps several working trees of one repository, so the one that the user stands in is not
touched: neither its files nor its index, and nothing is stashed.
"""

import os
import signal
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from shlex import join
from shutil import rmtree
from tempfile import mkdtemp
from types import FrameType

from rowpath.errors import OutputError, ServerError, UsageError
from rowpath.lab.race.asking import shown
from rowpath.lab.race.starting import LINES, ended_with
from rowpath.lab.race.values import Entrant, RacePlan
from rowpath.lab.servers.process import Program, running

# A hook is for a checkout that somebody works in; one of these would be run by `worktree add`.
_GIT = ("git", "-c", f"core.hooksPath={os.devnull}")
ENDS_WITHIN_S = 10.0
_WAITING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class _GitError(Exception):
    """What git said, on one line."""


def place_in_checkout(folder: Path) -> tuple[Path, Path]:
    """Return the first folder of the checkout that a folder is in, and the folder within that.

    UsageError where there is none.
    """
    try:
        top = _git(folder, "rev-parse", "--show-toplevel")
        within = _git(folder, "rev-parse", "--show-prefix")
    except _GitError as error:
        raise UsageError(
            f"Cannot race revisions from {folder}: it is no checkout of git ({error}). "
            "Go to one, or leave --git out."
        ) from error
    return Path(top), Path(within)


def commit_of(checkout: Path, revision: str) -> str:
    """Return the commit that a revision names; UsageError where it names none."""
    try:
        return _git(
            checkout,
            *("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}"),
        )
    except _GitError as error:
        raise UsageError(
            f"Cannot race the revision {revision!r}: {checkout} has no such commit. "
            "Name a branch, a tag or a commit; `git log` shows them."
        ) from error


@contextmanager
def worktrees(plan: RacePlan) -> Iterator[Mapping[Entrant, Path]]:
    """Check out the revision of each entrant that has one, until the block ends.

    UsageError where git cannot, OutputError where one cannot be removed again.
    """
    if plan.checkout is None:
        yield {}
        return
    parent = Path(mkdtemp(prefix="rowpath-race-")).resolve()
    try:
        roots: dict[Entrant, Path] = {}
        for number, entrant in enumerate(plan.entrants, start=1):
            roots[entrant] = parent / f"rowpath-{number}"
            _add(plan.checkout, entrant, roots[entrant])
        yield roots
    finally:
        with _undisturbed():
            _remove(plan.checkout, parent)


def set_up(plan: RacePlan, entrant: Entrant, root: Path) -> None:
    """Run what prepares an entrant's working tree; ServerError where that fails."""
    for argv in plan.setup:
        log = root.with_name(f"{root.name}.log")
        program = Program(
            name=f"the set-up of {entrant.name}",
            argv=argv,
            env=os.environ,
            log=log,
            folder=root / (entrant.launch.folder if entrant.launch else ""),
        )
        with running(program) as process:
            code = process.exit_code()
            if code != 0:
                raise ServerError(
                    f"Cannot set up {entrant.name}: {join(argv)} ended {ended_with(code)}. "
                    f"Correct --setup. The last lines that it wrote:\n{process.log_tail(LINES)}"
                )


def _add(checkout: Path, entrant: Entrant, root: Path) -> None:
    try:
        _git(checkout, "worktree", "add", "--detach", str(root), entrant.revision or "HEAD")
    except _GitError as error:
        raise UsageError(
            f"Cannot check out {entrant.name} to {root}: {error}. Correct that, or name another "
            "revision."
        ) from error
    if entrant.launch is not None and not (root / entrant.launch.folder).is_dir():
        raise UsageError(
            f"Cannot start {entrant.name} in {entrant.launch.folder}: that revision has no such "
            "folder. Go to one that all revisions have."
        )


def _remove(checkout: Path, parent: Path) -> None:
    """Remove all working trees in a folder, and that; OutputError where one is left."""
    failures = []
    try:
        left = [path for path in _listed(checkout) if path.parent == parent]
    except _GitError as error:
        left, failures = [], [f"those in {parent} ({error})"]
    for path in left:
        try:
            # Twice: one whose making was cut is still locked.
            _git(checkout, "worktree", "remove", "--force", "--force", str(path))
        except _GitError as error:
            failures.append(f"{path} ({error})")
    if failures:
        raise OutputError(
            f"Cannot remove the working tree {' and '.join(failures)}. Remove it with "
            "`git worktree remove --force`."
        )
    rmtree(parent, ignore_errors=True)


def _listed(checkout: Path) -> Iterator[Path]:
    """Yield where the repository has working trees."""
    for line in _git(checkout, "worktree", "list", "--porcelain").splitlines():
        kind, _, path = line.partition(" ")
        if kind == "worktree":
            yield Path(path)


def _git(folder: Path, *arguments: str) -> str:
    """Return what git says; _GitError where it fails.

    It is in a session of its own, so Ctrl-C reaches us alone. It is then asked to end, which takes
    back what it has half made, and what it started, a filter of the user's say, is killed.
    """
    try:
        process = subprocess.Popen(
            [*_GIT, "-C", str(folder), *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            errors="surrogateescape",
            start_new_session=True,
        )
    except OSError as error:
        raise _GitError(f"git cannot be run: {error.strerror}") from error
    with process:
        try:
            out, errors = process.communicate()
        except BaseException:
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(ENDS_WITHIN_S)
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
            raise
    if process.returncode != 0:
        raise _GitError(shown(errors.strip().rpartition("\n")[2]).rstrip(".") or "git failed")
    return out.removesuffix("\n")


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Let Ctrl-C and what else would end us wait for the end of the block."""
    came: list[int] = []

    def note(number: int, _frame: FrameType | None) -> None:
        came.append(number)

    before = {number: signal.getsignal(number) for number in _WAITING}
    for number in before:
        signal.signal(number, note)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        if came:
            signal.raise_signal(came[0])
