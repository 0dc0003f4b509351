"""The project's own code among the frames of a call."""

import sys
import sysconfig
from collections.abc import Callable, Iterator
from enum import Enum
from functools import cache
from importlib.metadata import distributions
from itertools import islice
from os.path import abspath
from pathlib import Path
from types import CodeType, FrameType

import rowpath

_INSTALLED = frozenset({"site-packages", "dist-packages"})
_Position = tuple[int, int, int, int]
_POSITIONS: dict[tuple[int, int], tuple[CodeType, _Position | None]] = {}
_ROWPATH = f"{Path(rowpath.__file__).resolve().parent}/"


class Mark(Enum):
    """What the code of a file is to a walk up the frames."""

    LIBRARY = "library"
    OWN = "own"
    HAS_BOUNDARY = "has a boundary"


class OwnCode:
    """Tells the project's code from that of libraries.

    Code is the project's where its file is neither the standard library's, nor installed, wherever
    that may be, nor below `folders`, which name libraries that are used from a checkout. A walk up
    the frames ends at a frame of `boundaries`: what is beyond called the view and is no part of it.
    `outer` yields the frames that wait for this call in another stack, as those of a greenlet's
    parent do.
    """

    def __init__(
        self,
        folders: tuple[str, ...],
        boundaries: frozenset[CodeType],
        outer: Callable[[], Iterator[FrameType]] = lambda: iter(()),
    ) -> None:
        paths = sysconfig.get_paths()
        installed = {f"{paths[name]}/" for name in ("stdlib", "platstdlib", "purelib", "platlib")}
        installed |= {f"{path}/" for path in sys.path if Path(path).name in _INSTALLED}
        resolved = {f"{Path(path).resolve()}/" for path in installed}
        self._libraries = tuple({*installed, *resolved, *folders, _ROWPATH, "<"})
        # Comparing code hashes all that it consists of, at each frame: its address does.
        self._boundaries = {id(code): code for code in boundaries}
        self.marks = {code.co_filename: Mark.HAS_BOUNDARY for code in boundaries}
        """What the code of each file is that was met so far; `marked` says it of others."""
        self._outer = outer
        self._known: dict[str, bool] = {}

    def is_own(self, file: str) -> bool:
        """Return whether a file is the project's."""
        known = self._known.get(file)
        if known is None:
            known = not (file.startswith(self._libraries) or _is_installed(file))
            self._known[file] = known
        return known

    def marked(self, file: str) -> "Mark":
        """Return what the code of a file is, and note it in `marks`."""
        mark = Mark.OWN if self.is_own(file) else Mark.LIBRARY
        return self.marks.setdefault(file, mark)

    def is_boundary(self, code: CodeType) -> bool:
        """Return whether a walk ends at a code."""
        return id(code) in self._boundaries

    def stacks(self, frame: FrameType | None) -> Iterator[FrameType | None]:
        """Yield the innermost frame of each stack that waits for this one, its own first."""
        yield frame
        yield from self._outer()

    def walk(self, frame: FrameType | None) -> Iterator[FrameType]:
        """Yield the frames from this one out, up to the call of the view."""
        for start in self.stacks(frame):
            each = start
            while each is not None:
                if self.is_boundary(each.f_code):
                    return
                yield each
                each = each.f_back


def _is_installed(file: str) -> bool:
    """Return whether a file was installed into a folder of Python's path, as by `--target`."""
    folders = map(abspath, sys.path)
    return any(file in _installed(each) for each in folders if file.startswith(each))


@cache
def _installed(folder: str) -> frozenset[str]:
    """Return the files that were installed into a folder, as their distributions' RECORDs list.

    What is built or developed there has no RECORD but an `egg-info`, which lists its own source.
    """
    return frozenset(
        str(distribution.locate_file(file))
        for distribution in distributions(path=[folder])
        if distribution.read_text("RECORD") is not None
        for file in distribution.files or ()
    )


def position(frame: FrameType) -> _Position | None:
    """Return line, end line, column and end column of what the frame evaluates.

    None where Python was told to keep no columns (`-X no_debug_ranges`), and in compiled code.
    """
    code = frame.f_code
    found = _POSITIONS.get((id(code), frame.f_lasti))
    if found is None:
        # The code is kept with it, so that no other one can be at its address.
        found = code, _position(code, frame.f_lasti)
        _POSITIONS[id(code), frame.f_lasti] = found
    return found[1]


def _position(code: CodeType, lasti: int) -> _Position | None:
    place = next(islice(code.co_positions(), lasti // 2, None), None)
    if place is None:
        return None
    line, end_line, column, end_column = place
    if line is None or end_line is None or column is None or end_column is None:
        return None
    return line, end_line, column, end_column
