"""What a request was admitted with to the fast path."""

from dataclasses import dataclass

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.query import QuerySet

from rowpath.fast.django.querysets import check_queryset
from rowpath.fast.django.shapes import Shape
from rowpath.fast.drf.compiling.prepared import Prepared
from rowpath.fast.drf.context import Context
from rowpath.fast.drf.rows.ways import Way
from rowpath.fast.plan import JsonStyle


# Nobody writes into it; it is made for each request, and a frozen one takes twice as long to make.
# The queryset is not in it: a paginator's rows lead here, from a view and its request, which are a
# cycle of DRF's, and whatever hangs on that waits for Python's search for cycles.
@dataclass(slots=True, kw_only=True)
class Admitted:
    """How the rows of a list are read and written."""

    connection: BaseDatabaseWrapper
    """That of the database which was chosen for this list; a router is asked once for it."""
    ready: Prepared
    way: Way
    style: JsonStyle
    context: Context
    shape: Shape | None
    """That of the list's queryset, if it has one."""

    @property
    def using(self) -> str:
        """The alias of the database."""
        return self.connection.alias

    def check(self, read: QuerySet) -> None:
        """Raise CannotCompileError unless `read`, made of the list's queryset, is as good as it."""
        check_queryset(read)
        self.ready.check_same(read)
        self.ready.check_relations(read)
