"""The framework's own statement, for rows that its plan decides, and the lean columns of its rows.

PostgreSQL plans a materialized WITH query by itself, as it plans the same text alone, and gives its
rows in the order in which it made them. So the page is that of Django's statement, and only the
lean columns are sent. What a serializer crosses to and Django's statement has not (it reads that
row by row) is joined outside, to rows that are numbered, so that no join moves them.
"""

from collections.abc import Iterator
from typing import Any

from django.db.models import ForeignKey, Model, OneToOneField
from django.db.models.query import QuerySet
from django.db.models.sql.compiler import SQLCompiler

from rowpath.fast.django.columns import Column, Computed, Selected
from rowpath.fast.django.kinds import Scalar, kind_of
from rowpath.fast.django.overrides import overridden
from rowpath.fast.fallback import CannotCompileError

Places = dict[Selected, int]
# A table, and which of its columns are equal to what.
Joined = tuple[str, list[tuple[Any, str]]]

_PAGE = "rowpath_page"
_NUMBER = "rowpath_number"
# Of a name that no table has: what DISTINCT adds to the list keeps its own.
_COLUMN = "rowpath_c"

# So many short columns more than the lean ones cost less on their way to the client than a WITH
# query, which copies each row (see bench/order_with_ties.py).
_FEW = 2
_SHORT = {
    *(Scalar.INTEGER, Scalar.BOOLEAN, Scalar.FLOAT, Scalar.DECIMAL, Scalar.UUID),
    *(Scalar.DATE, Scalar.DATETIME, Scalar.TIME, Scalar.DURATION),
}

# By which a foreign key would be joined on something else than its columns.
_JOINING = (
    *("get_extra_restriction", "get_joining_fields", "get_reverse_joining_fields"),
    *("related_fields", "reverse_related_fields", "resolve_related_fields"),
)


def own_compiler(queryset: QuerySet) -> SQLCompiler:
    """Return a compiler of Django's own statement for `queryset`."""
    return queryset.query.chain().get_compiler(using=queryset.db)


def places_of(compiler: Any) -> Places:
    """Return which position each column has in the SELECT list of `compiler`, which has made it."""
    places: Places = dict(_places(compiler.select, compiler.klass_info, ()))
    names = compiler.annotation_col_map.items()
    return places | {Computed(name): position for name, position in names}


def _places(select: Any, info: Any, hops: tuple[str, ...]) -> Iterator[tuple[Selected, int]]:
    for position in info["select_fields"]:
        yield Column(hops, select[position][0].target), position
    for below in info.get("related_klass_infos", ()):
        field = below["field"]
        name = field.related_query_name() if below["reverse"] else field.name
        yield from _places(select, below, (*hops, name))


def lean_of_own(
    compiler: Any, sql: str, model: type[Model], columns: tuple[Selected, ...]
) -> tuple[str, str]:
    """Return what stands before and after the LIMIT for `columns` of the rows of `sql`.

    `sql` is Django's own statement, without its LIMIT, and `compiler` has made it.
    """
    places = places_of(compiler)
    if (reordered := _reordered(compiler, sql, places, columns)) is not None:
        return reordered, ""
    page = _Page(compiler, model, places)
    lean = ", ".join(page.sql_of(column) for column in columns)
    names = ", ".join(f"{_COLUMN}{position}" for position in range(len(compiler.select)))
    before = f"WITH {_PAGE} ({names}) AS MATERIALIZED ({sql}"
    return before, f") SELECT {lean} FROM {page.source()}"  # noqa: S608 - of names that are quoted


def _reordered(
    compiler: Any, sql: str, places: Places, columns: tuple[Selected, ...]
) -> str | None:
    """Return `sql` with `columns` first in its SELECT list, if all are there and few others."""
    query = compiler.query
    # DISTINCT may sort by the list as it stands, and an annotation may be named by its position.
    if (
        query.distinct
        or query.group_by
        or query.annotation_select
        or not places.keys() >= set(columns)
    ):
        return None
    first = [places[column] for column in columns]
    rest = [position for position in range(len(compiler.select)) if position not in first]
    if len(rest) > _FEW or not all(_is_short(compiler.select[position][0]) for position in rest):
        return None
    own = [part for _, (part, _), _ in compiler.select]
    begin = f"SELECT {', '.join(own)} FROM "  # noqa: S608 - Django's own
    if not sql.startswith(begin):
        return None
    chosen = ", ".join(own[position] for position in (*first, *rest))
    return f"SELECT {chosen} FROM {sql.removeprefix(begin)}"  # noqa: S608 - Django's own


def _is_short(column: Any) -> bool:
    try:
        return kind_of(column.target) in _SHORT
    except CannotCompileError:
        return False


class _Page:
    """Names the columns of a page, and joins what it does not have."""

    def __init__(self, compiler: SQLCompiler, model: type[Model], places: Places) -> None:
        self._quoted = compiler.connection.ops.quote_name
        self._model = model
        self._places = places
        self._aliases: dict[tuple[str, ...], str] = {}
        self._joins: list[str] = []

    def sql_of(self, column: Selected) -> str:
        """Return `column` as SQL, joined if it has to be."""
        if (position := self._places.get(column)) is not None:
            return f"{_PAGE}.{_COLUMN}{position}"
        if not isinstance(column, Column):
            raise CannotCompileError(f"Django's own statement has no column for {column.name}")
        return f"{self._joined(column.hops)}.{self._quoted(str(column.field.column))}"

    def source(self) -> str:
        """Return what the columns are selected from, and in which order."""
        if not self._joins:
            return _PAGE  # whose rows come as they were made
        number = f"row_number() OVER () AS {_NUMBER}"
        numbered = f"(SELECT *, {number} FROM {_PAGE}) AS {_PAGE}"  # noqa: S608 - names of ours
        return f"{numbered} {' '.join(self._joins)} ORDER BY {_PAGE}.{_NUMBER}"

    def _joined(self, hops: tuple[str, ...]) -> str:
        """Return the alias of the table at the end of `hops`, whose columns the page has not."""
        if hops not in self._aliases:
            table, on = self._behind(hops) if hops else self._by_key()
            alias = self._aliases[hops] = f"j{len(self._joins)}"
            conditions = " AND ".join(
                f"{alias}.{self._quoted(column)} = {value}" for column, value in on
            )
            self._joins.append(f"LEFT JOIN {self._quoted(table)} {alias} ON ({conditions})")
        return self._aliases[hops]

    def _by_key(self) -> Joined:
        """Join the page's own table, for a column that was deferred."""
        meta = self._model._meta
        if meta.pk.column is None:
            raise CannotCompileError(f"{self._model.__name__} has a composite primary key")
        return meta.db_table, [(meta.pk.column, self.sql_of(Column((), meta.pk)))]

    def _behind(self, hops: tuple[str, ...]) -> Joined:
        relation = self._relation(hops)
        is_reverse = relation.auto_created and not relation.concrete
        field = relation.field if is_reverse else relation
        base = OneToOneField if isinstance(field, OneToOneField) else ForeignKey
        if own := overridden(type(field), base, _JOINING):
            raise CannotCompileError(f"{hops[-1]} is joined by a {own} of its own")
        pairs = [pair[::-1] if is_reverse else pair for pair in field.related_fields]
        on = [(there.column, self.sql_of(Column(hops[:-1], here))) for here, there in pairs]
        return relation.related_model._meta.db_table, on

    def _relation(self, hops: tuple[str, ...]) -> Any:
        model: Any = self._model
        for name in hops[:-1]:
            model = model._meta.get_field(name).related_model
        return model._meta.get_field(hops[-1])
