"""The rows of one request, read at the moment when its paginator asks for a page of instances."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias, cast

from django.db.models.query import QuerySet

from rowpath.fast.drf.portable import PortableWay
from rowpath.fast.fallback import CannotCompileError, FallBack

if TYPE_CHECKING:
    from rowpath.fast.drf.compiled import CompiledWay, RowsWritten

Way: TypeAlias = "CompiledWay | PortableWay"


class Marked:
    """A row as a paginator by cursor sees it: it reads the one attribute that it pages by."""

    __slots__ = ("_way", "index")

    def __init__(self, way: Way, index: int) -> None:
        self._way = way
        self.index = index

    def __getattr__(self, _name: str) -> Any:
        return self._way.marker(self.index)


class Reading:
    """Stands in a queryset for the class that makes its instances, and reads the rows instead.

    A paginator counts, orders, filters and slices the queryset as ever; only when it is read does
    the lean statement run. The paginators by page and by offset look at no row, so they get an
    empty list; the one by cursor gets a Marked for each. If the rows cannot be read so, they are
    read as instances, and `falls_back` says why.
    """

    def __init__(self, queryset: QuerySet, way: Way, *, by_cursor: bool) -> None:
        self.way = way
        self.falls_back: FallBack | None = None
        self._by_cursor = by_cursor
        self._source = queryset
        self._page_of: QuerySet | None = None

    def queryset(self) -> QuerySet:
        """Return the queryset as one that reads through this."""
        through = self._source.all()
        through._iterable_class = cast("Any", self)
        through._prefetch_related_lookups = ()
        return through

    def __call__(self, queryset: QuerySet, **_: Any) -> Iterable[Any]:
        """Read the rows of `queryset`: called where Django makes an iterable of its instances."""
        self._page_of = queryset
        try:
            self.way.read(queryset)
        except CannotCompileError as error:
            self.falls_back = error.fall_back
            return self._instances(queryset)
        if not self._by_cursor:
            return ()
        return [Marked(self.way, index) for index in range(self.way.count())]

    def has_read(self, queryset: QuerySet, rows: "RowsWritten") -> None:
        """Take over `rows`, which are those of all of `queryset`."""
        self._page_of = queryset
        cast("CompiledWay", self.way).has_written(rows)

    def whole(self) -> Sequence[Any]:
        """Read the whole queryset, unless that was done, and return what a page of it would be."""
        return list(self.queryset()) if self._page_of is None else ()

    def again(self) -> None:
        """Read the same page once more."""
        if self._page_of is not None:
            self.way.read(self._page_of)

    def rows_of(self, page: Sequence[Any]) -> range | None:
        """Return which of the rows read are in `page`, as the paginator gave it; None for all."""
        if not self._by_cursor:
            return None
        if not page:
            return range(0)
        first, last = page[0].index, page[-1].index
        return range(first, last + 1) if first <= last else range(first, last - 1, -1)

    def instances(self, page: Sequence[Any]) -> list[Any]:
        """Return what the framework would have had for `page`, by a statement of its own."""
        if self._page_of is None:
            return []
        made = self._instances(self._page_of)
        rows = self.rows_of(page)
        return made if rows is None else [made[row] for row in rows]

    def _instances(self, queryset: QuerySet) -> list[Any]:
        ordinary = queryset.all()
        ordinary._iterable_class = self._source._iterable_class
        ordinary._prefetch_related_lookups = cast("Any", self._source)._prefetch_related_lookups
        return list(ordinary)
