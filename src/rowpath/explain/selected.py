"""SELECTs by themselves, the tables that they read much of, and indexes that may spare that."""

from dataclasses import dataclass

from rowpath.explain.trails import Trail
from rowpath.explain.values import Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Index:
    """An index as a model's `Meta.indexes` has it: fields, with `-` before what descends.

    `model` is its label. `condition` are fields that rows have to have a plain value in: true,
    false, or for None no value at all.
    """

    model: str
    fields: tuple[str, ...]
    condition: tuple[tuple[str, bool | None], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """An index that stands in the transaction that a process has open, and in no other."""

    duration_s: float
    size_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Supposed:
    """What the planner expects a SELECT to cost, in its own units, without an index and with it.

    `size_bytes` is what it takes the index to have.
    """

    index: Index
    cost_before: float
    cost_after: float
    size_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A model's table, and where the class is whose `Meta` says which indexes it has.

    `indexed` are the fields of each index that the model has. `has_inherited_meta` says that a
    base of the class has a `Meta` as well. `reason` says why no index can be added, None where one
    can.
    """

    model: str
    app: str
    name: str
    table: str
    file: str | None
    indexed: tuple[tuple[str, ...], ...]
    has_inherited_meta: bool
    reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """What PostgreSQL reads of a table to keep little of it, by fields of the table's model.

    `equal` are compared with values, `plain` those of them that are compared with true, false or
    (None) nothing; `ranged` are held against bounds. `order` is that of the few rows that are
    wanted first, where all are sorted for them.
    """

    table: Table
    equal: tuple[str, ...]
    plain: tuple[tuple[str, bool | None], ...]
    ranged: tuple[str, ...]
    order: tuple[str, ...]
    read_rows: int
    kept_rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Selected:
    """A SELECT of a queryset's, asked anew behind the request's own.

    `from_start_s` is what it takes without its `offset`, None where that is small.
    `is_distinct_anyway` says that its DISTINCT cannot leave out a row. `supposed` has each index
    that the database was asked to suppose, empty where it cannot.
    """

    text: str
    model: str
    trail: Trail | None
    place: Place | None
    duration_s: float
    offset: int
    from_start_s: float | None
    is_page_count: bool
    is_distinct_anyway: bool
    scans: tuple[Scan, ...]
    supposed: tuple[Supposed, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A statement that writes, and what its bulk form would skip of what the model does.

    `is_through` is of a many-to-many relation's own table. `values` tells apart all values that the
    request has written into that table, in their order. `places` are the lines of the project's
    that it comes from, the innermost first.
    """

    text: str
    model: str
    table: str
    is_through: bool
    skips: tuple[str, ...]
    values: str
    places: tuple[Place, ...]
