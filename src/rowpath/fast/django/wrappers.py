"""What the project's own wrappers around statements raise, told apart from a defect here."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DatabaseError
from django.db.backends.base.base import BaseDatabaseWrapper

from rowpath.fast.fallback import TheirsError


@contextmanager
def told_apart(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Raise TheirsError for what may come of an execute_wrapper of `connection`.

    Errors of the database pass as they are, and so does all else where there is no wrapper.
    """
    try:
        yield
    except DatabaseError:
        raise
    except Exception as error:
        if connection.execute_wrappers:
            raise TheirsError(error) from error
        raise
