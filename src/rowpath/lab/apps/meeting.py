"""Where two tasks that run at once wait for one another, so that neither begins alone.

The meeting is a folder that the engine makes for one pair of requests. Each task leaves a file in
it once it has prepared, and begins when it sees two. The engine calls the meeting off when one of
the two requests has ended, so that the other does not wait for what will not come.
"""

from contextlib import suppress
from pathlib import Path
from time import monotonic, sleep
from uuid import uuid4

MEETING_HEADER = "X-Rowpath-Meeting"
"""The folder in which a task is to meet the one that runs beside it."""
MEET_WITHIN_S = 300.0
"""Far more than any preparation takes: a task that waits longer waits for one that hangs."""
_LOOK_EVERY_S = 0.0002
_PAIR = 2
_CALLED_OFF = "called-off"


class AloneError(Exception):
    """The other task did not come to the meeting."""


def meet(folder: Path, within_s: float = MEET_WITHIN_S) -> None:
    """Return once both tasks are here, each within a fraction of a millisecond of the other.

    AloneError where the meeting is called off, or the other has not come `within_s` seconds.
    """
    deadline = monotonic() + within_s
    try:
        (folder / uuid4().hex).touch()
        while len((seen := {path.name for path in folder.iterdir()}) - {_CALLED_OFF}) < _PAIR:
            if _CALLED_OFF in seen:
                raise AloneError("The task that runs beside this one ended before both began.")
            if monotonic() > deadline:
                raise AloneError(
                    f"The task that runs beside this one was not ready within {within_s:g} s."
                )
            sleep(_LOOK_EVERY_S)
    except FileNotFoundError as error:
        raise AloneError("The meeting with the task beside this one is over.") from error


def call_off(folder: Path) -> bool:
    """Let nobody wait any longer, and return whether nobody had called the meeting off before.

    Those who have both come go on.
    """
    with suppress(FileExistsError, FileNotFoundError):
        (folder / _CALLED_OFF).touch(exist_ok=False)
        return True
    return False
