"""What the project's own wrappers around statements raise, told apart from a defect here."""

from traceback import walk_tb

from django.db import DatabaseError
from django.db.backends.base.base import BaseDatabaseWrapper

from rowpath.fast.fallback import TheirsError

# Where Django calls the wrappers. Were it named otherwise, their errors would be taken for
# defects, and the framework would raise them once more.
_CALLING = "_execute_with_wrappers"


def is_theirs(error: Exception, connection: BaseDatabaseWrapper) -> bool:
    """Whether `error` may be what an execute_wrapper of `connection` raises."""
    if not connection.execute_wrappers:
        return False
    return any(frame.f_code.co_name == _CALLING for frame, _ in walk_tb(error.__traceback__))


class ToldApart:
    """Raises TheirsError for what `is_theirs`. All else passes, as do errors of the database."""

    def __init__(self, connection: BaseDatabaseWrapper) -> None:
        self._connection = connection

    def __enter__(self) -> None:
        """Begin to listen."""

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        """Hear how the block has ended."""
        if not isinstance(error, Exception) or isinstance(error, DatabaseError):
            return
        if is_theirs(error, self._connection):
            raise TheirsError(error) from error
