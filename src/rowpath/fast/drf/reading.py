"""The rows of one request, read at the moment when its paginator asks for a page of instances."""

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias, cast

from django.db.models.query import QuerySet

from rowpath.fast.drf.context import Context
from rowpath.fast.drf.portable import PortableWay
from rowpath.fast.fallback import CannotCompileError, FallBack
from rowpath.fast.plan import JsonStyle

if TYPE_CHECKING:
    from rowpath.fast.drf.compiled import CompiledWay, RowsWritten

Way: TypeAlias = "CompiledWay | PortableWay"


class Row:
    """A row as a paginator gets it: to be passed on, and by a cursor's to be asked for its marker.

    Whatever else looks at it makes the list fall back; after the answer it is the framework's row.
    """

    __slots__ = ("_reading", "index")

    def __init__(self, reading: "Reading", index: int) -> None:
        self._reading = reading
        self.index = index

    def __getattr__(self, name: str) -> Any:
        return self._reading.attribute(self.index, name)

    def __getitem__(self, key: Any) -> Any:
        return self._reading.real(self.index)[key]

    def __str__(self) -> str:
        return str(self._reading.real(self.index))

    def __repr__(self) -> str:
        return repr(self._reading.real(self.index))

    def __eq__(self, other: object) -> bool:
        return bool(self._reading.real(self.index) == other)

    def __hash__(self) -> int:
        return hash(self._reading.real(self.index))

    @property  # type: ignore[misc] # which isinstance() asks for
    def __class__(self) -> Any:
        return self._reading.class_of(self.index)


class Reading:
    """Stands in a queryset for the class that makes its instances, and reads the rows instead.

    A paginator counts, orders, filters and slices the queryset as ever; only when it is read does
    the lean statement run, and the paginator gets a Row for each row. `falls_back` is why the page
    cannot be answered from what was read, once something said so.
    """

    def __init__(
        self,
        queryset: QuerySet,
        way: Way,
        style: JsonStyle,
        context: Context,
        check: Callable[[QuerySet], None],
    ) -> None:
        self.way = way
        self.style = style
        self.context = context
        self.falls_back: FallBack | None = None
        self.is_answered = False
        self._check = check
        self._marker = way.ready.marker
        self._using = way.using
        self._source = queryset
        self._page_of: QuerySet | None = None
        self._real: list[Any] | None = None

    def queryset(self) -> QuerySet:
        """Return the queryset as one that reads through this."""
        through = cast("Any", self._source)._chain()
        through._db = self._using  # a router is asked once
        through._iterable_class = self
        through._prefetch_related_lookups = ()
        return cast("QuerySet", through)

    def __call__(self, queryset: QuerySet, **_: Any) -> Iterable[Any]:
        """Read the rows of `queryset`: called where Django makes an iterable of its instances."""
        if self.is_answered:
            return self._ordinary(queryset)
        if self._page_of is not None:
            self._fall_back("the paginator reads the queryset more than once")
        self._page_of = queryset
        try:
            # The project's own order_by() or count() may have made another of it.
            self._check(self._ordinary(queryset))
            self.way.read(queryset)
        except CannotCompileError as error:
            self.falls_back = error.fall_back
        return [Row(self, index) for index in range(self.way.count())]

    def whole(self) -> None:
        """Read all rows of the queryset, unless that was done. Raises CannotCompileError."""
        if self._page_of is None:
            self._page_of = self.queryset()
            self.way.read(self._page_of)

    def check_falls_back(self) -> None:
        """Raise CannotCompileError if something has said so."""
        if self.falls_back is not None:
            raise CannotCompileError.of(self.falls_back)

    def has_read(self, queryset: QuerySet, rows: "RowsWritten") -> None:
        """Take over `rows`, which are those of all of `queryset`."""
        self._page_of = queryset
        cast("CompiledWay", self.way).has_written(rows)

    def again(self) -> None:
        """Read the same page once more. Raises CannotCompileError."""
        if self._page_of is not None:
            self.way.read(self._page_of)

    def ordinary_page(self) -> QuerySet | None:
        """Return the queryset that was read, as one of the framework's rows; None if none was."""
        return None if self._page_of is None else self._ordinary(self._page_of)

    def attribute(self, row: int, name: str) -> Any:
        """Return an attribute of a row, before the answer only that which a cursor pages by.

        Raises CannotCompileError for any other.
        """
        if name == self._marker and not self.is_answered:
            return self.way.marker(row)
        return getattr(self.real(row, name), name)

    def real(self, row: int, asked: str = "all") -> Any:
        """Return the framework's row, by a statement of its own. Raises CannotCompileError before.

        That is, before the list is answered.
        """
        if not self.is_answered:
            raise CannotCompileError(self._fall_back(f"the paginator reads {asked} of a row"))
        if self._real is None:
            self._real = [] if self._page_of is None else list(self._ordinary(self._page_of))
        return self._real[row]

    def class_of(self, row: int) -> type:
        """Return the class of a row: a cursor's paginator asks whether it is a dict."""
        return Row if self._marker is not None else type(self.real(row, "the class"))

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

    def _ordinary(self, queryset: QuerySet) -> QuerySet:
        """Return `queryset` as one of the framework's rows."""
        source, ordinary = cast("Any", self._source), cast("Any", queryset)._chain()
        ordinary._iterable_class = source._iterable_class
        ordinary._prefetch_related_lookups = source._prefetch_related_lookups
        return cast("QuerySet", ordinary)

    def _fall_back(self, reason: str) -> str:
        self.falls_back = FallBack(reason=reason)
        return reason
