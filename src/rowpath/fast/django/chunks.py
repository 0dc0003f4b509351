"""A queryset's instances a few at a time, by a cursor of PostgreSQL's that needs no transaction.

The cursor is Django's, declared WITH HOLD: PostgreSQL has all rows as soon as it is open, on its
own disk if they are many. So they are of one moment, and what is sent on the connection meanwhile
is committed, or fails, by itself.
"""

from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager, suppress
from itertools import islice
from typing import Any, cast

from django.db import Error, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.query import ModelIterable, QuerySet

from rowpath.fast.django.making.iterable import CompiledIterable
from rowpath.fast.django.models import check_instances
from rowpath.fast.django.overrides import overridden
from rowpath.fast.django.querysets import selected_models
from rowpath.fast.fallback import CannotCompileError

_READING = ("__iter__", "__len__", "_fetch_all", "_chain", "_clone", "iterator", "db")
_CHUNKS = "_rowpath_chunks"
"""The attribute of a queryset whose instances are read in chunks."""


def check_chunks(rows: Any) -> None:
    """Raise CannotCompileError unless `rows` are a queryset whose instances may come in chunks."""
    _check(rows)
    _check_connection(connections[rows.db])


def _check(rows: Any) -> None:
    if not isinstance(rows, QuerySet) or rows._result_cache is not None:
        raise CannotCompileError("its rows are not a queryset that nobody has read")
    if (own := overridden(type(rows), QuerySet, _READING)) is not None:
        raise CannotCompileError(f"{type(rows).__name__} has a {own} of its own")
    if rows._iterable_class not in (ModelIterable, CompiledIterable):
        raise CannotCompileError("its rows are not instances as Django makes them")
    if rows._prefetch_related_lookups:
        raise CannotCompileError("its prefetches are for all rows at once")
    if getattr(getattr(rows, "_fetch_mode", None), "track_peers", False):
        raise CannotCompileError("its rows fetch for one another")
    for model in (rows.model, *selected_models(rows)):
        check_instances(model)


def _check_connection(connection: BaseDatabaseWrapper) -> None:
    if connection.vendor != "postgresql":
        raise CannotCompileError(f"{connection.vendor} has no cursors that outlive a transaction")
    if connection.settings_dict.get("DISABLE_SERVER_SIDE_CURSORS"):
        raise CannotCompileError("DISABLE_SERVER_SIDE_CURSORS")
    if connection.in_atomic_block or not connection.get_autocommit():
        raise CannotCompileError("the view runs in a transaction")


class Chunks:
    """The instances of a queryset, read when they are asked for.

    Whoever reads the queryset itself meanwhile gets the same instances, and so all are read.
    """

    def __init__(self, rows: Any, size: int) -> None:
        """Begin to read `rows`, `size` at a time. Raises CannotCompileError, and reads none."""
        _check(rows)
        bound = cast("Any", rows)._chain()
        bound._db = rows.db  # a router is asked once
        _check_connection(connections[bound.db])
        self.is_whole = False
        """Whether somebody has read all rows."""
        self._rows = rows
        self._instances = _read(bound, size)
        self._made_by = rows._iterable_class
        self._kept: list[Any] | None = []
        rows._iterable_class = _Lent
        vars(rows)[_CHUNKS] = self

    def take(self, count: int) -> list[Any]:
        """Return the next instances, at most `count`; none if none are left."""
        taken = list(islice(self._instances, count))
        if self._kept is not None:
            self._kept += taken
        return taken

    def let_go(self) -> None:
        """Keep no instances: who reads all rows from now on gets an error."""
        self._kept = None

    def all(self) -> list[Any]:
        """Return the instances of all rows. Raises CannotCompileError if some were let go of."""
        if self._kept is None:
            label = self._rows.model._meta.label
            raise CannotCompileError(
                f"the rows of {label} are read as a whole, and the first of them are sent",
                change="Leave the view's stream_instances at False.",
            )
        self._kept += self._instances
        self.is_whole = True
        return self._kept

    def give_back(self) -> None:
        """Have the queryset keep all instances, as one that was read."""
        self._rows._result_cache = self.all()
        self.close()

    def close(self) -> None:
        """Close the cursor, and leave nothing in the queryset."""
        self._instances.close()
        if vars(self._rows).pop(_CHUNKS, None) is self:
            self._rows._iterable_class = self._made_by


class _Lent(CompiledIterable):
    """The instances of a queryset that is read in chunks; of any made of it, Django's."""

    def __iter__(self) -> Iterator[Any]:
        chunks: Chunks | None = vars(self.queryset).get(_CHUNKS)
        if chunks is None or self.chunked_fetch:
            return ModelIterable.__iter__(self)
        return iter(chunks.all())


def _read(rows: QuerySet, size: int) -> Generator[Any, None, None]:
    with closing(cast("Any", rows).iterator(chunk_size=size)) as instances:
        with _planned_to_the_end(connections[rows.db]):
            first = list(islice(instances, 1))
        yield from first
        yield from instances


@contextmanager
def _planned_to_the_end(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Have the plan of a cursor be that which is quickest for all rows, within.

    Raises CannotCompileError behind a pooler, where the session may be another's a moment later.
    """
    before = _planned(connection, "1.0")
    if before is None:
        raise CannotCompileError("a pooler stands before the database, which may change sessions")
    try:
        yield
    finally:
        with suppress(Error):  # of a connection that is lost, which is told by what is read
            _planned(connection, before)


def _planned(connection: BaseDatabaseWrapper, fraction: str) -> str | None:
    """Have cursors planned for that much of their rows, and return for how much they were.

    None, and nothing is done, where the session is not the one that the driver was told of.
    """
    with connection.cursor() as cursor:
        cursor.execute(_FRACTION, [fraction, connection.connection.info.backend_pid])
        found = cursor.fetchone()
    return None if found is None else str(found[0])


# A pooler makes up the process that it tells a client of.
_FRACTION = (
    "SELECT current_setting('cursor_tuple_fraction'), "
    "set_config('cursor_tuple_fraction', %s, false) WHERE pg_backend_pid() = %s"
)
