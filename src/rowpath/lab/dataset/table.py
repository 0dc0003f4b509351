"""Datasets, their tables and their columns, as values: what is built, and how rows are made."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from rowpath.lab.dataset.wire import BIGINT, Kind, Values

SEEDS = range(2**63)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Some rows of a table: `count` from `start` on, counted from 0.

    The dataset that they are of is sized by `rows` and made from `seed`.
    """

    start: int
    count: int
    rows: int
    seed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column, never NULL. `references` names the table whose id it holds."""

    name: str
    kind: Kind
    references: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table with a primary key `id`, which counts its rows from 1.

    `columns` are those after `id`. `rows` says how many rows there are in a dataset of a size,
    and `make` makes any part of them: a column's values by its name. A working table has neither:
    it is made empty, and written by the measured applications. An index is made for each of
    `indexes`, and a unique one for each of `unique`.
    """

    name: str
    columns: tuple[Column, ...]
    rows: Callable[[int], int] | None = None
    make: Callable[[Part], Mapping[str, Values]] | None = None
    indexes: tuple[tuple[str, ...], ...] = ()
    unique: tuple[tuple[str, ...], ...] = ()

    @property
    def working(self) -> bool:
        """Whether the table is made empty, for the measured applications to write."""
        return self.make is None

    @property
    def kinds(self) -> Mapping[str, Kind]:
        """All columns with their types, in their order."""
        return {"id": BIGINT} | {column.name: column.kind for column in self.columns}

    def size(self, rows: int) -> int:
        """Return how many rows the table has in a dataset that is sized by `rows`."""
        return self.rows(rows) if self.rows else 0

    def values(self, part: Part) -> Mapping[str, Values]:
        """Return the part's values of all columns, of a table that is no working table."""
        ids = np.arange(part.start + 1, part.start + part.count + 1)
        return {"id": ids} | (dict(self.make(part)) if self.make else {})


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataset:
    """Tables that are built, known by one fingerprint, and removed together.

    `form` is the version of what is generated: raise it with every change of a single value.
    `main` names the table that has as many rows as the dataset is asked for, `counted` says in
    words what these are. `tables` stand in an order in which each references those before it.
    `bytes_per_row` is what a build needs on the disk for each row of `main`.
    """

    name: str
    form: int
    main: str
    counted: str
    default_rows: int
    bytes_per_row: int
    tables: tuple[Table, ...]

    def sizes(self, rows: int) -> Mapping[str, int]:
        """Return the rows of each table by its name, in a dataset that is sized by `rows`."""
        return {table.name: table.size(rows) for table in self.tables}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A dataset in the size and from the seed that somebody wants it: these determine every row."""

    dataset: Dataset
    rows: int
    seed: int

    @property
    def told(self) -> str:
        """What it is, in words."""
        return f"the dataset {self.dataset.name} of {self.rows:,} {self.dataset.counted}"
