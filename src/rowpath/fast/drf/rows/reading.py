"""The rows of one request, read at the moment when its paginator asks for a page of instances."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import repeat
from typing import Any, cast

from django.db import connections
from django.db.models.query import QuerySet, ValuesIterable
from django.db.models.sql import Query

from rowpath.fast.django.counting import as_query, count_by
from rowpath.fast.django.shapes import Shape, sliced
from rowpath.fast.django.slices import is_slice, is_slice_of_query
from rowpath.fast.drf.rows.admitted import Admitted
from rowpath.fast.drf.rows.ways import Page
from rowpath.fast.drf.steps import step
from rowpath.fast.fallback import CannotCompileError, FallBack, TheirsError


class Row:
    """A row as a paginator gets it: to be passed on, and by a cursor's to be asked for its marker.

    Whatever else looks at it gets the framework's row, and makes the list fall back if it is not
    answered yet.
    """

    __slots__ = ("_reading", "index")

    def __getattr__(self, name: str) -> Any:
        return self._reading.attribute(self.index, name)

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(self._reading.real(self.index), name, value)

    def __delattr__(self, name: str) -> None:
        delattr(self._reading.real(self.index), name)

    def __getitem__(self, key: Any) -> Any:
        return self._reading.item(self.index, key)

    def __setitem__(self, key: Any, value: Any) -> None:
        self._reading.real(self.index)[key] = value

    def __delitem__(self, key: Any) -> None:
        del self._reading.real(self.index)[key]

    def __str__(self) -> str:
        return str(self._reading.real(self.index))

    def __repr__(self) -> str:
        return repr(self._reading.real(self.index))

    def __format__(self, spec: str) -> str:
        return format(self._reading.real(self.index), spec)

    def __dir__(self) -> list[str]:
        return dir(self._reading.real(self.index))

    def __reduce_ex__(self, protocol: Any) -> Any:
        return self._reading.real(self.index).__reduce_ex__(protocol)

    def __eq__(self, other: object) -> bool:
        return bool(self._reading.real(self.index) == other)

    def __hash__(self) -> int:
        return hash(self._reading.real(self.index))

    def __bool__(self) -> bool:
        return bool(self._reading.real(self.index))

    def __len__(self) -> int:
        return len(self._reading.real(self.index))

    def __iter__(self) -> Iterator[Any]:
        return iter(self._reading.real(self.index))

    def __contains__(self, key: object) -> bool:
        return key in self._reading.real(self.index)

    def __lt__(self, other: Any) -> Any:
        return self._reading.real(self.index) < other

    def __le__(self, other: Any) -> Any:
        return self._reading.real(self.index) <= other

    def __gt__(self, other: Any) -> Any:
        return self._reading.real(self.index) > other

    def __ge__(self, other: Any) -> Any:
        return self._reading.real(self.index) >= other

    def __or__(self, other: Any) -> Any:
        return self._reading.real(self.index) | other

    def __ror__(self, other: Any) -> Any:
        return other | self._reading.real(self.index)

    @property  # type: ignore[misc] # which isinstance() asks for
    def __class__(self) -> Any:
        return self._reading.row_class


_set_reading, _set_index = vars(Row)["_reading"].__set__, vars(Row)["index"].__set__


def _rows(reading: "Reading", count: int) -> list[Row]:
    """Return as many rows; a page has one for each, and a Row's __init__() would be half of it."""
    rows = list(map(object.__new__, repeat(Row, count)))
    for index, row in enumerate(rows):
        _set_reading(row, reading)
        _set_index(row, index)
    return rows


