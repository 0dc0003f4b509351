"""The rows of one request, read at the moment when its paginator asks for a page of instances."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias, cast

from django.db.models.query import QuerySet

from rowpath.fast.drf.context import Context
from rowpath.fast.drf.portable import PortableWay
from rowpath.fast.fallback import CannotCompileError, FallBack

if TYPE_CHECKING:
    from rowpath.fast.drf.compiled import CompiledWay, RowsWritten

Way: TypeAlias = "CompiledWay | PortableWay"


class Row:
    """A row as a paginator gets it: to be passed on, and by a cursor's to be asked for its marker.

    Whatever else looks at it makes the list fall back.
    """

    __slots__ = ("_reading", "index")

    def __init__(self, reading: "Reading", index: int) -> None:
        self._reading = reading
        self.index = index

    def __getattr__(self, name: str) -> Any:
        return self._reading.attribute(self.index, name)


class Reading:
    """Stands in a queryset for the class that makes its instances, and reads the rows instead.

    A paginator counts, orders, filters and slices the queryset as ever; only when it is read does
    the lean statement run, and the paginator gets a Row for each row. `falls_back` is why the page
    cannot be answered from what was read, once something said so.
    """

    def __init__(self, queryset: QuerySet, way: Way, marker: str | None, context: Context) -> None:
        self.way = way
        self.context = context
        self.falls_back: FallBack | None = None
        self._marker = marker
        self._using = way.using
        self._source = queryset
        self._page_of: QuerySet | None = None

    def queryset(self) -> QuerySet:
        """Return the queryset as one that reads through this."""
        through = cast("Any", self._source)._chain()
        through._db = self._using  # a router is asked once
        through._iterable_class = self
        through._prefetch_related_lookups = ()
        return cast("QuerySet", through)

    def __call__(self, queryset: QuerySet, **_: Any) -> Iterable[Any]:
        """Read the rows of `queryset`: called where Django makes an iterable of its instances."""
        if self._page_of is not None:
            self._fall_back("the paginator reads the queryset more than once")
        self._read(queryset)
        return [Row(self, index) for index in range(self.way.count())]

    def whole(self) -> None:
        """Read all rows of the queryset, unless that was done."""
        if self._page_of is None:
            self._read(self.queryset())

    def has_read(self, queryset: QuerySet, rows: "RowsWritten") -> None:
        """Take over `rows`, which are those of all of `queryset`."""
        self._page_of = queryset
        cast("CompiledWay", self.way).has_written(rows)

    def again(self) -> None:
        """Read the same page once more. Raises CannotCompileError."""
        if self._page_of is not None:
            self.way.read(self._page_of)

    def attribute(self, row: int, name: str) -> Any:
        """Return what a paginator may read of a row. Raises CannotCompileError for all else."""
        if name == self._marker:
            return self.way.marker(row)
        raise CannotCompileError(self._fall_back(f"the paginator reads {name} of a row"))

    def rows_of(self, page: Sequence[Any] | None) -> range | None:
        """Return which of the rows read are in `page`; None for all, in their order.

        Raises CannotCompileError for rows that are not one after another.
        """
        if page is None:
            return None
        indexes = [row.index if type(row) is Row else -1 for row in page]
        if indexes == list(range(self.way.count())):
            return None
        if not indexes:
            return range(0)
        first, last = indexes[0], indexes[-1]
        rows = range(first, last + 1) if first <= last else range(first, last - 1, -1)
        if -1 in indexes or list(rows) != indexes:
            raise CannotCompileError("the paginator gives other rows than it has read")
        return rows

    def _read(self, queryset: QuerySet) -> None:
        self._page_of = queryset
        try:
            self.way.read(queryset)
        except CannotCompileError as error:
            self.falls_back = error.fall_back

    def _fall_back(self, reason: str) -> str:
        self.falls_back = FallBack(reason=reason)
        return reason
