"""What the project's own wrappers around statements raise, told apart from a defect here."""

from collections.abc import Iterator
from contextlib import contextmanager
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


@contextmanager
def told_apart(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Raise TheirsError for what `is_theirs`. All else passes, as do errors of the database."""
    try:
        yield
    except DatabaseError:
        raise
    except Exception as error:
        if is_theirs(error, connection):
            raise TheirsError(error) from error
        raise