class Reading:
    """Stands in a queryset for the class that makes its instances, and reads the rows instead.

    A paginator counts, orders, filters and slices the queryset as ever; only when it is read does
    the lean statement run, and the paginator gets a Row for each row. Where that cannot be, or
    somebody looks at a row, the queryset is read as ever, in the same place, so that nothing of the
    project's runs twice; `falls_back` is then why.
    """

    def __init__(self, queryset: QuerySet, admitted: Admitted) -> None:
        self.admitted = admitted
        self._made_by = queryset._iterable_class
        self._prefetched = queryset._prefetch_related_lookups
        self.row_class = dict if self._made_by is ValuesIterable else queryset.model
        """What the framework's rows are instances of: nothing is asked of a row to tell it."""
        self._marker = admitted.ready.marker
        self.falls_back: FallBack | None = None
        self._is_answered = False
        self._page_of: QuerySet | None = None
        self._page: Page | None = None
        self._real: list[Any] | None = None
        self._looked_at: QuerySet | None = queryset
        self.queryset: QuerySet = cast("Any", queryset)._chain()
        """The queryset as one that reads through this."""
        self.queryset._iterable_class = self
        self.queryset._prefetch_related_lookups = ()

    def __call__(self, queryset: QuerySet, **given: Any) -> Iterable[Any]:
        """Read the rows of `queryset`: called where Django makes an iterable of its instances."""
        if not self._is_over():
            if self._page_of is None:
                theirs = None
                try:
                    rows = self._rows(queryset)
                except CannotCompileError as error:
                    self.falls_back = error.fall_back
                except TheirsError as error:
                    theirs = error.error
                else:
                    return rows
                if theirs is not None:
                    raise theirs  # not within the handler, which would be its context
            else:
                self.look("the paginator reads the queryset more than once")
        # As Django would have it. It looks for prefetches after this.
        queryset._iterable_class = self._made_by
        queryset._prefetch_related_lookups = self._prefetched
        return cast("Iterable[Any]", self._made_by(queryset, **given))

    def __deepcopy__(self, _: Any) -> "Reading":
        """Return itself: a queryset that is copied is read through this as well, as by a class."""
        return self

    @step
    def _rows(self, queryset: QuerySet) -> list[Row]:
        self._page_of = queryset
        looked_at, self._looked_at = self._looked_at, None
        shape = None
        if looked_at is None or not is_slice(queryset, looked_at):
            # The project's own order_by() or count() has made another of it.
            self.admitted.check(self._ordinary(queryset))
        elif (known := self.admitted.shape) is not None:
            shape = sliced(known, queryset.query, self.admitted.connection)
        return _rows(self, self._read(queryset, shape).count)

    def for_paginator(self) -> None:
        """Have the queryset counted by the statement that is known of its shape."""
        count_by(self._count, self.queryset.query)

    def _count(self, query: Query, using: str) -> int | None:
        """Return how many rows `query` has; None to have the framework count them."""
        try:
            return self._counted(query, using)
        except CannotCompileError:
            return None
        except TheirsError as error:
            raised = error.error
        raise raised  # not within the handler, which would be its context

    @step
    def _counted(self, query: Query, using: str) -> int | None:
        looked_at, admitted = self._looked_at, self.admitted
        if using != admitted.using:
            return admitted.ready.count(query, connections[using])
        is_known = looked_at is not None and is_slice_of_query(query, looked_at.query)
        shape = admitted.shape if is_known else None
        return admitted.ready.count(query, admitted.connection, shape)

    @step
    def whole(self) -> None:
        """Read all rows of the queryset, unless that was done. Raises CannotCompileError."""
        if self._page_of is None:
            self._page_of = self.queryset
            self._read(self._page_of, self.admitted.shape)

    def whole_list(self) -> QuerySet:
        """Return the queryset as one of the database that was chosen."""
        return self._ordinary(self.queryset)

    def look(self, reason: str) -> None:
        """Have the framework answer, unless the list is answered already."""
        if not self._is_over():
            self.falls_back = FallBack(reason=reason)

    def check_falls_back(self) -> None:
        """Raise CannotCompileError if something has said so."""
        if self.falls_back is not None:
            raise CannotCompileError.of(self.falls_back)

    def has_read(self, page: Page) -> None:
        """Take over `page`, which has all rows of the queryset."""
        self._page_of = self.queryset
        self._page = page

    def again(self) -> None:
        """Read the same page once more. Raises CannotCompileError."""
        if self._page_of is not None:
            self._read(self._page_of)

    def _read(self, queryset: QuerySet, shape: Shape | None = None) -> Page:
        """Read from the database that was chosen for this list; a router is asked once for it.

        The paginator's own queryset is not bound to it: what it writes goes where the router says.
        """
        before = queryset._db, queryset._prefetch_related_lookups
        queryset._db = self.admitted.using
        queryset._prefetch_related_lookups = self._prefetched
        try:
            self._page = page = self.admitted.way.read(queryset, shape)
        finally:
            queryset._db, queryset._prefetch_related_lookups = before
        return page

    def ordinary_page(self) -> QuerySet | None:
        """Return the queryset that was read, as one of the framework's rows; None if none was."""
        return None if self._page_of is None else self._ordinary(self._page_of)

    def attribute(self, row: int, name: str) -> Any:
        """Return an attribute of a row, before the answer only that which a cursor pages by.

        Any other has the framework answer.
        """
        if self._is_marker(name):
            try:
                return self._marked(row)
            except CannotCompileError as error:
                self.falls_back = error.fall_back
        return getattr(self.real(row, name), name)

    def item(self, row: int, key: Any) -> Any:
        """Return what a row of values() has under `key`, as `attribute` does."""
        if self.row_class is dict and self._is_marker(key):
            try:
                return self._marked(row)
            except CannotCompileError as error:
                self.falls_back = error.fall_back
        return self.real(row)[key]

    def _is_marker(self, name: Any) -> bool:
        return name == self._marker and not self._is_over()

    @step
    def _marked(self, row: int) -> Any:
        if self._page is None:
            raise CannotCompileError("its rows were let go of")
        return self._page.marker(row)

    def real(self, row: int, asked: str = "all") -> Any:
        """Return the framework's row, by a statement of its own, and have the framework answer."""
        self.look(f"the paginator reads {asked} of a row")
        return self.real_rows()[row]

    def real_rows(self) -> list[Any]:
        """Return the framework's rows for those read."""
        if self._real is None:
            page = self.ordinary_page()
            self._real = [] if page is None else list(page)
        return self._real

    def real_page(self, page: Sequence[Any]) -> Sequence[Any]:
        """Return what the paginator gave as `page` with the framework's rows.

        Rows that were deleted meanwhile are left out.
        """
        if not any(type(row) is Row for row in page):
            return page
        there = len(self.real_rows())
        rows = (row for row in page if type(row) is not Row or row.index < there)
        return [self.real(row.index) if type(row) is Row else row for row in rows]

    def array(self, given: Sequence[Any] | None) -> bytes:
        """Return as JSON what the paginator gave of the rows read, or all if it gave None.

        Raises CannotCompileError.
        """
        page, rows = self._page, self._rows_of(given)
        if page is None:  # a paginator reads nothing for a page beyond the last row
            page = self.admitted.way.empty()
        return page.array(rows)

    def _rows_of(self, given: Sequence[Any] | None) -> range | None:
        """Return which of the rows read were `given`; None for all, in their order.

        Raises CannotCompileError for rows that are not one after another.
        """
        if given is None:
            return None
        indexes = [row.index if type(row) is Row else -1 for row in given]
        if indexes == list(range(0 if self._page is None else self._page.count)):
            return None
        if not indexes:
            return range(0)
        first, last = indexes[0], indexes[-1]
        rows = range(first, last + 1) if first <= last else range(first, last - 1, -1)
        if -1 in indexes or list(rows) != indexes:
            raise CannotCompileError("the paginator gives other rows than it has read")
        return rows

    def answered(self) -> None:
        """Hear that the rows are written: what is looked at from now on changes nothing."""
        self._is_answered = True
        self._page = None

    def let_go(self) -> None:
        """Stand in no queryset any more, so that nothing waits for Python's search for cycles."""
        for queryset in (self.queryset, self._page_of):
            if queryset is not None:
                self._stand_aside(queryset)

    def _stand_aside(self, queryset: QuerySet) -> None:
        queryset._iterable_class = self._made_by
        queryset._prefetch_related_lookups = self._prefetched
        as_query(queryset.query)

    def _ordinary(self, queryset: QuerySet) -> QuerySet:
        """Return `queryset` as one of the framework's rows."""
        ordinary: QuerySet = cast("Any", queryset)._chain()
        ordinary._db = self.admitted.using
        self._stand_aside(ordinary)
        return ordinary

    def _is_over(self) -> bool:
        return self._is_answered or self.falls_back is not None
