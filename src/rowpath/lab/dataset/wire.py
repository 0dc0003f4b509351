"""Rows in the form that PostgreSQL's COPY (FORMAT binary) reads, made column by column.

The format is in PostgreSQL's manual under COPY, "Binary Format"; a numeric is laid out as
numeric_send in src/backend/utils/adt/numeric.c writes it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Values = NDArray[Any]
"""A column's values, one a row."""

HEADER = b"PGCOPY\n\xff\r\n\0" + bytes(8)  # signature, no flags, no extension
TRAILER = b"\xff\xff"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A type of columns: `sql` is its name as format_type() writes it.

    `form` makes values into what stands on the wire after the length: an array whose items all
    have one size. In a column that `varies`, the NULs in an item are no part of its value, and
    are taken out.
    """

    sql: str
    form: Callable[[Values], Values]
    varies: bool = False


def encode(kinds: Mapping[str, Kind], values: Mapping[str, Values]) -> memoryview:
    """Return rows as bytes of COPY (FORMAT binary), without the header and the trailer.

    `kinds` has the columns in their order, and `values` each one's values by its name.
    """
    forms = {name: kind.form(values[name]) for name, kind in kinds.items()}
    fields = {
        name: np.dtype([("length", ">i4"), ("value", form.dtype)]) for name, form in forms.items()
    }
    count = len(next(iter(forms.values())))
    wire = np.empty(count, np.dtype([("columns", ">i2"), *fields.items()]))
    wire["columns"] = len(kinds)
    for name, form in forms.items():
        wire[name]["length"] = form.dtype.itemsize
        wire[name]["value"] = form
    return _without_nuls(wire, [name for name, kind in kinds.items() if kind.varies])


def _without_nuls(wire: NDArray[np.void], names: list[str]) -> memoryview:
    """Return the bytes of the rows without the NULs in the columns that are named."""
    matrix = wire.view(np.uint8).reshape(len(wire), wire.dtype.itemsize)
    kept = None
    for name in names:
        held = wire[name]["value"]
        start = wire.dtype.fields[name][1] + 4  # type: ignore[index]  # it has fields
        part = slice(start, start + held.dtype.itemsize)
        present = matrix[:, part] != 0
        if present.all():
            continue
        wire[name]["length"] = np.count_nonzero(present, axis=1)
        if kept is None:
            kept = np.ones(matrix.shape, np.bool_)
        kept[:, part] = present
    # A mask copies whole runs, so that some bytes in the middle cost the rows little.
    return (matrix.reshape(-1) if kept is None else matrix[kept]).data


def _as(dtype: str) -> Callable[[Values], Values]:
    return lambda values: values.astype(dtype)


# A numeric below 10,000 as two digits of base 10,000, before and after the point. The server takes
# away a digit that is 0 at either end, so that it stores what it would have stored anyway.
_NUMERIC = np.dtype(
    [
        ("digits", ">i2"),
        ("weight", ">i2"),
        ("sign", ">i2"),
        ("scale", ">i2"),
        ("whole", ">i2"),
        ("fraction", ">i2"),
    ]
)


def _numeric(hundredths: Values) -> Values:
    form = np.zeros(len(hundredths), _NUMERIC)
    form["digits"] = 2
    form["scale"] = 2
    whole, fraction = np.divmod(hundredths.astype(np.int32), 100)  # twice as fast in 32 bits
    form["whole"] = whole
    form["fraction"] = fraction * 100
    return form


BIGINT = Kind(sql="bigint", form=_as(">i8"))
INTEGER = Kind(sql="integer", form=_as(">i4"))
BOOLEAN = Kind(sql="boolean", form=_as("u1"))
TIME = Kind(sql="timestamp with time zone", form=_as(">i8"))
"""Values are microseconds since 2000-01-01 UTC."""
TEXT = Kind(sql="text", form=lambda texts: texts, varies=True)
"""Values are bytes of UTF-8, as wide as the longest; a NUL in them is no part of the text."""


def hundredths(precision: int) -> Kind:
    """Return the numeric of that precision and two places; values are whole hundredths."""
    return Kind(sql=f"numeric({precision},2)", form=_numeric)
