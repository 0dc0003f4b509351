"""Where in the code a statement was sent: the line of the project that asked for it.

Between that line and the driver stand the frames of the ORM, the framework and the standard
library, which are the same for every statement and tell nothing.
"""

import linecache
import sys
import sysconfig
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import CodeType, FrameType
from typing import TypeAlias

from rowpath.capture.trace import Place

IsOwn: TypeAlias = Callable[[str, str], bool]
"""Says by the names of its module and its file whether code is the project's own."""

# What carries statements, and sends none of itself: without a line of the project the place is the
# innermost frame that is none of these, such as that of a framework's serializer.
_CARRIERS = (
    "rowpath.capture",
    "django.db",
    "django.utils",
    "django.core.handlers",
    "sqlalchemy",
    "psycopg",
    "psycopg_binary",
    "asgiref",
)
_LIBRARIES = tuple(
    f"{Path(sysconfig.get_path(name)).resolve()}/"
    for name in ("stdlib", "platstdlib", "purelib", "platlib")
)


def is_outside_libraries(module: str, file: str) -> bool:
    """Return whether code is neither the standard library's nor installed; `module` is unused."""
    del module
    return not file.startswith("<") and not _is_of_library(file)


@dataclass(frozen=True, slots=True)
class Spot:
    """A line of code that runs, without anything that would keep its frame alive."""

    module: str
    code: CodeType
    line: int

    def place(self) -> Place:
        """Return the line as a value; its text is read from the file."""
        return Place(
            file=_short(self.module, self.code.co_filename),
            line=self.line,
            function=self.code.co_qualname,
            code=linecache.getline(self.code.co_filename, self.line).strip(),
        )


def calling(is_own: IsOwn) -> Spot | None:
    """Return the innermost line of the project that this call comes from.

    Without one it is the innermost of whatever framework there is; None where there is none.
    """
    framework: FrameType | None = None
    for frame in _frames(sys._getframe()):  # noqa: SLF001 what inspect takes
        module = str(frame.f_globals.get("__name__", ""))
        if _is_carrier(module):
            continue
        file = frame.f_code.co_filename
        if is_own(module, file):
            return _spot(frame, module)
        if framework is None and not _is_standard(file):
            framework = frame
    if framework is None:
        return None
    return _spot(framework, str(framework.f_globals.get("__name__", "")))


def _frames(frame: FrameType | None) -> Iterator[FrameType]:
    """Yield the frames from the innermost out.

    SQLAlchemy's async sessions run in a greenlet, which has a stack of its own; the coroutine that
    awaits it stands in the greenlet's parent.
    """
    greenlets = sys.modules.get("greenlet")
    current = greenlets.getcurrent() if greenlets is not None else None
    while frame is not None:
        yield frame
        frame = frame.f_back
        if frame is None and current is not None:
            current = current.parent
            frame = current.gr_frame if current is not None else None


def _spot(frame: FrameType, module: str) -> Spot:
    return Spot(module=module, code=frame.f_code, line=frame.f_lineno)


@cache
def _is_carrier(module: str) -> bool:
    return any(module == name or module.startswith(f"{name}.") for name in _CARRIERS)


@cache
def _is_of_library(file: str) -> bool:
    return str(Path(file).resolve()).startswith(_LIBRARIES)


@cache
def _is_standard(file: str) -> bool:
    installed = {"site-packages", "dist-packages"}
    return file.startswith("<") or (
        str(Path(file).resolve()).startswith(_LIBRARIES[:2]) and not installed & {*Path(file).parts}
    )


def _short(module: str, file: str) -> str:
    """Return a file's path from the folder that its outermost package stands in."""
    depth = module.count(".") + 1 + (Path(file).name == "__init__.py")
    return "/".join(Path(file).parts[-depth:])
