"""The ways in which rows are read and written, and what one of them has read."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from django.db.models.query import QuerySet

from rowpath.fast.django.shapes import Shape
from rowpath.fast.django.statement import Statement

if TYPE_CHECKING:
    from rowpath.fast.drf.rows.compiled import WrittenPage


class Page(Protocol):
    """The rows that were read of one queryset."""

    @property
    def count(self) -> int:
        """How many they are."""

    def marker(self, row: int) -> Any:
        """Return the value by which a paginator by cursor finds `row` again."""

    def array(self, rows: range | None = None) -> bytes:
        """Return `rows`, or all, as a JSON array; once. Raises CannotCompileError."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InPieces:
    """A statement whose rows can be written while they come."""

    statement: Statement
    begin: Callable[[], "WrittenPage"]
    """Makes the page, still without rows, that they are added to. Raises CannotCompileError."""


class Way(Protocol):
    """A plan carried out for one request. It keeps nothing of what it reads."""

    @property
    def name(self) -> str:
        """What the outcome of an answer tells as its path."""

    def read(self, queryset: QuerySet, shape: Shape | None = None) -> Page:
        """Run the statement for `queryset`, of that shape if it is known.

        Raises CannotCompileError.
        """

    def empty(self) -> Page:
        """Return a page without rows, of which nothing is read. Raises CannotCompileError."""

    def in_pieces(self, queryset: QuerySet) -> InPieces | None:
        """Return how `queryset` is read in pieces; None if it has no rows or is read at once.

        Raises CannotCompileError.
        """
