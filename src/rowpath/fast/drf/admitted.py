"""What a request was admitted with to the fast path."""

from dataclasses import dataclass
from typing import Any, cast

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.query import QuerySet, ValuesIterable

from rowpath.fast.django.counting import as_query
from rowpath.fast.django.querysets import check_queryset, check_relations
from rowpath.fast.drf.context import Context
from rowpath.fast.drf.prepared import Prepared
from rowpath.fast.drf.ways import Way
from rowpath.fast.plan import JsonStyle


# Nobody writes into it; it is made for each request, and a frozen one takes twice as long to make.
@dataclass(slots=True, kw_only=True)
class Admitted:
    """The filtered queryset of a list, and how its rows are read and written."""

    queryset: QuerySet
    connection: BaseDatabaseWrapper
    """That of the database which was chosen for this list; a router is asked once for it."""
    ready: Prepared
    way: Way
    style: JsonStyle
    context: Context

    @property
    def using(self) -> str:
        """The alias of the database."""
        return self.connection.alias

    @property
    def row_class(self) -> type:
        """What the framework's rows are instances of: nothing is asked of a row to tell it."""
        return dict if self.queryset._iterable_class is ValuesIterable else self.queryset.model

    def check(self, read: QuerySet) -> None:
        """Raise CannotCompileError unless `read`, made of the queryset since, is as good as it."""
        check_queryset(read)
        self.ready.check_same(read)
        check_relations(read, self.ready.compiled.columns)

    def stand_aside(self, queryset: QuerySet) -> None:
        """Have `queryset`, made of one that Reading stands in, read as the framework reads it."""
        queryset._iterable_class = self.queryset._iterable_class
        queryset._prefetch_related_lookups = self.queryset._prefetch_related_lookups
        as_query(queryset.query)

    def ordinary(self, queryset: QuerySet) -> QuerySet:
        """Return such a `queryset` as one of the framework's rows, of the database chosen."""
        ordinary: QuerySet = cast("Any", queryset)._chain()
        ordinary._db = self.using
        self.stand_aside(ordinary)
        return ordinary
