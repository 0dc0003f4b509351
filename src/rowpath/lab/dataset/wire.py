"""Rows in the form that PostgreSQL's COPY (FORMAT binary) reads.

The format is in PostgreSQL's manual under COPY, "Binary Format"; a numeric is laid out as
numeric_send in src/backend/utils/adt/numeric.c writes it.
"""

import numpy as np

from rowpath.lab.dataset.products import Rows

COLUMNS = (
    "id",
    "low_price",
    "high_price",
    "demand_qty",
    "offers_qty",
    "bought_qty",
    "sold_qty",
    "time_created",
)
HEADER = b"PGCOPY\n\xff\r\n\0" + bytes(8)  # signature, no flags, no extension
TRAILER = b"\xff\xff"

# A numeric(7,2) below 10,000 as two digits of base 10,000, before and after the point. The server
# takes away a digit that is 0 at either end, so that it stores what it would have stored anyway.
_NUMERIC = np.dtype(
    [
        ("length", ">i4"),
        ("digits", ">i2"),
        ("weight", ">i2"),
        ("sign", ">i2"),
        ("scale", ">i2"),
        ("whole", ">i2"),
        ("fraction", ">i2"),
    ]
)
_INTEGER = np.dtype([("length", ">i4"), ("value", ">i4")])
_LONG = np.dtype([("length", ">i4"), ("value", ">i8")])
_TYPES = dict.fromkeys(COLUMNS, _INTEGER) | {
    "id": _LONG,
    "low_price": _NUMERIC,
    "high_price": _NUMERIC,
    "time_created": _LONG,
}
_WIRE = np.dtype([("columns", ">i2"), *_TYPES.items()])


def encode(rows: Rows) -> memoryview:
    """Return the rows as bytes of COPY (FORMAT binary), without the header and the trailer."""
    wire = _EMPTY.repeat(len(rows))
    wire["id"]["value"] = rows["id"]
    wire["time_created"]["value"] = rows["time_us"]
    for price, cents in (("low_price", "low_cents"), ("high_price", "high_cents")):
        whole, fraction = np.divmod(rows[cents], 100)
        wire[price]["whole"] = whole
        wire[price]["fraction"] = fraction * 100
    for quantity in ("demand_qty", "offers_qty", "bought_qty", "sold_qty"):
        wire[quantity]["value"] = rows[quantity]
    return wire.view(np.uint8).data


def _empty() -> Rows:
    """Return one row with all that is the same in every row."""
    wire = np.zeros(1, _WIRE)
    wire["columns"] = len(COLUMNS)
    for name, dtype in _TYPES.items():
        wire[name]["length"] = dtype.itemsize - 4
        if dtype is _NUMERIC:
            wire[name]["digits"] = 2
            wire[name]["scale"] = 2
    return wire


_EMPTY = _empty()
